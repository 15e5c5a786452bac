//! The messages that a message follows, by their names (RFC 5322, 3.6.4).
//!
//! Programs break these fields in every way, so only what can be a name counts:
//! one that is wrong would join strangers, one that is missing costs little as
//! long as another is there.

use std::collections::HashSet;

use super::HeaderSummary;
use crate::model::MessageId;

/// Of a conversation that names more, its beginning and its end count.
const FIRST: usize = 8;
const LAST: usize = 32;

/// A name is not longer, in octets: RFC 5322 has no longer lines.
const LONGEST: usize = 998;

/// Without an `@` only something as long as this is a name and not a word.
const LONG_WORD: usize = 16;

/// What a message follows, oldest first: its `References`, and the first name
/// of its `In-Reply-To`, where others are often addresses. Never itself, and
/// none twice.
pub(crate) fn followed(header: &HeaderSummary) -> Vec<MessageId> {
    let parent = header.in_reply_to.iter().find(|id| is_name(id));
    let mut seen: HashSet<&MessageId> = header.message_id.iter().collect();
    let mut names: Vec<MessageId> = header
        .references
        .iter()
        .chain(parent)
        .filter(|id| is_name(id) && seen.insert(id))
        .cloned()
        .collect();
    if names.len() > FIRST + LAST {
        names.drain(FIRST..names.len() - LAST);
    }
    names
}

/// Whether this can name a message: no piece of one that was cut off, and no
/// word of a sentence.
fn is_name(id: &MessageId) -> bool {
    let text = id.0.as_str();
    let is_clean = text.len() <= LONGEST && !text.contains(char::is_control);
    is_clean
        && match text.split_once('@') {
            Some((left, right)) => !left.is_empty() && !right.is_empty(),
            None => text.len() >= LONG_WORD,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mime;

    fn names(header: &str) -> Vec<String> {
        let header = mime::headers_of(format!("{header}\r\n\r\n").as_bytes());
        followed(&header).into_iter().map(|id| id.0).collect()
    }

    #[test]
    fn broken_fields_give_what_can_be_a_name() {
        for (header, expected) in [
            ("References: <a@x> <b@x>", &["a@x", "b@x"][..]),
            // Folded between names, and within one.
            ("References: <a@x>\r\n\t<b@x>", &["a@x", "b@x"]),
            (
                "References: <a@x>\r\n <long\r\n er@x>",
                &["a@x", "longer@x"],
            ),
            // Without blanks, with commas, without brackets.
            ("References: <a@x><b@x>", &["a@x", "b@x"]),
            ("References: <a@x>, <b@x>", &["a@x", "b@x"]),
            ("References: a@x b@x", &["a@x", "b@x"]),
            // Cut off at the end.
            ("References: <a@x> <b@", &["a@x"]),
            ("References: <a@x> <>", &["a@x"]),
            // In two fields.
            ("References: <a@x>\r\nReferences: <b@x>", &["a@x", "b@x"]),
            // The parent is named elsewhere only, or in both places.
            ("References: <a@x>\r\nIn-Reply-To: <b@x>", &["a@x", "b@x"]),
            (
                "References: <a@x> <b@x>\r\nIn-Reply-To: <b@x>",
                &["a@x", "b@x"],
            ),
            ("In-Reply-To: <a@x>", &["a@x"]),
            // Words and addresses around it.
            (
                "In-Reply-To: Your message of \"Mon, 1 May\" <a@x> from Ann <ann@example.test>",
                &["a@x"],
            ),
            ("In-Reply-To: your message", &[]),
            ("References: <3>", &[]),
            (
                "References: <20260101.ABCDEF.123>",
                &["20260101.ABCDEF.123"],
            ),
            // Itself.
            (
                "Message-ID: <a@x>\r\nReferences: <a@x> <b@x>\r\nIn-Reply-To: <a@x>",
                &["b@x"],
            ),
            ("References: <a@x> <a@x>", &["a@x"]),
            ("Subject: Re: nothing", &[]),
        ] {
            assert_eq!(names(header), expected, "{header}");
        }
    }

    #[test]
    fn of_very_many_the_first_and_the_last_count() {
        let all: Vec<String> = (0..100).map(|n| format!("<{n}@x>")).collect();
        let names = names(&format!("References: {}", all.join("\r\n ")));
        assert_eq!(names.len(), FIRST + LAST);
        assert_eq!(names[0], "0@x");
        assert_eq!(names[FIRST], format!("{}@x", 100 - LAST));
        assert_eq!(names.last().unwrap(), "99@x");
    }
}
