//! The answers this program reads itself.

use super::namespace::Namespaces;
use super::ranges::Ranges;
use super::token::{self, Token};
use crate::model::utf7;

/// An answer from the side queue, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Own {
    /// `LIST` (RFC 9051, 7.3.1; RFC 5258).
    List(Listed),
    /// `LSUB` (RFC 3501, 7.2.3): a name that is subscribed to.
    Subscribed(Listed),
    /// `STATUS` (RFC 9051, 7.3.4; RFC 8438).
    Status(String, FolderStatus),
    /// `SEARCH` or `ESEARCH` (RFC 4731): what was found, in order.
    Search(Vec<u32>),
    /// `CAPABILITY`
    Capability(Vec<String>),
    /// `NAMESPACE` (RFC 2342).
    Namespace(Namespaces),
    /// `ID` (RFC 2971): the name, where it tells one.
    ServerId(Option<String>),
    /// `QUOTA` (RFC 9208): used and allowed storage in units of 1,024 bytes.
    Quota(Option<(u64, u64)>),
    /// `ENABLED` (RFC 5161): what is on now.
    Enabled(Vec<String>),
    /// `VANISHED` (RFC 7162, 3.2.10).
    Vanished {
        /// Whether they went before the folder was opened.
        earlier: bool,
        /// Which.
        uids: Ranges,
    },
    /// The items of a `FETCH` that is written in a way the parser refuses.
    Fetch(Vec<Token>),
    /// An answer nobody asked for or can read.
    Unknown,
}

/// One line of a folder list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// Attributes as the server writes them.
    pub(super) attributes: Vec<String>,
    /// What separates the levels of a name; none in a flat list.
    pub(super) delimiter: Option<char>,
    /// The name as the server writes it.
    pub(super) name: String,
}

impl Listed {
    /// Whether it has this attribute, in any case.
    pub(super) fn has(&self, attribute: &str) -> bool {
        let is = |own: &String| own.eq_ignore_ascii_case(attribute);
        self.attributes.iter().any(is)
    }
}

/// Numbers of a folder that is not selected (RFC 9051, 6.3.11). What the
/// server did not tell is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct FolderStatus {
    /// How many messages.
    pub(crate) messages: Option<u64>,
    /// How many of them without `\Seen`.
    pub(crate) unseen: Option<u64>,
    /// The UID the next message will get at least.
    pub(crate) uid_next: Option<u32>,
    /// The generation of the UIDs.
    pub(crate) uid_validity: Option<u32>,
    /// The highest modification sequence (RFC 7162).
    pub(crate) highest_modseq: Option<u64>,
    /// The size of all messages in bytes (RFC 8438).
    pub(crate) size: Option<u64>,
}

/// How many numbers one search answer may bring: a UID set of a few bytes can
/// name four thousand million.
const SEARCH_MAX: usize = 4 << 20;

/// Reads an answer of the side queue.
pub(super) fn read(answer: &[u8]) -> Own {
    let tokens = token::read(answer);
    let Some((name, rest)) = tokens.split_first() else {
        return Own::Unknown;
    };
    let known = if name.is_word("LIST") {
        list(rest).map(Own::List)
    } else if name.is_word("LSUB") {
        list(rest).map(Own::Subscribed)
    } else if name.is_word("STATUS") {
        status(rest)
    } else if name.is_word("SEARCH") {
        Some(Own::Search(search(rest)))
    } else if name.is_word("ESEARCH") {
        Some(Own::Search(esearch(rest)))
    } else if name.is_word("CAPABILITY") {
        Some(Own::Capability(
            rest.iter().filter_map(Token::text).collect(),
        ))
    } else if name.is_word("NAMESPACE") {
        Some(Own::Namespace(Namespaces::read(rest)))
    } else if name.is_word("ID") {
        Some(Own::ServerId(server_name(rest)))
    } else if name.is_word("QUOTA") {
        Some(Own::Quota(storage(rest)))
    } else if name.is_word("ENABLED") {
        let names = rest.iter().filter_map(Token::text);
        Some(Own::Enabled(
            names.map(|name| name.to_ascii_uppercase()).collect(),
        ))
    } else if name.is_word("VANISHED") {
        vanished(rest)
    } else {
        odd_fetch(answer)
    };
    known.unwrap_or(Own::Unknown)
}

/// The items of a FETCH answer. One that does not end where its lists do has
/// lost count of its literals: what it says of a message may be of another.
fn odd_fetch(answer: &[u8]) -> Option<Own> {
    match token::read_whole(answer)?.as_slice() {
        [_, verb, Token::List(items)] if verb.is_word("FETCH") => Some(Own::Fetch(items.clone())),
        _ => None,
    }
}

impl Own {
    /// Folder names of a connection in UTF-8 as modified UTF-7.
    pub(super) fn names_to_utf7(&mut self) {
        match self {
            Self::List(listed) | Self::Subscribed(listed) => {
                listed.name = utf7::encode(&listed.name);
            }
            Self::Status(name, _) => *name = utf7::encode(name),
            Self::Namespace(namespaces) => namespaces.names_to_utf7(),
            _ => {}
        }
    }
}

/// What a STATUS answer says identifies its folder (RFC 8474, 4.3).
pub(super) fn folder_id(answer: &[u8]) -> Option<String> {
    let tokens = token::read(answer);
    let values = tokens.get(2)?.list()?;
    let at = values.iter().position(|key| key.is_word("MAILBOXID"))?;
    let id = values.get(at + 1)?.list()?.first()?.text()?;
    // At most 255 characters (RFC 8474, 7).
    (id.len() <= 255).then_some(id)
}

fn server_name(tokens: &[Token]) -> Option<String> {
    let pairs = tokens.first()?.list()?;
    let name = pairs.chunks_exact(2).find_map(|pair| match pair {
        [key, value] if key.text()?.eq_ignore_ascii_case("name") => value.text(),
        _ => None,
    })?;
    Some(name.chars().filter(|c| !c.is_control()).take(80).collect())
}

fn storage(tokens: &[Token]) -> Option<(u64, u64)> {
    let [_root, resources, ..] = tokens else {
        return None;
    };
    let mut resources = resources.list()?.chunks_exact(3);
    resources.find_map(|resource| match resource {
        [name, used, limit] if name.is_word("STORAGE") => used.number().zip(limit.number()),
        _ => None,
    })
}

fn vanished(tokens: &[Token]) -> Option<Own> {
    let (earlier, set) = match tokens {
        [Token::List(words), Token::Word(set), ..] => {
            (words.iter().any(|word| word.is_word("EARLIER")), set)
        }
        [Token::Word(set), ..] => (false, set),
        _ => return None,
    };
    let uids = Ranges::read(set);
    Some(Own::Vanished { earlier, uids })
}

fn list(tokens: &[Token]) -> Option<Listed> {
    let [attributes, delimiter, name, ..] = tokens else {
        return None;
    };
    let attributes = attributes.list()?.iter().filter_map(Token::text).collect();
    let delimiter = match delimiter {
        Token::Text(text) => String::from_utf8_lossy(text).chars().next(),
        _ => None,
    };
    let name = name.text().filter(|name| !name.is_empty())?;
    Some(Listed {
        attributes,
        delimiter,
        name,
    })
}

fn status(tokens: &[Token]) -> Option<Own> {
    let [name, values, ..] = tokens else {
        return None;
    };
    let mut status = FolderStatus::default();
    let mut values = values.list()?.iter();
    while let (Some(key), Some(value)) = (values.next(), values.next()) {
        let number = value.number();
        let short = number.and_then(|number| u32::try_from(number).ok());
        match key.text()?.to_ascii_uppercase().as_str() {
            "MESSAGES" => status.messages = number,
            "UNSEEN" => status.unseen = number,
            "UIDNEXT" => status.uid_next = short,
            "UIDVALIDITY" => status.uid_validity = short,
            "HIGHESTMODSEQ" => status.highest_modseq = number,
            "SIZE" => status.size = number,
            _ => {}
        }
    }
    Some(Own::Status(name.text()?, status))
}

fn search(tokens: &[Token]) -> Vec<u32> {
    tokens
        .iter()
        .map_while(Token::number)
        .filter_map(|number| u32::try_from(number).ok())
        .take(SEARCH_MAX)
        .collect()
}

fn esearch(tokens: &[Token]) -> Vec<u32> {
    let all = tokens
        .iter()
        .position(|token| token.is_word("ALL"))
        .and_then(|at| tokens.get(at + 1));
    match all {
        Some(Token::Word(set)) => expand(set),
        _ => Vec::new(),
    }
}

fn expand(set: &str) -> Vec<u32> {
    let mut found = Vec::new();
    for member in set.split(',') {
        let (first, last) = member.split_once(':').unwrap_or((member, member));
        let (Ok(first), Ok(last)) = (first.parse::<u32>(), last.parse::<u32>()) else {
            continue;
        };
        let room = SEARCH_MAX.saturating_sub(found.len());
        found.extend((first.min(last)..=first.max(last)).take(room));
    }
    found
}
