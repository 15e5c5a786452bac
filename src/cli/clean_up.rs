//! `clean-up`

use clap::Args;
use serde::Serialize;
use waxwing::Result;
use waxwing::model::FolderSize;

use super::{Context, lookup};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only of this account
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
}

/// The result: what is no longer here.
#[derive(Debug, Serialize)]
struct FreedLine {
    messages: u64,
    bytes: u64,
}

pub(super) async fn run(context: &mut Context, options: Options) -> Result<()> {
    let account = lookup::account(&context.handle, options.account.as_deref()).await?;
    let freed = context.handle.clean_up(account).await?;
    let line = FreedLine {
        messages: freed.messages,
        bytes: freed.bytes,
    };
    context.out.row(&line, || match line.messages {
        0 => "Nothing is here that need not be.".to_owned(),
        messages => format!(
            "{messages} messages are only on their servers now: {} of mail.",
            amount(line.bytes)
        ),
    })
}

/// Bytes as people say them.
pub(super) fn amount(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        1_000_000..1_000_000_000 => format!("{} MB", bytes.div_ceil(1_000_000)),
        _ => format!("{}.{} GB", bytes / 1_000_000_000, bytes / 100_000_000 % 10),
    }
}

/// "12 MB of 340 MB here".
pub(super) fn sizes(size: &FolderSize) -> String {
    let (here, all) = (amount(size.bytes_here), amount(size.bytes));
    format!("{here} of {all} here")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_short() {
        for (bytes, words) in [
            (0, "0 kB"),
            (1, "1 kB"),
            (999_999, "1000 kB"),
            (12_000_001, "13 MB"),
            (2_345_000_000, "2.3 GB"),
        ] {
            assert_eq!(amount(bytes), words);
        }
    }
}
