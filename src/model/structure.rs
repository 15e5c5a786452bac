//! What a message is made of, and what of it is still on the server.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A message as its server takes it apart (`BODYSTRUCTURE`, RFC 9051, 7.5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Structure {
    /// A multipart with its parts, of which there is at least one.
    Multipart {
        /// Lower case: `mixed`, `alternative`.
        subtype: String,
        /// In their order.
        parts: Vec<Structure>,
    },
    /// Anything else. A message within the message is one of these.
    Single(SinglePart),
}

/// A part that has no parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct SinglePart {
    /// Its media type, lower case: `text/plain`.
    pub(crate) content_type: String,
    /// Whether it is in base64.
    pub(crate) base64: bool,
    /// How many bytes it has in its transfer encoding.
    pub(crate) octets: u64,
    /// Whether it says of itself that it is an attachment.
    pub(crate) attachment: bool,
    /// Whether it has a file name.
    pub(crate) named: bool,
}

impl SinglePart {
    /// About how many bytes it has without its transfer encoding: lines of
    /// base64 are usually 76 characters for 57 bytes.
    pub(crate) fn decoded_size(&self) -> u64 {
        if self.base64 {
            self.octets.saturating_mul(57) / 78
        } else {
            self.octets
        }
    }
}

/// Where a part is in its message (RFC 9051, 6.4.5.1): `[2, 1]` is the first
/// part of the second one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub(crate) struct PartPath(pub(crate) Vec<u32>);

impl PartPath {
    /// The path of the part with this number, from 1 on, within this one.
    pub(crate) fn child(&self, number: u32) -> Self {
        let mut path = self.0.clone();
        path.push(number);
        Self(path)
    }
}

impl fmt::Display for PartPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, number) in self.0.iter().enumerate() {
            let dot = if at > 0 { "." } else { "" };
            write!(f, "{dot}{number}")?;
        }
        Ok(())
    }
}

/// A part that is on the server only, in a skeleton of its message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LeftOut {
    /// Which part.
    pub(crate) path: PartPath,
    /// Where in the skeleton its bytes belong.
    pub(crate) at: u64,
    /// How many bytes the server says it has, in its transfer encoding.
    pub(crate) octets: u64,
    /// About how many it has without it.
    pub(crate) size: u64,
}

/// A message without some of its parts: for reading, never for anything that
/// is about its bytes. Preamble and epilogue are missing as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Skeleton {
    /// A well-formed message in which the parts left out have no bytes.
    pub(crate) raw: Vec<u8>,
    /// Those parts, in the order of the message.
    pub(crate) left_out: Vec<LeftOut>,
}

impl Skeleton {
    /// The same with one part put in. The same as before where the part is not
    /// left out.
    pub(crate) fn with(mut self, path: &PartPath, bytes: &[u8]) -> Self {
        let Some(which) = self.left_out.iter().position(|part| part.path == *path) else {
            return self;
        };
        let at = self.left_out.remove(which).at;
        for later in self.left_out.iter_mut().skip(which) {
            later.at += bytes.len() as u64;
        }
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let after = self.raw.split_off(at.min(self.raw.len()));
        self.raw.extend_from_slice(bytes);
        self.raw.extend_from_slice(&after);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_as_the_server_wants_it() {
        let root = PartPath::default();
        assert_eq!(root.child(3).to_string(), "3");
        assert_eq!(root.child(2).child(10).child(1).to_string(), "2.10.1");
    }

    #[test]
    fn the_size_of_base64_is_nearly_right() {
        let part = SinglePart {
            base64: true,
            // 1,000,000 bytes in lines of 76 characters and CRLF.
            octets: 1_368_422,
            ..SinglePart::default()
        };
        let size = part.decoded_size();
        assert!((999_900..=1_000_100).contains(&size), "{size}");
    }
}
