//! The names of mailboxes.

use super::SEPARATOR;

/// Whether a mailbox may have this name: no empty level, nothing that is not
/// printable ASCII or a wildcard.
pub(super) fn is_name(name: &str) -> bool {
    name.len() <= 500
        && name.split(SEPARATOR).all(|level| !level.is_empty())
        && name
            .chars()
            .all(|c| matches!(c, ' '..='~') && !matches!(c, '*' | '%'))
}

/// A mailbox name as IMAP writes it (modified UTF-7, RFC 3501, 5.1.3).
pub(crate) fn modified_utf7(name: &str) -> String {
    use base64::Engine as _;
    use base64::alphabet::IMAP_MUTF7;
    use base64::engine::{GeneralPurpose, general_purpose::NO_PAD};

    fn flush(shifted: &mut Vec<u8>, out: &mut String) {
        if !shifted.is_empty() {
            let base64 = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD).encode(&shifted);
            out.push('&');
            out.push_str(&base64);
            out.push('-');
            shifted.clear();
        }
    }

    let mut out = String::new();
    let mut shifted = Vec::new();
    for c in name.chars() {
        if c == ' ' || c.is_ascii_graphic() {
            flush(&mut shifted, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                shifted.extend_from_slice(&unit.to_be_bytes());
            }
        }
    }
    flush(&mut shifted, &mut out);
    out
}
