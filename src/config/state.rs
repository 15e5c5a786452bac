//! How the window was left. Not preferences: losing them is no loss.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::load::{self, Document, IfBroken, Loaded};
use super::paths::Profile;
use crate::error::Result;
use crate::model::{AccountId, Sort};

/// How the window was left. Lengths in logical pixels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UiState {
    /// Width of the window.
    pub width: f32,
    /// Height of the window.
    pub height: f32,
    /// Whether it filled the screen.
    pub maximized: bool,
    /// Width of the sidebar.
    pub sidebar_width: f32,
    /// Width of the message list.
    pub list_width: f32,
    /// The folder that was open last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_folder: Option<LastFolder>,
    /// What was looked for, the newest first.
    pub searches: Vec<String>,
    /// What was chosen of the list of commands, the newest first.
    pub chosen: Vec<String>,
    /// How large messages are shown, in percent.
    pub zoom: u16,
    /// Folders that stand at the top of the sidebar, by what is in them.
    pub favourites: Vec<String>,
    /// Folders and accounts whose folders are hidden.
    pub folded: BTreeSet<String>,
    /// How lists are arranged that are not as usual, by what they show.
    pub lists: BTreeMap<String, ListState>,
}

/// How a list is arranged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ListState {
    /// Its order.
    pub sort: Sort,
    /// Only what is unread.
    pub unread: bool,
    /// Only what has a star.
    pub starred: bool,
    /// Only what has attachments.
    pub attachments: bool,
    /// Only what is of the last seven days.
    pub lately: bool,
}

/// So many searches are remembered.
const SEARCHES_MAX: usize = 20;
/// And so much of what was chosen of the list of commands.
const CHOSEN_MAX: usize = 8;

/// Puts what is known to the front, once.
fn remember(known: &mut Vec<String>, newest: &str, most: usize) {
    known.retain(|one| one != newest);
    known.insert(0, newest.to_owned());
    known.truncate(most);
}

impl UiState {
    /// Remembers what was looked for, once.
    pub fn remember_search(&mut self, text: &str) {
        remember(&mut self.searches, text, SEARCHES_MAX);
    }

    /// Remembers what was chosen of the list of commands, once.
    pub fn remember_chosen(&mut self, key: &str) {
        remember(&mut self.chosen, key, CHOSEN_MAX);
    }

    /// A list has another name now.
    pub fn list_moved(&mut self, from: &str, to: &str) {
        for known in self.favourites.iter_mut().chain(&mut self.chosen) {
            if known == from {
                to.clone_into(known);
            }
        }
        if self.folded.remove(from) {
            self.folded.insert(to.to_owned());
        }
        if let Some(list) = self.lists.remove(from) {
            self.lists.insert(to.to_owned(), list);
        }
    }
}

/// A folder by what survives a rebuilt store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastFolder {
    /// Whose it is.
    pub account: AccountId,
    /// Its whole name.
    pub path: String,
}

impl Default for UiState {
    fn default() -> Self {
        Self {
            width: 1200.0,
            height: 800.0,
            maximized: false,
            sidebar_width: 220.0,
            list_width: 380.0,
            last_folder: None,
            searches: Vec::new(),
            chosen: Vec::new(),
            zoom: 100,
            favourites: Vec::new(),
            folded: BTreeSet::new(),
            lists: BTreeMap::new(),
        }
    }
}

impl Document for UiState {
    const IF_BROKEN: IfBroken = IfBroken::SetAside;
    const REMEDY: &'static str = "The window opens as if for the first time.";
}

impl UiState {
    /// Reads the state; the default where there is none.
    #[must_use]
    pub fn load(profile: &Profile) -> Loaded<Self> {
        load::load(&profile.state_file())
    }

    /// Writes it.
    ///
    /// # Errors
    /// `Config` or `DiskFull`.
    pub fn save(&self, profile: &Profile) -> Result<()> {
        load::save(&profile.state_file(), self)
    }
}
