//! What arrives becomes rows.

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

use crate::mime;
use crate::model::{AccountId, Flags, IndexText};
use crate::store::{NewEmail, PendingMarks, with_keyword};

/// A message as it came with FETCH: its header or all of it.
#[derive(Debug, Clone)]
pub(crate) struct Arrived {
    pub(crate) account: AccountId,
    /// INTERNALDATE: when the server received it.
    pub(crate) received: Option<DateTime<FixedOffset>>,
    /// RFC822.SIZE.
    pub(crate) size: u64,
}

/// How far ahead of its arrival a message may say it was written: time zones
/// set wrong, and no more.
const AHEAD: TimeDelta = TimeDelta::hours(26);

impl Arrived {
    /// What a list shows of a message whose header alone is here.
    pub(crate) fn by_header(&self, header: &[u8]) -> NewEmail {
        let summary = mime::headers_of(header);
        self.describe(summary, String::new(), 0)
    }

    /// What a list shows of a message that is here whole.
    pub(crate) fn whole(&self, raw: &[u8]) -> NewEmail {
        self.whole_with_text(raw).0
    }

    /// The same, and what the full-text index holds of it.
    pub(crate) fn whole_with_text(&self, raw: &[u8]) -> (NewEmail, IndexText) {
        let (summary, text) = mime::summary(raw);
        let described = self.describe(summary.header, summary.snippet, summary.attachments);
        (described, text)
    }

    fn describe(
        &self,
        headers: mime::HeaderSummary,
        snippet: String,
        attachments: u32,
    ) -> NewEmail {
        let named = mime::followed(&headers);
        let mut copies = headers.cc;
        copies.extend(headers.bcc);
        NewEmail {
            account: self.account,
            date: self.date(headers.date),
            message_id: headers.message_id,
            named,
            from: headers.from,
            to: headers.to,
            copies,
            subject: headers.subject,
            size: self.size,
            attachments,
            snippet,
            remote_id: String::new(),
        }
    }

    /// When a message was written, as far as its word can be trusted: one that
    /// says it comes from the future would sit on top of the list for ever.
    fn date(&self, written: Option<DateTime<FixedOffset>>) -> DateTime<FixedOffset> {
        let received = self.received.unwrap_or_else(|| Utc::now().fixed_offset());
        match written {
            Some(date) if date <= received + AHEAD => date,
            _ => received,
        }
    }
}

/// The server's flags and keywords with what a person changed here and the
/// server does not know yet.
pub(crate) fn merged(
    server: Flags,
    keywords: &[String],
    pending: &PendingMarks,
) -> (Flags, String) {
    let flags = pending
        .flags
        .iter()
        .fold(server, |flags, change| flags.with(change.flag, change.on));
    let keywords = pending
        .keywords
        .iter()
        .fold(keywords.join(" "), |keywords, change| {
            with_keyword(&keywords, change)
        });
    (flags, keywords)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Flag, FlagChange, KeywordChange};

    fn arrived(received: &str) -> Arrived {
        let received = DateTime::parse_from_rfc3339(received).ok();
        Arrived {
            account: AccountId(1),
            received,
            size: 10,
        }
    }

    #[test]
    fn what_waits_for_the_server_wins_and_the_rest_is_the_servers() {
        let pending = PendingMarks {
            flags: vec![FlagChange::seen(true), FlagChange::flagged(false)],
            keywords: [("work", true), ("later", false)]
                .map(|(keyword, on)| KeywordChange {
                    keyword: keyword.parse().unwrap(),
                    on,
                })
                .into(),
        };
        let server = [Flag::Flagged, Flag::Answered].into_iter().collect();
        let theirs = ["Later", "home"].map(str::to_owned);
        let (flags, keywords) = merged(server, &theirs, &pending);
        assert_eq!(
            flags.iter().collect::<Vec<_>>(),
            [Flag::Seen, Flag::Answered]
        );
        assert_eq!(keywords, "home work");
    }

    #[test]
    fn a_date_from_the_future_is_not_believed() {
        let arrived = arrived("2026-05-01T10:00:00+02:00");
        let dated = |date: &str| {
            arrived
                .by_header(format!("Date: {date}\r\nSubject: x\r\n\r\n").as_bytes())
                .date
        };
        assert_eq!(
            dated("Fri, 01 May 2026 07:00:00 +0000").to_rfc3339(),
            "2026-05-01T07:00:00+00:00"
        );
        assert_eq!(
            dated("Fri, 01 May 2099 07:00:00 +0000").to_rfc3339(),
            "2026-05-01T10:00:00+02:00"
        );
        assert_eq!(dated("whenever").to_rfc3339(), "2026-05-01T10:00:00+02:00");
    }
}
