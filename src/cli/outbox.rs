//! `outbox`

use chrono::Utc;
use clap::{Args, Subcommand};
use waxwing::model::{OutboxId, OutboxItem, SendState};
use waxwing::{Error, ErrorKind, Result};

use super::output::OutboxLine;
use super::send::{outcome, print};
use super::{Context, output};

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What waits to be sent
    List,
    /// Try again now: one message, or all that wait or failed, but for those
    /// that are to leave later
    Retry {
        /// The id that `outbox` prints
        id: Option<OutboxId>,
    },
    /// Take messages out
    Cancel {
        /// The ids that `outbox` prints
        #[arg(required = true, value_name = "ID")]
        ids: Vec<OutboxId>,
    },
}

impl Options {
    /// Whether servers are spoken to.
    pub(super) fn retries(&self) -> bool {
        matches!(self.command, Some(Command::Retry { .. }))
    }
}

pub(super) async fn run(context: &mut Context, options: Options) -> Result<()> {
    let items = context.handle.outbox().await?;
    match options.command.unwrap_or(Command::List) {
        Command::List => items.iter().try_for_each(|item| print(context, item)),
        Command::Retry { id } => retry(context, chosen(&items, id)?).await,
        Command::Cancel { ids } => {
            // All of them first, so that a wrong id leaves everything in place.
            let chosen: Result<Vec<_>> = ids.iter().map(|id| find(&items, *id)).collect();
            for item in chosen? {
                context.handle.cancel_send(item.id).await?;
                let line = OutboxLine::cancelled(item);
                context.out.row(&line, || line.text(&item.subject))?;
            }
            Ok(())
        }
    }
}

/// Tries each; a failing one does not stop the others.
async fn retry(context: &mut Context, ids: Vec<OutboxId>) -> Result<()> {
    let mut result = Ok(());
    for id in ids {
        let attempt = context.handle.retry_send(id, true).await?;
        print(context, &attempt.item)?;
        match (outcome(&attempt), &result) {
            (Err(error), Ok(())) => result = Err(error),
            (Err(error), Err(_)) => output::warn("warning", &error),
            (Ok(()), _) => {}
        }
    }
    result
}

/// What is to be retried. A message that may have left already only by its id.
fn chosen(items: &[OutboxItem], id: Option<OutboxId>) -> Result<Vec<OutboxId>> {
    if let Some(id) = id {
        return find(items, id).map(|item| vec![item.id]);
    }
    let held = |item: &OutboxItem| {
        item.attempts == 0 && item.next_attempt.is_some_and(|time| time > Utc::now())
    };
    let again = |item: &&OutboxItem| match item.state {
        // What is to leave later leaves now only by its id.
        SendState::Waiting => !held(item),
        state => state == SendState::Failed,
    };
    Ok(items.iter().filter(again).map(|item| item.id).collect())
}

fn find(items: &[OutboxItem], id: OutboxId) -> Result<&OutboxItem> {
    items.iter().find(|item| item.id == id).ok_or_else(|| {
        Error::new(
            ErrorKind::NotFound,
            format!("There is no message {id} in the outbox."),
        )
        .hint("`outbox` lists those there are.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::tests::outbox_item;

    #[test]
    fn what_may_have_left_is_retried_only_by_its_id() {
        let states = [SendState::Waiting, SendState::Failed, SendState::Uncertain];
        let items: Vec<OutboxItem> = (1..)
            .zip(states)
            .map(|(id, s)| outbox_item(id, s))
            .collect();
        assert_eq!(chosen(&items, None).unwrap(), [OutboxId(1), OutboxId(2)]);
        assert_eq!(chosen(&items, Some(OutboxId(3))).unwrap(), [OutboxId(3)]);
        let error = chosen(&items, Some(OutboxId(4))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}
