//! An address as it was typed.

use super::letters::{joined, plain};
use super::{Remark, server::is_host};
use crate::model::Address;

/// An address, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressEntry {
    /// The address alone.
    pub address: String,
    /// The name that stood beside it, or nothing.
    pub name: String,
    /// What was taken out.
    pub remarks: Vec<Remark>,
}

impl AddressEntry {
    /// The part behind the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.address
            .rsplit_once('@')
            .map_or("", |(_, domain)| domain)
    }

    /// Whether the domain looks finished, so that asking for its servers makes
    /// sense: it has a dot, and two letters or more behind the last.
    #[must_use]
    pub fn has_whole_domain(&self) -> bool {
        let top = self.domain().rsplit_once('.').map(|(_, top)| top);
        top.is_some_and(|top| top.chars().count() >= 2)
    }
}

/// Why an entry is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressFault {
    /// Nothing is there.
    Missing,
    /// There is no `@`.
    NoAt,
    /// Nothing stands before the `@`.
    NoName,
    /// Nothing stands behind the `@`.
    NoDomain,
    /// A blank is in it.
    Blank,
    /// A comma stands where a dot belongs.
    Comma,
    /// What stands behind the `@` names no domain.
    BadDomain,
    /// Something in it cannot be in an address.
    BadLetter,
}

impl AddressFault {
    /// The sentence for the person.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Missing => "The address is missing.",
            Self::NoAt => "An address has an @, as in you@example.org.",
            Self::NoName => "Your name at the provider is missing, before the @.",
            Self::NoDomain => "The provider is missing, behind the @.",
            Self::Blank => "An address has no blanks.",
            Self::Comma => "There is a comma where a dot belongs.",
            Self::BadDomain => "What stands behind the @ is no domain, as in example.org.",
            Self::BadLetter => "There is a character in it that no address has.",
        }
    }
}

/// Understands what was typed as an address.
///
/// # Errors
/// Why it is none.
pub fn address(typed: &str) -> Result<AddressEntry, AddressFault> {
    let mut remarks = Vec::new();
    let text = plain(typed, &mut remarks);
    let (name, text) = name_beside(&text);
    let text = match strip_scheme(text) {
        Some(rest) => rest.split('?').next().unwrap_or(rest),
        None => text,
    };
    let text = joined(text, &['@', '.'], &mut remarks);
    let Some((local, domain)) = text.rsplit_once('@') else {
        return Err(if text.is_empty() {
            AddressFault::Missing
        } else {
            AddressFault::NoAt
        });
    };
    let fault = if local.is_empty() {
        AddressFault::NoName
    } else if domain.is_empty() {
        AddressFault::NoDomain
    } else if text.contains(char::is_whitespace) {
        AddressFault::Blank
    } else if domain.contains(',') {
        AddressFault::Comma
    } else if !is_host(domain) {
        AddressFault::BadDomain
    } else if local.contains('@') || !Address::new("", &text).is_deliverable() {
        AddressFault::BadLetter
    } else {
        return Ok(AddressEntry {
            name: name.to_owned(),
            address: text,
            remarks,
        });
    };
    Err(fault)
}

/// `Ann Lee <ann@example.org>` comes apart.
fn name_beside(text: &str) -> (&str, &str) {
    let beside = text
        .strip_suffix('>')
        .and_then(|text| text.rsplit_once('<'));
    match beside {
        Some((name, address)) => (name.trim().trim_matches('"').trim(), address.trim()),
        None => ("", text),
    }
}

fn strip_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once(':')?;
    scheme.eq_ignore_ascii_case("mailto").then_some(rest)
}
