//! `import` and `export`

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use futures::StreamExt;
use serde::Serialize;
use waxwing::Result;
use waxwing::engine::{ExportFormat, ExportProgress, ExportRequest, ImportProgress, ImportRequest};

use super::{Context, lookup, text};

#[derive(Debug, Args)]
pub(crate) struct ImportOptions {
    /// An mbox file, an .eml file, a Maildir, or a directory with such (for
    /// instance the mail folders of Thunderbird)
    path: PathBuf,
    /// The folder that gets the messages; made where it is not there
    #[arg(long, value_name = "FOLDER")]
    to: String,
    /// The account
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ExportOptions {
    /// The folder
    folder: String,
    /// The file or directory to make
    path: PathBuf,
    /// What to write
    #[arg(long, value_enum)]
    format: Format,
    /// The account
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// One file with all messages
    Mbox,
    /// A directory with a file for each
    Eml,
    /// A Maildir, which keeps flags and tags
    Maildir,
}

/// The result of both.
#[derive(Debug, Default, Serialize)]
struct TransferLine {
    messages: u64,
    skipped: Vec<SkippedLine>,
}

#[derive(Debug, Serialize)]
struct SkippedLine {
    #[serde(rename = "where")]
    place: String,
    why: String,
}

impl TransferLine {
    fn skip(&mut self, place: String, why: String) {
        self.skipped.push(SkippedLine { place, why });
    }

    fn print(self, context: &mut Context, what: &str) -> Result<()> {
        clear_line();
        context.out.row(&self, || {
            let skipped = self.skipped.iter();
            let skipped: String = skipped
                .map(|one| {
                    let (place, why) = (text::line(&one.place), text::line(&one.why));
                    format!("skipped: {place} {why}\n")
                })
                .collect();
            let messages = self.messages;
            let plural = if messages == 1 { "" } else { "s" };
            format!("{skipped}{messages} message{plural} {what}")
        })
    }
}

/// A line on stderr that the next one replaces; nothing where nobody looks.
pub(super) fn progress(words: &str) {
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        // A terminal that went away is no reason to stop.
        drop(write!(stderr, "\r\x1b[K{words}"));
        drop(stderr.flush());
    }
}

pub(super) fn clear_line() {
    progress("");
}

pub(super) async fn import(context: &mut Context, options: ImportOptions) -> Result<()> {
    let account = lookup::the_account(&context.handle, options.account.as_deref()).await?;
    let request = ImportRequest {
        path: options.path,
        account: account.id,
        folder: options.to,
    };
    let mut told = std::pin::pin!(context.handle.import(request));
    let mut line = TransferLine::default();
    while let Some(step) = told.next().await {
        match step? {
            ImportProgress::Read {
                messages,
                bytes,
                total,
            } => {
                let percent = bytes.saturating_mul(100) / total.max(1);
                progress(&format!("{messages} messages, {percent} %"));
            }
            ImportProgress::Skipped { place, why } => line.skip(place, why),
            ImportProgress::Done { messages } => line.messages = messages,
        }
    }
    line.print(context, "taken over")
}

pub(super) async fn export(context: &mut Context, options: ExportOptions) -> Result<()> {
    let account = lookup::account(&context.handle, options.account.as_deref()).await?;
    let folder = lookup::folder(&context.handle, account, &options.folder).await?;
    let request = ExportRequest {
        folder: folder.id,
        path: options.path,
        format: match options.format {
            Format::Mbox => ExportFormat::Mbox,
            Format::Eml => ExportFormat::Eml,
            Format::Maildir => ExportFormat::Maildir,
        },
    };
    let mut told = std::pin::pin!(context.handle.export(request));
    let mut line = TransferLine::default();
    while let Some(step) = told.next().await {
        match step? {
            ExportProgress::Written { messages, total } => {
                progress(&format!("{messages} of {total} messages"));
            }
            ExportProgress::Skipped { id, why } => line.skip(format!("message {id}"), why),
            ExportProgress::Done { messages } => line.messages = messages,
        }
    }
    line.print(context, "written")
}
