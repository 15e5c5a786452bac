//! Looking for messages: what is typed, where it is looked for, what came.
//!
//! What is found stands in the list, as long as anything is looked for; the
//! list that stood there waits behind it and comes back as it was.

mod follow;
mod saved;
mod suggest;
mod suggest_view;
#[cfg(test)]
mod tests;
mod view;

use std::collections::HashMap;
use std::sync::Arc;

use waxwing::engine::{Marker, ServerResults, parse_search, parse_search_typing};
use waxwing::model::{
    Address, Excerpt, Flag, ListView, ParsedSearch, PlacementId, SearchQuery, SearchTerm,
};
use waxwing::{Error, Result};

use super::list::List;
use crate::ui::app::Found;
use suggest::Suggestion;

/// What happens while one looks for messages.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// The text changed.
    Typed(String),
    /// Nothing was typed for a moment since the change with that number.
    Paused(u64),
    /// Enter in the field.
    Submitted,
    /// The end of the search.
    Close,
    /// In all accounts, or where one was.
    Everywhere(bool),
    /// What fits best first, or the newest.
    BestFirst(bool),
    /// What was found, under the epoch of the list.
    Found(u64, Result<Found>),
    /// The pieces of text with the words.
    Excerpts(u64, Result<HashMap<PlacementId, Excerpt>>),
    /// Mail came or went since.
    Again,
    /// The servers shall look as well.
    AskServers,
    /// What they found.
    ServersFound(u64, Result<ServerResults>),
    /// People that may be meant.
    People(u64, Result<Vec<Address>>),
    /// That suggestion.
    Pick(usize),
    /// Forget what was looked for.
    ForgetPast,
    /// The search that is kept at that place.
    Saved(usize),
    /// Keep it under a name, or give it another one.
    Name,
    /// Keep it no longer.
    Remove,
}

/// What the servers were asked.
#[derive(Debug, Default)]
enum Servers {
    #[default]
    NotAsked,
    Asked,
    /// What only they found, and what else they said.
    Answered {
        ids: Arc<[PlacementId]>,
        words: Vec<String>,
    },
    Failed(Error),
}

/// What the last answer said besides the messages.
#[derive(Debug, Default)]
struct Told {
    uncovered: u64,
    notices: Vec<String>,
}

/// What is looked for.
#[derive(Debug)]
pub(crate) struct Search {
    text: String,
    /// Grows with every change of it.
    number: u64,
    parsed: ParsedSearch,
    /// What was not understood, once the text is finished.
    remarks: Vec<String>,
    pub(super) marker: Arc<Marker>,
    /// What was in sight when it began.
    home: Option<ListView>,
    everywhere: bool,
    told: Option<Told>,
    servers: Servers,
    suggestions: Vec<Suggestion>,
    people: Vec<Address>,
    /// Whether the suggestions are shown, and which the keyboard is at.
    suggesting: bool,
    at: Option<usize>,
    /// Whether a look at news is due already.
    again: bool,
    /// The list that comes back.
    behind: Option<Box<List>>,
}

impl Search {
    fn new(home: Option<ListView>) -> Self {
        Self {
            text: String::new(),
            number: 0,
            parsed: parse_search_typing(""),
            remarks: Vec::new(),
            marker: Arc::default(),
            home,
            everywhere: true,
            told: None,
            servers: Servers::NotAsked,
            suggestions: Vec::new(),
            people: Vec::new(),
            suggesting: true,
            at: None,
            again: false,
            behind: None,
        }
    }

    /// Takes a text in that may go on.
    fn read(&mut self, text: String) {
        self.number += 1;
        self.parsed = parse_search_typing(&text);
        self.remarks = sentences(&self.parsed);
        self.marker = Arc::new(Marker::new(&self.parsed.query));
        self.text = text;
        self.servers = Servers::NotAsked;
        self.at = None;
    }

    /// Nothing follows any more: what is not understood is said. The last word
    /// may go on all the same, or Enter would take away what was found.
    fn finish(&mut self) {
        self.remarks = sentences(&parse_search(&self.text));
        self.suggest_no_more();
    }

    /// Something else than the text has the keyboard.
    pub(super) fn suggest_no_more(&mut self) {
        self.suggesting = false;
        self.at = None;
    }

    /// What is looked for, and where.
    fn query(&self) -> SearchQuery {
        let query = self.parsed.query.clone();
        match self.home.filter(|_| !self.everywhere).and_then(within) {
            Some(place) => SearchQuery::And(vec![query, SearchQuery::Term(place)]),
            None => query,
        }
    }

    /// What only the servers found.
    fn more(&self) -> Arc<[PlacementId]> {
        match &self.servers {
            Servers::Answered { ids, .. } => ids.clone(),
            _ => Arc::default(),
        }
    }

    /// What was in sight when it began.
    pub(super) fn home(&self) -> Option<ListView> {
        self.home
    }

    /// What is typed.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether what was found stands in the list.
    pub(super) fn shows_results(&self) -> bool {
        self.behind.is_some()
    }
}

fn sentences(parsed: &ParsedSearch) -> Vec<String> {
    let remarks = parsed.remarks.iter();
    remarks.map(|remark| remark.message.clone()).collect()
}

/// That a message is in a view, as a condition.
fn within(view: ListView) -> Option<SearchTerm> {
    match view {
        ListView::Folder(id) => Some(SearchTerm::InFolder(id)),
        ListView::Unified(role) | ListView::Role(_, role) => Some(SearchTerm::Role(role)),
        ListView::Unread => Some(SearchTerm::Flag(Flag::Seen, false)),
        ListView::Starred => Some(SearchTerm::Flag(Flag::Flagged, true)),
        ListView::Conversation(_) => None,
    }
}
