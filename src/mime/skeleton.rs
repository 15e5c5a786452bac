//! A message put together from the parts that were fetched.
//!
//! The person reads it with the code that reads whole messages, so it must
//! come apart into the very parts it was made of: that is tried before it is
//! given out.

use mail_parser::{MessageParser, MessagePart, MimeHeaders};

use super::{parse, repair};
use crate::model::{LeftOut, PartId, Skeleton};

/// A part as the server gave it. The header of the outermost one is that of
/// the message, that of the others their MIME header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A multipart with its parts.
    Multipart {
        /// Names the boundary.
        header: Vec<u8>,
        /// In their order.
        parts: Vec<Piece>,
    },
    /// A part with its bytes.
    Here {
        /// May be empty.
        header: Vec<u8>,
        /// In its transfer encoding.
        body: Vec<u8>,
    },
    /// A part without.
    LeftOut {
        /// May be empty.
        header: Vec<u8>,
        /// What is known of it; where it belongs is found out here.
        part: LeftOut,
    },
}

/// Puts a message together. None where the pieces do not fit: then only the
/// whole message tells what it is.
pub(crate) fn assemble(root: &Piece) -> Option<Skeleton> {
    let mut writer = Writer {
        out: Vec::new(),
        bodies: Vec::new(),
        left_out: Vec::new(),
    };
    writer.piece(root, true)?;
    let Writer {
        out: raw,
        bodies,
        left_out,
    } = writer;
    let skeleton = Skeleton { raw, left_out };
    comes_apart(&skeleton, &bodies).then_some(skeleton)
}

/// What is known of a part that is left out of a skeleton; none where it is
/// here, or there is no such part.
pub(crate) fn is_left_out(skeleton: &Skeleton, part: PartId) -> Option<LeftOut> {
    if skeleton.left_out.is_empty() {
        return None;
    }
    let source = repair::source(&skeleton.raw);
    let message = parse::message(&source)?;
    left_out(message.part(part.0)?, &skeleton.left_out).cloned()
}

/// The same of a part in hand.
pub(super) fn left_out<'a>(part: &MessagePart<'_>, left_out: &'a [LeftOut]) -> Option<&'a LeftOut> {
    let at = u64::from(part.offset_body);
    left_out.iter().find(|left_out| left_out.at == at)
}

/// Whether a message is read as the parts it was made of: as many, each where
/// it was put, and those left out without a byte.
fn comes_apart(skeleton: &Skeleton, bodies: &[usize]) -> bool {
    let source = repair::source(&skeleton.raw);
    // Offsets count from the start of what is kept.
    if source.len() != skeleton.raw.len() {
        return false;
    }
    let Some(message) = parse::message(&source) else {
        return false;
    };
    let found = message.parts.iter().map(|part| part.offset_body as usize);
    let empty = |part: &MessagePart<'_>| {
        left_out(part, &skeleton.left_out).is_none() || part.offset_end <= part.offset_body
    };
    found.eq(bodies.iter().copied()) && message.parts.iter().all(empty)
}

struct Writer {
    out: Vec<u8>,
    /// Where the body of each part begins, in the order of the message.
    bodies: Vec<usize>,
    left_out: Vec<LeftOut>,
}

impl Writer {
    /// Adds a piece with what belongs to it. No deeper than the parentheses of
    /// an answer may nest.
    fn piece(&mut self, piece: &Piece, outermost: bool) -> Option<()> {
        match piece {
            Piece::Multipart { header, parts } => {
                let boundary = boundary(header)?;
                self.header(header, outermost);
                for part in parts {
                    self.delimiter(&boundary, "\r\n");
                    self.piece(part, false)?;
                }
                self.delimiter(&boundary, "--\r\n");
            }
            Piece::Here { header, body } => {
                self.header(header, outermost);
                self.out.extend_from_slice(body);
            }
            Piece::LeftOut { header, part } => {
                self.header(header, outermost);
                self.left_out.push(LeftOut {
                    at: self.out.len() as u64,
                    ..part.clone()
                });
            }
        }
        Some(())
    }

    /// Adds a header and the blank line after it, which not every server
    /// counts to it.
    fn header(&mut self, header: &[u8], outermost: bool) {
        let header = if outermost {
            repair::without_prelude(header)
        } else {
            header
        };
        let fields = header.trim_ascii_end();
        if !fields.is_empty() {
            self.out.extend_from_slice(fields);
            self.out.extend_from_slice(b"\r\n");
        }
        self.out.extend_from_slice(b"\r\n");
        self.bodies.push(self.out.len());
    }

    fn delimiter(&mut self, boundary: &str, end: &str) {
        for piece in ["\r\n--", boundary, end] {
            self.out.extend_from_slice(piece.as_bytes());
        }
    }
}

/// The boundary that a header names, as the parser will read it again.
fn boundary(header: &[u8]) -> Option<String> {
    let mut whole = repair::without_prelude(header).trim_ascii_end().to_vec();
    whole.extend_from_slice(b"\r\n\r\n");
    let message = MessageParser::new().parse_headers(&whole)?;
    let boundary = message.content_type()?.attribute("boundary")?;
    (!boundary.is_empty()).then(|| boundary.to_owned())
}

#[cfg(test)]
mod tests;
