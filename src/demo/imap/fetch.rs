//! FETCH (RFC 3501, 6.4.5).

use std::num::NonZeroU32;
use std::sync::Arc;

use imap_codec::imap_types::core::{AString, NString};
use imap_codec::imap_types::datetime::DateTime;
use imap_codec::imap_types::fetch::{
    Macro, MacroOrMessageDataItemNames, MessageDataItem, MessageDataItemName, Part as PartNumber,
    Section,
};
use imap_codec::imap_types::flag::{Flag, FlagFetch};
use imap_codec::imap_types::sequence::SequenceSet;

use super::session::{Reply, Session};
use super::structure::{body_structure, envelope};
use super::view::as_u32;
use crate::demo::mailstore::{Flags, FlagsChange, Message, UserId};
use crate::demo::message::{Part, field_name, fields, split};

impl Session {
    pub(super) fn fetch(
        &mut self,
        user: UserId,
        set: &SequenceSet,
        names: MacroOrMessageDataItemNames<'_>,
        by_uid: bool,
    ) -> Reply {
        let mut names = match names {
            MacroOrMessageDataItemNames::Macro(Macro::Fast) => Macro::Fast.expand(),
            MacroOrMessageDataItemNames::Macro(Macro::Full) => Macro::Full.expand(),
            MacroOrMessageDataItemNames::Macro(_) => Macro::All.expand(),
            MacroOrMessageDataItemNames::MessageDataItemNames(names) => names,
        };
        if by_uid && !names.contains(&MessageDataItemName::Uid) {
            names.insert(0, MessageDataItemName::Uid);
        }
        let Some(view) = &self.view else {
            return Reply::bad("Select a mailbox first");
        };
        let validity = view.validity;
        let read_only = view.read_only;
        let selected = view.select(set, by_uid);
        if !read_only && names.iter().any(reads) {
            let uids: Vec<u32> = selected
                .iter()
                .filter(|(_, message)| !message.flags.contains("\\Seen"))
                .map(|(_, message)| message.uid)
                .collect();
            if !uids.is_empty() {
                let seen = FlagsChange::Add(Flags::from(["\\Seen".to_owned()]));
                self.store.change_flags(user, validity, &uids, &seen);
            }
        }
        let now = self.store.snapshot(user, validity);
        let tells_flags = names.contains(&MessageDataItemName::Flags);
        for (number, known) in selected {
            // What others expunged can still be read from the view
            // (RFC 2180, 4.1.2).
            let message = now
                .as_ref()
                .and_then(|now| {
                    let at = now.messages.binary_search_by_key(&known.uid, |m| m.uid);
                    now.messages.get(at.ok()?)
                })
                .unwrap_or(&known);
            if let (true, Some(view)) = (tells_flags, &mut self.view) {
                view.told(message);
            }
            let items = names
                .iter()
                .filter_map(|name| item(message, name))
                .collect();
            self.fetch_data(number, items);
        }
        Reply::ok("Fetched")
    }
}

/// Whether fetching this marks a message as seen.
fn reads(name: &MessageDataItemName<'_>) -> bool {
    matches!(
        name,
        MessageDataItemName::BodyExt { peek: false, .. }
            | MessageDataItemName::Rfc822
            | MessageDataItemName::Rfc822Text
    )
}

/// The FLAGS of a message.
pub(super) fn flags_item(message: &Message) -> MessageDataItem<'static> {
    let flags = message
        .flags
        .iter()
        .filter_map(|flag| match Flag::try_from(flag.as_str()).ok()? {
            Flag::Keyword(keyword) => keyword
                .inner()
                .to_owned()
                .try_into()
                .ok()
                .map(Flag::Keyword),
            Flag::Extension(_) => None,
            Flag::Answered => Some(Flag::Answered),
            Flag::Deleted => Some(Flag::Deleted),
            Flag::Draft => Some(Flag::Draft),
            Flag::Flagged => Some(Flag::Flagged),
            Flag::Seen => Some(Flag::Seen),
        })
        .map(FlagFetch::Flag)
        .collect();
    MessageDataItem::Flags(flags)
}

fn item<'a>(message: &Arc<Message>, name: &MessageDataItemName<'a>) -> Option<MessageDataItem<'a>> {
    let raw = message.raw.as_ref();
    let (header, body) = split(raw);
    Some(match name {
        MessageDataItemName::Uid => MessageDataItem::Uid(NonZeroU32::new(message.uid)?),
        MessageDataItemName::Flags => flags_item(message),
        MessageDataItemName::InternalDate => MessageDataItem::InternalDate(internal_date(message)?),
        MessageDataItemName::Rfc822Size => MessageDataItem::Rfc822Size(as_u32(raw.len())),
        MessageDataItemName::Rfc822 => MessageDataItem::Rfc822(nstring(raw)),
        MessageDataItemName::Rfc822Header => MessageDataItem::Rfc822Header(nstring(header)),
        MessageDataItemName::Rfc822Text => MessageDataItem::Rfc822Text(nstring(body)),
        MessageDataItemName::Envelope => MessageDataItem::Envelope(envelope(header)),
        MessageDataItemName::Body => {
            MessageDataItem::Body(body_structure(&Part::parse(raw), false))
        }
        MessageDataItemName::BodyStructure => {
            MessageDataItem::BodyStructure(body_structure(&Part::parse(raw), true))
        }
        MessageDataItemName::BodyExt {
            section, partial, ..
        } => MessageDataItem::BodyExt {
            section: section.clone(),
            origin: partial.map(|(offset, _)| offset),
            data: section_bytes(raw, section.as_ref())
                .map_or(NString(None), |bytes| nstring(window(&bytes, *partial))),
        },
    })
}

/// IMAP's date knows whole seconds and whole minutes of offset only.
fn internal_date(message: &Message) -> Option<DateTime> {
    let second = message.received.timestamp();
    let received = chrono::DateTime::from_timestamp(second, 0)?;
    DateTime::try_from(received.with_timezone(message.received.offset()))
        .or_else(|_| DateTime::try_from(received.fixed_offset()))
        .ok()
}

/// The `<offset.length>` of a section.
fn window(bytes: &[u8], partial: Option<(u32, NonZeroU32)>) -> &[u8] {
    let Some((offset, length)) = partial else {
        return bytes;
    };
    let offset = usize::try_from(offset).unwrap_or(usize::MAX);
    let length = usize::try_from(length.get()).unwrap_or(usize::MAX);
    let rest = bytes.get(offset..).unwrap_or_default();
    rest.get(..length).unwrap_or(rest)
}

/// The bytes of a section; nothing where there is no such part.
fn section_bytes(raw: &[u8], section: Option<&Section<'_>>) -> Option<Vec<u8>> {
    Some(match section {
        None => raw.to_vec(),
        Some(Section::Header(part)) => message(raw, part.as_ref())?.0.to_vec(),
        Some(Section::Text(part)) => message(raw, part.as_ref())?.1.to_vec(),
        Some(Section::HeaderFields(part, names)) => {
            header_fields(message(raw, part.as_ref())?.0, names.as_ref(), true)
        }
        Some(Section::HeaderFieldsNot(part, names)) => {
            header_fields(message(raw, part.as_ref())?.0, names.as_ref(), false)
        }
        Some(Section::Part(part)) => Part::parse(raw).find(&numbers(part))?.body.to_vec(),
        Some(Section::Mime(part)) => Part::parse(raw).find(&numbers(part))?.header.to_vec(),
    })
}

/// Header and body of the message, or of the message within a part.
fn message<'a>(raw: &'a [u8], part: Option<&PartNumber>) -> Option<(&'a [u8], &'a [u8])> {
    let Some(part) = part else {
        return Some(split(raw));
    };
    let root = Part::parse(raw);
    let message = root.find(&numbers(part))?.message()?;
    Some((message.header, message.body))
}

fn numbers(part: &PartNumber) -> Vec<u32> {
    part.0.as_ref().iter().map(|number| number.get()).collect()
}

/// The fields of these names, or those of other names, and the blank line.
fn header_fields(header: &[u8], names: &[AString<'_>], wanted: bool) -> Vec<u8> {
    let mut out: Vec<u8> = fields(header)
        .into_iter()
        .filter(|field| {
            let name = field_name(field);
            wanted == names.iter().any(|n| n.as_ref().eq_ignore_ascii_case(name))
        })
        .flatten()
        .copied()
        .collect();
    out.extend_from_slice(b"\r\n");
    out
}

/// Bytes as IMAP carries them: without NUL (RFC 3501, 4.3.1).
pub(super) fn nstring(bytes: &[u8]) -> NString<'static> {
    let clean: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    NString::try_from(clean).unwrap_or(NString(None))
}
