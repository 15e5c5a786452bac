//! Names of hosts, in the one form that is compared and in the one that is
//! told.

/// A host's name in the form in which two are compared: in ASCII (RFC 5890) and
/// lower case, without blanks or brackets around it and without a final dot.
#[must_use]
pub fn plain_host(host: &str) -> String {
    let host = host.trim();
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let name = bare.unwrap_or(host);
    let name = name.strip_suffix('.').unwrap_or(name);
    // What cannot be written in ASCII is no name, and equals only itself.
    idna::domain_to_ascii(name).unwrap_or_else(|_| name.to_lowercase())
}

/// Whether two names are those of the same host, however they are written.
#[must_use]
pub fn is_same_host(one: &str, other: &str) -> bool {
    plain_host(one) == plain_host(other)
}

/// `host:port`, for sentences; an IPv6 address in brackets.
#[must_use]
pub fn place(host: &str, port: u16) -> String {
    if host.contains(':') && !host.starts_with('[') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_the_same_however_it_is_written() {
        for (one, other, same) in [
            ("mail.example.org", "Mail.Example.ORG.", true),
            ("mail.example.org", " mail.example.org ", true),
            ("mail.bücher.example", "MAIL.BÜCHER.example", true),
            ("mail.bücher.example", "mail.xn--bcher-kva.example.", true),
            (
                "mail.bu\u{308}cher.example",
                "mail.xn--bcher-kva.example",
                true,
            ),
            ("2001:DB8::1", "[2001:db8::1]", true),
            ("mail.example.org", "mail.example.net", false),
            ("mail.example.org", "example.org", false),
            ("mail.bücher.example", "mail.bucher.example", false),
            ("", "mail.example.org", false),
        ] {
            assert_eq!(is_same_host(one, other), same, "{one} {other}");
            assert_eq!(is_same_host(other, one), same, "{other} {one}");
        }
    }

    #[test]
    fn a_place_has_brackets_around_an_address_with_colons() {
        for (host, expected) in [
            ("mail.example.org", "mail.example.org:993"),
            ("192.0.2.1", "192.0.2.1:993"),
            ("2001:db8::1", "[2001:db8::1]:993"),
            ("[2001:db8::1]", "[2001:db8::1]:993"),
        ] {
            assert_eq!(place(host, 993), expected);
        }
    }
}
