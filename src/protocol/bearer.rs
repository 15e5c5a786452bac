//! Signing in with a token: what is said to the server, in any of the mail
//! protocols. Pure.

use zeroize::Zeroizing;

/// How XOAUTH2 answers a refusal, which comes as a challenge with the reasons
/// in JSON: with nothing.
pub(super) const XOAUTH2_END: &str = "";

/// How OAUTHBEARER answers it: with a lone 0x01 (RFC 7628, 3.2.3).
pub(super) const OAUTHBEARER_END: &str = "\u{1}";

/// Google's and Microsoft's.
pub(super) fn xoauth2(name: &str, token: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("user={name}\u{1}auth=Bearer {token}\u{1}\u{1}"))
}

/// RFC 7628, 3.1. `server`: host and port that are connected to.
pub(super) fn oauth_bearer(
    name: &str,
    server: Option<(&str, u16)>,
    token: &str,
) -> Zeroizing<String> {
    let name = saslname(name);
    let place = server.map_or_else(String::new, |(host, port)| {
        format!("host={host}\u{1}port={port}\u{1}")
    });
    Zeroizing::new(format!(
        "n,a={name},\u{1}{place}auth=Bearer {token}\u{1}\u{1}"
    ))
}

/// A name in which commas and equals signs mean nothing (RFC 5801, 4).
pub(super) fn saslname(name: &str) -> String {
    name.replace('=', "=3D").replace(',', "=2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_told_as_their_papers_say() {
        assert_eq!(
            xoauth2("a@x", "tok").as_str(),
            "user=a@x\u{1}auth=Bearer tok\u{1}\u{1}"
        );
        assert_eq!(
            oauth_bearer("a,b=c@x", None, "tok").as_str(),
            "n,a=a=2Cb=3Dc@x,\u{1}auth=Bearer tok\u{1}\u{1}"
        );
        assert_eq!(
            oauth_bearer("a@x", Some(("mail.x", 993)), "tok").as_str(),
            "n,a=a@x,\u{1}host=mail.x\u{1}port=993\u{1}auth=Bearer tok\u{1}\u{1}"
        );
    }
}
