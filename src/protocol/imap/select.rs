//! Opening a folder (RFC 9051, 6.3.2).

use async_imap::imap_proto::{MailboxDatum, Response};

use super::code::Code;
use super::command::Command;
use super::conn::{ImapConn, Untagged};
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

impl ImapConn {
    /// Opens a folder by its raw name.
    ///
    /// # Errors
    ///
    /// When it is refused, when the server gives no UIDVALIDITY (which counts
    /// as a refusal), or when the connection is lost.
    pub(crate) async fn select(&mut self, raw: &str) -> Result<Selected, Error> {
        let mut command = Command::new("SELECT").string(raw);
        if self.capabilities.condstore() {
            command = command.words("(CONDSTORE)");
        }
        // A refused SELECT leaves no folder open.
        self.exists = 0;
        self.counts_changes = false;
        let (mut exists, mut validity, mut uid_next) = (None, None, None);
        let (mut modseq, mut flags, mut read_only) = (None, None, false);
        let done = self
            .run(command, &mut |untagged| match untagged {
                Untagged::Data(Response::MailboxData(MailboxDatum::Exists(count))) => {
                    exists = Some(*count);
                }
                Untagged::Remark(Some(code)) => match code {
                    Code::UidValidity(number) => validity = UidValidity::new(number),
                    Code::UidNext(number) => uid_next = Some(number),
                    Code::HighestModSeq(number) => modseq = Some(ModSeq(number)),
                    Code::PermanentFlags(list) => flags = Some(list),
                    Code::ReadOnly => read_only = true,
                    _ => {}
                },
                _ => {}
            })
            .await?;
        let (Some(exists), Some(uid_validity)) = (exists, validity) else {
            return Err(self.fail(Fault::Unnumbered));
        };
        self.exists = exists;
        self.changed = false;
        self.counts_changes = modseq.is_some();
        Ok(Selected {
            exists,
            uid_validity,
            uid_next,
            highest_modseq: modseq,
            permanent_flags: flags,
            read_only: read_only || done.code == Some(Code::ReadOnly),
        })
    }
}
