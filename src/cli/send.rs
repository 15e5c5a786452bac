//! `send`

use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use waxwing::engine::Attempt;
use waxwing::model::{OutboxItem, Recipient, SendState};
use waxwing::{Error, ErrorKind, Result};

use super::output::{OutboxLine, warn};
use super::{Context, lookup};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The account to send from
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Only put it into the outbox
    #[arg(long)]
    pub(super) queue_only: bool,
    /// The message (RFC 5322), or `-` for stdin
    #[arg(value_name = "FILE.eml|-")]
    file: PathBuf,
}

pub(super) async fn run(context: &mut Context, options: Options) -> Result<()> {
    let account = lookup::the_account(&context.handle, options.account.as_deref()).await?;
    let raw = read(&options.file)?;
    let wait = !options.queue_only;
    let attempt = context.handle.send_raw(account.id, raw, wait).await?;
    print(context, &attempt.item)?;
    if wait { outcome(&attempt) } else { Ok(()) }
}

pub(super) fn print(context: &mut Context, item: &OutboxItem) -> Result<()> {
    let line = OutboxLine::new(item);
    context.out.row(&line, || line.text(&item.subject))
}

/// Whether a message that was to leave now has left. Where it has not, the
/// failure is the server's own, with what to do about the message put behind.
pub(super) fn outcome(attempt: &Attempt) -> Result<()> {
    let item = &attempt.item;
    let id = item.id;
    let (kind, message, hint) = match item.state {
        SendState::Sent => {
            warn_of_refused(item);
            return Ok(());
        }
        SendState::Waiting | SendState::Sending => (
            ErrorKind::Temporary,
            "The message could not be sent yet.",
            format!("It stays in the outbox; `outbox retry {id}` tries again."),
        ),
        SendState::Failed => (
            ErrorKind::Server,
            "The server refused the message.",
            format!(
                "It stays in the outbox; `outbox retry {id}` tries again, `outbox cancel {id}` \
                 takes it out."
            ),
        ),
        SendState::Uncertain => (
            ErrorKind::Temporary,
            "The server did not say whether it took the message.",
            format!("It may have left: ask a recipient before `outbox retry {id}` sends it again."),
        ),
    };
    let Some(error) = &attempt.error else {
        let message = item.last_error.as_deref().unwrap_or(message);
        return Err(Error::new(kind, message).hint(hint));
    };
    let hint = match error.remedy() {
        Some(remedy) => format!("{remedy} {hint}"),
        None => hint,
    };
    Err(error.clone().hint(hint))
}

fn warn_of_refused(item: &OutboxItem) {
    let refused = |to: &&Recipient| to.code.is_some() && !to.is_accepted();
    for to in item.recipients.iter().filter(refused) {
        warn(
            "warning",
            &format!("{} was refused: {}", to.address, to.text),
        );
    }
}

fn read(file: &PathBuf) -> Result<Vec<u8>> {
    let mut raw = Vec::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().lock().read_to_end(&mut raw).map(|_| ())
    } else {
        std::fs::read(file).map(|bytes| raw = bytes)
    };
    read.map_err(|cause| {
        Error::new(
            ErrorKind::Input,
            format!("The message {} cannot be read: {cause}.", file.display()),
        )
        .source(cause)
    })?;
    Ok(raw)
}
