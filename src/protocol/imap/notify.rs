//! One connection that hears of every folder (RFC 5465).

use std::collections::BTreeMap;

use super::code::Code;
use super::command::Command;
use super::conn::ImapConn;
use super::error::Error;
use super::own::{FolderStatus, Own};

/// What a server told by itself of folders that are not selected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Notices {
    /// The latest numbers of folders, by the server's name.
    pub(crate) folders: BTreeMap<String, FolderStatus>,
    /// Folders came, went or were renamed, or the server lost count: all of
    /// them want a look.
    pub(crate) everything: bool,
}

impl Notices {
    /// Whether nothing was told.
    pub(crate) fn is_empty(&self) -> bool {
        self.folders.is_empty() && !self.everything
    }
}

/// What is told of other folders than the selected one. More names than this
/// are no news but a flood; then all folders are looked at.
const MOST_FOLDERS: usize = 1000;

const EVENTS: &str = "SET (selected-delayed (MessageNew MessageExpunge FlagChange)) \
                      (personal (MessageNew MessageExpunge FlagChange MailboxName))";

/// What is told without being asked for by NOTIFY, and only then.
const USUAL_EVENTS: &str = "SET (selected-delayed (MessageNew MessageExpunge FlagChange))";

/// A server that gave up telling so often is not asked again for all folders.
const OVERFLOWS: u32 = 3;

impl ImapConn {
    /// Asks the server to tell of changes in all of the person's folders from
    /// now on. Says whether it will. What happened before is not told.
    ///
    /// # Errors
    ///
    /// When the command is not understood or the connection is lost; a refusal
    /// is a `false`.
    pub(crate) async fn notify(&mut self) -> Result<bool, Error> {
        if !self.capabilities.has("NOTIFY") {
            return Ok(false);
        }
        match self.run_plain(Command::new("NOTIFY").words(EVENTS)).await {
            Ok(_) => self.notifying = true,
            // Some kinds of events it has not, or the account has too many
            // folders for it (BADEVENT, NOTIFICATIONOVERFLOW).
            Err(error) if error.is_refusal() => self.notifying = false,
            Err(error) => return Err(error),
        }
        Ok(self.notifying)
    }

    /// Asks the server once more to tell of all folders, where it gave up
    /// because there was too much to tell: until it is asked, it tells of
    /// nothing at all (RFC 5465, 5.8). One that gives up again and again is
    /// asked for the selected folder only. What happened in between is not
    /// told.
    ///
    /// # Errors
    ///
    /// As [`ImapConn::notify`].
    pub(crate) async fn notify_again(&mut self) -> Result<(), Error> {
        if !std::mem::take(&mut self.gave_up_telling) {
            return Ok(());
        }
        if self.overflows < OVERFLOWS {
            self.notify().await?;
        }
        if !self.notifying {
            let command = Command::new("NOTIFY").words(USUAL_EVENTS);
            match self.run_plain(command).await {
                Err(error) if !error.is_refusal() => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether the server tells of all folders. It stops by itself when there
    /// is too much to tell.
    pub(crate) fn is_notifying(&self) -> bool {
        self.notifying
    }

    /// What was told of other folders since this was last asked.
    pub(crate) fn take_notices(&mut self) -> Notices {
        std::mem::take(&mut self.notices)
    }

    /// Keeps what a server tells of other folders. The answers to STATUS and
    /// LIST look the same; whoever asks compares with what is known.
    pub(super) fn note_status(&mut self, own: &Own) {
        if let (true, Own::Status(name, status)) = (self.notifying, own) {
            if self.notices.folders.len() >= MOST_FOLDERS {
                self.notices = Notices {
                    folders: BTreeMap::new(),
                    everything: true,
                };
            }
            self.notices.folders.insert(name.clone(), *status);
        }
    }

    /// Keeps that a server gave up telling (RFC 5465, 5.8).
    pub(super) fn note_code(&mut self, code: Option<&Code>) {
        if code.and_then(Code::name) == Some("NOTIFICATIONOVERFLOW") {
            self.notifying = false;
            self.gave_up_telling = true;
            self.overflows = self.overflows.saturating_add(1);
            self.notices.everything = true;
        }
    }
}
