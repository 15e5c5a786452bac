//! Times HTML mail as pages, through the same calls as the window, and says how
//! like Chromium's pictures they are.
//!
//! `cargo bench --locked --bench pages -- [--beside CHROMIUM] [--keep DIR] [FILE ...]`
//!
//! Without files, all of `tests/fixtures/pages`. `--beside` runs that program
//! for a picture of each file; `--keep` leaves both pictures there. A release
//! build; nothing is asserted.
#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "a program of its own, for people who measure"
)]

#[path = "pages/likeness.rs"]
mod likeness;
#[path = "pages/times.rs"]
mod times;

use std::fs;
use std::path::{Path, PathBuf};

use futures::StreamExt;
use waxwing::config::{Profile, account_file};
use waxwing::engine::{Engine, Handle, ImportRequest, Options, Passwords, SecretsChoice};
use waxwing::model::{ListView, Password, PlacementId};

/// Whatever went wrong: whoever measures reads it and begins anew.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// A mail of the comparison.
struct Sample {
    name: String,
    html: PathBuf,
    id: PlacementId,
}

fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1).filter(|word| word != "--bench");
    let (mut files, mut beside, mut keep) = (Vec::new(), None, None);
    while let Some(word) = arguments.next() {
        let mut value = || arguments.next().ok_or("an option needs a value");
        match word.as_str() {
            "--beside" => beside = Some(value()?),
            "--keep" => keep = Some(PathBuf::from(value()?)),
            file => files.push(PathBuf::from(file)),
        }
    }
    if files.is_empty() {
        files = samples()?;
    }
    let work = tempfile::tempdir()?;
    let engine = Engine::start(Options {
        profile: Profile::at(&work.path().join("profile"))?,
        secrets: SecretsChoice::Memory,
        online: false,
        program: Some(env!("CARGO_BIN_EXE_waxwing").into()),
    })?;
    let handle = engine.handle();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let samples = runtime.block_on(import(&handle, &files, work.path()))?;
    runtime.block_on(times::run(&handle, &samples))?;
    if let Some(chromium) = beside {
        let pictures = keep.unwrap_or_else(|| work.path().join("pictures"));
        fs::create_dir_all(&pictures)?;
        runtime.block_on(likeness::run(&handle, &samples, &chromium, &pictures))?;
    }
    drop(handle);
    engine.shutdown()?;
    Ok(())
}

fn samples() -> Outcome<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pages");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|name| name == "html") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Makes each file a message and takes it over.
async fn import(handle: &Handle, files: &[PathBuf], work: &Path) -> Outcome<Vec<Sample>> {
    let settings = "name = \"Pages\"\nemail = \"me@example.test\"\n\
         [incoming]\nprotocol = \"pop3\"\nhost = \"localhost\"\nport = 1\nsecurity = \"tls\"\n\
         username = \"me\"\n\
         [outgoing]\nhost = \"localhost\"\nport = 1\nsecurity = \"tls\"\n";
    let settings = account_file::parse(settings, "the benchmark's account")?;
    let passwords = Passwords::same(Password::new("none"));
    let account = handle.add_account(settings, passwords).await?;
    handle.set_account_enabled(account.id, false).await?;
    let mail = work.join("mail");
    fs::create_dir_all(&mail)?;
    for (number, file) in files.iter().enumerate() {
        let mut message = format!(
            "From: a@example.test\r\nSubject: {number}\r\nMessage-ID: <{number}@example.test>\r\n\
             MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        )
        .into_bytes();
        message.extend(fs::read(file)?);
        fs::write(mail.join(format!("{number}.eml")), message)?;
    }
    let mut told = std::pin::pin!(handle.import(ImportRequest {
        path: mail,
        account: account.id,
        folder: "Pages".to_owned(),
    }));
    while let Some(progress) = told.next().await {
        progress?;
    }
    let folders = handle.folders(None).await?;
    let folder = folders.iter().find(|folder| folder.total > 0);
    let view = ListView::Folder(folder.ok_or("nothing was taken over")?.id);
    let ids: Vec<PlacementId> = handle.order(view).await?.iter().copied().collect();
    let mut samples = Vec::new();
    for row in handle.envelopes(ids).await? {
        let html = files[row.subject.parse::<usize>()?].clone();
        let name = html.file_stem().unwrap_or_default();
        samples.push(Sample {
            name: name.to_string_lossy().into_owned(),
            html,
            id: row.id,
        });
    }
    samples.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(samples)
}
