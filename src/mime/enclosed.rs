//! Dates, people and messages that came with a message.

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

use super::{body, calendar, contact, header, preview};
use crate::model::{Enclosed, Letter, PartId};

/// The largest part that is read as a calendar or a card, in bytes.
const TEXT_MAX: usize = 512 << 10;

/// How many of each are told.
const MOST: usize = 20;

/// All of it, in the order of the message.
pub(super) fn of(source: &[u8], message: &Message<'_>) -> Enclosed {
    let mut found = Enclosed::default();
    for (index, part) in message.parts.iter().enumerate() {
        if let PartType::Message(inner) = &part.body {
            found.letters.extend(letter(inner, index));
            continue;
        }
        let is_calendar = is_kind(part, &["calendar", "ics"], "ics");
        if !is_calendar && !is_kind(part, &["vcard", "x-vcard", "directory"], "vcf") {
            continue;
        }
        let text = match &part.body {
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => super::charset::guess(bytes),
            _ => body::decoded(source, part),
        };
        if text.len() > TEXT_MAX {
            continue;
        }
        // A parser that gives up costs the card, not the message.
        if is_calendar {
            let events = std::panic::catch_unwind(|| calendar::events(&text));
            // The same one comes as a text and as a file.
            for event in events.unwrap_or_default() {
                if !found.events.contains(&event) {
                    found.events.push(event);
                }
            }
        } else {
            let contacts = std::panic::catch_unwind(|| contact::contacts(&text));
            found.contacts.extend(contacts.unwrap_or_default());
        }
    }
    found.events.truncate(MOST);
    found.contacts.truncate(MOST);
    found.letters.truncate(MOST);
    found
}

/// Whether a part is of one of these kinds, by its type or by its name.
fn is_kind(part: &MessagePart<'_>, kinds: &[&str], ending: &str) -> bool {
    let subtype = part.content_type().and_then(|kind| kind.subtype());
    let by_type =
        subtype.is_some_and(|subtype| kinds.iter().any(|k| k.eq_ignore_ascii_case(subtype)));
    let name = part
        .attachment_name()
        .and_then(|name| name.rsplit_once('.'));
    by_type || name.is_some_and(|(_, end)| end.trim().eq_ignore_ascii_case(ending))
}

fn letter(inner: &Message<'_>, index: usize) -> Option<Letter> {
    let source = inner.raw_message();
    let header = header::read(source);
    Some(Letter {
        part: PartId(u32::try_from(index).ok()?),
        subject: header.subject,
        from: header.from.into_iter().next(),
        date: header.date,
        snippet: preview::snippet(&body::start_of_text(source, inner)),
    })
}
