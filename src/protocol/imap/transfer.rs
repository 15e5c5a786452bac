//! Moving, copying and removing messages (RFC 6851, RFC 4315).

use super::code::Code;
use super::command::Command;
use super::conn::{Done, ImapConn, Untagged};
use super::error::Error;
use super::uidset;
use crate::model::{Uid, UidValidity};

/// Where messages went.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Transferred {
    /// The generation of the new UIDs.
    pub(crate) uid_validity: Option<UidValidity>,
    /// Old and new UID of each message the server told of. Empty where it
    /// does not tell.
    pub(crate) pairs: Vec<(Uid, Uid)>,
}

impl ImapConn {
    /// Moves messages of the selected folder, on a server that has MOVE.
    ///
    /// # Errors
    ///
    /// When it is refused or the connection is lost.
    pub(crate) async fn move_messages(
        &mut self,
        uids: &[Uid],
        raw: &str,
    ) -> Result<Transferred, Error> {
        self.transfer("UID MOVE", uids, raw).await
    }

    /// Copies messages of the selected folder.
    ///
    /// # Errors
    ///
    /// When it is refused or the connection is lost.
    pub(crate) async fn copy_messages(
        &mut self,
        uids: &[Uid],
        raw: &str,
    ) -> Result<Transferred, Error> {
        self.transfer("UID COPY", uids, raw).await
    }

    /// Removes these messages for good, if they are marked `\Deleted`. False
    /// where the server cannot remove single messages: then nothing happened.
    ///
    /// # Errors
    ///
    /// When it is refused or the connection is lost.
    pub(crate) async fn expunge(&mut self, uids: &[Uid]) -> Result<bool, Error> {
        if !self.capabilities.uid_plus() {
            return Ok(false);
        }
        for set in uidset::sets(uids) {
            self.run_plain(Command::new("UID EXPUNGE").words(&set))
                .await?;
        }
        Ok(true)
    }

    /// Removes for good whatever is marked `\\Deleted` in the selected folder,
    /// by whomever: only for a server that cannot remove single messages, and
    /// after a look at what is marked.
    ///
    /// # Errors
    ///
    /// When it is refused or the connection is lost.
    pub(crate) async fn expunge_all_marked(&mut self) -> Result<(), Error> {
        self.run_plain(Command::new("EXPUNGE")).await?;
        Ok(())
    }

    async fn transfer(
        &mut self,
        verb: &'static str,
        uids: &[Uid],
        raw: &str,
    ) -> Result<Transferred, Error> {
        let mut all = Transferred::default();
        for set in uidset::sets(uids) {
            let command = Command::new(verb).words(&set).folder(raw);
            // MOVE tells the new UIDs in an untagged OK, COPY in the tagged.
            let mut codes = Vec::new();
            let Done { code } = self
                .run(command, &mut |untagged| {
                    if let Untagged::Remark(Some(code @ Code::CopyUid(..))) = untagged {
                        codes.push(code);
                    }
                })
                .await?;
            for code in codes.into_iter().chain(code) {
                note(&mut all, &code, uids.len());
            }
        }
        Ok(all)
    }
}

/// Notes the UIDs of a COPYUID, if both sides name equally many.
fn note(all: &mut Transferred, code: &Code, most: usize) {
    let Code::CopyUid(validity, from, to) = code else {
        return;
    };
    let from = uidset::members(from, most + 1);
    let to = uidset::members(to, most + 1);
    if from.len() != to.len() || from.len() > most {
        return;
    }
    all.uid_validity = UidValidity::new(*validity);
    let pairs = from.into_iter().zip(to);
    all.pairs
        .extend(pairs.filter_map(|(from, to)| Some((Uid::new(from)?, Uid::new(to)?))));
}
