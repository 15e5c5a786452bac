//! ENVELOPE and BODYSTRUCTURE (RFC 3501, 7.4.2).

use imap_codec::imap_types::body::{
    BasicFields, Body, BodyStructure, Disposition, MultiPartExtensionData, SinglePartExtensionData,
    SpecificFields,
};
use imap_codec::imap_types::core::{IString, NString, NonEmptyVec, Quoted};
use imap_codec::imap_types::envelope::{Address, Envelope};

use super::fetch::nstring;
use super::view::as_u32;
use crate::demo::message::{Parametrised, Part, addresses, value};

/// The ENVELOPE of a header.
pub(super) fn envelope(header: &[u8]) -> Envelope<'static> {
    let text = |name| value(header, name).map_or(NString(None), |value| nstring(value.as_bytes()));
    let list = |name| {
        let value = value(header, name).unwrap_or_default();
        addresses(&value)
            .into_iter()
            .map(|mailbox| Address {
                name: mailbox
                    .name
                    .map_or(NString(None), |name| nstring(name.as_bytes())),
                adl: NString(None),
                mailbox: nstring(mailbox.local.as_bytes()),
                host: nstring(mailbox.domain.as_bytes()),
            })
            .collect::<Vec<_>>()
    };
    let from = list("From");
    // Where they are missing, Sender and Reply-To are the same as From.
    let or_from = |list: Vec<Address<'static>>| {
        if list.is_empty() { from.clone() } else { list }
    };
    Envelope {
        date: text("Date"),
        subject: text("Subject"),
        sender: or_from(list("Sender")),
        reply_to: or_from(list("Reply-To")),
        to: list("To"),
        cc: list("Cc"),
        bcc: list("Bcc"),
        in_reply_to: text("In-Reply-To"),
        message_id: text("Message-ID"),
        from,
    }
}

/// The structure of a part; with `extensions` as BODYSTRUCTURE, without as
/// BODY.
pub(super) fn body_structure(part: &Part<'_>, extensions: bool) -> BodyStructure<'static> {
    let bodies: Vec<_> = part
        .children
        .iter()
        .map(|child| body_structure(child, extensions))
        .collect();
    if let (true, Ok(bodies)) = (part.is_multipart(), NonEmptyVec::try_from(bodies)) {
        return BodyStructure::Multi {
            bodies,
            subtype: istring(&part.subtype),
            extension_data: extensions.then(|| MultiPartExtensionData {
                parameter_list: parameters(&part.parameters),
                tail: Some(disposition(part)),
            }),
        };
    }
    BodyStructure::Single {
        body: Body {
            basic: basic(part),
            specific: specific(part, extensions),
        },
        extension_data: extensions.then(|| SinglePartExtensionData {
            md5: NString(None),
            tail: Some(disposition(part)),
        }),
    }
}

fn basic(part: &Part<'_>) -> BasicFields<'static> {
    let text =
        |name| value(part.header, name).map_or(NString(None), |value| nstring(value.as_bytes()));
    let encoding = value(part.header, "Content-Transfer-Encoding");
    BasicFields {
        parameter_list: parameters(&part.parameters),
        id: text("Content-ID"),
        description: text("Content-Description"),
        content_transfer_encoding: istring(encoding.as_deref().unwrap_or("7bit")),
        size: as_u32(part.body.len()),
    }
}

fn specific(part: &Part<'_>, extensions: bool) -> SpecificFields<'static> {
    let lines = part.body.split_inclusive(|byte| *byte == b'\n').count();
    if let Some(message) = part.message() {
        return SpecificFields::Message {
            envelope: Box::new(envelope(message.header)),
            body_structure: Box::new(body_structure(message, extensions)),
            number_of_lines: as_u32(lines),
        };
    }
    if part.kind == "text" {
        return SpecificFields::Text {
            subtype: istring(&part.subtype),
            number_of_lines: as_u32(lines),
        };
    }
    // Deeper than the parts are looked for, a message is just bytes.
    let (kind, subtype) = if part.kind == "message" {
        ("application", "octet-stream")
    } else {
        (part.kind.as_str(), part.subtype.as_str())
    };
    SpecificFields::Basic {
        r#type: istring(kind),
        subtype: istring(subtype),
    }
}

fn disposition(part: &Part<'_>) -> Disposition<'static> {
    let disposition = value(part.header, "Content-Disposition").map(|value| {
        let disposition = Parametrised::parse(&value);
        (
            istring(&disposition.value),
            parameters(&disposition.parameters),
        )
    });
    Disposition {
        disposition,
        tail: None,
    }
}

fn parameters(parameters: &[(String, String)]) -> Vec<(IString<'static>, IString<'static>)> {
    parameters
        .iter()
        .map(|(name, value)| (istring(name), istring(value)))
        .collect()
}

fn istring(text: &str) -> IString<'static> {
    IString::try_from(text.replace('\0', ""))
        .unwrap_or_else(|_| IString::Quoted(Quoted::unvalidated("")))
}
