//! What mail servers found out about a sender (Authentication-Results, RFC 8601).
//!
//! Anybody can write such a field into a message. Only those count that the
//! person's own servers wrote: they carry the name of one of these, and stand
//! above the mark (`Received`) of every foreign server.

use chrono::DateTime;

use crate::model::owner;

/// What a check came to (RFC 8601, 2.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finding {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// Nothing to go by: no signature, no policy, no answer.
    Unknown,
}

/// A signature or an envelope sender, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Vouched {
    pub(crate) finding: Finding,
    /// The domain that signed, or that the sending host spoke for; empty where
    /// it was not told.
    pub(crate) domain: String,
}

/// What the person's own servers found out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Authentication {
    /// Whether the author's domain stands behind the message (RFC 7489).
    pub(crate) dmarc: Option<Finding>,
    /// The signatures (RFC 6376).
    pub(crate) dkim: Vec<Vouched>,
    /// Whether the host may send for the envelope sender (RFC 7208).
    pub(crate) spf: Option<Vouched>,
    /// Whether all who passed it on vouch for what they found (RFC 8617).
    pub(crate) arc: Option<Finding>,
    /// Whether the signatures were checked here, since no server said anything.
    pub(crate) is_ours: bool,
}

/// What the own servers say in a header. `servers` are the hosts the account
/// fetches its mail from; whoever wrote the topmost `Received` belongs to the
/// account as well, for nobody else can write above it.
pub(crate) fn authentication(headers: &[(String, String)], servers: &[String]) -> Authentication {
    let mut own: Vec<String> = servers.iter().map(|host| owner_of(host)).collect();
    let is = |name: &str, wanted: &str| name.eq_ignore_ascii_case(wanted);
    let received = headers.iter().filter(|(name, _)| is(name, "Received"));
    own.extend(received.filter_map(|(_, value)| taken_by(value)).next());
    let mut found = Authentication::default();
    for (name, value) in headers {
        if is(name, "Received") {
            match taken_by(value) {
                Some(by) if !own.contains(&by) => break,
                _ => {}
            }
        } else if is(name, "Authentication-Results") {
            found.take(&statements(value), &own);
        }
    }
    found
}

/// The domains that say they signed a message (`d=` of `DKIM-Signature`, RFC
/// 6376, 3.5), each once.
pub(crate) fn signers(headers: &[(String, String)]) -> Vec<String> {
    let mut signers: Vec<String> = Vec::new();
    for (name, value) in headers {
        if !name.eq_ignore_ascii_case("DKIM-Signature") {
            continue;
        }
        let domain = tag(value, "d").unwrap_or_default().to_ascii_lowercase();
        let is_host = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if !domain.is_empty() && domain.chars().all(is_host) && !signers.contains(&domain) {
            signers.push(domain);
        }
    }
    signers
}

/// A tag of a signature (RFC 6376, 3.2).
pub(super) fn tag<'a>(signature: &'a str, wanted: &str) -> Option<&'a str> {
    let mut tags = signature.split(';').filter_map(|tag| tag.split_once('='));
    let (_, value) = tags.find(|(name, _)| name.trim() == wanted)?;
    Some(value.trim())
}

/// When the server that wrote the topmost `Received` took the message in, Unix
/// seconds.
pub(crate) fn arrived(headers: &[(String, String)]) -> Option<i64> {
    let mut fields = headers.iter();
    let (_, received) = fields.find(|(name, _)| name.eq_ignore_ascii_case("Received"))?;
    let bare = without_comments(received);
    let (_, date) = bare.rsplit_once(';')?;
    let date = DateTime::parse_from_rfc2822(date.trim()).ok()?;
    Some(date.timestamp())
}

fn owner_of(host: &str) -> String {
    owner::registered(host.trim_end_matches('.')).to_ascii_lowercase()
}

/// Whose server wrote a `Received` field. Nothing where it tells no name that
/// means something outside of one's own house.
fn taken_by(received: &str) -> Option<String> {
    const PRIVATE: [&str; 6] = ["internal", "local", "localdomain", "lan", "intern", "arpa"];
    let bare = without_comments(received);
    let mut words = bare.split_whitespace();
    if words.clone().next()?.eq_ignore_ascii_case("from") {
        // The name after it is whatever the sender said.
        words.nth(1);
    }
    let host = words.find(|word| word.eq_ignore_ascii_case("by"));
    let host = host
        .and_then(|_| words.next())?
        .trim_end_matches([';', '.']);
    let (_, last) = host.rsplit_once('.')?;
    let is_name = last.bytes().any(|byte| byte.is_ascii_alphabetic()) && !host.contains(':');
    (is_name && !PRIVATE.contains(&last)).then(|| owner_of(host))
}

impl Authentication {
    /// Whether nobody said anything of who stands behind the message.
    pub(crate) fn is_silent(&self) -> bool {
        self.dmarc.is_none() && self.dkim.is_empty()
    }

    /// Takes one field in. The topmost word about a method is the newest, and
    /// whatever a sender wrote stands below it.
    fn take(&mut self, statements: &[String], own: &[String]) {
        let mut statements = statements.iter().peekable();
        match statements.peek() {
            // Microsoft leaves the name of the server out.
            Some(first) if first.contains('=') => {
                if !own.iter().any(|host| host == "outlook.com") {
                    return;
                }
            }
            Some(first) => {
                let id = first.split_whitespace().next().unwrap_or_default();
                if !own.contains(&owner_of(id)) {
                    return;
                }
                statements.next();
            }
            None => return,
        }
        let mut signatures = Vec::new();
        for statement in statements {
            let mut words = statement.split_whitespace();
            let Some((method, result)) = words.next().and_then(|word| word.split_once('=')) else {
                continue;
            };
            let finding = match result.to_ascii_lowercase().as_str() {
                "pass" => Finding::Pass,
                "fail" | "hardfail" => Finding::Fail,
                _ => Finding::Unknown,
            };
            let property = |wanted: &[&str]| {
                let mut pairs = statement
                    .split_whitespace()
                    .filter_map(|word| word.split_once('='));
                let found =
                    pairs.find(|(name, _)| wanted.iter().any(|w| name.eq_ignore_ascii_case(w)));
                let value = found.map(|(_, value)| value).unwrap_or_default();
                let domain = value.rsplit_once('@').map_or(value, |(_, domain)| domain);
                domain.trim_matches(['<', '>']).to_ascii_lowercase()
            };
            let method = method.split('/').next().unwrap_or(method);
            match method.to_ascii_lowercase().as_str() {
                "dmarc" => self.dmarc = self.dmarc.or(Some(finding)),
                "arc" => self.arc = self.arc.or(Some(finding)),
                "spf" if self.spf.is_none() => {
                    let domain = property(&["smtp.mailfrom", "smtp.mfrom", "smtp.helo"]);
                    self.spf = Some(Vouched { finding, domain });
                }
                "dkim" => {
                    let domain = property(&["header.d", "header.i"]);
                    signatures.push(Vouched { finding, domain });
                }
                _ => {}
            }
        }
        if self.dkim.is_empty() {
            self.dkim = signatures;
        }
    }
}

/// What a field states, one piece each, without comments and quotes and with
/// no blanks around `=`.
fn statements(value: &str) -> Vec<String> {
    let bare = without_comments(value);
    let pieces = bare.split(';').map(|piece| {
        let sides: Vec<&str> = piece.split('=').map(str::trim).collect();
        sides.join("=")
    });
    pieces.filter(|piece| !piece.is_empty()).collect()
}

/// The text without comments (RFC 5322, 3.2.2) and quotation marks; what was
/// quoted cannot end a piece.
fn without_comments(value: &str) -> String {
    let mut bare = String::with_capacity(value.len());
    let (mut depth, mut quoted) = (0_usize, false);
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if quoted || depth > 0 => {
                chars.next();
            }
            '"' if depth == 0 => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted && depth > 0 => {
                depth -= 1;
                bare.push(' ');
            }
            ';' | '=' if quoted => bare.push('_'),
            c if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    bare
}

#[cfg(test)]
mod tests;
