//! Waiting for the server's news (RFC 2177).

use std::future::Future;
use std::time::Duration;

use async_imap::imap_proto::{MailboxDatum, Response};
use tokio::time::{Instant, sleep_until};

use super::command::Command;
use super::conn::{ImapConn, Step, Untagged};
use super::error::{Error, Fault};
use super::own::Own;

/// Why waiting ended. The connection is ready for the next command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdleEnd {
    /// Something changed in the selected folder.
    Changed,
    /// Nothing happened for the whole time; wait again.
    TimedOut,
    /// The caller wanted to go on.
    Stopped,
}

const NAME: &str = "IDLE";

/// How long a server may take to begin or end IDLE.
const PROMPT: Duration = Duration::from_secs(30);

impl ImapConn {
    /// Waits until something changes in the selected folder, `limit` is over
    /// (at most 29 minutes, or the server may hang up) or `stop` is done.
    /// Changes that came before and were not yet taken with
    /// [`ImapConn::take_changed`] count at once.
    ///
    /// # Errors
    ///
    /// When the server refuses IDLE or the connection is lost.
    pub(crate) async fn idle(
        &mut self,
        limit: Duration,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<IdleEnd, Error> {
        if self.take_changed() {
            return Ok(IdleEnd::Changed);
        }
        if !self.capabilities.idle() {
            return Err(self.fail(Fault::NotOffered("IDLE")));
        }
        let mut news = false;
        let tag = self
            .begin(Command::new(NAME), &mut |untagged| {
                news |= is_news(&untagged);
            })
            .await?;
        if let Step::Done(_) = self.challenge(NAME, &tag).await? {
            return Err(self.fail(Fault::Nonsense("IDLE ended before it began")));
        }
        let deadline = Instant::now() + limit;
        let end = if news || self.changed {
            IdleEnd::Changed
        } else {
            // Longer than the deadline: silence is what is expected here.
            let patience = limit + PROMPT;
            let mut pick = |untagged: Untagged<'_>| is_news(&untagged).then_some(());
            tokio::select! {
                step = self.next(NAME, &tag, patience, &mut pick) => match step? {
                    Step::Got(()) => IdleEnd::Changed,
                    Step::Done(_) => {
                        return Err(self.fail(Fault::Nonsense("IDLE ended by itself")));
                    }
                },
                () = sleep_until(deadline) => IdleEnd::TimedOut,
                () = stop => IdleEnd::Stopped,
            }
        };
        self.send(NAME, b"DONE\r\n").await?;
        let mut late = false;
        loop {
            let mut pick = |untagged: Untagged<'_>| is_news(&untagged).then_some(());
            match self.next(NAME, &tag, PROMPT, &mut pick).await? {
                Step::Got(()) => late = true,
                Step::Done(_) => break,
            }
        }
        let changed = self.take_changed() || late;
        Ok(if changed { IdleEnd::Changed } else { end })
    }
}

/// Whether an answer says that something changed in the selected folder.
pub(super) fn is_news(untagged: &Untagged<'_>) -> bool {
    matches!(
        untagged,
        Untagged::Data(
            Response::MailboxData(MailboxDatum::Exists(_))
                | Response::Expunge(_)
                | Response::Fetch(..)
        ) | Untagged::Own(Own::Fetch(_) | Own::Vanished { earlier: false, .. })
    )
}
