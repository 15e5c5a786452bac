//! A refusal in words: what it means for the person, and what to do.

use crate::error::{Error, ErrorKind};

/// What was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum At {
    /// The sender: `MAIL`.
    Sender,
    /// Every recipient: `RCPT`.
    Recipients,
    /// The message before it was handed over: `DATA`.
    Start,
    /// The message: after the final dot.
    Message,
}

const BY_ITSELF: &str = "Nothing is lost; it is tried again by itself.";

/// The refusal of a message by the server at `place`.
pub(super) fn refusal(place: &str, at: At, code: u16, enhanced: Option<&str>, text: &str) -> Error {
    let detail = enhanced.and_then(|code| code.get(2..)).unwrap_or_default();
    let (kind, told, hint) = if code < 500 {
        for_now(place, at, code, detail)
    } else {
        for_good(place, at, code, detail)
    };
    Error::new(kind, told)
        .server_said(format!("{code} {text}"))
        .hint(hint)
}

type Words = (ErrorKind, String, &'static str);

fn for_now(place: &str, at: At, code: u16, detail: &str) -> Words {
    let told = match (code, detail) {
        (421, _) => format!("{place} closes the connection for now."),
        (452, "5.3") => format!("{place} takes fewer recipients at a time."),
        (452, _) | (_, "3.1") => format!("{place} has no room for mail now."),
        _ if at == At::Recipients => format!("{place} takes mail for no recipient now."),
        _ => format!("{place} does not take the message now."),
    };
    (ErrorKind::Temporary, told, BY_ITSELF)
}

fn for_good(place: &str, at: At, code: u16, detail: &str) -> Words {
    if matches!(detail, "2.3" | "3.4") || (code == 552 && detail.is_empty()) {
        return (
            ErrorKind::TooLarge,
            format!("The message is larger than {place} takes."),
            "Send fewer or smaller attachments.",
        );
    }
    if detail == "2.2" || code == 552 {
        return (
            ErrorKind::Quota,
            format!("{place} has no room for this message: a mailbox is full."),
            "Make room in your own mailbox, or let the recipient know by another way.",
        );
    }
    if code == 530 || (code == 535 && at == At::Sender) {
        return (
            ErrorKind::Server,
            format!("{place} wants you to sign in before it takes mail."),
            "Turn on the sign-in of the outgoing server in the account's settings.",
        );
    }
    match at {
        At::Sender => (
            ErrorKind::Server,
            format!("{place} does not let you send from this address."),
            "Send from the address that belongs to the account, or ask your provider.",
        ),
        At::Recipients => (
            ErrorKind::Server,
            format!("{place} refused every recipient."),
            "Check the addresses.",
        ),
        At::Start | At::Message => (
            ErrorKind::Server,
            format!("{place} refused the message."),
            "It may look like unwanted mail to the server: change the text, the links or the \
             attachments, or ask your provider.",
        ),
    }
}
