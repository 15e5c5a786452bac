//! An address, taken apart for finding its servers.

/// An address whose domain can be asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mailbox {
    address: String,
    local: String,
    domain: String,
}

impl Mailbox {
    /// Takes an address apart; none where it is none, or where its domain is
    /// no name.
    pub(crate) fn parse(address: &str) -> Option<Self> {
        let address = address.trim();
        let (local, domain) = address.rsplit_once('@')?;
        let is_odd = |c: char| c.is_whitespace() || c.is_control();
        if local.is_empty() || address.chars().any(is_odd) {
            return None;
        }
        Some(Self {
            address: address.to_owned(),
            local: local.to_owned(),
            domain: ascii_domain(domain)?,
        })
    }

    /// The whole address, as it was given.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// What stands before the `@`.
    pub(crate) fn local(&self) -> &str {
        &self.local
    }

    /// The domain in ASCII and lower case (RFC 5890).
    pub(crate) fn domain(&self) -> &str {
        &self.domain
    }
}

/// A domain in ASCII and lower case, without a dot at its end; none where it
/// is no name but, say, an address of the Internet Protocol.
pub(crate) fn ascii_domain(domain: &str) -> Option<String> {
    let domain = domain.trim().trim_end_matches('.');
    let ascii = idna::domain_to_ascii(domain).ok()?;
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let last = ascii.rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit());
    (ascii.len() <= 253 && !is_number && ascii.split('.').all(is_label)).then_some(ascii)
}
