//! Verbs on more messages than one step takes.

use chrono::DateTime;
use futures::StreamExt;

use super::STEP;
use crate::config::Profile;
use crate::engine::{Engine, Event, Handle, Options, SecretsChoice};
use crate::model::{
    AccountId, Flag, FlagChange, Flags, FolderId, FolderRole, ListView, MessageId, PlacementId, Uid,
};
use crate::store::{Durability, NewEmail, NewFolder, NewPlacement};

const ACCOUNT: AccountId = AccountId(1);

/// An engine with so many unread messages in the inbox.
async fn filled(handle: &Handle, count: u32) -> (FolderId, Vec<PlacementId>) {
    let store = &handle.shared.store;
    let write = store.write(Durability::Crash, move |w| {
        let own = |path: &str, role| NewFolder::own(path, path, Some(role));
        let folders = [
            own("INBOX", FolderRole::Inbox),
            own("Archive", FolderRole::Archive),
            own("Trash", FolderRole::Trash),
        ];
        w.set_folders(ACCOUNT, &folders)?;
        let inbox = w.folder_for(ACCOUNT, FolderRole::Inbox)?.folder.id;
        let mut ids = Vec::new();
        for n in 1..=count {
            let date = DateTime::from_timestamp(1_700_000_000 + i64::from(n), 0).unwrap();
            let email = w.add_email(&NewEmail {
                account: ACCOUNT,
                message_id: Some(MessageId(format!("{n}@x"))),
                named: vec![],
                from: vec![],
                to: vec![],
                copies: vec![],
                subject: n.to_string(),
                date: date.fixed_offset(),
                size: 100,
                attachments: 0,
                snippet: String::new(),
                remote_id: String::new(),
            })?;
            ids.push(w.add_placement(&NewPlacement {
                email,
                folder: inbox,
                uid: Uid::new(n),
                flags: Flags::default(),
                keywords: vec![],
                date: date.timestamp(),
            })?);
        }
        Ok((inbox, ids))
    });
    write.await.unwrap()
}

fn with_engine<T>(work: impl AsyncFnOnce(Handle) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::start(Options {
        profile: Profile::at(folder.path()).unwrap(),
        secrets: SecretsChoice::Ask(None),
        online: false,
        program: None,
    })
    .unwrap();
    // The engine ends its tasks by waiting: not on one.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let value = runtime.block_on(work(engine.handle()));
    engine.shutdown().unwrap();
    value
}

/// Messages in the inbox, unread ones, and changes the server was not told.
async fn state(handle: &Handle) -> (u64, u64, usize) {
    let folders = handle.folders(None).await.unwrap();
    let inbox = folders.iter().find(|f| f.role == Some(FolderRole::Inbox));
    let (total, unread) = inbox.map(|f| (f.total, f.unread)).unwrap();
    let pending = handle.shared.store.read(|r| r.pending(ACCOUNT)).await;
    (total, unread, pending.unwrap().len())
}

const MANY: u32 = 2 * STEP as u32 + 500;

#[test]
fn very_many_are_changed_in_steps_and_taken_back_as_one() {
    with_engine(async |handle| {
        let (_, ids) = filled(&handle, MANY).await;
        let many = u64::from(MANY);
        let mut events = Box::pin(handle.events());
        let done = handle.mark(ids.clone(), FlagChange::seen(true)).await;
        assert_eq!(done.unwrap().label, "2500 messages marked as read");
        assert_eq!(state(&handle).await, (many, 0, MANY as usize));
        let mut steps = Vec::new();
        while let Some(event) = events.next().await {
            match event {
                Event::Changing { done, total } => steps.push((done, total)),
                _ => break,
            }
        }
        assert_eq!(steps, [(1000, 2500), (2000, 2500), (2500, 2500)]);
        let done = handle.archive(ids.clone()).await.unwrap();
        assert!(done.can_undo);
        assert_eq!(state(&handle).await, (0, 0, 2 * MANY as usize));
        handle.undo().await.unwrap();
        assert_eq!(state(&handle).await, (many, 0, MANY as usize));
        handle.undo().await.unwrap();
        assert_eq!(state(&handle).await, (many, many, 0));
        assert_eq!(handle.undo().await.unwrap(), None);
    });
}

#[test]
fn junk_in_steps_comes_back_with_its_marks() {
    with_engine(async |handle| {
        let (inbox, ids) = filled(&handle, MANY).await;
        handle.junk(ids.clone(), true).await.unwrap();
        assert_eq!(state(&handle).await.0, 0);
        handle.undo().await.unwrap();
        assert_eq!(state(&handle).await, (2500, 2500, 0));
        let order = handle.order(ListView::Folder(inbox)).await.unwrap();
        for ids in order.chunks(500) {
            let rows = handle.envelopes(ids.to_vec()).await.unwrap();
            assert!(rows.iter().all(|row| !row.flags.has(Flag::Junk)));
        }
    });
}

#[test]
fn what_is_gone_does_not_stop_the_rest() {
    with_engine(async |handle| {
        let (_, ids) = filled(&handle, MANY).await;
        let gone: Vec<_> = ids.iter().take(STEP + 10).copied().collect();
        handle.delete(gone.clone(), true).await.unwrap();
        let done = handle.mark(ids, FlagChange::flagged(true)).await.unwrap();
        assert_eq!(done.label, "1490 messages starred");
        let error = handle.mark(gone, FlagChange::flagged(true)).await;
        assert_eq!(error.unwrap_err().kind(), crate::ErrorKind::NotFound);
    });
}

#[test]
fn others_write_between_the_steps() {
    with_engine(async |handle| {
        let (_, ids) = filled(&handle, MANY).await;
        let other = handle.shared.store.clone();
        let mut events = Box::pin(handle.events());
        let marking = {
            let handle = handle.clone();
            tokio::spawn(async move { handle.mark(ids, FlagChange::seen(true)).await })
        };
        while let Some(event) = events.next().await {
            if matches!(event, Event::Changing { .. }) {
                break;
            }
        }
        // Queued while the next step runs: it comes before the last one.
        let unread = other.write(Durability::Crash, |w| {
            Ok(w.read()
                .folders(Some(ACCOUNT))?
                .iter()
                .map(|row| row.folder.unread)
                .sum::<u64>())
        });
        assert!(unread.await.unwrap() > 0);
        marking.await.unwrap().unwrap();
        assert_eq!(state(&handle).await.1, 0);
    });
}
