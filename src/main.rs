//! Waxwing's binary: the window, or one command without it.

mod cli;
mod platform;
#[cfg(feature = "gui")]
mod ui;

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
        None => window(&cli.global),
    }
}

#[cfg(feature = "gui")]
fn window(global: &cli::Global) -> ExitCode {
    let shown = cli::session::start(global, cli::session::Needs::Window).and_then(window_on);
    match shown {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => cli::output::fail(global.json, &error),
    }
}

/// Shows the window on a running engine until it is closed.
#[cfg(feature = "gui")]
fn window_on(engine: waxwing::engine::Engine) -> waxwing::Result<()> {
    let handle = engine.handle();
    let options = ui::Options::from_settings(&handle.settings());
    let shown = ui::run(Some(handle), options);
    if let Err(error) = engine.shutdown() {
        cli::output::warn("warning", &error);
    }
    shown.map_err(|error| {
        waxwing::Error::new(waxwing::ErrorKind::Config, error.to_string())
            .hint("`waxwing --help` lists the commands that need no window.")
    })
}

#[cfg(not(feature = "gui"))]
fn window(global: &cli::Global) -> ExitCode {
    let error = waxwing::Error::new(
        waxwing::ErrorKind::Config,
        "This Waxwing was built without its window.",
    )
    .hint("`waxwing --help` lists the commands that need none.");
    cli::output::fail(global.json, &error)
}
