//! What came with a message and can be read at a glance: dates, people, other
//! messages.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Utc};
use serde::Serialize;

use super::{Address, PartId};

/// Everything of that kind in one message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Enclosed {
    /// Invitations, answers to them, and other entries of calendars.
    pub events: Vec<Event>,
    /// Visiting cards.
    pub contacts: Vec<Contact>,
    /// Attached messages.
    pub letters: Vec<Letter>,
}

impl Enclosed {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty() && self.contacts.is_empty() && self.letters.is_empty()
    }
}

/// What a calendar entry came for (RFC 5546, 1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    /// To be known.
    #[default]
    Entry,
    /// To be answered.
    Invitation,
    /// An answer to an invitation.
    Answer,
    /// It does not take place.
    Cancelled,
}

/// A time in a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum EventTime {
    /// A whole day.
    Day(NaiveDate),
    /// A moment.
    At(DateTime<Utc>),
    /// By whatever clock is at hand.
    Local(NaiveDateTime),
}

/// An entry of a calendar (RFC 5545, 3.6.1).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Event {
    /// What it came for.
    pub kind: EventKind,
    /// What it is called.
    pub title: String,
    /// When it begins.
    pub starts: Option<EventTime>,
    /// When it ends; of whole days the last.
    pub ends: Option<EventTime>,
    /// How it comes again: "every 2 weeks".
    pub repeats: Option<String>,
    /// Where.
    pub place: String,
    /// Who invites.
    pub organiser: Option<Address>,
    /// Who is invited, and what each answered.
    pub people: Vec<(Address, Attendance)>,
    /// What else is said.
    pub notes: String,
}

/// What somebody answered (RFC 5545, 3.2.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Attendance {
    /// Nothing yet.
    #[default]
    Unknown,
    /// Yes.
    Comes,
    /// Perhaps.
    Perhaps,
    /// No.
    Declines,
}

/// A visiting card (RFC 6350).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Contact {
    /// Their name, or that of their company.
    pub name: String,
    /// What is known of them, as lines with a heading each: "Phone", "+44 …".
    pub lines: Vec<(String, String)>,
}

/// A message that is attached to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Which part it is.
    pub part: PartId,
    /// Its subject.
    pub subject: String,
    /// Its author.
    pub from: Option<Address>,
    /// When it says it was written.
    pub date: Option<DateTime<FixedOffset>>,
    /// The start of its text.
    pub snippet: String,
}
