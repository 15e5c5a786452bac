//! Folder names in modified UTF-7 (RFC 3501, 5.1.3).

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

/// Writes no padding and minds none; bits left over do not matter either.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &IMAP_MUTF7,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The name a person reads. A name that is not modified UTF-7 (some servers
/// send UTF-8) comes back as it is.
pub(crate) fn decode(name: &str) -> String {
    try_decode(name).unwrap_or_else(|| name.to_owned())
}

fn try_decode(name: &str) -> Option<String> {
    let mut decoded = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('&') {
        decoded.push_str(before);
        let (shifted, after) = after.split_once('-')?;
        if shifted.is_empty() {
            decoded.push('&');
        } else {
            let bytes = ENGINE.decode(shifted).ok()?;
            let pairs = bytes.chunks_exact(2);
            if !pairs.remainder().is_empty() {
                return None;
            }
            let units: Vec<u16> = pairs
                .filter_map(|pair| <[u8; 2]>::try_from(pair).ok())
                .map(u16::from_be_bytes)
                .collect();
            decoded.push_str(&String::from_utf16(&units).ok()?);
        }
        rest = after;
    }
    decoded.push_str(rest);
    Some(decoded)
}

/// The name a server reads.
pub(crate) fn encode(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    let mut shifted: Vec<u8> = Vec::new();
    let flush = |shifted: &mut Vec<u8>, encoded: &mut String| {
        if !shifted.is_empty() {
            encoded.push('&');
            encoded.push_str(&ENGINE.encode(&*shifted));
            encoded.push('-');
            shifted.clear();
        }
    };
    for c in name.chars() {
        if (' '..='~').contains(&c) {
            flush(&mut shifted, &mut encoded);
            encoded.push(c);
            if c == '&' {
                encoded.push('-');
            }
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                shifted.extend_from_slice(&unit.to_be_bytes());
            }
        }
    }
    flush(&mut shifted, &mut encoded);
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for (server, person) in [
            ("INBOX", "INBOX"),
            ("Entw&APw-rfe", "Entwürfe"),
            ("&U,BTFw-", "台北"),
            ("~peter/mail/&U,BTF2XlZyyKng-", "~peter/mail/台北日本語"),
            ("Tom &- Jerry", "Tom & Jerry"),
            ("&2D3eAA-", "😀"),
            ("&AOQ-&-", "ä&"),
        ] {
            assert_eq!(decode(server), person);
            assert_eq!(encode(person), server);
        }
    }

    #[test]
    fn what_is_not_modified_utf7_stays_as_it_is() {
        for name in ["Entwürfe", "A&B", "A&", "&!!-", "&AA-", "&2D0-"] {
            assert_eq!(decode(name), name);
        }
    }
}
