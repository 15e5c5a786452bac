//! What the person prefers.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::load::{self, Document, IfBroken, Loaded};
use super::paths::Profile;
use crate::error::Result;

/// The person's preferences. What a file does not name has its default; what
/// this version does not know is passed over.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// How the window looks.
    pub appearance: Appearance,
    /// How mail is fetched.
    pub fetching: Fetching,
    /// How mail is sent.
    pub sending: Sending,
    /// Where passwords are kept.
    pub secrets: Secrets,
    /// Searches that are kept under a name, in the person's order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub saved_search: Vec<SavedSearch>,
    /// How mail is shown.
    pub reading: Reading,
}

/// A search that is kept under a name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedSearch {
    /// What the person calls it.
    pub name: String,
    /// What is looked for, as it is written into the search box.
    pub query: String,
}

/// How mail is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Reading {
    /// Whose mail may show pictures from elsewhere: addresses, and domains with
    /// an `@` before them. Lower case.
    pub pictures_from: Vec<String>,
    /// Whose mail keeps its own colours in a dark window: addresses in lower
    /// case.
    pub original_colours_from: Vec<String>,
    /// When a message that is looked at counts as read.
    pub mark_read: MarkRead,
    /// When signatures are checked here.
    pub check_signatures: CheckSignatures,
}

/// When the signatures of a message (DKIM) are checked here, rather than by the
/// server alone.
///
/// The key comes from the signer's name servers. A sender can make up another
/// name for it for each recipient, and learns from the question that this one
/// opened the message; so nothing is asked unless the person wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckSignatures {
    /// When the person asks for it, for one message.
    #[default]
    WhenAsked,
    /// Also when a message is opened of which the person's server says nothing,
    /// where the domains that signed it are known: the person wrote there, or
    /// they are providers'.
    IfServerSilent,
}

/// When a message that is looked at counts as read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MarkRead {
    /// As soon as it is shown.
    AtOnce,
    /// After so many seconds.
    AfterSeconds(u32),
    /// When the person says so.
    ByHand,
}

impl Default for MarkRead {
    fn default() -> Self {
        Self::AfterSeconds(1)
    }
}

impl MarkRead {
    /// How long it takes; nothing where it never happens by itself.
    #[must_use]
    pub fn after(self) -> Option<Duration> {
        match self {
            Self::AtOnce => Some(Duration::ZERO),
            Self::AfterSeconds(seconds) => Some(Duration::from_secs(seconds.into())),
            Self::ByHand => None,
        }
    }
}

impl Reading {
    /// Whether mail from that address may show pictures from elsewhere.
    #[must_use]
    pub fn allows_pictures(&self, from: &str) -> bool {
        let from = from.to_lowercase();
        let domain = from
            .rsplit_once('@')
            .map(|(_, domain)| format!("@{domain}"));
        let allowed = |of: &String| *of == from || Some(of) == domain.as_ref();
        self.pictures_from.iter().any(allowed)
    }

    /// Allows it for an address or a domain.
    pub fn allow_pictures(&mut self, of: &str) {
        let of = of.to_lowercase();
        if !self.pictures_from.contains(&of) {
            self.pictures_from.push(of);
        }
    }

    /// Whether mail from that address keeps its own colours.
    #[must_use]
    pub fn keeps_colours(&self, from: &str) -> bool {
        self.original_colours_from.contains(&from.to_lowercase())
    }

    /// Lets mail from that address keep its own colours, or no longer.
    pub fn keep_colours(&mut self, from: &str, keep: bool) {
        let from = from.to_lowercase();
        self.original_colours_from.retain(|other| *other != from);
        if keep {
            self.original_colours_from.push(from);
        }
    }
}

/// Where passwords are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Secrets {
    /// The place.
    pub place: SecretsPlace,
}

/// A place for passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretsPlace {
    /// The desktop's keyring.
    #[default]
    Keyring,
    /// A file of the profile, under a passphrase.
    File,
    /// Nowhere: the person types them each time.
    Ask,
}

/// How the window looks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Appearance {
    /// Its colours.
    pub theme: ThemeChoice,
    /// How much room a row has.
    pub density: Density,
    /// Enlargement of everything; 1 is the platform's own size.
    pub scale: f32,
    /// Where the open message lies.
    pub reading_pane: ReadingPane,
    /// How lists show conversations.
    pub conversations: Conversations,
}

impl Default for Appearance {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::default(),
            density: Density::default(),
            scale: 1.0,
            reading_pane: ReadingPane::default(),
            conversations: Conversations::default(),
        }
    }
}

/// The colours of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThemeChoice {
    /// As the desktop is.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// The strongest contrast.
    HighContrast,
}

/// How much room a row has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Density {
    /// As many rows as can be read.
    Compact,
    /// The middle.
    #[default]
    Comfortable,
    /// Room for fingers.
    Spacious,
}

/// How lists show conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conversations {
    /// Not at all: each message is a row.
    Off,
    /// One row for what lies in the same folder.
    Threads,
    /// One row, with what lies elsewhere: one's own answers.
    #[default]
    Whole,
}

/// Where the open message lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadingPane {
    /// Beside the list.
    #[default]
    Right,
    /// Below the list.
    Bottom,
    /// Nowhere: messages open in the list's place.
    Off,
}

/// How mail is fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fetching {
    /// Seconds between two looks at servers that do not tell by themselves.
    pub interval_seconds: u64,
    /// How many connections to hold to the incoming server of an account at
    /// most. The first follows everything; the others listen to folders that
    /// are watched, with servers that tell of one folder a connection.
    pub connections: usize,
}

impl Default for Fetching {
    fn default() -> Self {
        Self {
            interval_seconds: 60,
            connections: 3,
        }
    }
}

/// How mail is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sending {
    /// Seconds in which *Undo* takes a sent message back.
    pub undo_seconds: u64,
}

impl Default for Sending {
    fn default() -> Self {
        Self { undo_seconds: 10 }
    }
}

impl Document for Settings {
    const IF_BROKEN: IfBroken = IfBroken::SetAside;
    const REMEDY: &'static str =
        "The default settings are used; correct the file to have yours again.";
}

impl Settings {
    /// Reads the settings; the defaults where there are none.
    #[must_use]
    pub fn load(profile: &Profile) -> Loaded<Self> {
        load::load(&profile.settings_file())
    }

    /// Writes them. A file that cannot be read is kept beside the new one; one
    /// of a newer version is left alone.
    ///
    /// # Errors
    /// `Config` or `DiskFull`.
    pub fn save(&self, profile: &Profile) -> Result<()> {
        load::save(&profile.settings_file(), self)
    }
}
