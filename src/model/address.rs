//! A mailbox of RFC 5322, 3.4: a name and an address.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A person's address with the name written beside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Address {
    /// The display name; empty where there is none.
    #[serde(default)]
    pub name: String,
    /// The addr-spec, as written.
    pub address: String,
}

impl Address {
    /// An address with a display name.
    #[must_use]
    pub fn new(name: impl Into<String>, address: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            address: address.into(),
        }
    }

    /// What to call the person in a narrow place: the name, else the address.
    #[must_use]
    pub fn short(&self) -> &str {
        if self.name.is_empty() {
            &self.address
        } else {
            &self.name
        }
    }

    /// The part behind the last `@`, or nothing.
    #[must_use]
    pub fn domain(&self) -> Option<&str> {
        self.address.rsplit_once('@').map(|(_, domain)| domain)
    }

    /// Whether this can be an envelope recipient: one `@` with something on
    /// both sides and neither blanks nor control characters, so that it can
    /// never break out of a `RCPT TO` line (RFC 5321, 4.1.1.3). Servers judge
    /// the rest.
    #[must_use]
    pub fn is_deliverable(&self) -> bool {
        let Some((local, domain)) = self.address.rsplit_once('@') else {
            return false;
        };
        let clean = |part: &str| {
            !part.is_empty()
                && !part.chars().any(|c| {
                    c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';')
                })
        };
        clean(local) && clean(domain)
    }

    /// Whether both name the same mailbox; the name beside it and the case
    /// do not count.
    #[must_use]
    pub fn same_mailbox(&self, other: &Self) -> bool {
        self.address.to_lowercase() == other.address.to_lowercase()
    }
}

impl fmt::Display for Address {
    /// `Name <address>`, the name quoted where RFC 5322 wants it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() {
            return f.write_str(&self.address);
        }
        let special = |c: char| "()<>[]:;@\\,.\"".contains(c);
        if self.name.contains(special) {
            let quoted = self.name.replace('\\', "\\\\").replace('"', "\\\"");
            write!(f, "\"{quoted}\" <{}>", self.address)
        } else {
            write!(f, "{} <{}>", self.name, self.address)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_specials_are_quoted() {
        assert_eq!(
            Address::new("Doe, Jo \"J\"", "j@x.test").to_string(),
            "\"Doe, Jo \\\"J\\\"\" <j@x.test>"
        );
        assert_eq!(
            Address::new("Jo Doe", "j@x.test").to_string(),
            "Jo Doe <j@x.test>"
        );
        assert_eq!(Address::new("", "j@x.test").to_string(), "j@x.test");
    }

    #[test]
    fn addresses_that_could_break_a_command_are_not_deliverable() {
        for bad in [
            "",
            "jo",
            "@x",
            "jo@",
            "jo@x\r\nRCPT TO:<z@z>",
            "jo @x",
            "<jo@x>",
            "a@b,c@d",
        ] {
            assert!(!Address::new("", bad).is_deliverable(), "{bad:?}");
        }
        for good in ["jo@x", "jörg@exämple.test", "a+b.c@sub.x.test"] {
            assert!(Address::new("", good).is_deliverable(), "{good:?}");
        }
    }
}
