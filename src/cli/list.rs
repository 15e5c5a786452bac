//! `list`

use clap::{Args, ValueEnum};
use waxwing::Result;
use waxwing::model::{ListView, Listed, Listing, PlacementId, QuickFilter, Sort, SortKey};

use super::output::EnvelopeLine;
use super::{Context, lookup};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The whole name of the folder, as `folders` prints it
    folder: String,
    /// The account it belongs to
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// At most so many messages
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Conversations together, the one with the first message first
    #[arg(long)]
    threads: bool,
    /// In this order
    #[arg(long, value_enum, default_value_t, value_name = "KEY")]
    sort: Key,
    /// In the opposite direction
    #[arg(long)]
    reverse: bool,
    /// Only what is unread
    #[arg(long)]
    unread: bool,
    /// Only what has a star
    #[arg(long)]
    starred: bool,
    /// Only what has attachments
    #[arg(long)]
    with_attachments: bool,
}

/// What the list is sorted by.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Key {
    /// The newest first
    #[default]
    Date,
    /// From A to Z
    Sender,
    /// From A to Z
    Subject,
    /// The largest first
    Size,
    /// What is unread first
    Unread,
}

impl Key {
    fn sort(self) -> Sort {
        Sort::by(match self {
            Self::Date => SortKey::Date,
            Self::Sender => SortKey::Sender,
            Self::Subject => SortKey::Subject,
            Self::Size => SortKey::Size,
            Self::Unread => SortKey::Unread,
        })
    }
}

/// So many rows are read at once.
const CHUNK: usize = 500;

pub(super) async fn run(context: &mut Context, options: Options) -> Result<()> {
    let account = lookup::account(&context.handle, options.account.as_deref()).await?;
    let folder = lookup::folder(&context.handle, account, &options.folder).await?;
    let mut sort = options.sort.sort();
    sort.descending ^= options.reverse;
    let listing = Listing {
        view: ListView::Folder(folder.id),
        sort,
        filter: QuickFilter {
            unread: options.unread,
            starred: options.starred,
            attachments: options.with_attachments,
            since: None,
        },
        grouped: options.threads,
    };
    let listed = match options.limit {
        // Of a conversation all members are wanted, wherever they stand.
        Some(limit) if !options.threads => context.handle.first_rows(listing, limit).await?,
        _ => context.handle.order(listing).await?,
    };
    let wanted = messages(&listed, options.limit.unwrap_or(usize::MAX));
    for ids in wanted.chunks(CHUNK) {
        for row in context.handle.envelopes(ids.to_vec()).await? {
            context
                .out
                .row(&EnvelopeLine::new(&row, &folder.path), || {
                    EnvelopeLine::text(&row)
                })?;
        }
    }
    Ok(())
}

/// The messages of the rows, at most `limit`.
fn messages(listed: &Listed, limit: usize) -> Vec<PlacementId> {
    let rows = (0..listed.len()).flat_map(|index| listed.members(index));
    rows.copied().take(limit).collect()
}
