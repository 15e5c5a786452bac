use super::filing::with_bcc;
use super::*;
use crate::model::{FolderRole, MessageId, OutboxId};
use crate::store::NewOutbox;
use crate::store::tests::meddle;

fn item(attempts: u32) -> OutboxItem {
    OutboxItem {
        id: OutboxId(1),
        account: AccountId(1),
        message_id: MessageId("a@b".into()),
        subject: String::new(),
        recipients: vec![],
        state: SendState::Sending,
        attempts,
        last_error: None,
        next_attempt: None,
    }
}

#[test]
fn passing_trouble_waits_longer_each_time_and_lasting_trouble_stops() {
    let offline = EngineError::new(ErrorKind::Offline, "No network.");
    let mut pauses = Vec::new();
    for attempts in [1, 2, 3, 4, 5, 6, 7, 8, 1000] {
        let mut item = item(attempts);
        postpone(&mut item, &offline);
        assert_eq!(item.state, SendState::Waiting);
        let pause = item.next_attempt.unwrap() - Utc::now();
        pauses.push((pause.num_seconds() + 1) / 30 * 30);
    }
    let longest = 4 * 3600;
    assert_eq!(
        pauses,
        [30, 120, 600, 1800, 3600, 7200, longest, longest, longest]
    );
    let mut locked = item(1);
    postpone(&mut locked, &EngineError::new(ErrorKind::Secrets, "No."));
    assert_eq!(locked.state, SendState::Waiting);
    let mut locked = item(1);
    postpone(&mut locked, &EngineError::new(ErrorKind::Auth, "Refused."));
    assert_eq!(locked.state, SendState::Waiting);
    assert!(locked.next_attempt.unwrap() - Utc::now() > TimeDelta::hours(23));
    let mut refused = item(1);
    postpone(&mut refused, &EngineError::new(ErrorKind::Server, "No."));
    assert_eq!(refused.state, SendState::Failed);
    assert_eq!(refused.last_error.as_deref(), Some("No."));
}

#[tokio::test]
async fn a_new_password_frees_what_failed_and_not_what_is_held_back() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let later = Utc::now() + TimeDelta::hours(1);
    let new = move |name: &str| NewOutbox {
        account: AccountId(1),
        message_id: MessageId(name.into()),
        subject: name.into(),
        mail_from: "a@x".into(),
        recipients: vec!["b@x".into()],
        bcc: vec![],
        raw: vec![],
        not_before: later,
        origin: None,
        report: false,
    };
    store
        .write(Durability::Crash, move |w| {
            w.add_to_outbox(&new("held"))?;
            let failed = w.add_to_outbox(&new("failed"))?;
            let item = OutboxItem {
                attempts: 1,
                ..w.read().outbox_item(failed)?.item
            };
            w.update_outbox(&item)
        })
        .await
        .unwrap();
    assert!(due(&store, AccountId(1)).await.unwrap().is_empty());
    try_again_now(&store, AccountId(1)).await.unwrap();
    let due = due(&store, AccountId(1)).await.unwrap();
    let names: Vec<_> = due.iter().map(|row| row.item.subject.as_str()).collect();
    assert_eq!(names, ["failed"]);
}

#[tokio::test]
async fn the_network_frees_what_it_held_up_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let account = AccountId(1);
    let mut rows = Vec::new();
    for name in ["unreached", "refused for now", "held"] {
        let new = NewOutbox {
            account,
            message_id: MessageId(name.into()),
            subject: name.into(),
            mail_from: "a@x".into(),
            recipients: vec!["b@x".into()],
            bcc: vec![],
            raw: vec![],
            not_before: Utc::now() + TimeDelta::hours(1),
            origin: None,
            report: false,
        };
        let write = store.write(Durability::Crash, move |w| {
            let id = w.add_to_outbox(&new)?;
            w.read().outbox_item(id)
        });
        rows.push(write.await.unwrap());
    }
    for (row, kind) in rows.iter().zip([ErrorKind::Offline, ErrorKind::Temporary]) {
        let failure = Err(EngineError::new(kind, "Not now."));
        let (row, _) = begin(&store, row.item.id).await.unwrap().unwrap();
        settle(&store, &row, vec![], "mail:465", failure)
            .await
            .unwrap();
    }
    assert!(due(&store, account).await.unwrap().is_empty());
    assert!(try_unreached_now(&store, account).await.unwrap());
    let due = due(&store, account).await.unwrap();
    let names: Vec<_> = due.iter().map(|row| row.item.subject.as_str()).collect();
    assert_eq!(names, ["unreached"]);
    assert!(!try_unreached_now(&store, account).await.unwrap());
}

#[test]
fn only_the_kept_copy_names_hidden_recipients() {
    let copy = with_bcc(
        &["a@x".into(), "b@x".into()],
        b"Subject: s\r\n\r\nb".to_vec(),
    );
    assert_eq!(copy, b"Bcc: a@x,\r\n b@x\r\nSubject: s\r\n\r\nb");
    assert_eq!(with_bcc(&[], b"x".to_vec()), b"x");
}

fn recipient(address: &str, code: Option<u16>, text: &str) -> Recipient {
    Recipient {
        address: address.into(),
        code,
        text: text.into(),
    }
}

/// A store with one message to three people in its outbox.
async fn with_three(dir: &std::path::Path) -> (Store, OutboxRow) {
    let store = Store::open(dir).unwrap();
    let new = NewOutbox {
        account: AccountId(1),
        message_id: MessageId("three@x".into()),
        subject: "Three".into(),
        mail_from: "me@x".into(),
        recipients: vec!["a@x".into(), "b@x".into(), "c@x".into()],
        bcc: vec!["c@x".into()],
        raw: RAW.to_vec(),
        not_before: Utc::now(),
        origin: None,
        report: false,
    };
    let row = store
        .write(Durability::Crash, move |w| {
            let id = w.add_to_outbox(&new)?;
            w.read().outbox_item(id)
        })
        .await
        .unwrap();
    (store, row)
}

const RAW: &[u8] = b"From: me@x\r\nTo: a@x, b@x\r\nMessage-ID: <three@x>\r\n\r\nHi\r\n";

async fn sent_count(store: &Store) -> u64 {
    store
        .read(|r| {
            let folder = r.folder_with_role(AccountId(1), FolderRole::Sent)?;
            Ok(folder.map_or(0, |row| row.folder.total))
        })
        .await
        .unwrap()
}

fn answered(recipients: Vec<Recipient>) -> Result<Outcome, EngineError> {
    Ok(Outcome {
        recipients,
        state: State::Sent,
    })
}

#[tokio::test]
async fn those_who_have_it_never_get_it_again() {
    let dir = tempfile::tempdir().unwrap();
    let (store, row) = with_three(dir.path()).await;
    let id = row.item.id;
    let (row, _) = begin(&store, id).await.unwrap().unwrap();
    // One has it, one is told to come back, one does not exist.
    let told = vec![
        recipient("a@x", Some(250), "2.1.5 ok"),
        recipient("b@x", Some(450), "4.2.0 busy"),
        recipient("c@x", Some(550), "5.1.1 unknown"),
    ];
    let settled = settle(&store, &row, RAW.to_vec(), "mail:465", answered(told))
        .await
        .unwrap();
    assert_eq!(settled.item.state, SendState::Waiting);
    let error = settled.item.last_error.clone().unwrap();
    for part in [
        "b@x: the server cannot take it now",
        "c@x: there is no such mailbox",
        "The others have the message.",
        "tried again by itself",
    ] {
        assert!(error.contains(part), "{error}");
    }
    // It lies in Sent as soon as one has it, and stays one.
    assert_eq!(sent_count(&store).await, 1);
    // Due at once: a person asked for it.
    try_again_now(&store, AccountId(1)).await.unwrap();
    let (row, _) = begin(&store, id).await.unwrap().unwrap();
    assert!(row.filed);
    assert_eq!(row.item.attempts, 2);
    assert_eq!(recipients(&row.item), ["b@x"]);
    let told = vec![recipient("b@x", Some(250), "2.1.5 ok")];
    let settled = settle(&store, &row, RAW.to_vec(), "mail:465", answered(told))
        .await
        .unwrap();
    assert_eq!(settled.item.state, SendState::Sent);
    assert_eq!(settled.item.recipients[2].code, Some(550));
    assert_eq!(sent_count(&store).await, 1);
    assert!(store.read(|r| r.outbox(None)).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_was_refused_in_the_end_is_told_by_name_though_others_have_it() {
    let dir = tempfile::tempdir().unwrap();
    let (store, row) = with_three(dir.path()).await;
    let told = vec![
        recipient("a@x", Some(550), "5.1.1 unknown"),
        recipient("b@x", Some(552), "5.2.2 full"),
        recipient("c@x", Some(550), "5.7.1 no"),
    ];
    let outcome = Outcome {
        recipients: told,
        state: State::Refused {
            at: crate::protocol::smtp::At::Recipients,
            code: 550,
            enhanced: Some("5.1.1".into()),
            text: "5.1.1 unknown".into(),
        },
    };
    let settled = settle(&store, &row, RAW.to_vec(), "mail:465", Ok(outcome))
        .await
        .unwrap();
    assert_eq!(settled.item.state, SendState::Failed);
    let error = settled.item.last_error.unwrap();
    for part in [
        "a@x: there is no such mailbox",
        "b@x: the mailbox is full",
        "c@x: the server's rules do not allow this message",
    ] {
        assert!(error.contains(part), "{error}");
    }
    assert_eq!(sent_count(&store).await, 0);
}

#[tokio::test]
async fn a_program_that_died_knows_what_cannot_have_left() {
    for handed in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let (store, row) = with_three(dir.path()).await;
        let (row, _) = begin(&store, row.item.id).await.unwrap().unwrap();
        if handed {
            note_handed(&store, &row, &[]).await.unwrap();
        }
        settle_interrupted(&store).await.unwrap();
        let rows = store.read(|r| r.outbox(None)).await.unwrap();
        let wanted = if handed {
            SendState::Uncertain
        } else {
            SendState::Waiting
        };
        assert_eq!(rows[0].item.state, wanted);
        let is_due = due(&store, AccountId(1)).await.unwrap().len();
        assert_eq!(is_due, usize::from(!handed));
    }
}

#[tokio::test]
async fn a_message_that_may_have_left_is_asked_for_everybody_again() {
    let dir = tempfile::tempdir().unwrap();
    let (store, row) = with_three(dir.path()).await;
    let told = vec![
        recipient("a@x", Some(250), "ok"),
        recipient("b@x", Some(250), "ok"),
        recipient("c@x", Some(550), "5.1.1 unknown"),
    ];
    let outcome = Outcome {
        recipients: told,
        state: State::Uncertain,
    };
    let settled = settle(&store, &row, RAW.to_vec(), "mail:465", Ok(outcome))
        .await
        .unwrap();
    assert_eq!(settled.item.state, SendState::Uncertain);
    // Sent again it goes to all who may not have it.
    assert_eq!(settled.item.recipients[0], recipient("a@x", None, ""));
    assert_eq!(recipients(&settled.item), ["a@x", "b@x"]);
    assert_eq!(sent_count(&store).await, 0);
}

#[tokio::test]
async fn what_changed_since_a_row_was_due_counts() {
    let dir = tempfile::tempdir().unwrap();
    let (store, due) = with_three(dir.path()).await;
    let mut changed = due.item.clone();
    changed.recipients[0].code = Some(250);
    changed.attempts = 3;
    let write = store.write(Durability::Crash, move |w| w.update_outbox(&changed));
    write.await.unwrap();
    let (row, raw) = begin(&store, due.item.id).await.unwrap().unwrap();
    assert_eq!(recipients(&row.item), ["b@x", "c@x"]);
    assert_eq!((row.item.attempts, &*raw), (4, RAW));
    let settled = settle(&store, &row, raw, "mail:465", answered(vec![])).await;
    assert_eq!(settled.unwrap().item.attempts, 4);
    assert!(begin(&store, OutboxId(99)).await.unwrap().is_none());
}

/// What is known of a message whose connection was cut after the dot: told by
/// the connection, or only by what stood on disk when the program died.
async fn cut_after_the_dot(store: &Store, id: OutboxId, told: Vec<Recipient>, died: bool) {
    let (row, raw) = begin(store, id).await.unwrap().unwrap();
    note_handed(store, &row, &told).await.unwrap();
    if died {
        return settle_interrupted(store).await.unwrap();
    }
    let outcome = Outcome {
        recipients: told,
        state: State::Uncertain,
    };
    settle(store, &row, raw, "mail:465", Ok(outcome))
        .await
        .unwrap();
}

async fn find(store: &Store, id: OutboxId) -> Option<OutboxItem> {
    let write = store.write(Durability::Crash, move |w| {
        doubt::settle_found(w, id, AccountId(1))
    });
    write.await.unwrap().map(|found| found.item)
}

#[tokio::test]
async fn whom_the_server_put_off_is_asked_again_though_it_filed_the_message() {
    for died in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let (store, row) = with_three(dir.path()).await;
        let id = row.item.id;
        let told = vec![
            recipient("a@x", Some(250), "ok"),
            recipient("b@x", Some(450), "4.2.0 busy"),
            recipient("c@x", Some(550), "5.1.1 unknown"),
        ];
        cut_after_the_dot(&store, id, told, died).await;
        let item = find(&store, id).await.unwrap();
        assert_eq!(item.state, SendState::Waiting);
        let due = due(&store, AccountId(1)).await.unwrap();
        assert_eq!(due.len(), 1, "b is asked again");
        assert!(due[0].filed && !due[0].handed);
        let (row, raw) = begin(&store, id).await.unwrap().unwrap();
        assert_eq!(recipients(&row.item), ["b@x"]);
        let told = vec![recipient("b@x", Some(250), "ok")];
        let settled = settle(&store, &row, raw, "mail:465", answered(told))
            .await
            .unwrap();
        assert_eq!(settled.item.state, SendState::Sent);
        let error = not_to_all(&settled.item).unwrap().to_string();
        assert!(error.contains("not to c@x"), "{error}");
        assert_eq!(sent_count(&store).await, 0, "the server's copy is the one");
    }
}

#[tokio::test]
async fn who_was_refused_is_named_though_the_message_was_found_in_sent() {
    for died in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let (store, row) = with_three(dir.path()).await;
        let told = vec![
            recipient("a@x", Some(250), "ok"),
            recipient("b@x", Some(250), "ok"),
            recipient("c@x", Some(550), "5.1.1 unknown"),
        ];
        cut_after_the_dot(&store, row.item.id, told, died).await;
        let item = find(&store, row.item.id).await.unwrap();
        assert_eq!(item.state, SendState::Sent);
        let error = not_to_all(&item).unwrap().to_string();
        assert!(error.contains("not to c@x"), "{error}");
        assert!(store.read(|r| r.outbox(None)).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_is_sent_again_meanwhile_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (store, row) = with_three(dir.path()).await;
    begin(&store, row.item.id).await.unwrap();
    assert!(find(&store, row.item.id).await.is_none());
    let rows = store.read(|r| r.outbox(None)).await.unwrap();
    assert_eq!(rows[0].item.state, SendState::Sending);
    assert!(find(&store, OutboxId(99)).await.is_none());
}

#[tokio::test]
async fn an_answer_is_noted_though_the_disk_is_full_at_first() {
    let dir = tempfile::tempdir().unwrap();
    let (store, row) = with_three(dir.path()).await;
    let (row, raw) = begin(&store, row.item.id).await.unwrap().unwrap();
    for event in ["UPDATE", "DELETE"] {
        let sql = format!(
            "CREATE TRIGGER full_{event} BEFORE {event} ON outbox
             BEGIN SELECT RAISE(ABORT, 'no room'); END"
        );
        meddle(dir.path(), &sql);
    }
    let told = ["a@x", "b@x", "c@x"].map(|one| recipient(one, Some(250), "ok"));
    let mut troubles = 0;
    let heard = &mut troubles;
    let path = dir.path();
    let trouble = move |_| {
        *heard += 1;
        let sql = "DROP TRIGGER full_UPDATE; DROP TRIGGER full_DELETE;";
        meddle(path, sql);
    };
    let answer = answered(told.to_vec());
    let settled = settle_surely(&store, &row, raw, "mail:465", answer, trouble).await;
    assert_eq!(settled.unwrap().item.state, SendState::Sent);
    assert_eq!(troubles, 1);
    assert_eq!(sent_count(&store).await, 1);
    assert!(store.read(|r| r.outbox(None)).await.unwrap().is_empty());
}
