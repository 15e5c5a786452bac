//! The encodings of text a person can choose from.

/// How letters are written as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Charset {
    /// Its name in mail, as WHATWG's Encoding Standard calls it.
    pub label: &'static str,
    /// What it is for: "Cyrillic".
    pub script: &'static str,
}
