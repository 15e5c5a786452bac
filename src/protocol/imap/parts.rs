//! A message in parts (RFC 9051, 6.4.5 and 7.5.2): what it is made of, and
//! single sections of it.

use std::collections::HashMap;

use async_imap::imap_proto::{
    AttributeValue, BodyContentCommon, BodyContentSinglePart, BodyStructure, ContentEncoding,
    MessageSection, Response, SectionPath,
};

use super::command::Command;
use super::conn::{ImapConn, Untagged};
use super::error::Error;
use super::fetch::BY_UID;
use super::own::Own;
use super::token::Token;
use crate::model::{PartPath, SinglePart, Structure, Uid};

/// A section of a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Section {
    /// The header of the message.
    Header,
    /// The MIME header of a part.
    Mime(PartPath),
    /// The bytes of a part, in its transfer encoding.
    Body(PartPath),
}

/// What is needed to decide which parts of a message to fetch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Outline {
    /// What it is made of; none where the server says it in a way that nobody
    /// can read.
    pub(crate) structure: Option<Structure>,
    /// Its header; none where the server gave none.
    pub(crate) header: Option<Vec<u8>>,
}

/// What the server gave of some sections. It may leave out what it was asked
/// for.
pub(crate) type Sections = HashMap<Section, Vec<u8>>;

impl Section {
    fn written(&self) -> String {
        match self {
            Self::Header => "HEADER".to_owned(),
            Self::Mime(path) => format!("{path}.MIME"),
            Self::Body(path) => path.to_string(),
        }
    }

    fn of(path: &SectionPath) -> Option<Self> {
        match path {
            SectionPath::Full(MessageSection::Header) => Some(Self::Header),
            SectionPath::Part(path, None) => Some(Self::Body(PartPath(path.clone()))),
            SectionPath::Part(path, Some(MessageSection::Mime)) => {
                Some(Self::Mime(PartPath(path.clone())))
            }
            _ => None,
        }
    }

    /// Reads the name of an item: `BODY[1.2.MIME]`, perhaps with an offset.
    fn of_item(item: &str) -> Option<Self> {
        let (head, rest) = item.split_once('[')?;
        let (section, _) = rest.split_once(']')?;
        if !head.eq_ignore_ascii_case("BODY") {
            return None;
        }
        if section.eq_ignore_ascii_case("HEADER") {
            return Some(Self::Header);
        }
        let upper = section.to_ascii_uppercase();
        let (numbers, mime) = match upper.strip_suffix(".MIME") {
            Some(numbers) => (numbers, true),
            None => (upper.as_str(), false),
        };
        let path = numbers.split('.').map(|n| n.parse().ok());
        let path = PartPath(path.collect::<Option<_>>()?);
        Some(if mime {
            Self::Mime(path)
        } else {
            Self::Body(path)
        })
    }
}

impl ImapConn {
    /// What a message is made of, and its header. None where it is gone.
    ///
    /// # Errors
    ///
    /// When it is refused or the connection is lost.
    pub(crate) async fn fetch_outline(&mut self, uid: Uid) -> Result<Option<Outline>, Error> {
        let items = "(UID BODYSTRUCTURE BODY.PEEK[HEADER])";
        let told = self.fetch_items(uid, items).await?;
        Ok(told.map(|mut told| Outline {
            structure: told.structure,
            header: told.sections.remove(&Section::Header),
        }))
    }

    /// These sections of a message. None where it is gone.
    ///
    /// # Errors
    ///
    /// As [`ImapConn::fetch_outline`].
    pub(crate) async fn fetch_sections(
        &mut self,
        uid: Uid,
        sections: &[Section],
    ) -> Result<Option<Sections>, Error> {
        let names = sections.iter().map(Section::written);
        let items: String = names.map(|name| format!(" BODY.PEEK[{name}]")).collect();
        let told = self.fetch_items(uid, &format!("(UID{items})")).await?;
        Ok(told.map(|told| told.sections))
    }

    /// At most `length` bytes of a part, from `offset` on; empty where the
    /// server gives nothing. None where the message is gone.
    ///
    /// # Errors
    ///
    /// As [`ImapConn::fetch_outline`].
    pub(crate) async fn fetch_part_piece(
        &mut self,
        uid: Uid,
        path: &PartPath,
        offset: u64,
        length: u64,
    ) -> Result<Option<Vec<u8>>, Error> {
        let items = format!("(UID BODY.PEEK[{path}]<{offset}.{length}>)");
        let told = self.fetch_items(uid, &items).await?;
        let section = Section::Body(path.clone());
        let Some(mut told) = told else {
            return Ok(None);
        };
        let mut bytes = told.sections.remove(&section).unwrap_or_default();
        // Some servers give the whole part whatever piece is asked for.
        if !told.piece || bytes.len() as u64 > length {
            let skip = usize::try_from(offset).unwrap_or(usize::MAX);
            bytes.drain(..skip.min(bytes.len()));
            bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        }
        Ok(Some(bytes))
    }

    async fn fetch_items(&mut self, uid: Uid, items: &str) -> Result<Option<Told>, Error> {
        let mut all: Option<Told> = None;
        let command = Command::new(BY_UID).words(&uid.to_string()).words(items);
        self.run(command, &mut |untagged| {
            let told = match untagged {
                Untagged::Data(Response::Fetch(_, values)) => read(values),
                Untagged::Own(Own::Fetch(items)) => read_odd(&items),
                _ => return,
            };
            // The server may tell of other messages by itself.
            if told.uid == Some(uid) {
                let all = all.get_or_insert_default();
                all.sections.extend(told.sections);
                all.piece |= told.piece;
                all.structure = told.structure.or_else(|| all.structure.take());
            }
        })
        .await?;
        Ok(all)
    }
}

/// What one answer told.
#[derive(Debug, Default)]
struct Told {
    uid: Option<Uid>,
    structure: Option<Structure>,
    sections: Sections,
    /// Whether it says where in its section it begins.
    piece: bool,
}

fn read(values: &[AttributeValue<'_>]) -> Told {
    let mut told = Told::default();
    for value in values {
        match value {
            AttributeValue::Uid(uid) => told.uid = Uid::new(*uid),
            AttributeValue::BodyStructure(body) => told.structure = Some(structure(body)),
            AttributeValue::BodySection {
                section: Some(path),
                data: Some(data),
                index,
            } => {
                told.piece |= index.is_some();
                if let Some(section) = Section::of(path) {
                    told.sections.insert(section, data.to_vec());
                }
            }
            _ => {}
        }
    }
    told
}

/// The same of an answer that the parser refuses. A structure in it stays
/// unread: the message is then fetched whole.
fn read_odd(items: &[Token]) -> Told {
    let mut told = Told::default();
    let mut items = items.iter();
    while let (Some(name), Some(value)) = (items.next(), items.next()) {
        let Some(name) = name.text() else { continue };
        if name.eq_ignore_ascii_case("UID") {
            let uid = value.number().and_then(|uid| u32::try_from(uid).ok());
            told.uid = uid.and_then(Uid::new);
        } else if let (Some(section), Some(bytes)) = (Section::of_item(&name), value.bytes()) {
            told.piece |= name.ends_with('>');
            told.sections.insert(section, bytes.to_vec());
        }
    }
    told
}

/// Not deeper than the parentheses of an answer may nest.
fn structure(body: &BodyStructure<'_>) -> Structure {
    match body {
        BodyStructure::Multipart { common, bodies, .. } => Structure::Multipart {
            subtype: common.ty.subtype.to_ascii_lowercase(),
            parts: bodies.iter().map(structure).collect(),
        },
        BodyStructure::Basic { common, other, .. }
        | BodyStructure::Text { common, other, .. }
        | BodyStructure::Message { common, other, .. } => Structure::Single(single(common, other)),
    }
}

fn single(common: &BodyContentCommon<'_>, other: &BodyContentSinglePart<'_>) -> SinglePart {
    // Also in pieces: `name*0*` (RFC 2231).
    let named = |key: &str| {
        let key = key.to_ascii_lowercase();
        key.starts_with("name") || key.starts_with("filename")
    };
    let disposition = common.disposition.as_ref();
    let of_type = common.ty.params.iter().flatten();
    let of_disposition = disposition.and_then(|own| own.params.as_ref());
    let mut params = of_type.chain(of_disposition.into_iter().flatten());
    SinglePart {
        content_type: format!("{}/{}", common.ty.ty, common.ty.subtype).to_ascii_lowercase(),
        base64: matches!(other.transfer_encoding, ContentEncoding::Base64),
        octets: u64::from(other.octets),
        attachment: disposition.is_some_and(|own| own.ty.eq_ignore_ascii_case("attachment")),
        named: params.any(|(key, _)| named(key)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_odd_answers_are_known_by_their_names() {
        let path = |numbers: &[u32]| PartPath(numbers.to_vec());
        for (item, expected) in [
            ("BODY[HEADER]", Some(Section::Header)),
            ("body[1.2.mime]", Some(Section::Mime(path(&[1, 2])))),
            ("BODY[3]", Some(Section::Body(path(&[3])))),
            ("BODY[3]<1024>", Some(Section::Body(path(&[3])))),
            ("BODY[]", None),
            ("BODY[1.TEXT]", None),
            ("BODY[1..2]", None),
            ("BODYSTRUCTURE", None),
        ] {
            assert_eq!(Section::of_item(item), expected, "{item}");
        }
    }
}
