//! An engine that follows POP3 accounts, as the window runs it.

use std::time::Duration;

use tokio::runtime::Runtime;
use waxwing::ErrorKind;
use waxwing::engine::{AccountState, Engine, Handle, Passwords};
use waxwing::model::{
    AccountSettings, FolderRole, ListView, Password, PlacementId, Pop3Policy, Protocol,
};

use super::signing_in;
use crate::it::bed::wait_until;
use crate::it::running::{account, start};
use crate::it::script_server::ScriptServer;

const PATIENCE: Duration = Duration::from_secs(30);

/// A look into a mailbox with one message, too large to be fetched unasked.
fn one_header() -> String {
    signing_in("+OK")
        + "C: CAPA\nS: +OK\nS: USER\nS: TOP\nS: .\nC: LIST\nS: +OK\nS: 1 2000000\nS: .\n\
           C: UIDL\nS: +OK\nS: 1 one\nS: .\nC: TOP 1 0\nS: +OK\nS: Subject: large\nS: \nS: .\n\
           C: QUIT\nS: +OK\n"
}

fn nothing() -> String {
    signing_in("+OK")
        + "C: CAPA\nS: +OK\nS: USER\nS: TOP\nS: .\nC: LIST\nS: +OK\nS: .\n\
           C: UIDL\nS: +OK\nS: .\nC: QUIT\nS: +OK\n"
}

struct Stage {
    handle: Handle,
    runtime: Runtime,
    _engine: Engine,
    _folder: tempfile::TempDir,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = start(folder.path());
        Self {
            handle: engine.handle(),
            runtime: Runtime::new().unwrap(),
            _engine: engine,
            _folder: folder,
        }
    }

    /// An account that was looked into once.
    fn add(&self, name: &str, server: &ScriptServer, deliver_to: Option<&str>) {
        let settings = AccountSettings {
            name: name.to_owned(),
            email: format!("{name}@example.test"),
            pop3: Some(Pop3Policy {
                headers_only_over_mb: Some(1),
                deliver_to: deliver_to.map(str::to_owned),
                ..Pop3Policy::default()
            }),
            ..account(name, (Protocol::Pop3, server.port()), 9)
        };
        let passwords = Passwords::same(Password::new("secret".to_owned()));
        let added = self.handle.add_account(settings, passwords);
        self.runtime.block_on(added).unwrap();
        let there = || matches!(self.state(name), AccountState::UpToDate(_));
        assert!(wait_until(PATIENCE, there), "{:?}", self.state(name));
    }

    fn state(&self, name: &str) -> AccountState {
        let accounts = self.runtime.block_on(self.handle.accounts()).unwrap();
        let own = accounts.iter().find(|one| one.settings.name == name);
        let id = own.unwrap().id;
        let states = self.runtime.block_on(self.handle.account_states()).unwrap();
        states.into_iter().find(|(of, _)| *of == id).unwrap().1
    }

    fn one(&self) -> PlacementId {
        let order = self.handle.order(ListView::Unified(FolderRole::Inbox));
        let order = self.runtime.block_on(order).unwrap();
        assert_eq!(order.len(), 1);
        order[0]
    }

    /// Why the message cannot be read.
    fn refusal(&self) -> ErrorKind {
        let opened = self.handle.email(self.one());
        let opened = self
            .runtime
            .block_on(async { tokio::time::timeout(PATIENCE, opened).await });
        opened.expect("an answer").unwrap_err().kind()
    }
}

#[test]
fn who_opens_a_message_while_the_server_fails_is_told_and_the_server_left_alone() {
    let server = ScriptServer::start_each(&[&one_header(), "S: -ERR [SYS/TEMP] not now\n"]);
    let stage = Stage::new();
    stage.add("Bed", &server, None);
    let look = stage.handle.sync_now(None);
    stage.runtime.block_on(look).unwrap();
    let fails = || matches!(stage.state("Bed"), AccountState::Offline { .. });
    assert!(wait_until(PATIENCE, fails), "{:?}", stage.state("Bed"));
    assert_eq!(server.connections(), 2);
    assert_eq!(stage.refusal(), ErrorKind::Temporary);
    assert_eq!(server.connections(), 3);
}

#[test]
fn a_password_refused_for_one_message_is_not_tried_again() {
    let home = ScriptServer::start(&nothing());
    let refused = signing_in("-ERR [AUTH] no");
    let server = ScriptServer::start_each(&[&one_header(), &refused]);
    let stage = Stage::new();
    stage.add("Home", &home, None);
    stage.add("Bed", &server, Some("Home"));
    assert_eq!(stage.refusal(), ErrorKind::Auth);
    let waits = || matches!(stage.state("Bed"), AccountState::NeedsPassword(_));
    assert!(wait_until(PATIENCE, waits), "{:?}", stage.state("Bed"));
    assert!(matches!(stage.state("Home"), AccountState::UpToDate(_)));
    assert_eq!(stage.refusal(), ErrorKind::Auth);
    assert_eq!(server.connections(), 2);
}
