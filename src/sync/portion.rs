//! Which parts of a large message it takes to read it.

use std::collections::BTreeSet;

use crate::mime::Piece;
use crate::model::{LeftOut, PartPath, SinglePart, Structure};
use crate::protocol::imap::{Section, Sections};

/// Parts up to this size, in bytes as they are sent, come with the text: what
/// is asked for on its own costs a round trip.
const SMALL: u64 = 100_000;

/// All small parts together: a message may be made of nothing else.
const SMALL_TOGETHER: u64 = 400_000;

/// A message of more parts than this is fetched whole.
const PARTS_MAX: usize = 500;

/// What is fetched of a message, and what is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Portion {
    /// What to ask for, each with its size in bytes; a guess for headers.
    pub(super) sections: Vec<(Section, u64)>,
    left_out: BTreeSet<PartPath>,
}

/// Usual, and more than most MIME headers have.
const HEADER_SIZE: u64 = 500;

impl Portion {
    /// Divides a message. None where it is to be fetched whole: where its
    /// bytes as such matter (signed, encrypted), where a part would have to
    /// be divided that is a message itself, and where little would be saved.
    pub(super) fn of(message: &Structure) -> Option<Self> {
        let mut portion = Self {
            sections: Vec::new(),
            left_out: BTreeSet::new(),
        };
        let mut sizes = Sizes::default();
        match message {
            Structure::Multipart { .. } => {
                portion.add(message, &PartPath::default(), Around::default(), &mut sizes)?;
            }
            // Its header is that of the message (RFC 9051, 6.4.5.1).
            Structure::Single(part) => {
                let around = Around {
                    first: true,
                    ..Around::default()
                };
                portion.add_single(part, &PartPath(vec![1]), around, &mut sizes)?;
            }
        }
        (sizes.left_out > sizes.here).then_some(portion)
    }

    fn add(
        &mut self,
        part: &Structure,
        path: &PartPath,
        around: Around,
        sizes: &mut Sizes,
    ) -> Option<()> {
        if !path.0.is_empty() {
            let header = Section::Mime(path.clone());
            self.sections.push((header, HEADER_SIZE));
        }
        let (subtype, parts) = match part {
            Structure::Single(part) => return self.add_single(part, path, around, sizes),
            Structure::Multipart { subtype, parts } => (subtype.as_str(), parts),
        };
        if matches!(subtype, "signed" | "encrypted") || parts.is_empty() {
            return None;
        }
        for (number, part) in (1..).zip(parts) {
            let around = Around {
                first: number == 1,
                alternative: around.alternative || subtype == "alternative",
            };
            self.add(part, &path.child(number), around, sizes)?;
        }
        Some(())
    }

    fn add_single(
        &mut self,
        part: &SinglePart,
        path: &PartPath,
        around: Around,
        sizes: &mut Sizes,
    ) -> Option<()> {
        if is_sealed(&part.content_type) || self.sections.len() + self.left_out.len() > PARTS_MAX {
            return None;
        }
        let small = part.octets <= SMALL && sizes.small + part.octets <= SMALL_TOGETHER;
        if small {
            sizes.small += part.octets;
        }
        if small || is_read(part, around) {
            sizes.here += part.octets;
            let body = Section::Body(path.clone());
            self.sections.push((body, part.octets));
            return Some(());
        }
        sizes.left_out += part.octets;
        self.left_out.insert(path.clone());
        // A message without its header would be no message.
        (!part.content_type.starts_with("message/")).then_some(())
    }

    /// What was fetched, as the pieces of a message. None where the server
    /// left out something it was asked for.
    pub(super) fn pieces(
        &self,
        message: &Structure,
        header: Vec<u8>,
        mut sections: Sections,
    ) -> Option<Piece> {
        match message {
            Structure::Multipart { parts, .. } => {
                let path = PartPath::default();
                let parts = self.children(parts, &path, &mut sections)?;
                Some(Piece::Multipart { header, parts })
            }
            Structure::Single(part) => self.single(part, PartPath(vec![1]), header, &mut sections),
        }
    }

    fn children(
        &self,
        parts: &[Structure],
        path: &PartPath,
        sections: &mut Sections,
    ) -> Option<Vec<Piece>> {
        let numbered = (1..).zip(parts);
        let piece = |(number, part): (u32, &Structure)| {
            let path = path.child(number);
            let header = sections.remove(&Section::Mime(path.clone()))?;
            match part {
                Structure::Multipart { parts, .. } => {
                    let parts = self.children(parts, &path, sections)?;
                    Some(Piece::Multipart { header, parts })
                }
                Structure::Single(part) => self.single(part, path, header, sections),
            }
        };
        numbered.map(piece).collect()
    }

    fn single(
        &self,
        part: &SinglePart,
        path: PartPath,
        header: Vec<u8>,
        sections: &mut Sections,
    ) -> Option<Piece> {
        if self.left_out.contains(&path) {
            let part = LeftOut {
                path,
                at: 0,
                octets: part.octets,
                size: part.decoded_size(),
            };
            return Some(Piece::LeftOut { header, part });
        }
        let body = sections.remove(&Section::Body(path))?;
        // Empty where it should not be: the server does not mean what it says.
        (part.octets == 0 || !body.is_empty()).then_some(Piece::Here { header, body })
    }
}

/// Where in its message a part is.
#[derive(Debug, Clone, Copy, Default)]
struct Around {
    /// The first one of its multipart.
    first: bool,
    /// Somewhere within a multipart/alternative.
    alternative: bool,
}

/// Sums of bytes as they are sent.
#[derive(Debug, Default)]
struct Sizes {
    small: u64,
    here: u64,
    left_out: u64,
}

/// Whether a part is the text of the message, or may be. As the parser decides
/// it, or more.
fn is_read(part: &SinglePart, around: Around) -> bool {
    part.content_type.starts_with("text/")
        && (around.alternative || !part.attachment && (around.first || !part.named))
}

/// Whether a part says nothing before it was decrypted or verified whole, or
/// cannot be told apart from its neighbours.
fn is_sealed(content_type: &str) -> bool {
    matches!(
        content_type,
        "application/pkcs7-mime" | "application/x-pkcs7-mime" | "application/pgp-encrypted"
    ) || content_type.starts_with("multipart/")
}

#[cfg(test)]
mod tests;
