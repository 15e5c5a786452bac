//! Which attachments can do harm, by their names and by their first bytes.

use memchr::memmem;

use crate::model::{Danger, DangerKind};

/// Endings by which systems start or follow something.
const ENDINGS: &[(DangerKind, &[&str])] = &[
    (
        DangerKind::Program,
        &[
            "exe",
            "com",
            "scr",
            "pif",
            "cpl",
            "msi",
            "msix",
            "msixbundle",
            "msp",
            "mst",
            "appx",
            "appxbundle",
            "dll",
            "ocx",
            "sys",
            "drv",
            "gadget",
            "jar",
            "jnlp",
            "app",
            "apk",
            "deb",
            "rpm",
            "run",
            "appimage",
            "flatpak",
            "flatpakref",
            "snap",
            "pkg",
            "mpkg",
            "xpi",
            "crx",
            "xll",
            "wll",
            "application",
        ],
    ),
    (
        DangerKind::Script,
        &[
            "bat",
            "cmd",
            "vb",
            "vbs",
            "vbe",
            "js",
            "jse",
            "mjs",
            "ws",
            "wsf",
            "wsc",
            "wsh",
            "sct",
            "ps1",
            "ps1xml",
            "ps2",
            "psc1",
            "psm1",
            "msh",
            "hta",
            "sh",
            "bash",
            "zsh",
            "csh",
            "ksh",
            "fish",
            "command",
            "py",
            "pyw",
            "pyc",
            "pyz",
            "pl",
            "rb",
            "php",
            "scpt",
            "scptd",
            "applescript",
            "workflow",
            "reg",
            "inf",
            "chm",
            "msc",
            "ahk",
            "au3",
        ],
    ),
    (
        DangerKind::Shortcut,
        &[
            "lnk",
            "url",
            "website",
            "desktop",
            "webloc",
            "inetloc",
            "fileloc",
            "scf",
            "library-ms",
            "search-ms",
            "searchconnector-ms",
            "settingcontent-ms",
            "appref-ms",
            "rdp",
            "theme",
            "themepack",
        ],
    ),
    (
        DangerKind::Macros,
        &[
            "docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "xla", "pptm", "potm", "ppam", "ppsm",
            "sldm", "mdb", "mde", "accdb", "accde", "accdr", "iqy", "slk",
        ],
    ),
    (
        DangerKind::Page,
        &[
            "html", "htm", "xhtml", "xht", "shtml", "mht", "mhtml", "svg", "svgz", "swf",
        ],
    ),
    (
        DangerKind::Disk,
        &["iso", "img", "vhd", "vhdx", "vmdk", "wim", "dmg", "udf"],
    ),
];

/// Endings that people take for the kind of a file although another follows.
const TRUSTED: &[&str] = &[
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "rtf", "txt", "csv",
    "jpg", "jpeg", "png", "gif", "webp", "heic", "bmp", "tif", "tiff", "mp3", "mp4", "mov", "wav",
    "zip", "eml",
];

/// How programs begin: those of Windows, Linux and macOS (whose `cafebabe` is
/// Java's as well).
const PROGRAMS: &[&[u8]] = &[
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
];

/// How shortcuts begin: of Windows (MS-SHLLINK 2.1), and two that are text.
const SHORTCUTS: &[&[u8]] = &[
    b"L\0\0\0\x01\x14\x02\0",
    b"[InternetShortcut]",
    b"[Desktop Entry]",
];

/// A file of fewer bytes is no program, whatever it begins with.
const PROGRAM_LEAST: usize = 32;

/// What is dangerous about a file with that (safe) name and, where they are
/// here, those bytes.
pub(super) fn of(name: &str, bytes: Option<&[u8]>) -> Option<Danger> {
    let mut parts = name.rsplit('.').map(|part| part.trim().to_lowercase());
    let ending = parts.next().filter(|_| name.contains('.'));
    let ending = ending.unwrap_or_default();
    let before = parts.next().unwrap_or_default();
    if let Some((kind, _)) = ENDINGS
        .iter()
        .find(|(_, endings)| endings.contains(&ending.as_str()))
    {
        return Some(Danger {
            kind: *kind,
            disguised: TRUSTED.contains(&before.as_str()),
        });
    }
    let kind = of_bytes(bytes?)?;
    Some(Danger {
        kind,
        disguised: kind != DangerKind::Macros && TRUSTED.contains(&ending.as_str()),
    })
}

fn of_bytes(bytes: &[u8]) -> Option<DangerKind> {
    let begins = |starts: &[&[u8]]| starts.iter().any(|start| bytes.starts_with(start));
    if bytes.len() >= PROGRAM_LEAST && begins(PROGRAMS) {
        return Some(DangerKind::Program);
    }
    if begins(SHORTCUTS) {
        return Some(DangerKind::Shortcut);
    }
    if bytes.starts_with(b"#!") {
        return Some(DangerKind::Script);
    }
    // The names of its files stand in an archive as they are (OOXML), the names
    // of its streams in UTF-16 (MS-OVBA 2.2.1).
    let has_macros = bytes.starts_with(b"PK\x03\x04") && contains(bytes, b"vbaProject.bin")
        || bytes.starts_with(b"\xd0\xcf\x11\xe0") && contains(bytes, &utf16("_VBA_PROJECT"));
    has_macros.then_some(DangerKind::Macros)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    memmem::find(bytes, part).is_some()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Option<(DangerKind, bool)> {
        of(name, None).map(|danger| (danger.kind, danger.disguised))
    }

    #[test]
    fn endings_tell_what_a_file_does() {
        for (name, kind, disguised) in [
            ("setup.exe", DangerKind::Program, false),
            ("invoice.pdf.exe", DangerKind::Program, true),
            ("photo.JPG .SCR", DangerKind::Program, true),
            ("update.v2.bat", DangerKind::Script, false),
            ("scan.pdf.js", DangerKind::Script, true),
            ("Documents.lnk", DangerKind::Shortcut, false),
            ("budget.xlsm", DangerKind::Macros, false),
            ("statement.pdf.html", DangerKind::Page, true),
            ("drawing.svg", DangerKind::Page, false),
            ("delivery.img", DangerKind::Disk, false),
        ] {
            assert_eq!(named(name), Some((kind, disguised)), "{name}");
        }
        for name in [
            "report.pdf",
            "exe",
            "README",
            "notes.exe.txt",
            "a.tar.gz",
            "photo.jpg",
            "letter.docx",
            "part-3.bin",
            "talk.eml",
        ] {
            assert_eq!(named(name), None, "{name}");
        }
    }

    #[test]
    fn bytes_tell_what_a_name_hides() {
        let long = |start: &[u8]| [start, &[0; 64]].concat();
        let told = |name: &str, bytes: &[u8]| {
            of(name, Some(bytes)).map(|danger| (danger.kind, danger.disguised))
        };
        assert_eq!(
            told("photo.jpg", &long(b"MZ\x90\0")),
            Some((DangerKind::Program, true))
        );
        assert_eq!(
            told("tool", &long(b"\x7fELF")),
            Some((DangerKind::Program, false))
        );
        assert_eq!(told("note.txt", b"MZ is a code"), None);
        assert_eq!(
            told("link.txt", b"[InternetShortcut]\r\nURL=x"),
            Some((DangerKind::Shortcut, true))
        );
        let mut word = b"PK\x03\x04....word/vbaProject.bin".to_vec();
        assert_eq!(
            told("report.docx", &word),
            Some((DangerKind::Macros, false))
        );
        word.truncate(12);
        assert_eq!(told("report.docx", &word), None);
        let old = [b"\xd0\xcf\x11\xe0...".as_slice(), &utf16("_VBA_PROJECT")].concat();
        assert_eq!(told("old.doc", &old), Some((DangerKind::Macros, false)));
    }
}
