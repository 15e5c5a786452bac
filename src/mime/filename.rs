//! Attachment names that are safe to write on any system.

use std::path::Path;

use super::preview::is_invisible;

/// The longest name in bytes that is kept; file systems end at 255, and other
/// programs add something to a name.
const LENGTH_MAX: usize = 120;

/// The longest extension that counts as one.
const EXTENSION_MAX: usize = 12;

/// Names Windows keeps for devices, whatever their extension.
const RESERVED: [&str; 22] = [
    "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8",
    "COM9", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
];

/// A plain file name made from what a stranger called a file: no path, no
/// control or direction characters, no reserved name, never empty, never
/// hidden, at most 120 bytes with the extension kept.
pub(crate) fn safe_name(given: &str) -> String {
    let last = given
        .rsplit(['/', '\\'])
        .find(|part| !part.trim_matches(['.', ' ']).is_empty())
        .unwrap_or_default();
    let clean: String = last
        .chars()
        .filter(|c| !c.is_control() && !is_invisible(*c) && *c != '\u{fffd}')
        .map(|c| if "<>:\"|?*".contains(c) { '_' } else { c })
        .collect();
    let clean: Vec<&str> = clean.split_whitespace().collect();
    let clean = clean.join(" ");
    let clean = clean.trim_matches(['.', ' ']);
    let name = shortened(clean);
    let name = name.trim_end_matches(['.', ' ']);
    if name.is_empty() {
        return "attachment".to_owned();
    }
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    if RESERVED.iter().any(|word| word.eq_ignore_ascii_case(stem)) {
        return format!("_{name}");
    }
    name.to_owned()
}

/// A name that is free in this folder: `name.pdf`, else `name (2).pdf` and so
/// on. The caller must still create the file so that an existing one is never
/// replaced, since another program may be quicker.
pub(crate) fn name_in(folder: &Path, given: &str) -> String {
    let name = safe_name(given);
    if !exists(folder, &name) {
        return name;
    }
    let (stem, extension) = split(&name);
    (2u32..)
        .map(|number| match extension {
            Some(extension) => format!("{stem} ({number}).{extension}"),
            None => format!("{stem} ({number})"),
        })
        .find(|name| !exists(folder, name))
        .unwrap_or(name)
}

/// Usual extensions and their media types; the first of a type names parts
/// without a name.
const KINDS: &[(&str, &[&str])] = &[
    (
        "txt",
        &[
            "text/plain",
            "message/delivery-status",
            "message/disposition-notification",
            "text/rfc822-headers",
        ],
    ),
    ("html", &["text/html"]),
    ("ics", &["text/calendar"]),
    ("vcf", &["text/vcard", "text/x-vcard"]),
    ("csv", &["text/csv"]),
    ("patch", &["text/x-patch", "text/x-diff"]),
    ("png", &["image/png"]),
    ("jpg", &["image/jpeg", "image/jpg"]),
    ("gif", &["image/gif"]),
    ("webp", &["image/webp"]),
    ("svg", &["image/svg+xml"]),
    ("pdf", &["application/pdf"]),
    ("zip", &["application/zip"]),
    ("json", &["application/json"]),
    ("asc", &["application/pgp-signature"]),
    (
        "p7s",
        &[
            "application/pkcs7-signature",
            "application/x-pkcs7-signature",
        ],
    ),
    (
        "p7m",
        &["application/pkcs7-mime", "application/x-pkcs7-mime"],
    ),
    ("eml", &["message/rfc822", "message/global"]),
];

/// The usual extension of a media type, for parts without a name.
pub(super) fn extension_for(content_type: &str) -> &'static str {
    let mut kinds = KINDS.iter();
    let kind = kinds.find(|(_, types)| types.contains(&content_type));
    kind.map_or("bin", |(extension, _)| extension)
}

/// The usual media type of a name, for files that come without one.
pub(super) fn kind_of(name: &str) -> &'static str {
    let extension = split(name).1.unwrap_or_default().to_ascii_lowercase();
    let mut kinds = KINDS.iter();
    let kind = kinds.find(|(known, _)| *known == extension);
    kind.and_then(|(_, types)| types.first())
        .map_or("application/octet-stream", |kind| kind)
}

/// Symbolic links count as there, even those that lead nowhere.
fn exists(folder: &Path, name: &str) -> bool {
    folder.join(name).symlink_metadata().is_ok()
}

fn split(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('.') {
        Some((stem, extension))
            if !stem.is_empty()
                && !extension.is_empty()
                && extension.len() <= EXTENSION_MAX
                && !extension.contains(' ') =>
        {
            (stem, Some(extension))
        }
        _ => (name, None),
    }
}

fn shortened(name: &str) -> String {
    if name.len() <= LENGTH_MAX {
        return name.to_owned();
    }
    let (stem, extension) = split(name);
    let room = LENGTH_MAX - extension.map_or(0, |extension| extension.len() + 1);
    let stem = super::body::prefix(stem, room).trim_end_matches(['.', ' ']);
    match extension {
        Some(extension) => format!("{stem}.{extension}"),
        None => stem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_everything_dangerous() {
        for (given, wanted) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\evil.exe", "evil.exe"),
            ("/", "attachment"),
            ("..", "attachment"),
            ("", "attachment"),
            ("\u{202e}fdp.exe", "fdp.exe"),
            ("a\r\nb\0.txt", "ab.txt"),
            ("con.txt", "_con.txt"),
            ("LPT1", "_LPT1"),
            (".bashrc", "bashrc"),
            ("name. . .", "name"),
            ("a<b>:c|d?.txt", "a_b__c_d_.txt"),
            ("  two   words.txt ", "two words.txt"),
            ("folder/", "folder"),
        ] {
            assert_eq!(safe_name(given), wanted, "{given:?}");
        }
    }

    #[test]
    fn long_names_keep_their_extension() {
        let name = safe_name(&format!("{}.pdf", "ä".repeat(500)));
        assert!(name.len() <= LENGTH_MAX, "{}", name.len());
        assert!(name.ends_with(".pdf"));
        assert!(safe_name(&"x".repeat(500)).len() <= LENGTH_MAX);
    }

    #[test]
    fn taken_names_get_a_number() {
        let folder = tempfile::tempdir().unwrap();
        for wanted in ["a.pdf", "a (2).pdf", "a (3).pdf"] {
            let name = name_in(folder.path(), "a.pdf");
            assert_eq!(name, wanted);
            std::fs::write(folder.path().join(name), b"").unwrap();
        }
    }
}
