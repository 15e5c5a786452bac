//! `unsubscribe`, `receipt`

use clap::Args;
use serde::Serialize;
use waxwing::Result;
use waxwing::engine::Unsubscribed;
use waxwing::model::{OutboxItem, PlacementId};

use super::{Context, lookup, text};

#[derive(Debug, Args)]
pub(crate) struct UnsubscribeOptions {
    /// The id of a message from the list, as `list` prints it
    #[arg(value_name = "ID")]
    id: PlacementId,
}

#[derive(Debug, Args)]
pub(crate) struct ReceiptOptions {
    /// The id of the message, as `list` prints it
    #[arg(value_name = "ID")]
    id: PlacementId,
    /// Tell nothing, and be asked no more
    #[arg(long)]
    refuse: bool,
}

/// What was done, and with whom.
#[derive(Debug, Serialize)]
struct Line {
    /// `done`, `asked`, `page`, `sent` or `refused`.
    result: &'static str,
    /// The host, the address or the page.
    with: Option<String>,
}

impl Line {
    fn new(result: &'static str, with: impl Into<String>) -> Self {
        Self {
            result,
            with: Some(with.into()),
        }
    }
}

pub(super) async fn unsubscribe(
    context: &mut Context,
    UnsubscribeOptions { id }: UnsubscribeOptions,
) -> Result<()> {
    lookup::envelopes(&context.handle, &[id]).await?;
    let (line, words) = match context.handle.unsubscribe(id).await? {
        Unsubscribed::Done(host) => (
            Line::new("done", &host),
            format!("{host} says that it is done."),
        ),
        Unsubscribed::OnPage(page) => (
            Line::new("page", &page),
            format!("Only you can, on this page: {page}"),
        ),
        Unsubscribed::Asked(item) => {
            let to = send_now(context, &item).await?;
            (
                Line::new("asked", &to),
                format!("{to} was asked to take you off."),
            )
        }
    };
    context.out.row(&line, || text::line(&words))
}

pub(super) async fn receipt(
    context: &mut Context,
    ReceiptOptions { id, refuse }: ReceiptOptions,
) -> Result<()> {
    lookup::envelopes(&context.handle, &[id]).await?;
    let line = match context.handle.answer_receipt(id, !refuse).await? {
        None => Line {
            result: "refused",
            with: None,
        },
        Some(item) => Line::new("sent", send_now(context, &item).await?),
    };
    context.out.row(&line, || match &line.with {
        Some(to) => format!("{} hears that you read it.", text::line(to)),
        None => "Nobody hears of it.".to_owned(),
    })
}

/// Hands over what waits, and says to whom; where that fails it goes with the
/// next sync.
async fn send_now(context: &Context, item: &OutboxItem) -> Result<String> {
    let attempt = context.handle.retry_send(item.id, true).await?;
    attempt.error.map_or(Ok(()), Err)?;
    let to = item.recipients.first();
    Ok(to.map(|to| to.address.clone()).unwrap_or_default())
}
