//! The text of others within one's own.

use crate::model::{Address, Email};

/// The text as a quotation, its signature left out.
pub(crate) fn quoted(text: &str) -> String {
    let text = without_signature(text).trim_end();
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for line in text.lines() {
        // A quotation of a quotation keeps its marks together.
        out.push_str(if line.is_empty() || line.starts_with('>') {
            ">"
        } else {
            "> "
        });
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// The text up to the signature separator (RFC 3676, 4.3).
pub(crate) fn without_signature(text: &str) -> &str {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end_matches(['\n', '\r']);
        if bare == "-- " {
            return text.get(..start).unwrap_or(text);
        }
        start += line.len();
    }
    text
}

/// Who wrote what is quoted below, and when.
pub(crate) fn attribution(email: &Email) -> String {
    let who = email.from.first().map_or("Somebody", Address::short);
    match email.date {
        Some(date) => format!("On {}, {who} wrote:", date.format("%-d %B %Y at %H:%M")),
        None => format!("{who} wrote:"),
    }
}

/// The header a forwarded message begins with.
pub(crate) fn forwarded_header(email: &Email) -> String {
    let mut out = String::from("---------- Forwarded message ----------\n");
    let mut field = |name: &str, value: String| {
        if !value.is_empty() {
            out.push_str(name);
            out.push_str(": ");
            out.push_str(&value);
            out.push('\n');
        }
    };
    field("From", listed(&email.from));
    if let Some(date) = email.date {
        field("Date", date.format("%-d %B %Y at %H:%M %:z").to_string());
    }
    field("Subject", email.subject.clone());
    field("To", listed(&email.to));
    field("Cc", listed(&email.cc));
    out
}

fn listed(addresses: &[Address]) -> String {
    let all: Vec<String> = addresses.iter().map(Address::to_string).collect();
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_nest_and_lose_the_signature() {
        assert_eq!(quoted("a\n\n> b\n-- \nme\n"), "> a\n>\n>> b\n");
        assert_eq!(quoted(""), "");
        assert_eq!(without_signature("a\n--\nb"), "a\n--\nb");
    }
}
