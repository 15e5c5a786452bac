//! The whole program, played by the scripts in `tests/ui` on the sample mail:
//! real engine, real server, no window system.

use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::runtime::Runtime;
use waxwing::config::Profile;
use waxwing::demo::{DemoServer, sample};
use waxwing::engine::SecretsChoice;
use waxwing::engine::{AccountState, Engine, Handle, Options as EngineOptions, Passwords};
use waxwing::model::{Folder, FolderRole, ListView, Listing, Password};

use crate::ui::app::{App, perform};
use crate::ui::{Options, program};

const PATIENCE: Duration = Duration::from_secs(60);

/// Wren's account on the sample mail, everything fetched.
struct Stage {
    handle: Handle,
    runtime: Runtime,
    _engine: Engine,
    _server: DemoServer,
    _profile: TempDir,
}

impl Stage {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let messages = sample::messages(chrono::Utc::now());
        let server = runtime.block_on(DemoServer::start(messages)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::start(EngineOptions {
            profile: Profile::at(folder.path()).unwrap(),
            secrets: SecretsChoice::Memory,
            online: true,
            program: None,
        })
        .unwrap();
        let handle = engine.handle();
        let passwords = Passwords::same(Password::new("wren"));
        let settings = server.settings_for("wren").unwrap();
        runtime
            .block_on(handle.add_account(settings, passwords))
            .unwrap();
        let stage = Self {
            handle,
            runtime,
            _engine: engine,
            _server: server,
            _profile: folder,
        };
        stage.wait(|stage| {
            let states = stage
                .runtime
                .block_on(stage.handle.account_states())
                .unwrap();
            matches!(states.as_slice(), [(_, AccountState::UpToDate(_))])
        });
        stage
    }

    fn wait(&self, holds: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !holds(self) {
            assert!(Instant::now() < deadline, "it never came to that");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn folders(&self) -> Vec<Folder> {
        self.runtime.block_on(self.handle.folders(None)).unwrap()
    }

    fn folder(&self, role: FolderRole) -> Folder {
        let mut folders = self.folders().into_iter();
        folders.find(|folder| folder.role == Some(role)).unwrap()
    }

    fn sent(&self) -> u64 {
        self.folder(FolderRole::Sent).total
    }
}

#[test]
fn the_scripts_play() {
    let stage = Stage::new();
    let before = stage.sent();
    let handle = stage.handle.clone();
    let options = Options {
        send_hold: Duration::ZERO,
        ..Options::default()
    };
    let boot = move || App::boot(Some(handle.clone()), options, None);
    iced_test::run(
        program(boot),
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/ui"),
    )
    .unwrap();
    // What `write.ice` wrote has left, and is kept once.
    stage.wait(|stage| stage.sent() == before + 1);
}

#[test]
fn a_folder_is_read_and_emptied_as_a_whole() {
    let stage = Stage::new();
    let (engine, run) = (stage.handle.clone(), &stage.runtime);
    let inbox = stage.folder(FolderRole::Inbox);
    assert!(inbox.unread > 0);
    let done = run.block_on(perform::mark_read(engine.clone(), inbox.id));
    assert!(done.unwrap().can_undo);
    assert_eq!(stage.folder(FolderRole::Inbox).unread, 0);
    // A second time there is nothing to do, and nothing to take back.
    let again = run.block_on(perform::mark_read(engine.clone(), inbox.id));
    assert!(!again.unwrap().can_undo);
    run.block_on(engine.undo()).unwrap();
    assert_eq!(stage.folder(FolderRole::Inbox).unread, inbox.unread);

    let all = Listing::from(ListView::Folder(inbox.id));
    let all = run.block_on(engine.order(all)).unwrap();
    let two: Vec<_> = all.iter().take(2).copied().collect();
    run.block_on(engine.delete(two, false)).unwrap();
    let trash = stage.folder(FolderRole::Trash);
    let old = format!("{}/Old", trash.path);
    let old = run.block_on(engine.create_folder(trash.account, old));
    let old = old.unwrap().id;
    assert!(trash.total >= 2);
    let done = run.block_on(perform::empty(engine.clone(), trash.id, vec![old]));
    assert!(!done.unwrap().can_undo);
    assert_eq!(stage.folder(FolderRole::Trash).total, 0);
    assert!(stage.folders().iter().all(|folder| folder.id != old));
}
