//! What happened in a folder since it was last looked at, in one answer
//! (RFC 7162).

use async_imap::imap_proto::Response;

use super::command::Command;
use super::conn::{ImapConn, Untagged};
use super::error::{Error, Fault};
use super::fetch::{self, Fetched};
use super::open::FolderAsk;
use super::own::Own;
use super::ranges::Ranges;
use super::select::Selected;
use crate::model::{Flags, ModSeq, Uid, UidValidity};

/// What is known here of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    /// The generation of the UIDs here.
    pub(crate) uid_validity: UidValidity,
    /// Up to where changes are known here.
    pub(crate) modseq: ModSeq,
}

/// The flags a message has now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangedFlags {
    /// The message.
    pub(crate) uid: Uid,
    /// The flags this program knows.
    pub(crate) flags: Flags,
    /// The keywords it does not.
    pub(crate) keywords: Vec<String>,
    /// When they changed, where the server tells.
    pub(crate) modseq: Option<ModSeq>,
}

/// What changed in a folder since a modification sequence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Changes {
    /// UIDs that are gone, as ranges in order (both ends count). A server may
    /// name UIDs nobody ever knew, and a range may be as wide as all numbers:
    /// never walk through one.
    pub(crate) vanished: Vec<(u32, u32)>,
    /// Messages whose flags changed, and messages that came.
    pub(crate) changed: Vec<ChangedFlags>,
}

/// A folder that was opened with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resynced {
    /// What the server says of the folder.
    pub(crate) selected: Selected,
    /// Whether `changes` is all that happened since: the server speaks
    /// QRESYNC, the generation of the UIDs is the same, its count did not run
    /// backwards, and nothing had to be left out for its sheer size.
    pub(crate) complete: bool,
    /// Whether `changes` has at least every change of flags since: so on a
    /// server that can tell these but not what vanished. Where not, `changes`
    /// is empty.
    pub(crate) flags_complete: bool,
    /// What changed.
    pub(crate) changes: Changes,
}

impl Resynced {
    /// A folder of whose changes nothing is known.
    pub(super) fn nothing(selected: Selected) -> Self {
        Self {
            selected,
            complete: false,
            flags_complete: false,
            changes: Changes::default(),
        }
    }
}

/// Decides whether what was gathered can be believed; `all` where the server
/// was asked for what vanished too.
pub(super) fn judge(selected: Selected, known: &Known, gathered: Gathered, all: bool) -> Resynced {
    let same = selected.uid_validity == known.uid_validity;
    let counts = selected
        .highest_modseq
        .is_some_and(|highest| highest >= known.modseq);
    match gathered.finish() {
        Some(changes) if same && counts => Resynced {
            selected,
            complete: all,
            flags_complete: true,
            changes,
        },
        _ => Resynced::nothing(selected),
    }
}

/// Opens a folder and asks what changed in it (RFC 7162, 3.2.5).
pub(super) fn command<'a>(raw: &'a str, known: &Known) -> Command<'a> {
    let (validity, modseq) = (known.uid_validity.get(), known.modseq.0);
    Command::new("SELECT")
        .folder(raw)
        .words(&format!("(QRESYNC ({validity} {modseq}))"))
}

/// More changes than this at once are a comparison, or an attack.
const CHANGED_MAX: usize = 1 << 20;

/// Gathers changes out of answers.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    vanished: Ranges,
    changed: Vec<ChangedFlags>,
    overflow: bool,
}

impl Gathered {
    /// Takes what an untagged answer tells of changes.
    pub(super) fn see(&mut self, untagged: &Untagged<'_>) {
        match untagged {
            Untagged::Own(Own::Vanished { uids, .. }) => {
                self.vanished.add(uids);
            }
            Untagged::Own(Own::Fetch(items)) => self.keep(fetch::read_odd(items)),
            Untagged::Data(Response::Fetch(_, values)) => self.keep(fetch::read(values)),
            _ => {}
        }
    }

    fn keep(&mut self, fetched: Fetched) {
        let (Some(uid), Some((flags, keywords))) = (fetched.uid, fetched.flags) else {
            return;
        };
        if self.changed.len() == CHANGED_MAX {
            self.overflow = true;
            return;
        }
        self.changed.push(ChangedFlags {
            uid,
            flags,
            keywords,
            modseq: fetched.modseq,
        });
    }

    /// The changes in the order of UIDs, each message once, with what was
    /// told last; none where they were too many.
    pub(super) fn finish(mut self) -> Option<Changes> {
        if self.overflow {
            return None;
        }
        self.changed.reverse();
        // Stable: of two answers for one message the later comes first now.
        self.changed.sort_by_key(|row| row.uid);
        self.changed.dedup_by_key(|row| row.uid);
        Some(Changes {
            vanished: self.vanished.into_vec()?,
            changed: self.changed,
        })
    }
}

impl ImapConn {
    /// Opens a folder by its raw name and learns in the same round trip what
    /// changed since `known` (RFC 7162). Where the server cannot tell, it is a
    /// plain [`ImapConn::select`].
    ///
    /// # Errors
    ///
    /// As [`ImapConn::select`].
    pub(crate) async fn select_resync(
        &mut self,
        raw: &str,
        known: &Known,
    ) -> Result<Resynced, Error> {
        let ask = FolderAsk {
            raw,
            known: Some(*known),
            new: None,
        };
        match self.open_folders(&[ask]).await?.pop() {
            Some(opened) => opened.map(|opened| opened.resynced),
            None => Err(self.fail(Fault::Nonsense("no folder was opened"))),
        }
    }

    /// What changed since `since` among the messages from `first` on of the
    /// selected folder (RFC 7162, 3.2.6). None where it was too much to keep:
    /// then the folder must be compared.
    ///
    /// # Errors
    ///
    /// When QRESYNC is not enabled, the command is refused or the connection
    /// is lost.
    pub(crate) async fn changes_since(
        &mut self,
        first: Uid,
        since: ModSeq,
    ) -> Result<Option<Changes>, Error> {
        self.settle().await?;
        if !self.has_enabled("QRESYNC") || !self.counts_changes {
            return Err(self.fail(Fault::NotOffered("QRESYNC")));
        }
        let ModSeq(since) = since;
        let words = format!("{first}:* (UID FLAGS MODSEQ) (CHANGEDSINCE {since} VANISHED)");
        let mut gathered = Gathered::default();
        self.run(Command::new("UID FETCH").words(&words), &mut |untagged| {
            gathered.see(&untagged);
        })
        .await?;
        // `n:*` always brings the last message, even where its UID is below n.
        gathered.changed.retain(|row| row.uid >= first);
        Ok(gathered.finish())
    }
}
