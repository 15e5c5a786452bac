//! What a folder needs, decided from what is known here and what the server
//! says of it. Pure, so that every case is a line in a table.

use crate::model::{ModSeq, UidValidity};
use crate::store::SyncState;

/// What the server says of a folder (STATUS, RFC 9051, 6.3.11, or SELECT).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Remote {
    pub(crate) uid_validity: UidValidity,
    /// The server's next UID; 0 where it does not say.
    pub(crate) uid_next: u32,
    pub(crate) exists: u32,
    pub(crate) highest_modseq: Option<ModSeq>,
}

/// How to learn which flags changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FlagPlan {
    /// None did.
    Nothing,
    /// Ask for the changes since then (RFC 7162).
    Since(ModSeq),
    /// Read all of them: the server does not count changes.
    All,
}

/// What to do with a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FolderPlan {
    /// It is in step.
    Nothing,
    /// Nothing of it is here: read all of it.
    First,
    /// The UIDs known here are void: match everything anew.
    Rebuild,
    /// Cut short before, or messages went away: compare all UIDs.
    Compare,
    /// The server's numbers ran back, as those of a restored backup do: its
    /// UIDs may mean other messages by now, so each is asked what it is.
    Doubt,
    /// Only look at what came after `from`, and at changed flags.
    Continue {
        /// The first UID that may be new.
        from: u32,
        /// How to learn of flags.
        flags: FlagPlan,
    },
}

/// Decides. `here` is how many messages with a UID are known.
pub(crate) fn plan(known: &SyncState, here: u32, remote: &Remote) -> FolderPlan {
    match known.uid_validity {
        Some(validity) if validity != remote.uid_validity => return FolderPlan::Rebuild,
        None if here > 0 => return FolderPlan::Rebuild,
        _ => {}
    }
    if known.uid_next == 0 && here == 0 {
        return FolderPlan::First;
    }
    // Fewer than known, or no complete pass yet: something must be compared.
    if known.uid_next == 0 || remote.uid_next == 0 {
        return FolderPlan::Compare;
    }
    if remote.uid_next < known.uid_next {
        return FolderPlan::Doubt;
    }
    // Changes counted anew say nothing of those since the old count.
    if counts_ran_back(known.highest_modseq, remote.highest_modseq) {
        return FolderPlan::Compare;
    }
    let arrived_at_most = remote.uid_next - known.uid_next;
    let fits = here <= remote.exists && remote.exists - here <= arrived_at_most;
    if !fits || (arrived_at_most == 0 && here != remote.exists) {
        return FolderPlan::Compare;
    }
    let flags = match (known.highest_modseq, remote.highest_modseq) {
        (Some(then), Some(now)) if then == now => FlagPlan::Nothing,
        (Some(then), Some(_)) => FlagPlan::Since(then),
        _ => FlagPlan::All,
    };
    if arrived_at_most == 0 && flags == FlagPlan::Nothing {
        return FolderPlan::Nothing;
    }
    FolderPlan::Continue {
        from: known.uid_next,
        flags,
    }
}

/// Whether the numbers of a folder are lower than they were under the same
/// UIDVALIDITY. They never may be (RFC 9051, 2.3.1.1; RFC 7162, 3.1.2.1).
pub(crate) fn ran_back(known: &SyncState, uid_next: u32, modseq: Option<ModSeq>) -> bool {
    (uid_next > 0 && uid_next < known.uid_next) || counts_ran_back(known.highest_modseq, modseq)
}

fn counts_ran_back(known: Option<ModSeq>, now: Option<ModSeq>) -> bool {
    known.zip(now).is_some_and(|(known, now)| now < known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(validity: u32, uid_next: u32, modseq: u64) -> SyncState {
        SyncState {
            uid_validity: UidValidity::new(validity),
            uid_next,
            highest_modseq: (modseq > 0).then_some(ModSeq(modseq)),
            total: 0,
        }
    }

    fn remote(validity: u32, uid_next: u32, exists: u32, modseq: u64) -> Remote {
        Remote {
            uid_validity: UidValidity::new(validity).unwrap(),
            uid_next,
            exists,
            highest_modseq: (modseq > 0).then_some(ModSeq(modseq)),
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table reads best in one piece")]
    fn every_case() {
        use FolderPlan::{Compare, Doubt, First, Nothing, Rebuild};
        let go = |from, flags| FolderPlan::Continue { from, flags };
        let table = [
            ("first sight", known(0, 0, 0), 0, remote(1, 5, 4, 9), First),
            (
                "first pass was cut short before its first row",
                known(1, 0, 0),
                0,
                remote(1, 5, 4, 9),
                First,
            ),
            (
                "first pass was cut short",
                known(1, 0, 0),
                2,
                remote(1, 5, 4, 9),
                Compare,
            ),
            ("in step", known(1, 5, 9), 4, remote(1, 5, 4, 9), Nothing),
            (
                "UIDs are void",
                known(1, 5, 9),
                4,
                remote(2, 5, 4, 9),
                Rebuild,
            ),
            (
                "UIDs are void and the folder is empty",
                known(1, 5, 9),
                4,
                remote(2, 1, 0, 1),
                Rebuild,
            ),
            (
                "rows of unknown generation",
                known(0, 0, 0),
                3,
                remote(1, 5, 4, 9),
                Rebuild,
            ),
            (
                "one came",
                known(1, 5, 9),
                4,
                remote(1, 6, 5, 10),
                go(5, FlagPlan::Since(ModSeq(9))),
            ),
            ("one went", known(1, 5, 9), 4, remote(1, 5, 3, 10), Compare),
            (
                "one came, one went",
                known(1, 5, 9),
                4,
                remote(1, 6, 4, 10),
                go(5, FlagPlan::Since(ModSeq(9))),
            ),
            (
                "two went, one came",
                known(1, 5, 9),
                4,
                remote(1, 6, 3, 10),
                Compare,
            ),
            (
                "a flag changed",
                known(1, 5, 9),
                4,
                remote(1, 5, 4, 10),
                go(5, FlagPlan::Since(ModSeq(9))),
            ),
            (
                "no change counter",
                known(1, 5, 0),
                4,
                remote(1, 5, 4, 0),
                go(5, FlagPlan::All),
            ),
            (
                "a counter appeared",
                known(1, 5, 0),
                4,
                remote(1, 5, 4, 7),
                go(5, FlagPlan::All),
            ),
            (
                "more than can have come",
                known(1, 5, 9),
                4,
                remote(1, 6, 9, 10),
                Compare,
            ),
            ("no UIDNEXT", known(1, 5, 9), 4, remote(1, 0, 4, 9), Compare),
            (
                "UIDNEXT went back",
                known(1, 5, 9),
                4,
                remote(1, 3, 4, 9),
                Doubt,
            ),
            (
                "UIDNEXT went back, and as many came as went",
                known(1, 9, 0),
                8,
                remote(1, 8, 8, 0),
                Doubt,
            ),
            (
                "the change counter went back",
                known(1, 5, 9),
                4,
                remote(1, 5, 4, 2),
                Compare,
            ),
        ];
        for (name, known, here, remote, expected) in table {
            assert_eq!(plan(&known, here, &remote), expected, "{name}");
        }
    }
}
