//! Mailing lists and newsletters: who runs them (RFC 2919) and how one leaves
//! them (RFC 2369, RFC 8058).

use super::header::one_line;
use crate::model::{Address, Email, Unsubscribe, owner};

/// What a header tells of the list or the newsletter it came by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ListFields {
    /// The words before `List-Id`, else the id.
    pub(crate) name: Option<String>,
    /// The id of `List-Id`: it reads like a host.
    pub(crate) id: String,
    /// Whether it is a list that people write to, rather than a newsletter.
    pub(crate) is_discussion: bool,
    /// Whether it went to many, by any sign.
    pub(crate) is_bulk: bool,
    /// How one leaves it.
    pub(crate) unsubscribe: Option<Unsubscribe>,
}

/// The first field of that name.
pub(crate) fn field<'a>(email: &'a Email, name: &str) -> Option<&'a str> {
    let mut fields = email.headers.iter();
    let (_, value) = fields.find(|(other, _)| other.eq_ignore_ascii_case(name))?;
    Some(value.as_str())
}

/// Reads the fields of a list.
pub(crate) fn list_fields(email: &Email) -> ListFields {
    let (words, id) = field(email, "List-Id").map(parts).unwrap_or_default();
    let precedence = field(email, "Precedence").unwrap_or_default();
    let ways = field(email, "List-Unsubscribe")
        .map(angled)
        .unwrap_or_default();
    let post = field(email, "List-Post");
    let name = if words.is_empty() { &id } else { &words };
    ListFields {
        name: (!name.is_empty()).then(|| name.clone()),
        is_discussion: !id.is_empty() && post.is_some_and(|post| post.contains("mailto:")),
        is_bulk: !id.is_empty()
            || !ways.is_empty()
            || ["bulk", "list"]
                .iter()
                .any(|word| precedence.eq_ignore_ascii_case(word)),
        unsubscribe: best(&ways, allows_one_click(email)),
        id,
    }
}

/// `Words about it <list.example.org>`; also the id alone.
fn parts(value: &str) -> (String, String) {
    let (words, id) = match value.rsplit_once('<') {
        Some((words, rest)) => (words, rest.split('>').next().unwrap_or(rest)),
        None => ("", value),
    };
    let words = one_line(words.trim().trim_matches('"'));
    (words, one_line(id).to_ascii_lowercase())
}

/// The addresses in angle brackets, in their order.
fn angled(value: &str) -> Vec<String> {
    let pieces = value.split('<').skip(1);
    let inner = pieces.filter_map(|piece| piece.split_once('>'));
    inner
        .map(|(url, _)| url.split_whitespace().collect::<String>())
        .filter(|url| !url.is_empty())
        .collect()
}

/// Whether the sender promises that one request is enough, and its signature
/// covers that promise (RFC 8058, 4): otherwise whoever passed the message on
/// may have put another address in.
fn allows_one_click(email: &Email) -> bool {
    let post = field(email, "List-Unsubscribe-Post").unwrap_or_default();
    let promised: String = post.split_whitespace().collect();
    let signed = |(name, value): &(String, String)| {
        name.eq_ignore_ascii_case("DKIM-Signature") && {
            let tag = value
                .split(';')
                .find_map(|tag| tag.trim().strip_prefix("h="));
            let covered = |wanted: &str| {
                tag.is_some_and(|names| {
                    names
                        .split(':')
                        .any(|name| name.trim().eq_ignore_ascii_case(wanted))
                })
            };
            covered("list-unsubscribe") && covered("list-unsubscribe-post")
        }
    };
    promised.eq_ignore_ascii_case("List-Unsubscribe=One-Click") && email.headers.iter().any(signed)
}

/// The best way: one request; else a message; else a page.
fn best(ways: &[String], one_click: bool) -> Option<Unsubscribe> {
    let page = |way: &&String| is_page(way);
    if one_click && let Some(url) = ways.iter().find(|way| is_https_elsewhere(way)) {
        return Some(Unsubscribe::OneClick { url: url.clone() });
    }
    if let Some(mail) = ways.iter().find_map(|way| message_to(way)) {
        return Some(mail);
    }
    let url = ways.iter().find(page)?.clone();
    Some(Unsubscribe::Browser { url })
}

fn is_page(way: &str) -> bool {
    let scheme = way.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|s| s.eq_ignore_ascii_case("https") || s.eq_ignore_ascii_case("http"))
}

/// Whether it is HTTPS to a host of the Internet: a message must not make this
/// program ask a server in the person's own house.
fn is_https_elsewhere(way: &str) -> bool {
    let Some((scheme, rest)) = way.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or(rest);
    let host = authority.split(':').next().unwrap_or(authority);
    scheme.eq_ignore_ascii_case("https") && !authority.contains('@') && owner::is_registered(host)
}

/// A message as `mailto:` describes it (RFC 6068). Only the subject and the
/// text count; other fields are not the sender's to fill in.
fn message_to(way: &str) -> Option<Unsubscribe> {
    let (scheme, rest) = way.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("mailto") {
        return None;
    }
    let (to, fields) = rest.split_once('?').unwrap_or((rest, ""));
    let to = Address::new("", decoded(to.split(',').next().unwrap_or(to)));
    let value = |wanted: &str| {
        let mut pairs = fields.split('&').filter_map(|pair| pair.split_once('='));
        let found = pairs.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| decoded(value)).unwrap_or_default()
    };
    let subject = one_line(&value("subject"));
    to.is_deliverable().then(|| Unsubscribe::Mail {
        to,
        subject: if subject.is_empty() {
            "unsubscribe".to_owned()
        } else {
            subject
        },
        body: value("body"),
    })
}

/// Without percent-encoding (RFC 3986, 2.1).
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |byte: u8| {
            char::from(byte)
                .to_digit(16)
                .and_then(|d| u8::try_from(d).ok())
        };
        let code = match tail {
            [high, low, ..] if *first == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        let (byte, used) = match code {
            Some((high, low)) => (high * 16 + low, 3),
            None => (*first, 1),
        };
        bytes.push(byte);
        rest = rest.get(used..).unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests;
