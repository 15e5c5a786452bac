//! What is attached, and its bytes.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use mail_parser::{Encoding, Message, MessagePart, MimeHeaders, PartType};

use super::body::{self, Content};
use super::index::NESTED_MAX;
use super::{charset, danger, filename, header, parse, repair, skeleton, tnef};
use crate::model::{Attachment, Danger, LeftOut, PartId};

/// An attachment taken out of its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SavedPart {
    /// Which part of the message it is.
    pub(crate) part: PartId,
    /// A file name safe to write.
    pub(crate) name: String,
    /// Why it is not opened just so.
    pub(crate) danger: Option<Danger>,
    /// Its media type, lower case.
    pub(crate) content_type: String,
    /// The exact bytes: transfer encoding undone, charset untouched.
    pub(crate) bytes: Vec<u8>,
}

/// Takes one part out of a message.
pub(crate) fn attachment_bytes(raw: &[u8], part: PartId) -> Option<SavedPart> {
    let mut saved = saved_parts(raw, &[part]);
    saved.pop()
}

/// Takes several parts out of a message with one pass over it. Parts that the
/// message does not have are left out.
pub(crate) fn saved_parts(raw: &[u8], parts: &[PartId]) -> Vec<SavedPart> {
    let source = repair::source(raw);
    let Some(message) = parse::message(&source) else {
        return Vec::new();
    };
    let mut unpacked: HashMap<u32, Vec<tnef::Packed>> = HashMap::new();
    parts
        .iter()
        .filter_map(|&id| {
            let (index, packed) = (id.0 & INDEX, id.0 >> INDEX.count_ones());
            let part = message.part(index)?;
            if let Some(place) = packed.checked_sub(1) {
                let unpack = || tnef::unpack(&body::bytes(&source, part)).files;
                let files = unpacked.entry(index).or_insert_with(unpack);
                return Some(packed_file(id, files.get(place as usize)?.clone()));
            }
            let bytes = restored(&source, raw, part).into_owned();
            Some(saved(&source, part, index, bytes))
        })
        .collect()
}

/// The bits of a part's number that say where it stands in the message; those
/// above count the files packed into it.
const INDEX: u32 = (1 << 20) - 1;

/// Files packed into one that are given a number.
const PACKED_MAX: usize = 4_000;

/// Whether Outlook may have packed files into this one.
fn is_packed(part: &MessagePart<'_>) -> bool {
    let kind = content_type(part);
    let name = part.attachment_name().unwrap_or_default();
    kind.ends_with("ms-tnef") || name.eq_ignore_ascii_case("winmail.dat")
}

fn packed_file(part: PartId, file: tnef::Packed) -> SavedPart {
    let name = filename::safe_name(&file.name);
    SavedPart {
        part,
        danger: danger::of(&name, Some(&file.bytes)),
        content_type: filename::kind_of(&name).to_owned(),
        name,
        bytes: file.bytes,
    }
}

/// The text that Outlook packed into a file, where it did.
pub(super) fn packed_text(source: &[u8], message: &Message<'_>) -> Option<String> {
    let part = message
        .attachments
        .iter()
        .filter_map(|&id| message.part(id))
        .find(|part| is_packed(part))?;
    let text = tnef::unpack(&body::bytes(source, part)).text;
    (!text.trim().is_empty()).then(|| body::unix_lines(&text))
}

/// The files packed into a part; none where it is just a file.
fn unpacked(index: u32, bytes: &[u8]) -> Vec<Attachment> {
    let files = tnef::unpack(bytes).files.into_iter().take(PACKED_MAX);
    files
        .zip(1_u32..)
        .map(|(file, place)| {
            let size = file.bytes.len() as u64;
            let saved = packed_file(PartId(index | place << INDEX.count_ones()), file);
            Attachment {
                part: saved.part,
                name: saved.name,
                content_type: saved.content_type,
                size,
                here: true,
                content_id: None,
                inline: false,
                danger: saved.danger,
            }
        })
        .collect()
}

fn saved(source: &[u8], part: &MessagePart<'_>, index: u32, bytes: Vec<u8>) -> SavedPart {
    let content_type = content_type(part);
    let name = name(source, part, index, &content_type);
    SavedPart {
        part: PartId(index),
        danger: danger::of(&name, Some(&bytes)),
        name,
        content_type,
        bytes,
    }
}

/// All that is attached, in the order of the message. What is left out of a
/// skeleton is known by where it belongs.
pub(super) fn list(
    source: &[u8],
    message: &Message<'_>,
    content: &Content,
    left_out: &[LeftOut],
) -> Vec<Attachment> {
    let shown = content.html.as_deref().map(content_ids).unwrap_or_default();
    listed(message, &content.taken)
        .flat_map(|(index, part)| {
            let content_type = content_type(part);
            let content_id = part.content_id().map(header::one_line);
            let left_out = skeleton::left_out(part, left_out);
            let bytes = left_out.is_none().then(|| body::bytes(source, part));
            let files = match &bytes {
                Some(bytes) if is_packed(part) => unpacked(index, bytes),
                _ => Vec::new(),
            };
            if !files.is_empty() {
                return files;
            }
            let size = bytes.as_ref().map(|bytes| bytes.len() as u64);
            let name = name(source, part, index, &content_type);
            vec![Attachment {
                part: PartId(index),
                size: size
                    .or(left_out.map(|left_out| left_out.size))
                    .unwrap_or_default(),
                here: left_out.is_none(),
                danger: danger::of(&name, bytes.as_deref()),
                name,
                inline: is_inline(content_id.as_deref(), &shown),
                content_type,
                content_id,
            }]
        })
        .collect()
}

/// The names that attachments came with.
pub(super) fn names(source: &[u8], message: &Message<'_>) -> Vec<String> {
    let taken = body::stray_text(message);
    listed(message, &taken)
        .filter(|(_, part)| part.attachment_name().is_some())
        .map(|(index, part)| name(source, part, index, &content_type(part)))
        .collect()
}

/// What documents are called whose text can be read.
const DOCUMENTS: &[&str] = &[
    "pdf", "docx", "docm", "dotx", "xlsx", "xlsm", "pptx", "pptm", "ppsx", "odt", "ott", "ods",
    "ots", "odp", "otp", "odg", "odf",
];

/// Whether it may be a document whose text can be read: by what the sender says
/// of it, or by its name where that says nothing.
fn is_document(part: &MessagePart<'_>) -> bool {
    let kind = content_type(part);
    let ending = part
        .attachment_name()
        .and_then(|name| name.rsplit_once('.'));
    let ending = ending.map(|(_, ending)| ending.trim().to_ascii_lowercase());
    ["pdf", "officedocument", "opendocument"]
        .iter()
        .any(|word| kind.contains(word))
        || ending.is_some_and(|ending| DOCUMENTS.contains(&ending.as_str()))
}

/// Calls `found` for each attached document, also in attached messages down to
/// `depth`, with the bytes of the message it is in.
fn walk_documents<'x>(
    source: &[u8],
    message: &Message<'x>,
    depth: usize,
    found: &mut impl FnMut(&[u8], u32, &MessagePart<'x>),
) {
    let taken = body::stray_text(message);
    for (index, part) in listed(message, &taken) {
        match &part.body {
            PartType::Message(inner) if depth > 0 => {
                walk_documents(inner.raw_message(), inner, depth - 1, found);
            }
            _ if is_document(part) => found(source, index, part),
            _ => {}
        }
    }
}

/// Whether documents are attached.
pub(super) fn has_documents(source: &[u8], message: &Message<'_>, depth: usize) -> bool {
    let mut has = false;
    walk_documents(source, message, depth, &mut |_, _, _| has = true);
    has
}

/// How many documents are taken of one message.
const DOCUMENTS_MAX: usize = 50;

/// The attached documents whose text can be read, the first of very many.
pub(crate) fn attached_documents(raw: &[u8]) -> Vec<SavedPart> {
    let source = repair::source(raw);
    let mut documents = Vec::new();
    if let Some(message) = parse::message(&source) {
        walk_documents(&source, &message, NESTED_MAX, &mut |source, index, part| {
            if documents.len() < DOCUMENTS_MAX {
                let bytes = body::bytes(source, part).into_owned();
                documents.push(saved(source, part, index, bytes));
            }
        });
    }
    documents
}

/// How many attachments a person would see.
pub(super) fn count(source: &[u8], message: &Message<'_>) -> u32 {
    let has_ids = message
        .attachments
        .iter()
        .filter_map(|&id| message.part(id))
        .any(|part| part.content_id().is_some());
    let shown = if has_ids {
        let html = message.html_body.iter().filter_map(|&id| message.part(id));
        html.filter(|part| part.is_text_html())
            .flat_map(|part| content_ids(&body::decoded(source, part)))
            .collect()
    } else {
        HashSet::new()
    };
    let taken = body::stray_text(message);
    let seen = listed(message, &taken)
        .filter(|(_, part)| !is_inline(part.content_id(), &shown))
        .count();
    u32::try_from(seen).unwrap_or(u32::MAX)
}

pub(super) fn listed<'a, 'x>(
    message: &'a Message<'x>,
    taken: &'a [u32],
) -> impl Iterator<Item = (u32, &'a MessagePart<'x>)> {
    message
        .attachments
        .iter()
        .filter(|id| !taken.contains(id))
        .filter_map(|&id| Some((id, message.part(id)?)))
        // The third alternative some newsletters carry for one reader.
        .filter(|(_, part)| !part.is_content_type("text", "x-amp-html"))
}

fn is_inline(content_id: Option<&str>, shown: &HashSet<String>) -> bool {
    content_id.is_some_and(|id| shown.contains(&id.to_lowercase()))
}

/// The `cid:` references (RFC 2392) in an HTML text, lower case.
fn content_ids(html: &str) -> HashSet<String> {
    html.match_indices("cid:")
        .filter_map(|(start, scheme)| html.get(start + scheme.len()..))
        .map(|rest| {
            let id: String = rest
                .chars()
                .take_while(|c| !c.is_whitespace() && !"\"'<>()&".contains(*c))
                .collect();
            id.replace("%40", "@").to_lowercase()
        })
        .collect()
}

/// Its media type as it was before the parser was kept from unpacking it.
fn content_type(part: &MessagePart<'_>) -> String {
    let Some(kind) = part.content_type() else {
        return match part.body {
            PartType::Text(_) => "text/plain",
            PartType::Message(_) => "message/rfc822",
            _ => "application/octet-stream",
        }
        .to_owned();
    };
    let subtype = match kind.subtype() {
        Some("xfc822") => "rfc822",
        Some("xlobal") => "global",
        Some(subtype) => subtype,
        None => return "application/octet-stream".to_owned(),
    };
    header::one_line(&format!("{}/{subtype}", kind.ctype()).to_lowercase())
}

/// The bytes of a part, with what [`repair::source`] overwrote in it restored:
/// `source` is the end of `raw`, byte for byte but for those letters.
fn restored<'a>(source: &'a [u8], raw: &'a [u8], part: &'a MessagePart<'_>) -> Cow<'a, [u8]> {
    let shift = raw.len().saturating_sub(source.len());
    let range = shift + part.offset_body as usize..shift + part.offset_end as usize;
    match (part.encoding, raw.get(range)) {
        (Encoding::None, Some(bytes)) => Cow::Borrowed(bytes),
        _ => body::bytes(source, part),
    }
}

fn name(source: &[u8], part: &MessagePart<'_>, index: u32, content_type: &str) -> String {
    let given = part
        .attachment_name()
        .filter(|name| !name.trim().is_empty())
        .map(|name| {
            if name.contains('\u{fffd}') {
                guessed_name(source, part).unwrap_or_else(|| name.to_owned())
            } else {
                name.to_owned()
            }
        });
    let name = given.unwrap_or_else(|| match &part.body {
        PartType::Message(inner) => {
            let subject = inner.subject().unwrap_or_default().trim();
            let subject = if subject.is_empty() {
                "message"
            } else {
                subject
            };
            format!("{subject}.eml")
        }
        _ => format!("part-{index}.{}", filename::extension_for(content_type)),
    });
    filename::safe_name(&name)
}

/// The name again from its raw header fields, where they are raw 8-bit text.
fn guessed_name(source: &[u8], part: &MessagePart<'_>) -> Option<String> {
    let fields = source.get(part.offset_header as usize..part.offset_body as usize)?;
    let mut text = charset::guess(fields).into_owned();
    text.push_str("\r\n\r\n");
    let message = mail_parser::MessageParser::new().parse_headers(text.as_bytes())?;
    let name = message.parts.first()?.attachment_name()?;
    Some(name.to_owned())
}
