//! `print`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;
use waxwing::Result;
use waxwing::engine::{PrintLook, Printing};
use waxwing::html::page::Paper;

use super::Context;
use super::lookup::{self, Target};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Ids, as `list` prints them, or files (.eml); several become one document
    #[arg(required = true, value_name = "ID")]
    ids: Vec<Target>,
    /// Write a PDF file instead of printing; one that is there stays
    #[arg(long, value_name = "FILE.pdf")]
    to: Option<PathBuf>,
    /// The paper (default: what is usual where you live)
    #[arg(long, value_enum)]
    paper: Option<PaperName>,
    /// The text alone, without the looks of HTML
    #[arg(long)]
    text: bool,
    /// With the pictures that have to be fetched from elsewhere
    #[arg(long)]
    remote_images: bool,
}

/// A paper, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PaperName {
    /// 210 × 297 mm
    A4,
    /// 8.5 × 11 inches
    Letter,
}

#[derive(Debug, Serialize)]
struct Line {
    /// The file; nothing where it was printed.
    path: Option<String>,
    pages: usize,
    /// Whether there were more pages than are made.
    cut: bool,
    /// What the messages asked for from elsewhere and did not get.
    blocked_remote: usize,
}

pub(super) async fn run(context: &mut Context, options: Options) -> Result<()> {
    let handle = &context.handle;
    let ids = lookup::messages(handle, &options.ids).await?;
    let how = Printing {
        paper: match options.paper {
            Some(PaperName::A4) => Paper::A4,
            Some(PaperName::Letter) => Paper::Letter,
            None => Paper::usual(),
        },
        pictures: options.remote_images,
        look: if options.text {
            PrintLook::Text
        } else {
            PrintLook::Own
        },
    };
    let (path, printed) = match options.to {
        Some(path) => {
            let (path, printed) = handle.save_pdf(ids, how, path).await?;
            (Some(path.display().to_string()), printed)
        }
        None => (None, handle.pdf(ids, how).await?),
    };
    let words = printed.words();
    let line = Line {
        pages: printed.pages,
        cut: printed.cut,
        blocked_remote: printed.blocked_remote,
        path,
    };
    if line.path.is_none() {
        handle.print(printed).await?;
    }
    context.out.row(&line, || {
        let place = line.path.as_deref().unwrap_or("Handed to the printer");
        format!("{place} ({words}, {} remote blocked)", line.blocked_remote)
    })
}
