//! Links that show one place and lead to another.

use super::{ascii_domain, is_same_owner};
use crate::model::{Doubt, DoubtKind, owner};

/// Whether a link is to be asked about before it is opened: what is shown
/// names a domain, and it leads to one of another owner. Senders who count
/// clicks do the same, so this is a question and no accusation.
pub(crate) fn deceptive_link(shown: &str, target: &str) -> Option<Doubt> {
    let shown_host = shown_host(shown.trim())?;
    let host = host_of(target)?;
    (!is_same_owner(&shown_host, &host)).then(|| Doubt {
        kind: DoubtKind::DeceptiveLink,
        message: format!("This link shows {shown_host}, but leads to {host}."),
        why: "The sender may count clicks there, or lead you to a page that only looks like the \
              one you expect."
            .to_owned(),
        advice: format!("To be sure, type the address of {shown_host} yourself."),
    })
}

/// The host that a text names, where it names one and nothing else.
fn shown_host(text: &str) -> Option<String> {
    let text = text.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
    if text.contains(char::is_whitespace) {
        return None;
    }
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = authority(rest);
    (owner::is_public(&host) && !host.contains('@')).then_some(host)
}

/// The host of a web address. Nothing for what is none.
fn host_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.trim().split_once("://")?;
    let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let host = authority(rest);
    // What stands before the last @ is a user name, whatever it looks like.
    let host = host
        .rsplit_once('@')
        .map_or(host.as_str(), |(_, host)| host);
    (is_web && !host.is_empty()).then(|| host.to_owned())
}

/// What stands before the path, without the port.
fn authority(rest: &str) -> String {
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or(rest);
    let bare = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    ascii_domain(bare)
}
