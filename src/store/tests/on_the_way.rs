//! What is done here while the server is being told of something.

use super::*;

impl Bench {
    async fn moved_to_trash(&self) -> (PlacementId, PendingOp) {
        let (_, id) = self.add(email("a", &[], 1), 5).await;
        let trash = self.trash;
        self.write(move |w| w.change_folder(&w.read().placement(id)?, trash))
            .await;
        let op = self.pending().await.remove(0);
        (id, op)
    }

    async fn pending(&self) -> Vec<PendingOp> {
        self.read(|r| r.pending(ACCOUNT)).await
    }

    async fn arrived(&self, op: PendingOp, folder: FolderId, uid: u32) {
        self.write(move |w| w.arrived(&op, folder, Uid::new(uid)))
            .await;
    }
}

#[tokio::test]
async fn a_move_that_was_done_is_settled() {
    let bench = bench().await;
    let (id, op) = bench.moved_to_trash().await;
    bench.arrived(op, bench.trash, 70).await;
    assert!(bench.pending().await.is_empty());
    let row = bench.read(move |r| r.placement(id)).await;
    assert_eq!((row.folder, row.uid), (bench.trash, Uid::new(70)));
}

#[tokio::test]
async fn a_move_taken_back_while_it_was_told_is_moved_back() {
    let bench = bench().await;
    let (id, op) = bench.moved_to_trash().await;
    let (inbox, trash) = (bench.inbox, bench.trash);
    bench
        .write(move |w| w.change_folder(&w.read().placement(id)?, inbox))
        .await;
    bench.arrived(op, trash, 70).await;
    let row = bench.read(move |r| r.placement(id)).await;
    assert_eq!((row.folder, row.uid), (inbox, None));
    let pending = bench.pending().await;
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].change, Change::Move(inbox));
    assert_eq!((pending[0].folder, pending[0].uid), (trash, Uid::new(70)));
}

#[tokio::test]
async fn a_move_whose_goal_changed_while_it_was_told_goes_on() {
    let bench = bench().await;
    let (id, op) = bench.moved_to_trash().await;
    let other = bench
        .write(|w| w.folder_for(ACCOUNT, FolderRole::Archive))
        .await
        .folder
        .id;
    bench
        .write(move |w| w.change_folder(&w.read().placement(id)?, other))
        .await;
    bench.arrived(op, bench.trash, 70).await;
    assert_eq!(bench.read(move |r| r.placement(id)).await.folder, other);
    let pending = bench.pending().await;
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].change, Change::Move(other));
    assert_eq!(
        (pending[0].folder, pending[0].uid),
        (bench.trash, Uid::new(70))
    );
}

#[tokio::test]
async fn a_draft_thrown_away_while_it_was_uploaded_is_removed_there_too() {
    let bench = bench().await;
    let (_, id) = bench.add(email("draft", &[], 1), 0).await;
    bench.write(move |w| w.queue_append(id)).await;
    let op = bench.pending().await.remove(0);
    bench
        .write(move |w| w.change_to_gone(&w.read().placement(id)?))
        .await;
    assert!(bench.pending().await.is_empty());
    bench.arrived(op, bench.inbox, 9).await;
    let pending = bench.pending().await;
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].change, Change::Expunge);
    assert_eq!(
        (pending[0].folder, pending[0].uid),
        (bench.inbox, Uid::new(9))
    );
    assert_eq!(pending[0].uid_validity, UidValidity::new(7));
}

#[tokio::test]
async fn a_message_moved_on_before_its_new_name_was_known_is_found_once() {
    let bench = bench().await;
    let (id, op) = bench.moved_to_trash().await;
    let (inbox, trash) = (bench.inbox, bench.trash);
    // The server did not say the new UID.
    bench.arrived(op, trash, 0).await;
    bench
        .write(move |w| w.change_folder(&w.read().placement(id)?, inbox))
        .await;
    let there = bench.read(move |r| r.unnamed(trash)).await;
    assert_eq!(there.len(), 1);
    assert!(bench.read(move |r| r.unnamed(inbox)).await.is_empty());
    let known = bench
        .write(move |w| w.name_unnamed(id, trash, Uid::new(70).unwrap()))
        .await;
    assert!(known);
    let pending = bench.pending().await;
    assert_eq!(pending[0].change, Change::Move(inbox));
    assert_eq!((pending[0].folder, pending[0].uid), (trash, Uid::new(70)));
    assert_eq!(bench.read(move |r| r.placement(id)).await.folder, inbox);
}

#[tokio::test]
async fn what_was_meant_for_one_mailbox_does_no_harm_in_another() {
    let bench = bench().await;
    let inbox = bench.inbox;
    let (_, deleted) = bench.add(email("deleted", &[], 1), 57).await;
    let (_, marked) = bench.add(email("marked", &[], 2), 58).await;
    bench
        .write(move |w| {
            w.change_to_gone(&w.read().placement(deleted)?)?;
            let flag = crate::model::FlagChange::seen(true);
            w.change_flag(&w.read().placement(marked)?, flag)?;
            let work = w.create_folder(ACCOUNT, "Work")?;
            w.folder_made(work, "Work")?;
            let made = w.read().pending(ACCOUNT)?;
            let made = made.iter().find(|op| op.folder == work).unwrap();
            w.drop_op(made.id)?;
            w.delete_folder(&w.read().folder(work)?, true)
        })
        .await;
    let kinds: Vec<_> = bench
        .pending()
        .await
        .into_iter()
        .map(|op| op.change)
        .collect();
    assert!(kinds.contains(&Change::Expunge), "{kinds:?}");
    assert_eq!(kinds.len(), 3, "{kinds:?}");
    bench.write(|w| w.doubt_mailbox(ACCOUNT)).await;
    // Only what can be taken back is told, and to what bears the name.
    let pending = bench.pending().await;
    assert_eq!(pending.len(), 1, "{pending:?}");
    assert_eq!(pending[0].uid_validity, None);
    let row = bench.read(move |r| r.folder(inbox)).await;
    assert_eq!((row.state.uid_validity, row.state.uid_next), (None, 0));
    let work = bench.read(|r| r.folder_by_path(ACCOUNT, "Work")).await;
    assert!(work.is_some(), "a folder that is deleted nowhere is shown");
}
