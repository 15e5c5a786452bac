//! `search`

use std::collections::HashMap;

use clap::{Args, ValueEnum};
use serde::Serialize;
use waxwing::engine::parse_search;
use waxwing::model::{
    AccountId, Excerpt, FolderId, ParsedSearch, PlacementId, SearchOrder, SearchQuery,
};
use waxwing::{Error, ErrorKind, Result};

use super::output::{EnvelopeLine, warn};
use super::{Context, lookup};

/// What comes first.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Order {
    /// The newest
    Date,
    /// What the words say most about
    Relevance,
}

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
    /// In which order
    #[arg(long, value_enum, default_value_t = Order::Date)]
    by: Order,
    /// Show the piece of the text in which the words stand
    #[arg(long, conflicts_with = "server")]
    excerpts: bool,
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

/// A row of what was found.
#[derive(Debug, Serialize)]
struct FoundLine {
    #[serde(flatten)]
    row: EnvelopeLine,
    #[serde(skip_serializing_if = "Option::is_none")]
    excerpt: Option<ExcerptField>,
}

#[derive(Debug, Serialize)]
struct ExcerptField {
    text: String,
    /// The attached document it is from.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// First and end of each, in characters.
    marks: Vec<(usize, usize)>,
}

impl ExcerptField {
    fn new(excerpt: Excerpt) -> Self {
        let Excerpt { text, file, marks } = excerpt;
        let count = |end: usize| text.get(..end).map_or(0, |text| text.chars().count());
        let marks = marks
            .iter()
            .map(|mark| (count(mark.start), count(mark.end)))
            .collect();
        Self { text, file, marks }
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
    let order = match options.by {
        Order::Date => SearchOrder::Newest,
        Order::Relevance => SearchOrder::Relevance,
    };
    let handle = context.handle.clone();
    let found = handle.search(query.clone(), account, order, limit).await?;
    let excerpts_of = options.excerpts.then_some(&query);
    print(context, &found.ids, excerpts_of).await?;
    for notice in &found.notices {
        warn("note", notice);
    }
    if found.uncovered > 0 {
        let messages = messages(found.uncovered);
        let are = if found.uncovered == 1 { "is" } else { "are" };
        warn(
            "note",
            &format!("{messages} {are} not in the local index; --server asks the server."),
        );
    }
    if found.unread_documents > 0 {
        let messages = messages(found.unread_documents);
        warn(
            "note",
            &format!("Documents attached to {messages} were not read yet; sync goes on with them."),
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
    print(context, &found.ids, None).await?;
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

async fn print(
    context: &mut Context,
    ids: &[PlacementId],
    excerpts_of: Option<&SearchQuery>,
) -> Result<()> {
    let folders = context.handle.folders(None).await?;
    let paths: HashMap<FolderId, String> = folders
        .into_iter()
        .map(|folder| (folder.id, folder.path))
        .collect();
    for ids in ids.chunks(CHUNK) {
        let mut excerpts = match excerpts_of {
            Some(query) => context.handle.excerpts(query, ids.to_vec()).await?,
            None => HashMap::new(),
        };
        for row in context.handle.envelopes(ids.to_vec()).await? {
            let folder = paths.get(&row.folder).map_or("", String::as_str);
            let line = FoundLine {
                row: EnvelopeLine::new(&row, folder),
                excerpt: excerpts.remove(&row.id).map(ExcerptField::new),
            };
            context.out.row(&line, || match &line.excerpt {
                Some(excerpt) => {
                    let file = excerpt.file.as_deref().map(|name| format!("{name}: "));
                    let file = super::text::line(&file.unwrap_or_default());
                    format!("{}\n    {file}{}", EnvelopeLine::text(&row), excerpt.text)
                }
                None => EnvelopeLine::text(&row),
            })?;
        }
    }
    Ok(())
}

fn messages(count: u64) -> String {
    match count {
        1 => "1 message".to_owned(),
        _ => format!("{count} messages"),
    }
}
