//! A row of the list, made ready when it was loaded: `view` only draws.

use std::ops::Range;

use chrono::{DateTime, Local};
use waxwing::engine::Marker;
use waxwing::model::{
    Account, Address, Conversation, Envelope, Excerpt, Flag, FlagChange, SearchField, SortKey,
};

use super::at_hand;
use super::list::Kind;
use super::sidebar::Sidebar;
use crate::ui::component::date;
use crate::ui::icon::Icon;
use crate::ui::widget::virtual_list::{FoundIn, Row};

/// What rows are made ready for.
pub(crate) struct Shown<'a> {
    pub(crate) now: &'a DateTime<Local>,
    /// Whose addresses are one's own.
    pub(crate) accounts: &'a [Account],
    pub(crate) kind: Kind,
    /// What it is sorted by; none where what fits best comes first.
    pub(crate) key: Option<SortKey>,
    /// Of what was searched for, what marks the words, and where rows lie.
    pub(crate) found: Option<(&'a Marker, &'a Sidebar)>,
}

/// A row.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// What the engine said.
    pub(crate) envelope: Envelope,
    who: String,
    when: String,
    subject: String,
    group: String,
    conversation: Option<Several>,
    words: Option<Box<Words>>,
}

/// What was found in it.
#[derive(Debug, Clone, Default)]
struct Words {
    place: String,
    who: Vec<Range<usize>>,
    subject: Vec<Range<usize>>,
    /// The piece of the text with the words; its beginning until that is here.
    text: Excerpt,
    /// Whether that was asked for.
    asked: bool,
}

/// A conversation of more than one message.
#[derive(Debug, Clone)]
struct Several {
    people: String,
    count: String,
    unread: u32,
    starred: bool,
    attachments: bool,
}

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stands {
    /// For its message, or for its conversation.
    Alone,
    /// Above the others of its conversation.
    Above,
    /// Below the row of its conversation.
    Below,
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn names(addresses: &[Address]) -> String {
    let names: Vec<_> = addresses.iter().map(|a| one_line(a.short())).collect();
    names.join(", ")
}

fn is_own(address: &Address, accounts: &[Account]) -> bool {
    accounts.iter().any(|account| {
        let settings = &account.settings;
        let mut own = settings.identities.iter().map(|own| own.address.as_str());
        let is = |own: &str| own.eq_ignore_ascii_case(&address.address);
        is(&settings.email) || own.any(is)
    })
}

/// Who speaks in a conversation: of several the first names.
fn people(authors: &[Address], accounts: &[Account]) -> String {
    let several = authors.len() > 1;
    let name = |author: &Address| {
        if is_own(author, accounts) {
            return "Me".to_owned();
        }
        let name = one_line(author.short());
        match name.split_once([' ', '@']) {
            Some((first, _)) if several => first.to_owned(),
            _ => name,
        }
    };
    let names: Vec<_> = authors.iter().map(name).collect();
    names.join(", ")
}

impl Entry {
    pub(crate) fn new(
        mut envelope: Envelope,
        conversation: Option<&Conversation>,
        shown: &Shown<'_>,
    ) -> Self {
        envelope.snippet = one_line(&envelope.snippet);
        let outgoing = shown.kind != Kind::Incoming;
        let who = match (outgoing, names(&envelope.to), names(&envelope.from)) {
            (true, to, _) if !to.is_empty() => format!("To: {to}"),
            (_, _, from) if !from.is_empty() => from,
            _ => "(no sender)".to_owned(),
        };
        let subject = match one_line(&envelope.subject) {
            empty if empty.is_empty() => "(no subject)".to_owned(),
            subject => subject,
        };
        let conversation = conversation.filter(|one| one.messages > 1);
        let conversation = conversation.map(|one| Several {
            people: match people(&one.authors, shown.accounts) {
                _ if outgoing => who.clone(),
                nobody if nobody.is_empty() => who.clone(),
                people => people,
            },
            count: one.messages.to_string(),
            unread: one.unread,
            starred: one.starred,
            attachments: one.attachments,
        });
        let mut entry = Self {
            who,
            when: String::new(),
            subject,
            group: String::new(),
            conversation,
            envelope,
            words: None,
        };
        entry.words = shown.found.map(|(marker, sidebar)| {
            let field = if outgoing {
                SearchField::To
            } else {
                SearchField::From
            };
            let beginning = &entry.envelope.snippet;
            Box::new(Words {
                place: sidebar.place_of(entry.envelope.folder),
                who: marker.marks(field, &entry.who),
                subject: marker.marks(SearchField::Subject, &entry.subject),
                text: Excerpt {
                    marks: marker.marks(SearchField::Body, beginning),
                    text: beginning.clone(),
                    file: None,
                },
                asked: false,
            })
        });
        entry.restamp(shown);
        entry
    }

    /// Whether the piece of its text with the words was not asked for yet; it
    /// is now.
    pub(crate) fn asks_excerpt(&mut self) -> bool {
        let words = self.words.as_mut();
        words.is_some_and(|words| !std::mem::replace(&mut words.asked, true))
    }

    /// Shows the piece of its text with the words, after the name of the
    /// attached document that has them.
    pub(crate) fn set_excerpt(&mut self, mut excerpt: Excerpt) {
        let Some(words) = &mut self.words else {
            return;
        };
        if let Some(file) = &excerpt.file {
            let before = format!("{}: ", one_line(file));
            excerpt.text.insert_str(0, &before);
            for mark in &mut excerpt.marks {
                *mark = mark.start + before.len()..mark.end + before.len();
            }
        }
        words.text = excerpt;
    }

    /// Goes on showing the piece of text that stood here before; for another
    /// search only until another one comes.
    pub(crate) fn keep_excerpt(&mut self, before: Self, shown: &Shown<'_>, same: bool) {
        let (Some(words), Some(before), Some((marker, _))) =
            (&mut self.words, before.words, shown.found)
        else {
            return;
        };
        words.asked = same && before.asked;
        let text = before.text.text;
        words.text = Excerpt {
            marks: marker.marks(SearchField::Body, &text),
            text,
            file: before.text.file,
        };
    }

    /// A new day began.
    pub(crate) fn restamp(&mut self, shown: &Shown<'_>) {
        self.when = date::short(&self.envelope.date, shown.now);
        self.group = self.group_by(shown);
    }

    fn group_by(&self, shown: &Shown<'_>) -> String {
        let initial = |text: &str| {
            let first = text.chars().find(|c| c.is_alphanumeric());
            first.map_or_else(String::new, |c| c.to_uppercase().collect())
        };
        let Some(key) = shown.key else {
            return "Best matches".to_owned();
        };
        match key {
            SortKey::Date => date::group(&self.envelope.date, shown.now),
            SortKey::Unread if self.envelope.flags.is_unread() => "Unread".to_owned(),
            SortKey::Unread => "Read".to_owned(),
            SortKey::Sender | SortKey::Recipient => {
                initial(self.who.strip_prefix("To: ").unwrap_or(&self.who))
            }
            SortKey::Subject => "By subject".to_owned(),
            SortKey::Size => match self.envelope.size {
                10_000_000.. => "Over 10 MB",
                1_000_000.. => "Over 1 MB",
                100_000.. => "Over 100 kB",
                _ => "Small",
            }
            .to_owned(),
        }
    }

    /// Whether it stands for a message that is unread, or for one that is read.
    pub(crate) fn has(&self, unread: bool) -> bool {
        match &self.conversation {
            Some(several) if unread => several.unread > 0,
            Some(_) => true,
            None => self.envelope.flags.is_unread() == unread,
        }
    }

    /// Whether it stands for more than its message.
    pub(crate) fn is_conversation(&self) -> bool {
        self.conversation.is_some()
    }

    /// The group it stands in.
    pub(crate) fn group(&self) -> &str {
        &self.group
    }

    /// Changes a flag here already; the engine says what else changed.
    pub(crate) fn mark(&mut self, change: FlagChange, all: bool) {
        let before = self.envelope.flags;
        self.envelope.flags = before.with(change.flag, change.on);
        let after = self.envelope.flags;
        let Some(several) = &mut self.conversation else {
            return;
        };
        if change.flag == Flag::Seen {
            several.unread = match (change.on, before.is_unread() == after.is_unread()) {
                (true, _) if all => 0,
                (true, false) => several.unread.saturating_sub(1),
                (false, false) => several.unread + 1,
                (_, true) => several.unread,
            };
        }
    }

    /// As the list draws it.
    pub(crate) fn row(&self, stands: Stands) -> Row<'_> {
        let flags = self.envelope.flags;
        let before = if flags.has(Flag::Answered) {
            Some(Icon::Reply)
        } else if flags.has(Flag::Forwarded) {
            Some(Icon::Forward)
        } else {
            None
        };
        let several = self.conversation.as_ref();
        let closed = several.filter(|_| stands == Stands::Alone);
        let attachments = self.envelope.attachments > 0;
        let strong = closed.map_or(flags.is_unread(), |one| one.unread > 0);
        Row {
            title: closed.map_or(self.who.as_str(), |one| one.people.as_str()),
            aside: &self.when,
            line: &self.subject,
            weak: self
                .words
                .as_ref()
                .map_or(&self.envelope.snippet, |words| &words.text.text),
            group: &self.group,
            strong,
            at_hand: at_hand::icons(strong),
            starred: flags.has(Flag::Flagged) || closed.is_some_and(|one| one.starred),
            before,
            after: (attachments || closed.is_some_and(|one| one.attachments))
                .then_some(Icon::Paperclip),
            count: match several {
                Some(several) if stands != Stands::Below => several.count.as_str(),
                _ => "",
            },
            open: stands == Stands::Above,
            below: stands == Stands::Below,
            found: self.words.as_ref().map(|words| FoundIn {
                place: &words.place,
                title: &words.who,
                line: &words.subject,
                weak: &words.text.marks,
            }),
        }
    }
}
