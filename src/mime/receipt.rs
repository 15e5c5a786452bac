//! Telling somebody that a message was read (message disposition
//! notifications, RFC 8098): only ever because the person said so.

use chrono::{DateTime, FixedOffset};
use mail_builder::MessageBuilder;
use mail_builder::headers::HeaderType;
use mail_builder::headers::address::Address as BuilderAddress;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::MimePart;

use super::build::ascii_address;
use super::list::field;
use super::{address_list, header, line_ends, list_fields};
use crate::model::{Address, Email, MessageId};

/// Who wants to hear that a message was read. Nobody where it went to many,
/// or is itself such a notice (RFC 8098, 2.1), or where several are named:
/// only one of them can be the sender.
pub(crate) fn receipt_wanted(email: &Email) -> Option<Address> {
    let kind = field(email, "Content-Type").unwrap_or_default();
    if kind
        .to_ascii_lowercase()
        .contains("disposition-notification")
        || list_fields(email).is_bulk
    {
        return None;
    }
    let (mut wanted, wrong) = address_list(field(email, "Disposition-Notification-To")?);
    let only = wanted
        .pop()
        .filter(|_| wanted.is_empty() && wrong.is_empty())?;
    only.is_deliverable().then_some(only)
}

/// The notice that `email` was shown to `reader`, for `to`.
pub(crate) fn build_receipt(
    email: &Email,
    reader: &Address,
    to: &Address,
    date: DateTime<FixedOffset>,
    id: &MessageId,
) -> Vec<u8> {
    let own = ascii_address(&reader.address);
    let words = format!(
        "Your message “{}” to {} was shown on a screen. That does not say whether it was \
         understood.\r\n",
        header::one_line(&email.subject),
        reader.address,
    );
    let mut report = format!("Reporting-UA: Waxwing\r\nFinal-Recipient: rfc822; {own}\r\n");
    if let Some(original) = &email.message_id {
        let original = header::one_line(&original.0);
        report.push_str(&format!("Original-Message-ID: <{original}>\r\n"));
    }
    report.push_str("Disposition: manual-action/MDN-sent-manually; displayed\r\n");
    let parts = vec![
        MimePart::new(
            ContentType::new("text/plain").attribute("charset", "utf-8"),
            words,
        ),
        MimePart::new("message/disposition-notification", report.into_bytes())
            .transfer_encoding("7bit"),
    ];
    let kind =
        ContentType::new("multipart/report").attribute("report-type", "disposition-notification");
    let mut message = MessageBuilder::new()
        .header("Date", Raw::new(date.to_rfc2822()))
        .header("From", mailbox(reader))
        .header("To", mailbox(to))
        .subject(format!("Read: {}", header::one_line(&email.subject)))
        .message_id(id.0.as_str())
        // So that no machine answers it (RFC 3834, 5).
        .header("Auto-Submitted", Raw::new("auto-replied"));
    if let Some(original) = &email.message_id {
        let original = format!("<{}>", header::one_line(&original.0));
        message = message
            .header("In-Reply-To", Raw::new(original.clone()))
            .header("References", Raw::new(original));
    }
    let mut raw = Vec::new();
    message.body(MimePart::new(kind, parts)).serialize(&mut raw);
    line_ends::normalise_crlf(&raw).into_owned()
}

fn mailbox(of: &Address) -> HeaderType<'_> {
    let name = (!of.name.is_empty()).then_some(of.name.as_str());
    BuilderAddress::new_address(name, ascii_address(&of.address)).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime;

    fn wanted(header: &str) -> Option<String> {
        let raw = format!("{}\r\n\r\nx", header.replace('\n', "\r\n"));
        receipt_wanted(&mime::parse(raw.as_bytes())).map(|to| to.address)
    }

    #[test]
    fn only_one_person_who_wrote_to_few_can_ask() {
        for (header, expected) in [
            (
                "Disposition-Notification-To: Ada <a@x.test>",
                Some("a@x.test"),
            ),
            ("Disposition-Notification-To: a@x.test, b@y.test", None),
            ("Disposition-Notification-To: nobody", None),
            ("Disposition-Notification-To:", None),
            (
                "Disposition-Notification-To: a@x.test\nList-Id: <l.test>",
                None,
            ),
            (
                "Disposition-Notification-To: a@x.test\nPrecedence: bulk",
                None,
            ),
            (
                "Disposition-Notification-To: a@x.test\n\
                 Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
                None,
            ),
            ("Subject: x", None),
        ] {
            assert_eq!(wanted(header).as_deref(), expected, "{header}");
        }
    }

    #[test]
    fn a_receipt_says_what_the_standard_wants_and_no_more() {
        let raw = b"From: a@x.test\r\nTo: me@home.test\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\
            Message-ID: <1@x.test>\r\n\r\nsecret words";
        let email = mime::parse(raw);
        let built = build_receipt(
            &email,
            &Address::new("Me", "me@home.test"),
            &Address::new("", "a@x.test"),
            DateTime::parse_from_rfc3339("2026-05-01T10:00:00+02:00").unwrap(),
            &MessageId("n@home.test".to_owned()),
        );
        let text = String::from_utf8(built.clone()).unwrap();
        for piece in [
            "multipart/report",
            "disposition-notification",
            "Final-Recipient: rfc822; me@home.test\r\n",
            "Original-Message-ID: <1@x.test>\r\n",
            "Disposition: manual-action/MDN-sent-manually; displayed\r\n",
            "In-Reply-To: <1@x.test>\r\n",
            "Auto-Submitted: auto-replied\r\n",
        ] {
            assert!(text.contains(piece), "{piece} in {text}");
        }
        assert!(!text.contains("secret"), "{text}");
        let read = mime::parse(&built);
        assert_eq!(read.subject, "Read: Grüße");
        assert!(
            read.text.contains("“Grüße” to me@home.test"),
            "{}",
            read.text
        );
        assert_eq!(receipt_wanted(&read), None);
    }
}
