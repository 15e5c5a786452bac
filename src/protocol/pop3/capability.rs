//! What a server says it can do (CAPA, RFC 2449).

use std::time::Duration;

/// The answer to CAPA, as it came; empty for a server that knows no CAPA.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Capabilities {
    lines: Vec<String>,
}

/// How long mail stays on a server (EXPIRE, RFC 2449, 6.7). No more than a
/// remark: Gmail says 0 and keeps all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expire {
    /// As long as it is not deleted.
    Never,
    /// So many days; 0: no mail may be left after it was fetched.
    Days(u32),
}

impl Capabilities {
    /// Takes a line of the answer. Lines nobody knows are kept.
    pub(super) fn push(&mut self, line: &[u8]) {
        let line = String::from_utf8_lossy(line).trim().to_owned();
        if !line.is_empty() {
            self.lines.push(line);
        }
    }

    /// The words after each line that starts with this name, in any case.
    fn all<'c>(
        &'c self,
        name: &'c str,
    ) -> impl Iterator<Item = std::str::SplitWhitespace<'c>> + 'c {
        self.lines.iter().filter_map(move |line| {
            let mut words = line.split_whitespace();
            words
                .next()
                .filter(|first| first.eq_ignore_ascii_case(name))
                .map(|_| words)
        })
    }

    /// Whether the server said anything.
    pub(crate) fn is_told(&self) -> bool {
        !self.lines.is_empty()
    }

    /// Whether the server has a capability of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// Whether one can sign in by this mechanism (RFC 5034).
    pub(super) fn sasl(&self, mechanism: &str) -> bool {
        self.all("SASL")
            .flatten()
            .any(|one| one.eq_ignore_ascii_case(mechanism))
    }

    /// Whether commands may be sent before earlier ones are answered.
    pub(crate) fn pipelining(&self) -> bool {
        self.has("PIPELINING")
    }

    /// Whether headers can be read alone.
    pub(crate) fn top(&self) -> bool {
        self.has("TOP")
    }

    /// How long mail stays there, where the server tells.
    pub(super) fn expire(&self) -> Option<Expire> {
        let word = self.all("EXPIRE").next()?.next()?;
        if word.eq_ignore_ascii_case("NEVER") {
            return Some(Expire::Never);
        }
        word.parse().ok().map(Expire::Days)
    }

    /// How much time there has to be between two sign-ins, as the server says.
    pub(crate) fn login_delay(&self) -> Option<Duration> {
        let word = self.all("LOGIN-DELAY").next()?.next()?;
        word.parse().ok().map(Duration::from_secs)
    }

    /// What the server is.
    pub(super) fn implementation(&self) -> Option<String> {
        let words: Vec<&str> = self.all("IMPLEMENTATION").next()?.collect();
        Some(words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Capabilities {
        let mut capabilities = Capabilities::default();
        for line in lines {
            capabilities.push(line.as_bytes());
        }
        capabilities
    }

    #[test]
    fn capabilities_are_read_in_any_case_and_unknown_ones_kept() {
        let told = read(&[
            "TOP",
            "uidl",
            "SASL PLAIN XOAUTH2",
            "sasl login",
            "UTF8 USER",
            "LOGIN-DELAY 300 USER",
            "EXPIRE 60 USER",
            "X-Foo_bar 1 2",
            "PIPELINING",
            "IMPLEMENTATION Some Server 1.2 (é)",
            "",
        ]);
        assert!(told.is_told() && told.top() && told.pipelining());
        assert!(told.has("UIDL") && told.has("x-foo_bar") && !told.has("FOO"));
        assert!(told.sasl("plain") && told.sasl("LOGIN") && told.sasl("XOAUTH2"));
        assert!(!told.sasl("SASL") && !told.has("PLAIN"));
        assert_eq!(told.login_delay(), Some(Duration::from_secs(300)));
        assert_eq!(told.expire(), Some(Expire::Days(60)));
        let name = told.implementation();
        assert_eq!(name.as_deref(), Some("Some Server 1.2 (é)"));
    }

    #[test]
    fn odd_capabilities_promise_nothing() {
        let told = read(&["EXPIRE", "LOGIN-DELAY -1", "SASL", "TOPS"]);
        assert_eq!(told.expire(), None);
        assert_eq!(told.login_delay(), None);
        assert!(!told.top() && !told.sasl(""));
        assert_eq!(read(&["EXPIRE NEVER"]).expire(), Some(Expire::Never));
        assert_eq!(read(&["EXPIRE 0"]).expire(), Some(Expire::Days(0)));
        assert!(!read(&[]).is_told());
    }
}
