//! `backup` and `restore`

use std::path::PathBuf;

use clap::Args;
use futures::StreamExt;
use serde::Serialize;
use waxwing::Result;
use waxwing::config::Profile;
use waxwing::engine::{BackupProgress, restore as put_back};

use super::output::Out;
use super::transfer::{clear_line, progress};
use super::{Context, Global, session};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The file to make (backup) or to read (restore)
    path: PathBuf,
}

/// What was written.
#[derive(Debug, Serialize)]
struct BackupLine {
    bytes: u64,
}

/// What there is now.
#[derive(Debug, Serialize)]
struct RestoreLine {
    accounts: usize,
}

pub(super) async fn backup(context: &mut Context, options: Options) -> Result<()> {
    let place = options.path.display().to_string();
    let mut told = std::pin::pin!(context.handle.back_up(options.path));
    while let Some(step) = told.next().await {
        match step? {
            BackupProgress::Copied { bytes, total } => {
                let percent = bytes.saturating_mul(100) / total.max(1);
                progress(&format!("{percent} %"));
            }
            BackupProgress::Done { bytes } => {
                clear_line();
                let line = BackupLine { bytes };
                let megabytes = bytes.div_ceil(1 << 20);
                context.out.row(&line, || {
                    format!("{place} has everything ({megabytes} MB).")
                })?;
            }
        }
    }
    Ok(())
}

/// Before there is an engine: it would hold the profile.
pub(super) fn restore(global: &Global, options: &Options, out: &mut Out) -> Result<()> {
    let profile: Profile = session::profile(global)?;
    let accounts = put_back(&profile, &options.path)?;
    out.row(&RestoreLine { accounts }, || {
        let them = if accounts == 1 { "account is" } else { "accounts are" };
        format!(
            "{accounts} {them} back. Passwords that lay in a keyring are asked for with the next sync."
        )
    })
}
