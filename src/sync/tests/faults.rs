//! The table of faults: what a server does wrong, and what a pass makes of it.
//! `docs/faults.md` tells the same to people.

mod changes;
mod fetching;
mod folders;
mod lines;
mod numbers;

use super::bench::{Bench, Mail, Reports};
use super::server::{Answer, Fault, Then, World};
use crate::error::{Error, ErrorKind};

/// One row.
struct Row {
    /// As `docs/faults.md` names it.
    name: &'static str,
    /// Whether the store was in step before, with news on both sides since; or
    /// is empty.
    news: bool,
    fault: fn() -> Fault,
    want: Want,
}

/// What a pass makes of it.
#[derive(Debug, Clone, Copy)]
enum Want {
    /// Nothing: it goes on.
    Fine,
    /// The pass goes on, and a notice of a folder has these words.
    Notice(&'static str),
    /// The pass ends with an error of this kind that has these words.
    Fails(ErrorKind, &'static str),
}

const HEADERS: &str = "BODY.PEEK[HEADER";
const BODIES: &str = "BODY.PEEK[]";
const FLAGS: &str = "(UID FLAGS";

fn rows() -> Vec<Row> {
    let parts = [
        lines::rows(),
        folders::rows(),
        numbers::rows(),
        fetching::rows(),
        changes::rows(),
    ];
    parts.into_iter().flatten().collect()
}

fn row(name: &'static str, news: bool, want: Want, fault: fn() -> Fault) -> Row {
    Row {
        name,
        news,
        fault,
        want,
    }
}

/// Changes the world once a command that begins so was answered.
fn after(start: &'static str, change: fn(&mut World)) -> Fault {
    let mut done = false;
    Box::new(move |command, _, world| {
        if !done && command.starts_with(start) {
            done = true;
            change(world);
        }
        Then::GoOn
    })
}

/// Spoils every command that begins so.
fn at(
    start: &'static str,
    mut spoil: impl FnMut(&mut Vec<Answer>, &mut World) -> Then + Send + 'static,
) -> Fault {
    Box::new(move |command, answers, world| {
        if command.starts_with(start) && (start.is_empty() == command.is_empty()) {
            spoil(answers, world)
        } else {
            Then::GoOn
        }
    })
}

/// Spoils the first command that has these words.
fn once(
    words: &'static str,
    spoil: impl FnOnce(&mut Vec<Answer>, &mut World) -> Then + Send + 'static,
) -> Fault {
    let mut spoil = Some(spoil);
    Box::new(move |command, answers, world| {
        if command.contains(words)
            && let Some(spoil) = spoil.take()
        {
            return spoil(answers, world);
        }
        Then::GoOn
    })
}

/// Replaces text in every answer to commands with these words.
fn replace(words: &'static str, from: &'static str, to: &'static str) -> Fault {
    Box::new(move |command, answers, _| {
        if command.contains(words) {
            for answer in answers.iter_mut() {
                *answer = swapped(answer, from.as_bytes(), to.as_bytes());
            }
        }
        Then::GoOn
    })
}

fn swapped(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let Some(place) = bytes.windows(from.len()).position(|own| own == from) else {
        return bytes.to_vec();
    };
    let (before, rest) = bytes.split_at(place);
    [before, to, &rest[from.len()..]].concat()
}

/// Puts answers in front of those to commands with these words.
fn before(words: &'static str, said: &'static [u8]) -> Fault {
    Box::new(move |command, answers, _| {
        if command.contains(words) {
            answers.insert(0, said.to_vec());
        }
        Then::GoOn
    })
}

/// Answers commands with these words so, and with nothing else.
fn only(words: &'static str, verdict: &'static str) -> Fault {
    Box::new(move |command, answers, _| {
        if command.contains(words) {
            let last = answers.pop().unwrap();
            let tag = last.split(|byte| *byte == b' ').next().unwrap();
            let tag = String::from_utf8_lossy(tag);
            *answers = vec![format!("{tag} {verdict}\r\n").into_bytes()];
        }
        Then::GoOn
    })
}

/// Everything that is here and on the server too.
fn common(here: &Mail, there: &Mail) -> Vec<String> {
    let hashes = |mail: &Mail| -> Vec<String> {
        mail.values()
            .flatten()
            .map(|(_, _, hash)| hash.clone())
            .collect()
    };
    let there = hashes(there);
    let mut both = hashes(here);
    both.retain(|hash| there.contains(hash) && !hash.is_empty());
    both.sort();
    both.dedup();
    both
}

fn judge(name: &str, want: Want, outcome: &Result<Reports, Error>) -> Result<(), String> {
    let notices: Vec<&String> = match outcome {
        Ok(reports) => reports
            .values()
            .flat_map(|report| &report.notices)
            .collect(),
        Err(_) => vec![],
    };
    let right = match (want, outcome) {
        (Want::Fine, Ok(_)) => notices.is_empty(),
        (Want::Notice(words), Ok(_)) => notices.iter().any(|notice| notice.contains(words)),
        (Want::Fails(kind, words), Err(error)) => {
            error.kind() == kind && error.to_string().contains(words)
        }
        _ => false,
    };
    if right {
        return Ok(());
    }
    let told = match outcome {
        Ok(_) => format!("notices {notices:?}"),
        Err(error) => format!("{:?}: {error}", error.kind()),
    };
    Err(format!("{name}: wanted {want:?}, got {told}"))
}

async fn play(row: &Row) -> Result<(), String> {
    let bench = if row.news {
        Bench::with_news().await
    } else {
        Bench::new()
    };
    let before = bench.here().await;
    let outcome = bench.pass((row.fault)()).await;
    let verdict = judge(row.name, row.want, &outcome);
    // Nothing the server still has may be gone from here.
    let had = common(&before, &bench.there());
    let has = common(&bench.here().await, &bench.there());
    assert!(
        had.iter().all(|hash| has.contains(hash)),
        "{}: lost",
        row.name
    );
    bench.assert_sound(row.name).await;
    bench.assert_in_step(row.name).await;
    verdict
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_ends_as_the_table_says() {
    let wanted = std::env::var("WAXWING_FAULT").unwrap_or_default();
    let mut playing = tokio::task::JoinSet::new();
    let mut wrong = Vec::new();
    for row in rows().into_iter().filter(|row| row.name.contains(&wanted)) {
        if playing.len() == 4 {
            settle(playing.join_next().await, &mut wrong);
        }
        playing.spawn(async move {
            (
                row.name,
                tokio::spawn(async move { play(&row).await }).await,
            )
        });
    }
    while !playing.is_empty() {
        settle(playing.join_next().await, &mut wrong);
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

type Played = (
    &'static str,
    Result<Result<(), String>, tokio::task::JoinError>,
);

fn settle(played: Option<Result<Played, tokio::task::JoinError>>, wrong: &mut Vec<String>) {
    match played.unwrap().unwrap() {
        (_, Ok(Ok(()))) => {}
        (_, Ok(Err(told))) => wrong.push(told),
        (name, Err(panic)) => wrong.push(format!("{name}: {panic}")),
    }
}

#[test]
fn every_fault_is_told_to_people() {
    let page = include_str!("../../../docs/faults.md");
    let untold: Vec<&str> = rows()
        .iter()
        .map(|row| row.name)
        .filter(|name| !page.contains(&format!("| {name} |")))
        .collect();
    assert!(untold.is_empty(), "docs/faults.md lacks {untold:#?}");
}
