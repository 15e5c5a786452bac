//! `search`

use std::collections::HashMap;

use clap::Args;
use waxwing::engine::parse_search;
use waxwing::model::{AccountId, FolderId, ParsedSearch, PlacementId, SearchQuery};
use waxwing::{Error, ErrorKind, Result};

use super::output::{EnvelopeLine, warn};
use super::{Context, lookup};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Words, "phrases", from: to: cc: subject: body: filename: list: in:
    /// account: tag: has:attachment is:unread is:starred before: after: on:
    /// newer_than: older_than: larger: smaller:, -not, OR, ( )
    #[arg(allow_hyphen_values = true)]
    query: String,
    /// More of the same
    more: Vec<String>,
    /// Only in this account
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// At most so many messages, the newest
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Ask the servers instead of the index on this computer
    #[arg(long)]
    server: bool,
}

impl Options {
    /// Whether a server is asked.
    pub(super) fn asks_server(&self) -> bool {
        self.server
    }
}

/// So many rows are read at once.
const CHUNK: usize = 500;

pub(super) async fn run(context: &mut Context, options: Options) -> Result<()> {
    let words: Vec<&str> = std::iter::once(&options.query)
        .chain(&options.more)
        .map(String::as_str)
        .collect();
    let text = words.join(" ");
    let ParsedSearch { query, remarks } = parse_search(&text);
    for remark in &remarks {
        warn("note", &remark.message);
    }
    if query.is_empty() {
        return Err(
            Error::new(ErrorKind::Input, "There is nothing to look for.")
                .hint("Give a word, or a filter such as is:unread."),
        );
    }
    let account = lookup::account(&context.handle, options.account.as_deref()).await?;
    let limit = options.limit.unwrap_or(usize::MAX);
    if options.server {
        return ask_server(context, query, account, limit).await;
    }
    let found = context.handle.search(query, account, limit).await?;
    print(context, &found.ids).await?;
    for notice in &found.notices {
        warn("note", notice);
    }
    if found.uncovered > 0 {
        let messages = match found.uncovered {
            1 => "1 message is".to_owned(),
            count => format!("{count} messages are"),
        };
        warn(
            "note",
            &format!("{messages} not in the local index; --server asks the server."),
        );
    }
    Ok(())
}

async fn ask_server(
    context: &mut Context,
    query: SearchQuery,
    account: Option<AccountId>,
    limit: usize,
) -> Result<()> {
    let handle = context.handle.clone();
    let found = handle.search_on_server(query, account, limit).await?;
    print(context, &found.ids).await?;
    for notice in &found.notices {
        warn("note", notice);
    }
    if found.unknown > 0 {
        let (count, them) = match found.unknown {
            1 => ("1 more message matches and is".to_owned(), "it"),
            count => (format!("{count} more messages match and are"), "them"),
        };
        warn(
            "note",
            &format!("{count} not listed here yet; sync brings {them}."),
        );
    }
    Ok(())
}

async fn print(context: &mut Context, ids: &[PlacementId]) -> Result<()> {
    let folders = context.handle.folders(None).await?;
    let paths: HashMap<FolderId, String> = folders
        .into_iter()
        .map(|folder| (folder.id, folder.path))
        .collect();
    for ids in ids.chunks(CHUNK) {
        for row in context.handle.envelopes(ids.to_vec()).await? {
            let folder = paths.get(&row.folder).map_or("", String::as_str);
            context.out.row(&EnvelopeLine::new(&row, folder), || {
                EnvelopeLine::text(&row)
            })?;
        }
    }
    Ok(())
}
