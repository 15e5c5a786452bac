//! Times the store and the search at real sizes, with made-up mail, through the
//! same calls as the window and the commands.
//!
//! `cargo bench --locked --no-default-features --bench store -- [OPTIONS] [SIZE ...]`
//!
//! Fills a store up to each size (10000 100000 without one) and measures at
//! each. `--peers N` lets `mu` and `notmuch` index the first N of the same
//! messages and asks them the same questions; `--keep DIR` leaves the profile
//! there. A release build; nothing is asserted.
#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::string_slice,
    unreachable_pub,
    reason = "a program of its own, for people who measure"
)]

#[path = "store/fill.rs"]
mod fill;
#[path = "store/mail.rs"]
mod mail;
#[path = "store/measure.rs"]
mod measure;
#[path = "store/peers.rs"]
mod peers;
#[path = "store/questions.rs"]
mod questions;
#[path = "store/usage.rs"]
mod usage;
#[path = "store/words.rs"]
mod words;

use std::path::{Path, PathBuf};
use std::process::Command;

/// Whatever went wrong: whoever measures reads it and begins anew.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1).filter(|word| word != "--bench");
    let (mut sizes, mut peers, mut keep) = (Vec::new(), 0, None);
    while let Some(word) = arguments.next() {
        let mut value = || arguments.next().ok_or("an option needs a value");
        match word.as_str() {
            // Steps run in processes of their own, whose memory is theirs alone.
            "fill" => return fill::run(Path::new(&value()?), value()?.parse()?, value()?.parse()?),
            "measure" => return measure::run(Path::new(&value()?)),
            "--peers" => peers = value()?.parse()?,
            "--keep" => keep = Some(PathBuf::from(value()?)),
            size => sizes.push(size.parse()?),
        }
    }
    if sizes.is_empty() {
        sizes = vec![10_000, 100_000];
    }
    sizes.sort_unstable();
    let work = tempfile::tempdir()?;
    let profile = keep.unwrap_or_else(|| work.path().join("profile"));
    let mut stored = 0;
    for size in sizes {
        step(
            "fill",
            &[text(&profile)?, &stored.to_string(), &size.to_string()],
        )?;
        step("measure", &[text(&profile)?])?;
        stored = size;
    }
    if peers > 0 {
        peers::run(work.path(), peers)?;
    }
    Ok(())
}

fn text(path: &Path) -> Outcome<&str> {
    Ok(path.to_str().ok_or("a path that is no text")?)
}

/// Runs a part of this program by itself.
fn step(name: &str, arguments: &[&str]) -> Outcome {
    let status = Command::new(std::env::current_exe()?)
        .arg(name)
        .args(arguments)
        .status()?;
    status
        .success()
        .then_some(())
        .ok_or_else(|| format!("{name} ended with {status}").into())
}
