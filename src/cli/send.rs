//! `send`

use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use waxwing::model::{OutboxItem, SendState};
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
    let item = context.handle.send_raw(account.id, raw, wait).await?;
    print(context, &item)?;
    if wait { outcome(&item) } else { Ok(()) }
}

pub(super) fn print(context: &mut Context, item: &OutboxItem) -> Result<()> {
    let line = OutboxLine::new(item);
    context.out.row(&line, || line.text(&item.subject))
}

/// Whether a message that was to leave now has left.
pub(super) fn outcome(item: &OutboxItem) -> Result<()> {
    let why = item.last_error.clone();
    let id = item.id;
    match item.state {
        SendState::Sent => {
            for refused in item
                .recipients
                .iter()
                .filter(|recipient| recipient.code.is_some() && !recipient.is_accepted())
            {
                let words = format!("{} was refused: {}", refused.address, refused.text);
                warn("warning", &words);
            }
            Ok(())
        }
        SendState::Waiting | SendState::Sending => Err(Error::new(
            ErrorKind::Temporary,
            why.unwrap_or_else(|| "The message could not be sent yet.".to_owned()),
        )
        .hint(format!(
            "It stays in the outbox; `outbox retry {id}` tries again."
        ))),
        SendState::Failed => Err(Error::new(
            ErrorKind::Server,
            why.unwrap_or_else(|| "The server refused the message.".to_owned()),
        )
        .hint(format!(
            "It stays in the outbox; `outbox cancel {id}` takes it out."
        ))),
        SendState::Uncertain => Err(Error::new(
            ErrorKind::Temporary,
            why.unwrap_or_else(|| "The server did not say whether it took the message.".to_owned()),
        )
        .hint(format!(
            "It may have left: ask a recipient before `outbox retry {id}` sends it again."
        ))),
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
