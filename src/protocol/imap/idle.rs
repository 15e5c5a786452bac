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
    /// Something was told of other folders: [`ImapConn::take_notices`].
    Told,
    /// Nothing happened for the whole time; wait again.
    TimedOut,
    /// The server did not want to wait any longer; wait again, but not at once.
    Ended,
    /// The caller wanted to go on.
    Stopped,
}

/// Something a server says while one waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    /// Of the selected folder.
    Here,
    /// Of others.
    Elsewhere,
    /// That a folder came, went or has another name.
    Folders,
}

const NAME: &str = "IDLE";

/// How long a server may take to begin or end IDLE.
const PROMPT: Duration = Duration::from_secs(30);

impl ImapConn {
    /// Waits until something changes in the selected folder, or in any with
    /// [`ImapConn::notify`], `limit` is over (at most 29 minutes, or the server
    /// may hang up) or `stop` is done. Changes that came before and were not
    /// yet taken with [`ImapConn::take_changed`] or
    /// [`ImapConn::take_notices`] count at once.
    ///
    /// # Errors
    ///
    /// When the server refuses IDLE or the connection is lost.
    pub(crate) async fn idle(
        &mut self,
        limit: Duration,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<IdleEnd, Error> {
        if let Some(end) = self.news(false) {
            return Ok(end);
        }
        if !self.capabilities.idle() {
            return Err(self.fail(Fault::NotOffered("IDLE")));
        }
        let mut before = false;
        let tag = self
            .begin(Command::new(NAME), &mut |untagged| {
                before |= is_news(&untagged);
            })
            .await?;
        if let Step::Done(_) = self.challenge(NAME, &tag).await? {
            return Err(self.fail(Fault::Nonsense("IDLE ended before it began")));
        }
        let deadline = Instant::now() + limit;
        let notifying = self.notifying;
        let mut here = before;
        let mut end = IdleEnd::Stopped;
        if !(before || self.changed || !self.notices.is_empty()) {
            // Longer than the deadline: silence is what is expected here.
            let patience = limit + PROMPT;
            let mut pick = |untagged: Untagged<'_>| heard(&untagged, notifying);
            tokio::select! {
                step = self.next(NAME, &tag, patience, &mut pick) => match step? {
                    Step::Got(Heard::Here) => here = true,
                    Step::Got(Heard::Elsewhere) => {}
                    Step::Got(Heard::Folders) => self.notices.everything = true,
                    // Servers may: it is no refusal, and no news.
                    Step::Done(_) => return Ok(self.news(here).unwrap_or(IdleEnd::Ended)),
                },
                () = sleep_until(deadline) => end = IdleEnd::TimedOut,
                () = stop => {}
            }
        }
        self.send(NAME, b"DONE\r\n").await?;
        loop {
            let mut pick = |untagged: Untagged<'_>| is_news(&untagged).then_some(());
            match self.next(NAME, &tag, PROMPT, &mut pick).await? {
                Step::Got(()) => here = true,
                Step::Done(_) => break,
            }
        }
        Ok(self.news(here).unwrap_or(end))
    }

    /// What is known to have happened; `here`, if something did in the
    /// selected folder.
    fn news(&mut self, here: bool) -> Option<IdleEnd> {
        if self.take_changed() || here {
            Some(IdleEnd::Changed)
        } else if self.notices.is_empty() {
            None
        } else {
            Some(IdleEnd::Told)
        }
    }
}

fn heard(untagged: &Untagged<'_>, notifying: bool) -> Option<Heard> {
    match untagged {
        // Kept as notices by the connection.
        Untagged::Own(Own::Status(..)) if notifying => Some(Heard::Elsewhere),
        Untagged::Own(Own::List(_)) if notifying => Some(Heard::Folders),
        Untagged::Remark(Some(code)) if code.name() == Some("NOTIFICATIONOVERFLOW") => {
            Some(Heard::Elsewhere)
        }
        other => is_news(other).then_some(Heard::Here),
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
