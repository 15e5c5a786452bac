//! Which op is told next.

use std::collections::HashSet;

use crate::model::{FolderId, PlacementId, Uid};
use crate::store::{Change, PendingOp};

/// How many messages one command covers.
const BATCH: usize = 500;

/// The oldest op the server can be told of, with those behind it that one
/// command can carry as well. What was `tried`, or waits for a UID, waits; and
/// whatever is about the same message or folder waits behind it. What is held
/// is as if it were not there: nothing can be about a message that only this
/// computer has. `unwritten` are the rows of all accounts that wait to be
/// uploaded.
pub(super) fn next_batch(
    pending: &[PendingOp],
    tried: &HashSet<i64>,
    unwritten: &HashSet<PlacementId>,
) -> Vec<PendingOp> {
    let mut held = Held::default();
    let mut batch: Vec<PendingOp> = Vec::new();
    // What it gives way to must be there before it goes.
    let too_early = |op: &PendingOp| {
        op.change == Change::Expunge && op.source.is_some_and(|row| unwritten.contains(&row))
    };
    for op in pending.iter().filter(|op| !op.held) {
        if tried.contains(&op.id) || !can_be_told(op) || too_early(op) || held.holds(op) {
            if !batch.is_empty() {
                break;
            }
            held.add(op);
            continue;
        }
        let fits = batch.first().is_none_or(|first| {
            alike(first, op) && batch.len() < BATCH && batch.iter().all(|other| other.uid != op.uid)
        });
        if !fits {
            break;
        }
        batch.push(op.clone());
        if !can_be_shared(op) {
            break;
        }
    }
    batch
}

/// The upload that is next, and those that follow it with nothing else in
/// between, `most` at most.
pub(super) fn uploads_from(
    pending: &[PendingOp],
    first: &PendingOp,
    tried: &HashSet<i64>,
    most: usize,
) -> Vec<PendingOp> {
    let waits = |op: &&PendingOp| !op.held && !tried.contains(&op.id);
    let from_first = pending.iter().skip_while(|op| op.id != first.id);
    from_first
        .filter(waits)
        .take_while(|op| op.change == Change::Append)
        .take(most)
        .cloned()
        .collect()
}

/// Whether one command can carry more of its kind.
fn can_be_shared(op: &PendingOp) -> bool {
    op.uid.is_some()
}

fn alike(first: &PendingOp, op: &PendingOp) -> bool {
    op.folder == first.folder && op.change == first.change && op.uid.is_some()
}

/// An op without a UID waits until its row gets one. Where no row will, the
/// message is looked for by its name.
fn can_be_told(op: &PendingOp) -> bool {
    op.uid.is_some()
        || match op.change {
            Change::Append | Change::Folder(_) | Change::Expunge => true,
            Change::Copy(_) => op.source.is_none(),
            _ => false,
        }
}

/// What ops that wait are about.
#[derive(Default)]
struct Held {
    rows: HashSet<PlacementId>,
    messages: HashSet<(FolderId, Uid)>,
    /// Folders that something waits to be done in.
    used: HashSet<FolderId>,
    /// Folders that wait to be changed themselves.
    changed: HashSet<FolderId>,
}

fn rows(op: &PendingOp) -> impl Iterator<Item = PlacementId> {
    let own = (op.placement != PlacementId(0)).then_some(op.placement);
    let source = op.source.filter(|_| op.change != Change::Expunge);
    own.into_iter().chain(source)
}

fn folders(op: &PendingOp) -> impl Iterator<Item = FolderId> {
    let target = match op.change {
        Change::Move(target) | Change::Copy(target) => Some(target),
        _ => None,
    };
    std::iter::once(op.folder).chain(target)
}

impl Held {
    fn add(&mut self, op: &PendingOp) {
        self.rows.extend(rows(op));
        self.messages.extend(op.uid.map(|uid| (op.folder, uid)));
        self.used.extend(folders(op));
        if matches!(op.change, Change::Folder(_)) {
            self.changed.insert(op.folder);
        }
    }

    fn holds(&self, op: &PendingOp) -> bool {
        if matches!(op.change, Change::Folder(_)) {
            // Names depend on each other: folders are changed in strict order.
            return !self.changed.is_empty() || self.used.contains(&op.folder);
        }
        rows(op).any(|row| self.rows.contains(&row))
            || op
                .uid
                .is_some_and(|uid| self.messages.contains(&(op.folder, uid)))
            || folders(op).any(|folder| self.changed.contains(&folder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FlagChange;
    use crate::store::FolderChange;

    fn op(id: i64, folder: i64, uid: u32, change: Change) -> PendingOp {
        PendingOp {
            id,
            placement: PlacementId(i64::from(uid)),
            source: None,
            folder: FolderId(folder),
            uid: Uid::new(uid),
            uid_validity: None,
            change,
            marked: false,
            attempts: 0,
            target_next: 0,
            message_id: None,
            size: 0,
            held: false,
        }
    }

    fn ids(pending: &[PendingOp], tried: &[i64]) -> Vec<i64> {
        let uploads = pending.iter().filter(|op| op.change == Change::Append);
        let uploads = uploads.map(|op| op.placement).collect();
        ids_with(pending, tried, &uploads)
    }

    fn ids_with(
        pending: &[PendingOp],
        tried: &[i64],
        unwritten: &HashSet<PlacementId>,
    ) -> Vec<i64> {
        let tried = tried.iter().copied().collect();
        let batch = next_batch(pending, &tried, unwritten);
        batch.iter().map(|op| op.id).collect()
    }

    fn seen() -> Change {
        Change::Flag(FlagChange::seen(true))
    }

    #[test]
    fn alike_neighbours_go_together_and_order_is_kept() {
        let mut waiting = op(1, 1, 0, seen());
        waiting.placement = PlacementId(99);
        let pending = [
            waiting,
            op(2, 1, 7, seen()),
            op(3, 1, 8, seen()),
            op(4, 1, 8, Change::Move(FolderId(2))),
            op(5, 1, 9, seen()),
        ];
        assert_eq!(ids(&pending, &[]), [2, 3]);
        assert_eq!(ids(&pending[3..], &[]), [4]);
        assert_eq!(ids(&pending[..1], &[]), [0_i64; 0]);
    }

    #[test]
    fn nothing_overtakes_what_waits_about_the_same_message() {
        let mut copy = op(1, 1, 7, Change::Copy(FolderId(2)));
        copy.placement = PlacementId(50);
        copy.source = Some(PlacementId(7));
        let mut gone = op(2, 1, 7, Change::Expunge);
        gone.placement = PlacementId(0);
        let pending = [copy, gone, op(3, 1, 8, seen())];
        assert_eq!(ids(&pending, &[]), [1]);
        // The copy has to wait: removing the original would make it none.
        assert_eq!(ids(&pending, &[1]), [3]);
    }

    #[test]
    fn a_folder_is_removed_after_what_leaves_it() {
        let delete = Change::Folder(FolderChange::Delete { permanently: false });
        let mut delete = op(2, 1, 0, delete);
        delete.placement = PlacementId(0);
        let pending = [op(1, 1, 7, Change::Move(FolderId(3))), delete];
        assert_eq!(ids(&pending, &[]), [1]);
        assert_eq!(ids(&pending, &[1]), [0_i64; 0]);
        assert_eq!(ids(&pending[1..], &[]), [2]);
    }

    #[test]
    fn nothing_goes_into_a_folder_that_waits_to_be_made() {
        let create = Change::Folder(FolderChange::Create { path: "New".into() });
        let mut create = op(1, 5, 0, create);
        create.placement = PlacementId(0);
        let pending = [
            create,
            op(2, 1, 7, Change::Move(FolderId(5))),
            op(3, 1, 8, seen()),
        ];
        assert_eq!(ids(&pending, &[]), [1]);
        assert_eq!(ids(&pending, &[1]), [3]);
    }

    #[test]
    fn a_draft_goes_only_once_the_one_in_its_place_is_there() {
        let mut gone = op(1, 1, 7, Change::Expunge);
        gone.placement = PlacementId(0);
        gone.source = Some(PlacementId(50));
        let mut upload = op(2, 1, 0, Change::Append);
        upload.placement = PlacementId(50);
        let pending = [gone, upload];
        assert_eq!(ids(&pending, &[]), [2]);
        // The mailbox is full: the old one stays.
        assert_eq!(ids(&pending, &[2]), [0_i64; 0]);
        assert_eq!(ids(&pending[..1], &[]), [1]);
        // It waits for the server of another account.
        let elsewhere = HashSet::from([PlacementId(50)]);
        assert_eq!(ids_with(&pending[..1], &[], &elsewhere), [0_i64; 0]);
    }

    #[test]
    fn what_is_held_stands_in_nobodys_way() {
        let mut held = op(1, 1, 0, Change::Append);
        held.held = true;
        let pending = [held, op(2, 1, 7, seen()), op(3, 1, 8, seen())];
        assert_eq!(ids(&pending, &[]), [2, 3]);
        assert_eq!(ids(&pending[..1], &[]), [0_i64; 0]);
    }

    #[test]
    fn one_message_is_copied_twice_by_two_commands() {
        let copy = |id, row| {
            let mut copy = op(id, 1, 7, Change::Copy(FolderId(2)));
            copy.placement = PlacementId(row);
            copy
        };
        assert_eq!(ids(&[copy(1, 50), copy(2, 51)], &[]), [1]);
    }
}
