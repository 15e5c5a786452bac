//! `mu` and `notmuch` beside: the same messages as a Maildir, the same
//! questions. A program that is not there is left out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::mail::Mail;
use crate::measure::spread;
use crate::questions::questions;
use crate::{Outcome, fill};

pub(crate) fn run(work: &Path, messages: usize) -> Outcome {
    let maildir = work.join("mail");
    let mut mail = Mail::new(fill::SEED);
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(maildir.join(part))?;
    }
    for number in 0..messages {
        let message = mail.message();
        let flags = if message.contains("\nStatus: RO\n") {
            "S"
        } else {
            ""
        };
        fs::write(maildir.join(format!("cur/{number}.m:2,{flags}")), message)?;
    }
    println!("\nothers, {messages} messages");
    if is_there("mu") {
        mu(work, &maildir, messages)?;
    }
    if is_there("notmuch") {
        notmuch(work, &maildir, messages)?;
    }
    Ok(())
}

fn is_there(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok()
}

fn mu(work: &Path, maildir: &Path, messages: usize) -> Outcome {
    let home = work.join("mu");
    let mu = |arguments: &[&str]| -> Outcome<Duration> {
        let mut command = Command::new("mu");
        command
            .arg(arguments[0])
            .arg(format!("--muhome={}", home.display()))
            .args(&arguments[1..]);
        timed(&mut command)
    };
    mu(&["init", &format!("--maildir={}", maildir.display())])?;
    let time = mu(&["index", "--quiet"])?;
    println!(
        "  mu index:            {:>8.0} messages/s",
        messages as f64 / time.as_secs_f64()
    );
    Ok(())
}

fn notmuch(work: &Path, maildir: &Path, messages: usize) -> Outcome {
    let config: PathBuf = work.join("notmuch-config");
    fs::write(
        &config,
        format!(
            "[database]\npath={}\n[user]\nname=Me\nprimary_email={}\n[new]\ntags=inbox;\n[maildir]\nsynchronize_flags=true\n",
            maildir.display(),
            crate::mail::OWN
        ),
    )?;
    let notmuch = |arguments: &[&str]| -> Outcome<Duration> {
        timed(
            Command::new("notmuch")
                .env("NOTMUCH_CONFIG", &config)
                .args(arguments),
        )
    };
    let time = notmuch(&["new", "--quiet"])?;
    println!(
        "  notmuch new:         {:>8.0} messages/s",
        messages as f64 / time.as_secs_f64()
    );
    // What a process takes that finds nothing is no search.
    let mut nothing: Vec<Duration> = Vec::new();
    for _ in 0..20 {
        nothing.push(notmuch(&[
            "search",
            "--limit=50",
            "--output=messages",
            "unheardof",
        ])?);
    }
    nothing.sort_unstable();
    let start = nothing[nothing.len() / 2];
    let mut of_kind: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    let mut all = Vec::new();
    for question in questions(&Mail::new(fill::SEED), 28) {
        if question.notmuch.is_empty() {
            continue;
        }
        let time = notmuch(&[
            "search",
            "--limit=50",
            "--output=messages",
            &question.notmuch,
        ])?;
        let time = time.saturating_sub(start);
        all.push(time);
        of_kind.entry(question.kind).or_default().push(time);
    }
    println!(
        "  notmuch search, less {:.1} ms to start: {}",
        start.as_secs_f64() * 1000.0,
        spread(&mut all)
    );
    for (kind, mut times) in of_kind {
        println!("    {kind:<32} {}", spread(&mut times));
    }
    Ok(())
}

fn timed(command: &mut Command) -> Outcome<Duration> {
    let began = Instant::now();
    let output = command.stdin(Stdio::null()).output()?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(began.elapsed())
}
