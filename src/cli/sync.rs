//! `sync`

use std::time::Instant;

use clap::Args;
use futures::StreamExt;
use waxwing::Result;
use waxwing::engine::SyncRequest;

use super::output::{SyncLine, TotalLine, warn};
use super::{Context, lookup, text, watch};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only this account
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Only this folder
    #[arg(long, value_name = "FOLDER")]
    folder: Option<String>,
    /// Leave the bodies on the servers
    #[arg(long)]
    headers_only: bool,
    /// Stay, and print a line per change
    #[arg(long, conflicts_with = "headers_only")]
    pub(super) watch: bool,
}

pub(super) async fn run(context: &mut Context, options: Options) -> Result<()> {
    let account = lookup::account(&context.handle, options.account.as_deref()).await?;
    if context.handle.accounts().await?.is_empty() {
        warn("warning", &lookup::no_account());
    }
    if options.watch {
        return watch::run(context, account, options.folder).await;
    }
    let started = Instant::now();
    let request = SyncRequest {
        account,
        folder: options.folder,
        headers_only: options.headers_only,
    };
    let mut reports = std::pin::pin!(context.handle.sync_pass(request));
    let mut total = TotalLine::default();
    let mut result = Ok(());
    while let Some(report) = reports.next().await {
        match (report, &result) {
            (Ok(report), _) => {
                let line = SyncLine::new(report);
                total.add(&line);
                context.out.row(&line, || line.text())?;
                // The mail is stored; indexing it may take a while yet.
                context.out.flush()?;
            }
            (Err(error), Ok(())) => result = Err(error),
            // The same trouble with every account (a locked keyring) is told once.
            (Err(error), Err(first)) if error.to_string() == first.to_string() => {}
            (Err(error), Err(_)) => warn("warning", &error),
        }
    }
    total.total.seconds = started.elapsed().as_secs_f64();
    context.out.row(&total, || total.text())?;
    result
}

impl TotalLine {
    fn add(&mut self, line: &SyncLine) {
        let total = &mut self.total;
        total.folders += 1;
        total.new += line.new;
        total.changed += line.changed;
        total.removed += line.removed;
        total.bytes += line.bytes;
    }

    fn text(&self) -> String {
        let total = &self.total;
        format!(
            "{} folders: {} new, {} changed, {} removed, {} in {:.1} s",
            total.folders,
            total.new,
            total.changed,
            total.removed,
            text::size(total.bytes),
            total.seconds
        )
    }
}
