//! `list`

use std::collections::HashMap;

use clap::Args;
use waxwing::Result;
use waxwing::model::{Envelope, ListView};

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
    /// Conversations together, the one with the newest message first
    #[arg(long)]
    threads: bool,
}

/// So many rows are read at once.
const CHUNK: usize = 500;

pub(super) async fn run(context: &mut Context, options: Options) -> Result<()> {
    let account = lookup::account(&context.handle, options.account.as_deref()).await?;
    let folder = lookup::folder(&context.handle, account, &options.folder).await?;
    let order = context.handle.order(ListView::Folder(folder.id)).await?;
    let limit = options.limit.unwrap_or(usize::MAX);
    if options.threads {
        let mut rows = Vec::with_capacity(order.len());
        for ids in order.chunks(CHUNK) {
            rows.extend(context.handle.envelopes(ids.to_vec()).await?);
        }
        return print(context, &by_thread(rows), limit, &folder.path);
    }
    let wanted = order.get(..limit).unwrap_or(&order);
    for ids in wanted.chunks(CHUNK) {
        let rows = context.handle.envelopes(ids.to_vec()).await?;
        print(context, &rows, CHUNK, &folder.path)?;
    }
    Ok(())
}

fn print(context: &mut Context, rows: &[Envelope], limit: usize, folder: &str) -> Result<()> {
    for row in rows.iter().take(limit) {
        context
            .out
            .row(&EnvelopeLine::new(row, folder), || EnvelopeLine::text(row))?;
    }
    Ok(())
}

/// Rows that come newest first, with every conversation at the place of its
/// newest message.
fn by_thread(rows: Vec<Envelope>) -> Vec<Envelope> {
    let mut places = HashMap::new();
    let mut rows: Vec<(usize, Envelope)> = rows
        .into_iter()
        .map(|row| {
            let next = places.len();
            (*places.entry(row.thread).or_insert(next), row)
        })
        .collect();
    rows.sort_by_key(|(place, _)| *place);
    rows.into_iter().map(|(_, row)| row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::tests::envelope;
    use waxwing::model::ThreadId;

    #[test]
    fn conversations_stand_where_their_newest_message_stands() {
        let rows = [(9, 1), (8, 2), (7, 1), (6, 3), (5, 2)];
        let rows = rows.map(|(id, thread)| Envelope {
            thread: ThreadId(thread),
            ..envelope(id)
        });
        let ids: Vec<i64> = by_thread(rows.into()).iter().map(|row| row.id.0).collect();
        assert_eq!(ids, [9, 7, 8, 5, 6]);
    }
}
