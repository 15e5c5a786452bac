//! Drafts on the server: a little after they are here, one of each at a time,
//! taken up on another machine, and gone once sent.

use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::runtime::Runtime;
use waxwing::engine::{AccountState, Engine, Handle, Passwords};
use waxwing::model::{
    AccountId, Address, ComposeMode, Draft, ListView, Password, PlacementId, Protocol,
};
use waxwing::{ErrorKind, Result};

use super::bed::{Bed, User, bed, wait_until};
use super::running::{account, start};

const PATIENCE: Duration = Duration::from_secs(40);

/// One machine of the person.
struct Machine {
    handle: Handle,
    account: AccountId,
    runtime: Runtime,
    engine: Option<Engine>,
    _folder: TempDir,
}

impl Machine {
    fn new(bed: &Bed, user: &User) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = start(folder.path());
        let incoming = (Protocol::Imap, bed.imap_plain());
        let settings = account(&user.address, incoming, bed.smtp_plain());
        let passwords = Passwords::same(Password::new(user.password.clone()));
        let (handle, runtime) = (engine.handle(), Runtime::new().unwrap());
        let account = runtime
            .block_on(handle.add_account(settings, passwords))
            .unwrap();
        let machine = Self {
            handle,
            account: account.id,
            runtime,
            engine: Some(engine),
            _folder: folder,
        };
        let there = || {
            let states = machine.wait(machine.handle.account_states());
            states
                .iter()
                .all(|(_, state)| matches!(state, AccountState::UpToDate(_)))
        };
        assert!(wait_until(PATIENCE, there));
        machine
    }

    fn wait<T>(&self, work: impl Future<Output = Result<T>>) -> T {
        self.runtime.block_on(work).unwrap()
    }

    /// Saves a draft with this text in place of the one before.
    fn save(&self, before: Option<PlacementId>, text: &str) -> PlacementId {
        let mut draft = match before {
            None => self.wait(self.handle.draft(ComposeMode::New, self.account, None)),
            Some(_) => self.open(before.unwrap()),
        };
        draft.subject = "Draft".to_owned();
        draft.body = text.to_owned();
        self.wait(self.handle.save_draft(draft))
    }

    fn open(&self, id: PlacementId) -> Draft {
        self.wait(
            self.handle
                .draft(ComposeMode::EditDraft, self.account, Some(id)),
        )
    }

    fn drafts(&self) -> Vec<PlacementId> {
        let folders = self.wait(self.handle.folders(None));
        let folder = folders.iter().find(|folder| folder.path == "Drafts");
        let Some(folder) = folder else {
            return Vec::new();
        };
        self.wait(self.handle.order(ListView::Folder(folder.id)))
            .to_vec()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if let Some(engine) = self.engine.take() {
            engine.shutdown().unwrap();
        }
    }
}

fn there(bed: &Bed, user: &User) -> Vec<String> {
    let raw = bed.raw_messages(user, "Drafts");
    raw.iter()
        .map(|raw| String::from_utf8_lossy(raw).into_owned())
        .collect()
}

fn is_only(bed: &Bed, user: &User, text: &str) -> bool {
    matches!(there(bed, user).as_slice(), [only] if only.contains(text))
}

#[test]
fn a_draft_is_replaced_on_the_server_and_never_missing_there() {
    let bed = bed();
    let me = bed.fresh_user();
    let here = Machine::new(bed, &me);
    let began = Instant::now();
    let mut id = here.save(None, "version 1");
    assert!(began.elapsed() < Duration::from_secs(1), "here at once");
    assert_eq!(here.drafts(), [id]);
    assert!(wait_until(PATIENCE, || is_only(bed, &me, "version 1")));
    // Somebody who types.
    for version in 2..=8 {
        id = here.save(Some(id), &format!("version {version}"));
        assert_eq!(here.drafts(), [id]);
        assert!(!there(bed, &me).is_empty());
        thread::sleep(Duration::from_millis(100));
    }
    let replaced = wait_until(PATIENCE, || {
        let drafts = there(bed, &me);
        assert!((1..=2).contains(&drafts.len()), "{drafts:#?}");
        is_only(bed, &me, "version 8")
    });
    assert!(replaced, "{:#?}", there(bed, &me));
    assert_eq!(here.drafts(), [id]);
}

#[test]
fn a_draft_is_taken_up_on_another_machine_and_goes_when_it_is_sent() {
    let bed = bed();
    let (me, you) = (bed.fresh_user(), bed.fresh_user());
    let here = Machine::new(bed, &me);
    let id = here.save(None, "begun here");
    let mut draft = here.open(id);
    draft.bcc = vec![Address::new("", &you.address)];
    here.wait(here.handle.save_draft(draft));
    assert!(wait_until(PATIENCE, || is_only(bed, &me, "begun here")));
    let other = Machine::new(bed, &me);
    let drafts = other.drafts();
    assert_eq!(drafts.len(), 1);
    let mut draft = other.open(drafts[0]);
    assert_eq!(draft.body.trim_end(), "begun here");
    // The hidden recipients came along.
    assert_eq!(draft.bcc, [Address::new("", &you.address)]);
    draft.body.push_str("ended there");
    other.wait(other.handle.send(draft, Duration::ZERO));
    bed.wait_for_messages(&you, "INBOX", 1);
    assert!(wait_until(PATIENCE, || there(bed, &me).is_empty()));
    assert!(
        wait_until(PATIENCE, || here.drafts().is_empty()),
        "here too"
    );
    assert!(wait_until(PATIENCE, || bed.raw_messages(&me, "Sent").len() == 1));
}

#[test]
fn a_message_that_is_taken_back_lies_in_drafts_when_it_leaves_the_outbox() {
    let bed = bed();
    let me = bed.fresh_user();
    let here = Machine::new(bed, &me);
    let hold = Duration::from_secs(600);
    let written_from = here.save(None, "on second thoughts");
    let mut draft = here.open(written_from);
    draft.to = vec![Address::new("", "bob@example.test")];
    draft.bcc = vec![Address::new("", &me.address)];
    // What it was written from is still there, and is enough.
    let item = here.wait(here.handle.send(draft.clone(), hold));
    let (_, kept) = here.wait(here.handle.reopen_send(item.id));
    assert_eq!(kept, None);
    assert_eq!(here.drafts(), [written_from]);
    // Another one lay nowhere.
    draft.origin = None;
    let item = here.wait(here.handle.send(draft, hold));
    let (back, kept) = here.wait(here.handle.reopen_send(item.id));
    assert!(here.drafts().contains(&kept.unwrap()));
    assert_eq!(here.drafts().len(), 2);
    assert_eq!(back.bcc, [Address::new("", &me.address)]);
    assert_eq!(here.open(kept.unwrap()).bcc, back.bcc);
    assert_eq!(here.wait(here.handle.outbox()), []);
    let gone = here.runtime.block_on(here.handle.reopen_send(item.id));
    assert_eq!(gone.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(here.drafts().len(), 2);
}
