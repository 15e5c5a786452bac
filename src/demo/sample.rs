//! The mail that lies in the mailboxes when the demonstration begins.

use chrono::{DateTime, Duration, FixedOffset, Utc};

/// One message of the beginning.
#[derive(Debug, Clone)]
pub struct SampleMessage {
    /// Whose it is: "wren" or "robin".
    pub user: &'static str,
    /// The mailbox, levels separated by `/`.
    pub folder: String,
    /// Flags as IMAP writes them (RFC 3501, 2.3.2).
    pub flags: Vec<&'static str>,
    /// When it arrived.
    pub received: DateTime<FixedOffset>,
    /// The message with CRLF line ends (RFC 5322).
    pub raw: Vec<u8>,
}

/// The messages, dated backwards from `now`.
#[must_use]
pub fn messages(now: DateTime<Utc>) -> Vec<SampleMessage> {
    let message = |folder: &str, flags: &[&'static str], hours: i64, subject: &str| {
        let received = (now - Duration::hours(hours)).fixed_offset();
        let raw = format!(
            "From: Robin Achterberg <robin@waxwing.test>\r\n\
             To: Wren Castellan <wren@waxwing.test>\r\n\
             Subject: {subject}\r\n\
             Date: {}\r\n\
             Message-ID: <sample.{hours}@waxwing.test>\r\n\
             \r\n\
             {subject}.\r\n",
            received.to_rfc2822()
        );
        SampleMessage {
            user: "wren",
            folder: folder.to_owned(),
            flags: flags.to_vec(),
            received,
            raw: raw.into_bytes(),
        }
    };
    vec![
        message("INBOX", &[], 1, "Welcome to Waxwing"),
        message("INBOX", &["\\Seen"], 30, "The rowan is full of berries"),
        message(
            "Projects/Garden",
            &["\\Seen", "\\Flagged"],
            80,
            "Seeds for spring",
        ),
    ]
}
