//! What an address in a mail leads to.

use std::borrow::Cow;

/// The longest address of anything but a picture's own bytes.
const LONGEST: usize = 8 * 1024;

/// The largest picture inside an address.
const LARGEST_DATA: usize = 12 << 20;

/// Where an address leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target<'a> {
    /// A part of the message: its Content-ID, lower case (RFC 2392).
    Part(String),
    /// The bytes of a picture, in the address itself.
    Picture(Cow<'a, str>),
    /// Another computer.
    Remote(String),
    /// Somebody to write to.
    Person(String),
    /// Another place of the same page.
    Here(String),
    /// Nowhere a mail may lead.
    Nowhere,
}

impl Target<'_> {
    /// Reads an address as browsers do.
    pub(super) fn of(address: &str) -> Target<'_> {
        let address = without_breaks(address);
        let lower = lower_start(&address);
        if lower.starts_with("data:") {
            return picture(address);
        }
        if address.len() > LONGEST {
            return Target::Nowhere;
        }
        if let Some(id) = lower.strip_prefix("cid:") {
            return Target::Part(content_id(address.get(address.len() - id.len()..)));
        }
        if let Some(place) = address.strip_prefix('#') {
            return Target::Here(place.to_owned());
        }
        // Browsers take back slashes for slashes here.
        let start: String = lower.chars().take(2).collect();
        let whole = if start.replace('\\', "/") == "//" {
            Cow::Owned(format!("https:{address}"))
        } else {
            address
        };
        let Ok(url) = url::Url::parse(&whole) else {
            return Target::Nowhere;
        };
        match url.scheme() {
            "http" | "https" if url.host().is_some() => Target::Remote(url.into()),
            "mailto" => Target::Person(url.into()),
            _ => Target::Nowhere,
        }
    }
}

/// Without line ends and tabs, which browsers leave out, and without control
/// characters and blanks around it.
fn without_breaks(address: &str) -> Cow<'_, str> {
    let address = address.trim_matches(|c: char| c <= ' ');
    if address.contains(['\n', '\r', '\t']) {
        Cow::Owned(address.replace(['\n', '\r', '\t'], ""))
    } else {
        Cow::Borrowed(address)
    }
}

/// The address in lower case, as far as its scheme can reach; all of it where
/// it is short.
fn lower_start(address: &str) -> String {
    let mut end = address.len().min(LONGEST);
    while !address.is_char_boundary(end) {
        end -= 1;
    }
    address.get(..end).unwrap_or_default().to_ascii_lowercase()
}

/// A Content-ID as it is compared: percent signs read, lower case.
fn content_id(id: Option<&str>) -> String {
    let id = id.unwrap_or_default().trim().as_bytes();
    let mut bytes = Vec::with_capacity(id.len());
    let mut rest = id.iter().copied();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let mut digit = || ahead.next().and_then(|byte| char::from(byte).to_digit(16));
        match (byte, digit(), digit()) {
            (b'%', Some(high), Some(low)) => {
                // Two digits of hexadecimal are a byte.
                bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
                rest = ahead;
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).to_lowercase()
}

/// The kinds of pictures that are drawn, all of them in base64.
fn picture(address: Cow<'_, str>) -> Target<'_> {
    let Some((head, body)) = address.split_once(',') else {
        return Target::Nowhere;
    };
    let head = head.to_ascii_lowercase();
    let mut fields = head.trim_start_matches("data:").split(';').map(str::trim);
    let kind = fields.next().unwrap_or_default();
    let known = matches!(
        kind,
        "image/png" | "image/jpeg" | "image/jpg" | "image/gif" | "image/webp" | "image/bmp"
    );
    let is_base64 = fields.any(|field| field == "base64");
    let is_clean = body.bytes().all(|byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b' ' | b'%')
    });
    if !known || !is_base64 || !is_clean || body.len() > LARGEST_DATA {
        return Target::Nowhere;
    }
    if body.contains([' ', '%']) || address.get(..head.len()) != Some(head.as_str()) {
        let body = body.replace("%2B", "+").replace("%2b", "+");
        let body = body.replace("%2F", "/").replace("%2f", "/");
        let body = body.replace("%3D", "=").replace("%3d", "=");
        let body = body.replace("%20", "").replace([' ', '%'], "");
        return Target::Picture(Cow::Owned(format!("data:{kind};base64,{body}")));
    }
    Target::Picture(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_where_browsers_say() {
        let remote = |text: &str| Target::Remote(text.to_owned());
        for (address, target) in [
            ("cid:Logo%40x.test", Target::Part("logo@x.test".into())),
            (" CID:a+b=c ", Target::Part("a+b=c".into())),
            ("https://a.test/x", remote("https://a.test/x")),
            ("ht\ntps://a.test/x", remote("https://a.test/x")),
            ("\u{1}http:\\\\a.test\\x", remote("http://a.test/x")),
            ("//a.test/x", remote("https://a.test/x")),
            ("\\/a.test/x", remote("https://a.test/x")),
            ("mailto:a@b.test", Target::Person("mailto:a@b.test".into())),
            ("#top", Target::Here("top".into())),
            ("javascript:alert(1)", Target::Nowhere),
            ("java\tscript:alert(1)", Target::Nowhere),
            ("vbscript:x", Target::Nowhere),
            ("file:///etc/passwd", Target::Nowhere),
            ("ftp://a.test/", Target::Nowhere),
            ("/relative", Target::Nowhere),
            ("tel:123", Target::Nowhere),
            ("", Target::Nowhere),
            ("data:text/html;base64,QQ==", Target::Nowhere),
            ("data:image/svg+xml;base64,QQ==", Target::Nowhere),
            ("data:image/png,raw", Target::Nowhere),
        ] {
            assert_eq!(Target::of(address), target, "{address:?}");
        }
    }

    #[test]
    fn a_picture_inside_the_address_is_kept() {
        let address = "data:image/png;base64,iVBORw0KGgo=";
        assert_eq!(Target::of(address), Target::Picture(address.into()));
        assert_eq!(
            Target::of("DATA:image/PNG;charset=x;base64,iVBO\r\n Rw0K%47gG%3d"),
            Target::Picture("data:image/png;base64,iVBORw0K47gG=".into())
        );
    }
}
