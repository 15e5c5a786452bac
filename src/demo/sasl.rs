//! The credentials of SASL PLAIN (RFC 4616).

use base64::prelude::{BASE64_STANDARD, Engine as _};

/// Name and password out of a decoded PLAIN message,
/// `[authzid] NUL authcid NUL password`.
pub(super) fn plain(message: &[u8]) -> Option<(String, String)> {
    let text = std::str::from_utf8(message).ok()?;
    let mut parts = text.split('\0').skip(1);
    let name = parts.next()?.to_owned();
    let password = parts.next()?.to_owned();
    parts.next().is_none().then_some((name, password))
}

/// The bytes of a base64 line, as SASL exchanges them.
pub(super) fn decode(line: &[u8]) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(line.trim_ascii()).ok()
}
