//! Attachments that can do harm to whoever opens them.

use serde::{Deserialize, Serialize};

/// Why an attachment is not opened just so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DangerKind {
    /// A program, or something that installs one.
    Program,
    /// Commands that the system carries out.
    Script,
    /// A file that starts another, or leads elsewhere.
    Shortcut,
    /// A document with a program in it.
    Macros,
    /// A page that may run scripts and look like any other page.
    Page,
    /// A disk in a file; what is on it counts as one's own.
    Disk,
}

/// What makes an attachment dangerous.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Danger {
    /// What it is.
    pub kind: DangerKind,
    /// Whether its name makes believe that it is something else.
    pub disguised: bool,
}

impl Danger {
    /// What it is, in a word or two: "A program".
    #[must_use]
    pub fn what(self) -> &'static str {
        match self.kind {
            DangerKind::Program => "A program",
            DangerKind::Script => "A script",
            DangerKind::Shortcut => "A shortcut",
            DangerKind::Macros => "A document with macros",
            DangerKind::Page => "A web page",
            DangerKind::Disk => "A disk image",
        }
    }

    /// What may come of it, in a sentence.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self.kind {
            DangerKind::Program | DangerKind::Script => {
                "Once it is started it can do whatever you can do on this computer."
            }
            DangerKind::Shortcut => {
                "It can start a program, or lead to a place you did not choose."
            }
            DangerKind::Macros => "The program in it can do whatever you can do on this computer.",
            DangerKind::Page => {
                "It can look like the page of your bank and send elsewhere what you type."
            }
            DangerKind::Disk => "What lies on it is not checked as other files are.",
        }
    }
}
