//! What a server can do (RFC 9051, 6.1.1).

use std::collections::HashSet;

/// The capabilities of a server; their case does not count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Capabilities(HashSet<String>);

impl Capabilities {
    /// Whether the server has this one.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains(&name.to_ascii_uppercase())
    }

    /// The ways to sign in that it offers, with blanks between.
    pub(super) fn mechanisms(&self) -> String {
        let mut names: Vec<&str> = self
            .0
            .iter()
            .filter_map(|name| name.strip_prefix("AUTH="))
            .collect();
        names.sort_unstable();
        names.join(" ")
    }

    /// Takes one out.
    pub(super) fn forget(&mut self, name: &str) {
        self.0.remove(&name.to_ascii_uppercase());
    }

    /// Whether messages can be moved (RFC 6851).
    pub(crate) fn moves(&self) -> bool {
        self.has("MOVE") || self.rev2()
    }

    /// Whether single messages can be expunged (RFC 4315).
    pub(crate) fn uid_plus(&self) -> bool {
        self.has("UIDPLUS") || self.rev2()
    }

    /// Whether changes of flags are counted (RFC 7162).
    pub(crate) fn condstore(&self) -> bool {
        self.has("CONDSTORE") || self.has("QRESYNC")
    }

    /// What to turn on (RFC 5161): all that is used and offered. Enabling
    /// QRESYNC enables CONDSTORE too (RFC 7162, 3.2.3).
    pub(super) fn to_enable(&self) -> Vec<&'static str> {
        if !self.has("ENABLE") && !self.rev2() {
            return Vec::new();
        }
        let mut wanted = Vec::new();
        if self.has("QRESYNC") {
            wanted.push("QRESYNC");
        } else if self.has("CONDSTORE") {
            wanted.push("CONDSTORE");
        }
        if self.has("UTF8=ACCEPT") || self.has("UTF8=ONLY") {
            wanted.push("UTF8=ACCEPT");
        }
        if self.rev2() && self.has("IMAP4rev1") {
            wanted.push("IMAP4rev2");
        }
        wanted
    }

    /// Whether the server tells of changes by itself (RFC 2177).
    pub(crate) fn idle(&self) -> bool {
        self.has("IDLE") || self.rev2()
    }

    /// Whether a list can bring attributes and numbers with it (RFC 5258,
    /// RFC 5819).
    pub(crate) fn list_status(&self) -> bool {
        self.rev2() || (self.has("LIST-EXTENDED") && self.has("LIST-STATUS"))
    }

    /// Whether the roles of folders are told (RFC 6154).
    pub(crate) fn special_use(&self) -> bool {
        self.has("SPECIAL-USE") || self.rev2()
    }

    /// Whether a search can answer in ranges (RFC 4731).
    pub(crate) fn esearch(&self) -> bool {
        self.has("ESEARCH") || self.rev2()
    }

    /// Whether a folder can tell its size (RFC 8438).
    pub(crate) fn status_size(&self) -> bool {
        self.has("STATUS=SIZE") || self.rev2()
    }

    /// Whether folders and messages are identified (RFC 8474).
    pub(crate) fn object_id(&self) -> bool {
        self.has("OBJECTID")
    }

    /// Whether the server tells what a message is in whatever folder.
    pub(crate) fn identifies_messages(&self) -> bool {
        self.gmail() || self.object_id()
    }

    /// Whether messages have Gmail's labels and identifiers.
    pub(crate) fn gmail(&self) -> bool {
        self.has("X-GM-EXT-1")
    }

    /// Whether the server tells whose folders lie where (RFC 2342).
    pub(crate) fn namespace(&self) -> bool {
        self.has("NAMESPACE") || self.rev2()
    }

    /// Whether a list can tell more than names (RFC 5258).
    pub(crate) fn list_extended(&self) -> bool {
        self.has("LIST-EXTENDED") || self.rev2()
    }

    /// Whether the server tells how full it is (RFC 9208).
    pub(crate) fn quota(&self) -> bool {
        self.has("QUOTA") || self.has("QUOTA=RES-STORAGE")
    }

    /// Whether a sign-in can bring its secret at once (RFC 4959).
    pub(crate) fn sasl_ir(&self) -> bool {
        self.has("SASL-IR") || self.rev2()
    }

    /// The largest literal that needs no leave (RFC 7888).
    pub(crate) fn free_literal(&self) -> usize {
        if self.has("LITERAL+") {
            usize::MAX
        } else if self.has("LITERAL-") || self.rev2() {
            4096
        } else {
            0
        }
    }

    fn rev2(&self) -> bool {
        self.has("IMAP4REV2")
    }
}

impl FromIterator<String> for Capabilities {
    fn from_iter<I: IntoIterator<Item = String>>(names: I) -> Self {
        Self(
            names
                .into_iter()
                .map(|name| name.to_ascii_uppercase())
                .collect(),
        )
    }
}
