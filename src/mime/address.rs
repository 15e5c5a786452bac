//! What a person types where recipients go.

use super::build::ascii_domain;
use crate::model::Address;

/// A piece of a recipient field that is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{piece}” is not an address.")]
pub(crate) struct AddressError {
    /// What was typed.
    pub(crate) piece: String,
}

/// Reads a recipient field: addresses parted by comma, semicolon or line end,
/// each alone or as `Name <address>`, the name quoted where it has a comma.
/// Every piece that is no address comes back as an error.
pub(crate) fn address_list(typed: &str) -> (Vec<Address>, Vec<AddressError>) {
    let mut addresses: Vec<Address> = Vec::new();
    let mut errors = Vec::new();
    for piece in pieces(typed) {
        match one(piece) {
            Some(address) => {
                if !addresses.iter().any(|other| other.same_mailbox(&address)) {
                    addresses.push(address);
                }
            }
            None => errors.push(AddressError {
                piece: piece.to_owned(),
            }),
        }
    }
    (addresses, errors)
}

fn pieces(typed: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let mut angled = false;
    let mut escaped = false;
    typed
        .split(move |c| {
            if escaped {
                escaped = false;
                return false;
            }
            match c {
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                '<' if !quoted => angled = true,
                '>' if !quoted => angled = false,
                ',' | ';' => return !quoted && !angled,
                '\n' | '\r' => {
                    quoted = false;
                    angled = false;
                    return true;
                }
                _ => {}
            }
            false
        })
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
}

fn one(piece: &str) -> Option<Address> {
    let (name, address) = match piece.rsplit_once('<') {
        Some((name, rest)) => (name.trim(), rest.strip_suffix('>')?.trim()),
        None => ("", piece),
    };
    let address = address.strip_prefix("mailto:").unwrap_or(address);
    let address = Address::new(unquoted(name), address);
    let domain = address.domain()?;
    let has_one_at = address.address.matches('@').count() == 1 || address.address.starts_with('"');
    let ok = address.is_deliverable()
        && has_one_at
        && !address.address.contains(['(', ')', '[', '\\'])
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !domain.contains("..")
        && ascii_domain(domain).is_some();
    ok.then_some(address)
}

fn unquoted(name: &str) -> String {
    let Some(inner) = name
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return super::header::one_line(name);
    };
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            other => out.push(other),
        }
    }
    super::header::one_line(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_as_people_type_them() {
        let (addresses, errors) =
            address_list("Ada <a@x.test>, b@y.test; \"C, \\\"D\\\"\" <c@z.test>\n A@x.test ,;");
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(
            addresses,
            [
                Address::new("Ada", "a@x.test"),
                Address::new("", "b@y.test"),
                Address::new("C, \"D\"", "c@z.test"),
            ]
        );
    }

    #[test]
    fn the_offending_piece_is_named() {
        let (addresses, errors) =
            address_list("a@x.test, nobody, Bob <b@>, c@@d.test, e@f..g, <h@i.test");
        assert_eq!(addresses, [Address::new("", "a@x.test")]);
        let pieces: Vec<&str> = errors.iter().map(|error| error.piece.as_str()).collect();
        assert_eq!(
            pieces,
            ["nobody", "Bob <b@>", "c@@d.test", "e@f..g", "<h@i.test"]
        );
    }

    #[test]
    fn international_domains_are_addresses() {
        let (addresses, errors) = address_list("jö@bücher.test");
        assert!(errors.is_empty());
        assert_eq!(addresses[0].address, "jö@bücher.test");
    }
}
