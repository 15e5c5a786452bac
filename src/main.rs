//! Waxwing's binary: the window, or one command without it.

mod cli;
#[cfg(feature = "gui")]
mod ui;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    cli::log_to_stderr(cli.global.verbose);
    match cli.command {
        Some(command) => cli::run(&cli.global, command),
        None => window(&cli.global),
    }
}

#[cfg(feature = "gui")]
fn window(global: &cli::Global) -> ExitCode {
    let engine = match cli::session::start(global, cli::session::Needs::Everything) {
        Ok(engine) => engine,
        Err(error) => return cli::output::fail(global.json, &error),
    };
    let shown = ui::run(Some(engine.handle()), ui::Options::default());
    engine.shutdown();
    match shown {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => cli::output::fail(
            global.json,
            &waxwing::Error::new(waxwing::ErrorKind::Config, error.to_string())
                .hint("`waxwing --help` lists the commands that need no window."),
        ),
    }
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
