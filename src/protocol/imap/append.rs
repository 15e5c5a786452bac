//! Putting a message into a folder (RFC 9051, 6.3.12).

use chrono::{DateTime, FixedOffset};

use super::code::Code;
use super::command::Command;
use super::conn::ImapConn;
use super::error::Error;
use super::{flags, uidset};
use crate::model::{Uid, UidValidity};

impl ImapConn {
    /// Puts a message (with CRLF line ends) into a folder and returns where it
    /// lies now, if the server tells (RFC 4315).
    ///
    /// # Errors
    ///
    /// When it is refused or the connection is lost. After a loss nobody knows
    /// whether the message is there: look with
    /// [`ImapConn::find_message_id`] before trying again.
    pub(crate) async fn append(
        &mut self,
        raw: &str,
        set_flags: &[&str],
        date: Option<DateTime<FixedOffset>>,
        message: &[u8],
    ) -> Result<Option<(UidValidity, Uid)>, Error> {
        let mut command = Command::new("APPEND").folder(raw);
        let set_flags = flags::join(set_flags);
        if !set_flags.is_empty() {
            command = command.words(&format!("({set_flags})"));
        }
        if let Some(date) = date {
            command = command.words(&date.format("\"%d-%b-%Y %H:%M:%S %z\"").to_string());
        }
        // What is enabled is told by now.
        self.settle().await?;
        let command = if self.has_enabled("UTF8=ACCEPT") && has_utf8_header(message) {
            command.utf8_message(message)
        } else {
            command.literal(message)
        };
        let done = self.run_plain(command).await?;
        let Some(Code::AppendUid(validity, uids)) = done.code else {
            return Ok(None);
        };
        let uid = uidset::members(&uids, 1).first().copied();
        Ok(UidValidity::new(validity).zip(uid.and_then(Uid::new)))
    }
}

/// Whether a header goes beyond ASCII: a server that takes UTF-8 refuses such
/// a message unless it is told so (RFC 6855, 4).
fn has_utf8_header(message: &[u8]) -> bool {
    let end = message.windows(4).position(|here| here == b"\r\n\r\n");
    let header = message.get(..end.unwrap_or(message.len()));
    !header.unwrap_or_default().is_ascii()
}
