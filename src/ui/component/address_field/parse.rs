//! What a person types or pastes into an address field, taken apart.

use std::fmt;

use waxwing::model::Address;

/// Why words are no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// There is no `@`.
    NoAt,
    /// Nothing stands before the `@`.
    NoName,
    /// Nothing stands behind the `@`.
    NoDomain,
    /// There is a blank in it.
    Blank,
    /// Two dots in a row, or one at an end.
    Dots,
    /// A bracket or quotation mark is not closed.
    Open,
    /// Some character cannot be in an address.
    Character,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAt => "has no @",
            Self::NoName => "has nothing before the @",
            Self::NoDomain => "has nothing after the @",
            Self::Blank => "has a blank in it",
            Self::Dots => "has a dot in a place where none can be",
            Self::Open => "opens a bracket or quotation mark and never closes it",
            Self::Character => "has a character that no address can have",
        })
    }
}

/// One entry of a list of addresses, as typed and as understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// What was typed, in one line.
    pub(crate) typed: String,
    /// The address in it, or why there is none.
    pub(crate) address: Result<Address, Wrong>,
}

impl Entry {
    /// Reads one entry: `jo@x.test`, `Jo <jo@x.test>`, `"Doe, Jo" <jo@x.test>`.
    pub(crate) fn read(typed: &str) -> Self {
        let typed: String = typed
            .trim()
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let address = read(&typed);
        Self { typed, address }
    }
}

impl From<Address> for Entry {
    fn from(address: Address) -> Self {
        let typed = address.to_string();
        let judged = judge(&address.address);
        Self {
            typed,
            address: judged.map(|()| address),
        }
    }
}

/// Takes a list apart: finished entries and what is still being written.
///
/// Commas, semicolons and line ends part entries, unless they stand within
/// quotation marks or angle brackets (RFC 5322, 3.4). Blanks part bare
/// addresses.
pub(crate) fn split(text: &str) -> (Vec<Entry>, String) {
    let mut pieces = vec![String::new()];
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    for c in text.chars() {
        let line_end = matches!(c, '\n' | '\r');
        let parts = line_end || (matches!(c, ',' | ';') && !quoted && !bracketed);
        if parts {
            pieces.push(String::new());
            (quoted, bracketed, escaped) = (false, false, false);
            continue;
        }
        match c {
            '"' if !escaped => quoted = !quoted,
            '<' if !quoted => bracketed = true,
            '>' if !quoted => bracketed = false,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    let rest = pieces.pop().unwrap_or_default();
    let mut entries: Vec<Entry> = pieces.iter().flat_map(|piece| words(piece)).collect();
    // "a@x b@y " is a list of two as well.
    if rest.ends_with(char::is_whitespace) && rest.split_whitespace().all(is_bare) {
        entries.extend(words(&rest));
        return (entries, String::new());
    }
    (entries, rest.trim_start().to_owned())
}

/// The entries of one piece: several when it is bare addresses and blanks.
pub(crate) fn words(piece: &str) -> Vec<Entry> {
    if piece.trim().is_empty() {
        return Vec::new();
    }
    if piece.split_whitespace().count() > 1 && piece.split_whitespace().all(is_bare) {
        return piece.split_whitespace().map(Entry::read).collect();
    }
    vec![Entry::read(piece)]
}

/// Whether a word alone is surely a whole address: `jo@x.test`.
fn is_bare(word: &str) -> bool {
    judge(word).is_ok()
        && word
            .rsplit_once('@')
            .is_some_and(|(_, domain)| domain.contains('.'))
}

fn read(typed: &str) -> Result<Address, Wrong> {
    let (name, address) = match typed.split_once('<') {
        Some((name, rest)) => {
            let (address, _) = rest.split_once('>').ok_or(Wrong::Open)?;
            (unquote(name)?, address.trim())
        }
        None if typed.starts_with('"') && !typed.contains('@') => return Err(Wrong::NoAt),
        None => (String::new(), typed),
    };
    let address = address
        .strip_prefix("mailto:")
        .unwrap_or(address)
        .trim_end_matches(['.', '>']);
    judge(address)?;
    Ok(Address::new(name, address))
}

/// A display name without its quotation marks (RFC 5322, 3.2.4).
fn unquote(name: &str) -> Result<String, Wrong> {
    let name = name.trim();
    let Some(rest) = name.strip_prefix('"') else {
        return Ok(name.to_owned());
    };
    let inner = rest.strip_suffix('"').ok_or(Wrong::Open)?;
    let mut plain = String::new();
    let mut escaped = false;
    for c in inner.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            plain.push(c);
            escaped = false;
        }
    }
    Ok(plain)
}

/// Whether this can be an address; servers judge the rest.
pub(crate) fn judge(address: &str) -> Result<(), Wrong> {
    let (local, domain) = address.rsplit_once('@').ok_or(Wrong::NoAt)?;
    let dotted = |part: &str| part.starts_with('.') || part.ends_with('.') || part.contains("..");
    if local.is_empty() {
        Err(Wrong::NoName)
    } else if domain.is_empty() {
        Err(Wrong::NoDomain)
    } else if address.chars().any(char::is_whitespace) {
        Err(Wrong::Blank)
    } else if dotted(local) || dotted(domain) {
        Err(Wrong::Dots)
    } else if !Address::new("", address).is_deliverable()
        || local.contains(['@', '"', '(', ')'])
        || domain.contains(['"', '(', ')', '\\', '/', '_', '!', '?'])
    {
        Err(Wrong::Character)
    } else {
        Ok(())
    }
}
