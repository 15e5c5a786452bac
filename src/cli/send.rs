//! `send`

use std::io::Read;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Args;
use waxwing::engine::{Attempt, Dispatch};
use waxwing::model::{OutboxItem, Recipient, SendState};
use waxwing::{Error, ErrorKind, Result};

use super::output::{OutboxLine, warn};
use super::{Context, lookup};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The account to send from
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    #[command(flatten)]
    pub(super) how: How,
    /// The message (RFC 5322), or `-` for stdin
    #[arg(value_name = "FILE.eml|-")]
    file: PathBuf,
}

/// How a message is to leave.
#[derive(Debug, Args)]
pub(super) struct How {
    /// Only put it into the outbox
    #[arg(long)]
    pub(super) queue_only: bool,
    /// Not before this time, like 2026-12-24T18:00:00+01:00: the window, or
    /// `sync --watch`, sends it then
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<DateTime<Utc>>,
    /// Ask the servers on its way to report the delivery
    #[arg(long)]
    report: bool,
}

impl How {
    /// Whether nothing is to leave now.
    pub(super) fn only_queues(&self) -> bool {
        self.queue_only || self.at.is_some_and(|time| time > Utc::now())
    }

    pub(super) fn dispatch(&self) -> Dispatch {
        Dispatch {
            not_before: self.at,
            report: self.report,
            message_id: None,
        }
    }
}

fn time(text: &str) -> std::result::Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.to_utc())
        .map_err(|_| "a time looks like 2026-12-24T18:00:00+01:00".to_owned())
}

pub(super) async fn run(context: &mut Context, options: Options) -> Result<()> {
    let account = lookup::the_account(&context.handle, options.account.as_deref()).await?;
    let raw = read(&options.file)?;
    let how = options.how.dispatch();
    let wait = !options.how.only_queues();
    let attempt = context.handle.send_raw(account.id, raw, how, wait).await?;
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
        // It is on its way; to send it again would give some of them two.
        SendState::Waiting if item.recipients.iter().any(Recipient::is_accepted) => {
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
        let what = if to.is_refused() {
            "was refused"
        } else {
            "gets it later"
        };
        warn("warning", &format!("{} {what}: {}", to.address, to.text));
    }
}

pub(super) fn read(file: &PathBuf) -> Result<Vec<u8>> {
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
