//! `demo`: everything to try, without an account of one's own.

use clap::Args;
use serde::Serialize;
use waxwing::demo::{DemoServer, sample};
use waxwing::engine::{Engine, Passwords};
use waxwing::model::Password;
use waxwing::{Error, ErrorKind, Result};

use super::output::Out;
use super::{Global, session};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only start the mail server and print its ports and sign-ins
    #[arg(long)]
    headless: bool,
}

/// One user of the running server.
#[derive(Debug, Serialize)]
struct ServerLine {
    imap: u16,
    pop3: u16,
    smtp: u16,
    user: String,
    password: &'static str,
}

impl ServerLine {
    fn text(&self) -> String {
        format!(
            "{}  password {}\n  IMAP 127.0.0.1:{}  POP3 127.0.0.1:{}  SMTP 127.0.0.1:{}  (no TLS)",
            self.user, self.password, self.imap, self.pop3, self.smtp
        )
    }
}

/// Runs the demo until it is stopped or its window closed.
pub(super) fn run(global: &Global, options: &Options, out: &mut Out) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_name("demo-server")
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|cause| cannot_start(cause.into()))?;
    let server = runtime
        .block_on(DemoServer::start(sample::messages(chrono::Utc::now())))
        .map_err(|cause| cannot_start(cause.into()))?;
    if options.headless || cfg!(not(feature = "gui")) {
        print(&server, out)?;
        return runtime
            .block_on(async { tokio::signal::ctrl_c().await })
            .map_err(|cause| {
                Error::new(ErrorKind::Bug, "Waxwing could not wait for Ctrl+C.").source(cause)
            });
    }
    let (engine, _profile) = engine(global, &runtime, &server)?;
    show(engine)
}

fn print(server: &DemoServer, out: &mut Out) -> Result<()> {
    let ports = server.ports();
    for (user, password) in server.users() {
        let line = ServerLine {
            imap: ports.imap,
            pop3: ports.pop3,
            smtp: ports.smtp,
            user,
            password,
        };
        out.row(&line, || line.text())?;
    }
    out.flush()
}

/// An engine on a throw-away profile that has both users' accounts. The
/// profile goes with the returned folder.
fn engine(
    global: &Global,
    runtime: &tokio::runtime::Runtime,
    server: &DemoServer,
) -> Result<(Engine, tempfile::TempDir)> {
    let (engine, folder) = session::throw_away(global, "waxwing-demo-")?;
    let handle = engine.handle();
    for (user, password) in server.users() {
        if let Some(settings) = server.settings_for(&user) {
            let passwords = Passwords::same(Password::new(password));
            runtime.block_on(handle.add_account(settings, passwords))?;
        }
    }
    Ok((engine, folder))
}

#[cfg(feature = "gui")]
fn show(engine: Engine) -> Result<()> {
    crate::window_on(engine, None)
}

#[cfg(not(feature = "gui"))]
fn show(engine: Engine) -> Result<()> {
    engine.shutdown()
}

fn cannot_start(cause: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::new(ErrorKind::Bug, "The demo could not start its mail server.")
        .hint("It needs free ports on 127.0.0.1 and room in the folder for temporary files.")
        .source(cause)
}
