//! The headless commands: the same engine without the window.

mod account;
mod attachments;
mod backup;
mod change;
mod check;
mod clean_up;
mod compose;
mod demo;
mod discover;
mod folders;
mod list;
mod lookup;
mod outbox;
pub(crate) mod output;
#[cfg(feature = "pages")]
mod print;
#[cfg(feature = "pages")]
mod render;
mod search;
mod send;
mod sender;
pub(crate) mod session;
mod show;
mod sync;
mod text;
mod transfer;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use futures::future::LocalBoxFuture;
use waxwing::engine::Handle;
use waxwing::{Error, ErrorKind, Result};

use output::Out;
use session::Needs;

/// A calm, fast and private desktop mail program.
///
/// Without a command it opens the window.
#[derive(Debug, Parser)]
#[command(name = "waxwing", version, about)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    /// A message (.eml) to show in a window of its own
    #[arg(value_name = "FILE", value_parser = message_file)]
    pub(crate) file: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// A word that is neither a command nor a message is a slip of the keyboard.
fn message_file(text: &str) -> std::result::Result<PathBuf, String> {
    let path = PathBuf::from(text);
    if path.is_file() || path.extension().is_some_and(|end| end == "eml") {
        return Ok(path);
    }
    Err("there is no such command, nor such a file".to_owned())
}

/// What goes with every command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The folder of the profile (default: the platform's own folders)
    #[arg(long, global = true, value_name = "DIR", env = "WAXWING_PROFILE")]
    pub(crate) profile: Option<PathBuf>,
    /// Where passwords are kept (default: as the settings say, else the
    /// keyring); `file` takes its passphrase from `WAXWING_PASSPHRASE` or asks
    /// for it
    #[arg(long, global = true, value_enum)]
    pub(crate) secrets: Option<SecretsPlace>,
    /// Print one JSON object a line
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Tell more on stderr; twice for still more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// Where passwords are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SecretsPlace {
    /// The desktop's keyring.
    Keyring,
    /// An encrypted file of the profile.
    File,
    /// Nowhere: they are asked for at the terminal.
    Ask,
}

/// One job.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Add, list, remove and check accounts, and find their servers
    #[command(subcommand)]
    Account(account::Command),
    /// Bring everything up to date with the servers, then exit
    Sync(sync::Options),
    /// List the folders
    Folders(folders::Options),
    /// Make, rename, delete and subscribe to folders
    #[command(subcommand)]
    Folder(folders::Command),
    /// List the messages of a folder, newest first
    List(list::Options),
    /// Find messages, newest first
    Search(search::Options),
    /// Show messages
    Show(show::Options),
    /// Draw a message as the window would, into a PNG file
    #[cfg(feature = "pages")]
    Render(render::Options),
    /// Print messages, or write them into a PDF file
    #[cfg(feature = "pages")]
    Print(print::Options),
    /// Leave the list or the newsletter that a message came by
    Unsubscribe(sender::UnsubscribeOptions),
    /// Answer a sender who wants to hear that a message was read
    Receipt(sender::ReceiptOptions),
    /// Save the attachments of messages
    Attachments(attachments::Options),
    /// Mark messages
    Mark(change::MarkOptions),
    /// Move messages to a folder of the same account
    Move(change::MoveOptions),
    /// Copy messages to a folder of the same account
    Copy(change::MoveOptions),
    /// Move messages to Trash, or remove them for good
    Delete(change::DeleteOptions),
    /// Move messages to Archive
    Archive(change::Ids),
    /// Send a finished message
    Send(send::Options),
    /// Write a message and send it, or keep it as a draft
    Compose(Box<compose::Options>),
    /// See, retry or cancel what waits to be sent
    Outbox(outbox::Options),
    /// Take mail over from files of other programs
    Import(transfer::ImportOptions),
    /// Write the messages of a folder into files
    Export(transfer::ExportOptions),
    /// Write everything of the profile into one file
    Backup(backup::Options),
    /// Put a backup into a profile that has no accounts
    Restore(backup::Options),
    /// Read the whole store and report what is not as it should be
    Check(check::Options),
    /// Drop what is kept on this computer beyond what is wanted here
    CleanUp(clean_up::Options),
    /// Try everything on sample mail, without an account of your own
    Demo(demo::Options),
}

impl Command {
    fn needs(&self) -> Needs {
        match self {
            Self::Account(
                account::Command::List
                | account::Command::Certificates { .. }
                | account::Command::Discover { .. },
            )
            | Self::Folders(_)
            | Self::List(_)
            | Self::Mark(_)
            | Self::Move(_)
            | Self::Copy(_)
            | Self::Delete(_)
            | Self::Archive(_)
            | Self::Import(_)
            | Self::CleanUp(_)
            | Self::Backup(_)
            | Self::Check(_) => Needs::Store,
            Self::Search(options) if !options.asks_server() => Needs::Store,
            Self::Outbox(options) if !options.retries() => Needs::Store,
            Self::Send(options) if options.how.only_queues() => Needs::Store,
            Self::Compose(options) if !options.reaches_servers() => Needs::Store,
            Self::Sync(options) if options.watch => Needs::Everything,
            _ => Needs::Secrets,
        }
    }
}

/// What a command works with.
struct Context {
    handle: Handle,
    out: Out,
}

/// Does one job and says how it went: the exit status of the program.
pub(crate) fn run(global: &Global, command: Command) -> ExitCode {
    let mut out = Out::stdout(global.json);
    match job(global, command, &mut out) {
        Err(error) if !out.is_closed() => output::fail(global.json, &error),
        // Whoever read the output has seen enough: no reason to complain.
        _ => ExitCode::SUCCESS,
    }
}

fn job(global: &Global, command: Command, out: &mut Out) -> Result<()> {
    match &command {
        Command::Demo(options) => return demo::run(global, options, out),
        Command::Restore(options) => return backup::restore(global, options, out),
        _ => {}
    }
    // The engine brings its own tasks; this only waits for them and for Ctrl+C.
    let waiting = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|cause| {
            Error::new(ErrorKind::Bug, "Waxwing could not start its tasks.").source(cause)
        })?;
    let engine = session::start(global, command.needs())?;
    let mut context = Context {
        handle: engine.handle(),
        out: out.again(),
    };
    let stays = matches!(&command, Command::Sync(options) if options.watch);
    let result = waiting.block_on(async {
        tokio::select! {
            result = dispatch(&mut context, command) => result,
            () = interrupted() => {
                if stays { Ok(()) } else { Err(Error::new(ErrorKind::Cancelled, "Stopped.")) }
            }
        }
    });
    let flushed = context.out.flush();
    *out = context.out;
    if let Err(error) = engine.shutdown() {
        output::warn("warning", &error);
    }
    result.and(flushed)
}

async fn dispatch(context: &mut Context, command: Command) -> Result<()> {
    let work: LocalBoxFuture<'_, Result<()>> = match command {
        Command::Account(command) => Box::pin(account::run(context, command)),
        Command::Sync(options) => Box::pin(sync::run(context, options)),
        Command::Folders(options) => Box::pin(folders::run(context, options)),
        Command::Folder(command) => Box::pin(folders::change(context, command)),
        Command::List(options) => Box::pin(list::run(context, options)),
        Command::Search(options) => Box::pin(search::run(context, options)),
        Command::Show(options) => Box::pin(show::run(context, options)),
        #[cfg(feature = "pages")]
        Command::Render(options) => Box::pin(render::run(context, options)),
        #[cfg(feature = "pages")]
        Command::Print(options) => Box::pin(print::run(context, options)),
        Command::Unsubscribe(options) => Box::pin(sender::unsubscribe(context, options)),
        Command::Receipt(options) => Box::pin(sender::receipt(context, options)),
        Command::Attachments(options) => Box::pin(attachments::run(context, options)),
        Command::Mark(options) => Box::pin(change::mark(context, options)),
        Command::Move(options) => Box::pin(change::move_to(context, options)),
        Command::Copy(options) => Box::pin(change::copy_to(context, options)),
        Command::Delete(options) => Box::pin(change::delete(context, options)),
        Command::Archive(options) => Box::pin(change::archive(context, options)),
        Command::Send(options) => Box::pin(send::run(context, options)),
        Command::Compose(options) => Box::pin(compose::run(context, *options)),
        Command::Outbox(options) => Box::pin(outbox::run(context, options)),
        Command::Import(options) => Box::pin(transfer::import(context, options)),
        Command::Export(options) => Box::pin(transfer::export(context, options)),
        Command::Check(options) => Box::pin(check::run(context, options)),
        Command::CleanUp(options) => Box::pin(clean_up::run(context, options)),
        Command::Backup(options) => Box::pin(backup::backup(context, options)),
        // Done before an engine was started.
        Command::Demo(_) | Command::Restore(_) => return Ok(()),
    };
    work.await
}

/// Ends when the person or the system wants the program to end.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without a way to be told, the job runs to its end.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Logs of this program to stderr. Those of the libraries below stay off:
/// some print whole sign-in lines.
pub(crate) fn log_to_stderr(verbose: u8) {
    let own = match verbose {
        0 => "warn",
        1 => "info",
        2 => "debug",
        _ => "trace",
    };
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(format!(
            "off,waxwing={own}"
        )))
        .with_writer(std::io::stderr)
        .init();
}

#[cfg(test)]
mod tests;
