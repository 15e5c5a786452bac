//! Fills the store with the next messages, through an import.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use waxwing::config::{Profile, account_file};
use waxwing::engine::{
    Engine, Handle, ImportProgress, ImportRequest, Options, Passwords, SecretsChoice, parse_search,
};
use waxwing::model::{Account, Password, PlacementId, SearchOrder};

use crate::mail::{Mail, OWN};
use crate::{Outcome, usage};

/// The same for all runs.
pub(crate) const SEED: u64 = 20;

/// So many messages are written to a file before they are taken over.
const CHUNK: usize = 100_000;

/// How each message of an mbox begins.
const FROM_LINE: &str = "From MAILER-DAEMON Thu Jan  1 00:00:00 1970";

/// As a command has it, or (`online`) as the window: it tidies up in quiet.
pub(crate) fn engine(profile: &Path, online: bool) -> Outcome<Engine> {
    Ok(Engine::start(Options {
        profile: Profile::at(profile)?,
        secrets: SecretsChoice::Memory,
        online,
        program: None,
    })?)
}

/// Adds the messages from number `from` up to `to`.
pub(crate) fn run(profile: &Path, from: usize, to: usize) -> Outcome {
    let engine = engine(profile, false)?;
    let handle = engine.handle();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let account = runtime.block_on(account(&handle))?;
    let mut mail = Mail::new(SEED);
    for _ in 0..from {
        mail.message();
    }
    let mbox = profile.with_extension("mbox");
    let (mut bytes, mut stored, mut searchable) = (0, Duration::ZERO, Duration::ZERO);
    let mut done = from;
    let (cpu, index) = (usage::cpu("")?, usage::cpu("index-writer")?);
    let mut generating = Duration::ZERO;
    while done < to {
        let next = to.min(done + CHUNK);
        let before = usage::cpu("")?;
        bytes += write(&mut mail, next - done, &mbox)?;
        generating += usage::cpu("")?.saturating_sub(before);
        let began = Instant::now();
        stored += runtime.block_on(import(&handle, &account, &mbox))?;
        runtime.block_on(all_searchable(&handle))?;
        searchable += began.elapsed();
        fs::remove_file(&mbox)?;
        done = next;
    }
    let many = (to - from) as f64;
    let cpu = usage::cpu("")?.saturating_sub(cpu + generating);
    let index = usage::cpu("index-writer")?.saturating_sub(index);
    println!("\n{from} to {to} messages, {} MB of mail", bytes >> 20);
    println!(
        "  import, threads too: {:>8.0} messages/s",
        many / stored.as_secs_f64()
    );
    println!(
        "  searchable:          {:>8.0} messages/s",
        many / searchable.as_secs_f64()
    );
    println!(
        "  index:               {:>8.0} messages/CPU s",
        many / index.as_secs_f64()
    );
    println!(
        "  all of it:           {:>8.1} CPU s, {} MB at most",
        cpu.as_secs_f64(),
        usage::memory()?.0
    );
    engine.shutdown()?;
    Ok(())
}

async fn account(handle: &Handle) -> Outcome<Account> {
    if let Some(account) = handle.accounts().await?.into_iter().next() {
        return Ok(account);
    }
    let file = format!(
        "name = \"Store\"\nemail = \"{OWN}\"\n\
         [incoming]\nprotocol = \"pop3\"\nhost = \"localhost\"\nport = 1\nsecurity = \"tls\"\n\
         username = \"me\"\n\
         [outgoing]\nhost = \"localhost\"\nport = 1\nsecurity = \"tls\"\n"
    );
    let settings = account_file::parse(&file, "the benchmark's account")?;
    let passwords = Passwords::same(Password::new("none"));
    let account = handle.add_account(settings, passwords).await?;
    handle.set_account_enabled(account.id, false).await?;
    Ok(account)
}

/// Writes an mbox; says how many bytes.
fn write(mail: &mut Mail, count: usize, path: &Path) -> Outcome<u64> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut file = BufWriter::new(fs::File::create(path)?);
    let mut text = String::new();
    for _ in 0..count {
        text.clear();
        let _ = writeln!(text, "{FROM_LINE}");
        for line in mail.message().lines() {
            // mboxrd: what would begin a message is quoted.
            if line.trim_start_matches('>').starts_with("From ") {
                text.push('>');
            }
            text.push_str(line);
            text.push('\n');
        }
        text.push('\n');
        file.write_all(text.as_bytes())?;
    }
    file.flush()?;
    Ok(fs::metadata(path)?.len())
}

/// Says how long it took until all of it was stored. The import ends later,
/// when all can be searched.
async fn import(handle: &Handle, account: &Account, mbox: &Path) -> Outcome<Duration> {
    let began = Instant::now();
    let mut stored = Duration::ZERO;
    let mut told = std::pin::pin!(handle.import(ImportRequest {
        path: mbox.to_owned(),
        account: account.id,
        folder: "Inbox".to_owned(),
    }));
    while let Some(progress) = told.next().await {
        match progress? {
            ImportProgress::Skipped { place, why } => return Err(format!("{place} {why}").into()),
            ImportProgress::Read { .. } => stored = began.elapsed(),
            ImportProgress::Done { .. } => {}
        }
    }
    Ok(stored)
}

/// How long it takes from a message's arrival until a search finds it.
pub(crate) fn arrivals(
    handle: &Handle,
    runtime: &tokio::runtime::Runtime,
    profile: &Path,
) -> Outcome<Vec<Duration>> {
    let mbox = profile.with_extension("mbox");
    let mut times = Vec::new();
    for number in 0..20 {
        let word = format!("arrival{number}x{}", std::process::id());
        let text = format!("{FROM_LINE}\nFrom: a@example.test\nSubject: {word}\n\nText.\n\n");
        fs::write(&mbox, text)?;
        times.push(runtime.block_on(async {
            let account = account(handle).await?;
            let began = Instant::now();
            let found = async {
                while search(handle, &word).await?.is_empty() {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                Outcome::Ok(began.elapsed())
            };
            // The import itself ends later: it compares the whole index.
            let (imported, found) = tokio::join!(import(handle, &account, &mbox), found);
            imported.and(found)
        })?);
    }
    fs::remove_file(&mbox)?;
    Ok(times)
}

async fn search(handle: &Handle, words: &str) -> Outcome<Arc<[PlacementId]>> {
    let query = parse_search(words).query;
    let found = handle.search(query, None, SearchOrder::Newest, 1).await?;
    Ok(found.ids)
}

/// Waits until the index knows everything.
async fn all_searchable(handle: &Handle) -> Outcome {
    let query = parse_search("unheardof").query;
    while handle
        .search(query.clone(), None, SearchOrder::Newest, 1)
        .await?
        .uncovered
        > 0
    {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
