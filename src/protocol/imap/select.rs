//! Opening a folder (RFC 9051, 6.3.2).

use async_imap::imap_proto::{MailboxDatum, Response};

use super::code::Code;
use super::command::Command;
use super::conn::{Done, ImapConn, Untagged};
use super::error::{Error, Fault};
use crate::model::{ModSeq, UidValidity};

/// What a server says of a folder when it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selected {
    /// How many messages it holds.
    pub(crate) exists: u32,
    /// The generation of its UIDs.
    pub(crate) uid_validity: UidValidity,
    /// The UID the next message will get at least, where the server tells.
    pub(crate) uid_next: Option<u32>,
    /// The highest modification sequence; none where the folder has none.
    pub(crate) highest_modseq: Option<ModSeq>,
    /// Which flags can be changed for good; none where the server does not
    /// tell: then all can.
    pub(crate) permanent_flags: Option<Vec<String>>,
    /// Whether nothing can be changed.
    pub(crate) read_only: bool,
}

impl Selected {
    /// Whether a flag can be changed for good. `\*` means that keywords can be
    /// made up.
    pub(crate) fn keeps(&self, flag: &str) -> bool {
        let Some(flags) = &self.permanent_flags else {
            return true;
        };
        flags
            .iter()
            .any(|own| own.eq_ignore_ascii_case(flag) || (own == "\\*" && !flag.starts_with('\\')))
    }
}

/// Gathers what a server says while it opens a folder.
#[derive(Debug, Default)]
pub(super) struct Opening {
    told_exists: bool,
    uid_validity: Option<UidValidity>,
    uid_next: Option<u32>,
    highest_modseq: Option<ModSeq>,
    permanent_flags: Option<Vec<String>>,
    read_only: bool,
}

impl Opening {
    /// Takes what an untagged answer tells. True for the one that says the
    /// folder open before is closed only now (RFC 7162, 3.2.11): what came
    /// until then was about that one, and is forgotten.
    pub(super) fn see(&mut self, untagged: Untagged<'_>) -> bool {
        match untagged {
            Untagged::Data(Response::MailboxData(MailboxDatum::Exists(_))) => {
                self.told_exists = true;
            }
            Untagged::Remark(Some(code)) => match code {
                Code::UidValidity(number) => self.uid_validity = UidValidity::new(number),
                Code::UidNext(number) => self.uid_next = Some(number),
                // No folder counts from 0 (RFC 7162, 7): one that does does not count.
                Code::HighestModSeq(number) => {
                    self.highest_modseq = (number > 0).then_some(ModSeq(number));
                }
                Code::PermanentFlags(list) => self.permanent_flags = Some(list),
                Code::ReadOnly => self.read_only = true,
                Code::Named(name) if name == "CLOSED" => {
                    *self = Self::default();
                    return true;
                }
                _ => {}
            },
            _ => {}
        }
        false
    }
}

impl ImapConn {
    /// Opens a folder by its raw name.
    ///
    /// # Errors
    ///
    /// When it is refused, when the server gives no UIDVALIDITY (which counts
    /// as a refusal), or when the connection is lost.
    pub(crate) async fn select(&mut self, raw: &str) -> Result<Selected, Error> {
        let command = self.select_command(raw);
        self.begin_opening();
        let mut opening = Opening::default();
        let done = self
            .run(command, &mut |untagged| {
                opening.see(untagged);
            })
            .await?;
        self.end_opening(opening, &done)
    }

    pub(super) fn select_command<'a>(&self, raw: &'a str) -> Command<'a> {
        let command = Command::new("SELECT").folder(raw);
        if self.capabilities.condstore() {
            command.words("(CONDSTORE)")
        } else {
            command
        }
    }

    /// A refused SELECT leaves no folder open.
    pub(super) fn begin_opening(&mut self) {
        self.exists = 0;
        self.counts_changes = false;
    }

    /// Takes what was gathered, after the tagged OK.
    pub(super) fn end_opening(&mut self, opening: Opening, done: &Done) -> Result<Selected, Error> {
        let (true, Some(uid_validity)) = (opening.told_exists, opening.uid_validity) else {
            return Err(self.fail(Fault::Unnumbered));
        };
        self.changed = false;
        // Yahoo tells a count and knows no CONDSTORE.
        let counts = self.capabilities.condstore();
        let highest_modseq = opening.highest_modseq.filter(|_| counts);
        self.counts_changes = highest_modseq.is_some();
        Ok(Selected {
            exists: self.exists,
            uid_validity,
            uid_next: opening.uid_next,
            highest_modseq,
            permanent_flags: opening.permanent_flags,
            read_only: opening.read_only || done.code == Some(Code::ReadOnly),
        })
    }
}
