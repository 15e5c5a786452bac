//! How the window was left. Not preferences: losing them is no loss.

use std::collections::BTreeMap;

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
    /// How large messages are shown, in percent.
    pub zoom: u16,
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

impl UiState {
    /// Remembers what was looked for, once.
    pub fn remember_search(&mut self, text: &str) {
        self.searches.retain(|known| known != text);
        self.searches.insert(0, text.to_owned());
        self.searches.truncate(SEARCHES_MAX);
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
            zoom: 100,
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
