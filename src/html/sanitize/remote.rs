//! What a mail asks for from elsewhere.

use std::collections::HashSet;

use super::url::Target;

/// How many things are noted.
const NOTED_MAX: usize = 2_000;

/// Something a mail would have loaded from another computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// Where it is.
    pub url: String,
    /// What it was to be.
    pub kind: RemoteKind,
    /// Whether it only tells that the mail was opened: it shows nothing, and is
    /// never fetched.
    pub tracker: bool,
}

impl Remote {
    /// The name of the computer that is asked.
    pub fn host(&self) -> &str {
        let rest = self.url.split_once("://").map_or("", |(_, rest)| rest);
        rest.split(['/', '?', '#', ':']).next().unwrap_or_default()
    }
}

/// What something remote was to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RemoteKind {
    /// A picture in the text.
    Picture,
    /// A picture behind the text.
    Background,
    /// A style sheet. Never fetched.
    Style,
    /// A font. Never fetched.
    Font,
    /// Anything else: pages in frames, sound, films, what browsers fetch in
    /// advance. Never fetched.
    Other,
}

/// Notes what is asked for, and decides on pictures.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Whether pictures may come from elsewhere.
    allowed: bool,
    pub(super) remote: Vec<Remote>,
    /// The Content-IDs of the parts that are shown.
    pub(super) parts: Vec<String>,
    seen: HashSet<String>,
}

impl Asked {
    pub(super) fn new(allowed: bool) -> Self {
        Self {
            allowed,
            ..Self::default()
        }
    }

    /// Notes something that is not fetched in any case.
    pub(super) fn add(&mut self, url: String, kind: RemoteKind) {
        self.note(url, kind, false);
    }

    /// Notes something that only tells that the mail was opened.
    pub(super) fn add_tracker(&mut self, url: String) {
        self.note(url, RemoteKind::Picture, true);
    }

    fn note(&mut self, url: String, kind: RemoteKind, tracker: bool) {
        if self.remote.len() < NOTED_MAX && self.seen.insert(url.clone()) {
            self.remote.push(Remote { url, kind, tracker });
        }
    }

    /// Notes an address of something that stays out, where it is remote.
    pub(super) fn add_address(&mut self, address: &str, kind: RemoteKind) {
        if let Target::Remote(url) = Target::of(address) {
            self.add(url, kind);
        }
    }

    /// The address of a picture as it stays, if it does.
    pub(super) fn picture(&mut self, address: &str, kind: RemoteKind) -> Option<String> {
        match Target::of(address) {
            Target::Part(id) => {
                let address = format!("cid:{id}");
                if !self.parts.contains(&id) && self.parts.len() < NOTED_MAX {
                    self.parts.push(id);
                }
                Some(address)
            }
            Target::Picture(address) => Some(address.into_owned()),
            Target::Remote(url) => {
                self.note(url.clone(), kind, false);
                self.allowed.then_some(url)
            }
            Target::Person(_) | Target::Here(_) | Target::Nowhere => None,
        }
    }
}
