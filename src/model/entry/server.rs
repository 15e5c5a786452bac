//! A server as it was typed: a name, a name with a port, or a whole URL.

use std::net::{IpAddr, Ipv6Addr};

use super::Remark;
use super::letters::{joined, note, plain};
use crate::model::{Protocol, Security};

/// A server, understood. What the entry does not tell is nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServerEntry {
    /// Name or address of the machine, an IPv6 address without brackets.
    pub host: String,
    /// The port, where it was told, or the one that belongs to a scheme.
    pub port: Option<u16>,
    /// What it speaks, by scheme or port.
    pub protocol: Option<Protocol>,
    /// How the connection is secured, by scheme or port.
    pub security: Option<Security>,
    /// The name to sign in with.
    pub username: Option<String>,
    /// What was taken out, and what was taken from it.
    pub remarks: Vec<Remark>,
}

/// Why an entry names no server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServerFault {
    /// Nothing is there.
    Missing,
    /// A blank is in it.
    Blank,
    /// The number behind the colon is no port.
    BadPort,
    /// It is a file or something else that is no server.
    BadScheme,
    /// A comma stands where a dot belongs.
    Comma,
    /// Something in it cannot be in the name of a server.
    BadLetter,
}

impl ServerFault {
    /// The sentence for the person.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Missing => "Which server? Your provider's help pages name it.",
            Self::Blank => "The name of a server has no blanks.",
            Self::BadPort => "The port, behind the colon, is a number from 1 to 65535.",
            Self::BadScheme => "This is no mail server. It looks like mail.example.org.",
            Self::Comma => "There is a comma where a dot belongs.",
            Self::BadLetter => {
                "There is a character in it that no server's name has. It looks like \
                 mail.example.org."
            }
        }
    }
}

/// What stands before `://`.
struct Scheme {
    protocol: Option<Protocol>,
    security: Option<Security>,
    port: Option<u16>,
}

fn scheme(name: &str) -> Option<Scheme> {
    use Protocol::{Imap, Pop3, Smtp};
    use Security::{StartTls, Tls};
    let (protocol, security, port) = match name.to_ascii_lowercase().as_str() {
        "imaps" => (Some(Imap), Some(Tls), Some(993)),
        "imap" => (Some(Imap), None, None),
        "pop3s" | "pops" => (Some(Pop3), Some(Tls), Some(995)),
        "pop3" | "pop" => (Some(Pop3), None, None),
        "smtps" | "submissions" => (Some(Smtp), Some(Tls), Some(465)),
        "submission" => (Some(Smtp), Some(StartTls), Some(587)),
        "smtp" => (Some(Smtp), None, None),
        "ssl" | "tls" => (None, Some(Tls), None),
        _ => return None,
    };
    Some(Scheme {
        protocol,
        security,
        port,
    })
}

/// What a port is for, where it is a usual one (RFC 8314).
fn usual(port: u16) -> Option<(Protocol, Security)> {
    Some(match port {
        993 => (Protocol::Imap, Security::Tls),
        143 => (Protocol::Imap, Security::StartTls),
        995 => (Protocol::Pop3, Security::Tls),
        110 => (Protocol::Pop3, Security::StartTls),
        465 => (Protocol::Smtp, Security::Tls),
        587 | 25 => (Protocol::Smtp, Security::StartTls),
        _ => return None,
    })
}

/// Understands what was typed as a server.
///
/// # Errors
/// Why it names none.
pub fn server(typed: &str) -> Result<ServerEntry, ServerFault> {
    let mut entry = ServerEntry::default();
    let text = plain(typed, &mut entry.remarks);
    let mut rest = text.as_str();
    let mut is_url = false;
    let mut is_web = false;
    if let Some((name, behind)) = text.split_once("://") {
        (is_url, rest) = (true, behind);
        is_web = name.eq_ignore_ascii_case("http") || name.eq_ignore_ascii_case("https");
        if is_web {
            note(&mut entry.remarks, Remark::WebPage);
        } else {
            let known = scheme(name).ok_or(ServerFault::BadScheme)?;
            entry.protocol = known.protocol;
            entry.security = known.security;
            entry.port = known.port;
        }
    }
    let rest = without_path(rest, is_web, &mut entry.remarks);
    let rest = without_user(rest, is_url, &mut entry);
    let (host, port) = host_and_port(rest, &mut entry.remarks)?;
    if let Some(port) = port.filter(|_| !is_web) {
        entry.port = Some(port);
        if let Some((protocol, security)) = usual(port) {
            entry.protocol.get_or_insert(protocol);
            entry.security.get_or_insert(security);
        }
    }
    entry.host = host;
    let named = named(&entry);
    if !named.is_empty() {
        entry.remarks.push(Remark::Named(named));
    }
    Ok(entry)
}

fn named(entry: &ServerEntry) -> Vec<&'static str> {
    [
        (entry.port.is_some(), "port"),
        (entry.security.is_some(), "security"),
        (entry.username.is_some(), "user name"),
    ]
    .into_iter()
    .filter_map(|(is_named, what)| is_named.then_some(what))
    .collect()
}

fn without_path<'a>(text: &'a str, is_web: bool, remarks: &mut Vec<Remark>) -> &'a str {
    let Some((before, behind)) = text.split_once(['/', '?', '#']) else {
        return text;
    };
    if !behind.is_empty() && !is_web {
        note(remarks, Remark::Path);
    }
    before
}

/// `user:password@host` and `user;AUTH=PLAIN@host` (RFC 5092) lose what stands
/// before the last `@`.
fn without_user<'a>(text: &'a str, is_url: bool, entry: &mut ServerEntry) -> &'a str {
    let Some((user, host)) = text.rsplit_once('@') else {
        return text;
    };
    if is_url {
        let (user, secret) = user.split_once(':').unwrap_or((user, ""));
        if !secret.is_empty() {
            note(&mut entry.remarks, Remark::Password);
        }
        let user = user.split(';').next().unwrap_or(user);
        entry.username = decoded(user.trim());
    } else {
        note(&mut entry.remarks, Remark::Address);
        let domain = host.split(':').next().unwrap_or(host).trim();
        let whole = user.contains('@').then(|| user.to_owned());
        let address = whole.unwrap_or_else(|| format!("{}@{domain}", user.trim()));
        entry.username = (!user.trim().is_empty()).then_some(address);
    }
    host
}

/// Undoes `%40` and the like; nothing for an empty name.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let escaped = (*first == b'%')
            .then(|| behind.split_at_checked(2))
            .flatten()
            .and_then(|(digits, behind)| {
                let digits = std::str::from_utf8(digits).ok()?;
                Some((u8::from_str_radix(digits, 16).ok()?, behind))
            });
        let (byte, behind) = escaped.unwrap_or((*first, behind));
        bytes.push(byte);
        rest = behind;
    }
    String::from_utf8(bytes)
        .ok()
        .filter(|name| !name.is_empty())
}

fn host_and_port(
    text: &str,
    remarks: &mut Vec<Remark>,
) -> Result<(String, Option<u16>), ServerFault> {
    let text = joined(text, &['.', ':', '-', '[', ']'], remarks);
    let text = text.as_str();
    if text.is_empty() {
        return Err(ServerFault::Missing);
    }
    if text.parse::<Ipv6Addr>().is_ok() {
        return Ok((text.to_owned(), None));
    }
    let (host, port) = if let Some((host, behind)) =
        text.strip_prefix('[').and_then(|text| text.split_once(']'))
    {
        host.parse::<IpAddr>().map_err(|_| ServerFault::BadLetter)?;
        (host, behind.strip_prefix(':').unwrap_or(behind))
    } else if let Some(spoken) = spoken(text) {
        note(remarks, Remark::BlankWithin);
        spoken
    } else {
        text.split_once(':').unwrap_or((text, ""))
    };
    let host = match host.strip_suffix('.') {
        Some(bare) => {
            note(remarks, Remark::Punctuation);
            bare
        }
        None => host,
    };
    if host.is_empty() {
        return Err(ServerFault::Missing);
    }
    if host.contains(char::is_whitespace) {
        return Err(ServerFault::Blank);
    }
    if host.contains(',') {
        return Err(ServerFault::Comma);
    }
    if !is_host(host) {
        return Err(ServerFault::BadLetter);
    }
    let port = match port.trim() {
        "" => None,
        digits => {
            let port = digits.parse().ok().filter(|port| *port != 0);
            Some(port.ok_or(ServerFault::BadPort)?)
        }
    };
    Ok((host.to_owned(), port))
}

/// A name and a port as a help page writes them: "mail.example.org 993",
/// "mail.example.org, port: 993".
fn spoken(text: &str) -> Option<(&str, &str)> {
    let (host, behind) = text.split_once(char::is_whitespace)?;
    let port = behind
        .rsplit([' ', ':', '='])
        .next()
        .filter(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))?;
    let words = behind.strip_suffix(port)?.trim_end_matches([' ', ':', '=']);
    let told = words.is_empty() || words.eq_ignore_ascii_case("port");
    told.then(|| (host.trim_end_matches([',', ';']), port))
}

/// Whether this is the bare name or address of a machine: no scheme, port,
/// path or brackets. Letters of any script are taken, as in `bücher.example`.
#[must_use]
pub fn is_host(text: &str) -> bool {
    if text.parse::<IpAddr>().is_ok() {
        return true;
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label.chars().count() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_') || is_mark(c))
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

/// Vowel signs and accents that stand beside a letter, as in Hindi names.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e4e}'
        | '\u{30fb}' | '\u{30fc}')
}
