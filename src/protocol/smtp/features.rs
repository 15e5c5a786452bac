//! What a server says it can (RFC 5321, 4.1.1.1).

use super::dialogue::Reply;

/// The service extensions that matter to us.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Features {
    /// RFC 3207.
    pub(super) starttls: bool,
    /// RFC 6152.
    pub(super) eight_bit: bool,
    /// RFC 6531.
    pub(super) utf8: bool,
    /// RFC 2920.
    pub(super) pipelining: bool,
    /// RFC 3461.
    pub(super) dsn: bool,
    /// RFC 1870: whether it is known, and the largest message in bytes if the
    /// server tells one.
    pub(super) size: Option<Option<u64>>,
    /// RFC 4954: mechanism names in upper case.
    pub(super) auth: Vec<String>,
}

impl Features {
    /// Reads the reply to `EHLO`. Keywords are compared without case, and
    /// `AUTH=LOGIN`, as old servers write it, counts.
    pub(super) fn read(reply: &Reply) -> Self {
        let mut features = Self::default();
        for line in reply.lines.iter().skip(1) {
            let upper = line.to_ascii_uppercase();
            let mut words = upper
                .split([' ', '\t', '='])
                .filter(|word| !word.is_empty());
            match words.next() {
                Some("STARTTLS") => features.starttls = true,
                Some("8BITMIME") => features.eight_bit = true,
                Some("SMTPUTF8") => features.utf8 = true,
                Some("PIPELINING") => features.pipelining = true,
                Some("DSN") => features.dsn = true,
                Some("SIZE") => {
                    let limit = words.next().and_then(|number| number.parse().ok());
                    features.size = Some(limit.filter(|limit| *limit > 0));
                }
                Some("AUTH") => features.auth.extend(words.map(str::to_owned)),
                _ => {}
            }
        }
        features
    }

    pub(super) fn has_auth(&self, mechanism: &str) -> bool {
        self.auth.iter().any(|offered| offered == mechanism)
    }
}
