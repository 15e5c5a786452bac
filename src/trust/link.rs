//! Links that show one place and lead to another.

use super::{ascii_domain, is_same_owner, lookalike};
use crate::model::{Doubt, DoubtKind, owner};

/// Whether a link is to be asked about before it is opened: what is shown
/// names a domain, and it leads to one of another owner; or its own domain can
/// be taken for another. Senders who count clicks do the former, too, so this
/// is a question and no accusation.
pub(crate) fn deceptive_link(shown: &str, target: &str) -> Option<Doubt> {
    let host = host_of(target)?;
    match shown_host(shown.trim()) {
        Some(shown) if !is_same_owner(&shown, &host) => Some(Doubt {
            kind: DoubtKind::DeceptiveLink,
            message: format!("This link shows {shown}, but leads to {host}."),
            why: "The sender may count clicks there, or lead you to a page that only looks like \
                  the one you expect."
                .to_owned(),
            advice: format!("To be sure, type the address of {shown} yourself."),
        }),
        _ => lookalike::pretended(&host).map(|written| Doubt {
            kind: DoubtKind::DeceptiveLink,
            message: format!("This link leads to {written}, in letters that pass for others."),
            why: format!("The real name of that page is {host}."),
            advice: "Do not sign in there, and enter nothing.".to_owned(),
        }),
    }
}

/// The host that a text names, where it names one and nothing else.
fn shown_host(text: &str) -> Option<String> {
    let text = text.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
    if text.contains(char::is_whitespace) {
        return None;
    }
    let (is_address, rest) = match text.split_once("://") {
        Some((_, rest)) => (true, rest),
        None => (false, text),
    };
    let host = authority(rest);
    let host = match host.split_once('@') {
        // Who reads it takes the user name of an address for its host.
        Some((user, _)) if is_address => user.split(':').next().unwrap_or(user).to_owned(),
        Some(_) => return None,
        None => host,
    };
    owner::is_public(&host).then_some(host)
}

/// The host of a web address. Nothing for what is none.
fn host_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.trim().split_once("://")?;
    let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let host = authority(rest);
    // What stands before the last @ is a user name, whatever it looks like.
    let host = match host.rsplit_once('@') {
        Some((_, host)) => ascii_domain(host),
        None => host,
    };
    (is_web && !host.is_empty()).then_some(host)
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
