//! Whose folders lie where (RFC 2342).

use super::token::Token;
use crate::model::utf7;

/// Whose folder it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Space {
    /// The person's own.
    #[default]
    Personal,
    /// Another person's, who gave leave.
    Others,
    /// Shared by many.
    Shared,
}

/// Where folders of one kind begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Namespace {
    /// What raw names begin with, with the delimiter; may be empty.
    pub(crate) prefix: String,
    /// What separates levels.
    pub(crate) delimiter: Option<char>,
}

/// All the server told of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Namespaces {
    personal: Vec<Namespace>,
    others: Vec<Namespace>,
    shared: Vec<Namespace>,
}

impl Namespaces {
    /// Reads an answer after its name.
    pub(super) fn read(tokens: &[Token]) -> Self {
        let kind = |at: usize| tokens.get(at).map(spaces).unwrap_or_default();
        Self {
            personal: kind(0),
            others: kind(1),
            shared: kind(2),
        }
    }

    /// Where the person's own folders begin.
    pub(crate) fn personal(&self) -> Option<&Namespace> {
        self.personal.first()
    }

    /// Whose folder has this raw name. The longest prefix tells; the inbox is
    /// always the person's own.
    pub(crate) fn of(&self, raw: &str) -> Space {
        if raw.eq_ignore_ascii_case("INBOX") {
            return Space::Personal;
        }
        let length = |spaces: &[Namespace]| {
            let fits = spaces.iter().filter(|space| space.holds(raw));
            fits.map(|space| space.prefix.len() + 1).max().unwrap_or(0)
        };
        let own = length(&self.personal);
        let (others, shared) = (length(&self.others), length(&self.shared));
        if own >= others.max(shared) {
            Space::Personal
        } else if others >= shared {
            Space::Others
        } else {
            Space::Shared
        }
    }

    pub(super) fn names_to_utf7(&mut self) {
        let all = [&mut self.personal, &mut self.others, &mut self.shared];
        for space in all.into_iter().flatten() {
            space.prefix = utf7::encode(&space.prefix);
        }
    }
}

impl Namespace {
    /// Whether a name lies in it, or is its root.
    fn holds(&self, raw: &str) -> bool {
        let root = self
            .delimiter
            .and_then(|delimiter| self.prefix.strip_suffix(delimiter));
        raw.starts_with(&self.prefix) || root == Some(raw)
    }
}

fn spaces(token: &Token) -> Vec<Namespace> {
    let Some(list) = token.list() else {
        return Vec::new();
    };
    // More are an attack on the memory.
    list.iter().take(100).filter_map(space).collect()
}

fn space(token: &Token) -> Option<Namespace> {
    let [prefix, delimiter, ..] = token.list()? else {
        return None;
    };
    Some(Namespace {
        prefix: prefix.text()?,
        delimiter: delimiter
            .bytes()
            .and_then(|bytes| String::from_utf8_lossy(bytes).chars().next()),
    })
}

#[cfg(test)]
mod tests {
    use super::super::token;
    use super::*;

    #[test]
    fn the_longest_prefix_tells_whose_it_is() {
        let answer = b"* NAMESPACE ((\"INBOX.\" \".\")(\"#mh/\" \"/\" \"X-P\" (\"a\"))) \
                       ((\"user.\" \".\")) ((\"\" \".\"))\r\n";
        let tokens = token::read(answer);
        let spaces = Namespaces::read(tokens.get(1..).unwrap_or_default());
        assert_eq!(spaces.personal().unwrap().prefix, "INBOX.");
        for (raw, space) in [
            ("INBOX", Space::Personal),
            ("INBOX.a", Space::Personal),
            ("#mh/x", Space::Personal),
            ("user.anna", Space::Others),
            ("user", Space::Others),
            ("news", Space::Shared),
        ] {
            assert_eq!(spaces.of(raw), space, "{raw}");
        }
        assert_eq!(Namespaces::default().of("a"), Space::Personal);
        assert_eq!(Namespaces::read(&[]), Namespaces::default());
    }
}
