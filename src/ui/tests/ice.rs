//! The whole program, played by the scripts in `tests/ui` on the sample mail:
//! real engine, real server, no window system.

use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::runtime::Runtime;
use waxwing::config::Profile;
use waxwing::demo::{DemoServer, sample};
use waxwing::engine::SecretsChoice;
use waxwing::engine::{AccountState, Engine, Handle, Options as EngineOptions, Passwords};
use waxwing::model::{FolderRole, Password};

use crate::ui::app::App;
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

    fn sent(&self) -> u64 {
        let folders = self.runtime.block_on(self.handle.folders(None)).unwrap();
        let sent = folders
            .iter()
            .find(|folder| folder.role == Some(FolderRole::Sent));
        sent.unwrap().total
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
