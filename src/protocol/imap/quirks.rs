//! Servers that offer what they do not keep.
//!
//! What an answer itself gives away is seen there, whoever sends it: a count
//! of 0 or one that runs backwards, an ENABLE that confirms nothing, a count
//! where none was offered. Only what no answer gives away is listed here, by
//! the server's name, with where it is known from.

use super::capability::Capabilities;

/// A server that breaks a promise.
struct Quirk {
    /// What the server's name ends with.
    host: &'static str,
    /// The capability that is not to be believed.
    broken: &'static str,
}

/// iCloud's VANISHED answers are malformed, and messages seem to be gone that
/// are not: <https://developer.apple.com/forums/thread/694251>,
/// <https://github.com/Foundry376/Mailspring-Sync/pull/91>.
const QUIRKS: [Quirk; 1] = [Quirk {
    host: "mail.me.com",
    broken: "QRESYNC",
}];

/// Takes what this server (`host:port`) does not keep out of its promises.
pub(super) fn apply(place: &str, capabilities: &mut Capabilities) {
    let host = place.rsplit_once(':').map_or(place, |(host, _)| host);
    let host = host.to_ascii_lowercase();
    let is = |name: &str| {
        let rest = host.strip_suffix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    for quirk in QUIRKS.iter().filter(|quirk| is(quirk.host)) {
        capabilities.forget(quirk.broken);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_promise_is_not_believed_of_that_server_only() {
        for (place, believed) in [
            ("imap.mail.me.com:993", false),
            ("P01-IMAP.mail.me.com:993", false),
            ("hotmail.me.com:993", true),
            ("mail.example.test:993", true),
        ] {
            let names = ["CONDSTORE", "QRESYNC"].map(str::to_owned);
            let mut capabilities: Capabilities = names.into_iter().collect();
            apply(place, &mut capabilities);
            assert_eq!(capabilities.has("QRESYNC"), believed, "{place}");
            assert!(capabilities.has("CONDSTORE"));
        }
    }
}
