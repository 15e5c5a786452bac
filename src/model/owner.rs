//! Whose a host is: the part of its name that somebody registered.

use std::net::IpAddr;

/// The registered part of a name (`example.co.uk` of `mail.example.co.uk`);
/// the whole name where no part of it can be registered.
pub(crate) fn registered(host: &str) -> &str {
    if host.parse::<IpAddr>().is_ok() {
        return host;
    }
    psl::domain_str(host).unwrap_or(host)
}

/// Whether somebody registered a part of the name.
pub(crate) fn is_registered(host: &str) -> bool {
    host.parse::<IpAddr>().is_err() && psl::domain_str(host).is_some()
}

/// Whether both names belong to the same owner.
pub(crate) fn same(one: &str, other: &str) -> bool {
    registered(one).eq_ignore_ascii_case(registered(other))
}

/// Whether the domain is one of the whole Internet's, and no name within a
/// home or a company: only then others can know it.
pub(crate) fn is_public(domain: &str) -> bool {
    domain.contains('.') && psl::suffix(domain.as_bytes()).is_some_and(|suffix| suffix.is_known())
}
