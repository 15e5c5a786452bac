//! Waxwing's binary: the window, or one command without it.

mod cli;
mod platform;
#[cfg(feature = "gui")]
mod ui;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    if let Some(kind) = waxwing::sandbox::started_as() {
        return waxwing::engine::serve_child(&kind);
    }
    let cli = cli::Cli::parse();
    cli::log_to_stderr(cli.global.verbose);
    let has_window = matches!(cli.command, None | Some(cli::Command::Demo(_)));
    platform::keep_memory_private(has_window);
    match cli.command {
        Some(command) => cli::run(&cli.global, command),
        None => window(&cli.global, cli.file),
    }
}

#[cfg(feature = "gui")]
fn window(global: &cli::Global, file: Option<PathBuf>) -> ExitCode {
    match shown(global, file) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => cli::output::fail(global.json, &error),
    }
}

#[cfg(feature = "gui")]
fn shown(global: &cli::Global, file: Option<PathBuf>) -> waxwing::Result<()> {
    match cli::session::start(global, cli::session::Needs::Window) {
        Ok(engine) => window_on(engine, file),
        // Reading a file takes no profile: it is shown beside the window there is.
        Err(error) if file.is_some() && error.kind() == waxwing::ErrorKind::Busy => {
            let (engine, _profile) = cli::session::throw_away(global, "waxwing-file-")?;
            window_on(engine, file)
        }
        Err(error) => Err(error),
    }
}

/// Shows the window on a running engine until it is closed.
#[cfg(feature = "gui")]
fn window_on(engine: waxwing::engine::Engine, file: Option<PathBuf>) -> waxwing::Result<()> {
    let handle = engine.handle();
    let options = ui::Options::from_settings(&handle.settings());
    let shown = ui::run(Some(handle), options, file);
    if let Err(error) = engine.shutdown() {
        cli::output::warn("warning", &error);
    }
    shown.map_err(|error| {
        waxwing::Error::new(waxwing::ErrorKind::Config, error.to_string())
            .hint("`waxwing --help` lists the commands that need no window.")
    })
}

#[cfg(not(feature = "gui"))]
fn window(global: &cli::Global, _: Option<PathBuf>) -> ExitCode {
    let error = waxwing::Error::new(
        waxwing::ErrorKind::Config,
        "This Waxwing was built without its window.",
    )
    .hint("`waxwing --help` lists the commands that need none.");
    cli::output::fail(global.json, &error)
}
