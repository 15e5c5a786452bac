use std::io::{Cursor, Write};
use std::path::Path;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn file(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents");
    std::fs::read(folder.join(name)).unwrap()
}

/// A ZIP file of these parts.
fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn docx(xml: &str) -> Vec<u8> {
    zipped(&[("word/document.xml", xml.as_bytes())])
}

#[test]
fn a_pdf_gives_its_words_and_lines() {
    let text = text(file("letter.pdf")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "Invoice for the quarterly windmill inspection",
            "Dear Ms Okonkwo, the gearbox shows no wear.",
            "The next visit is due in October.",
            "Größe der Flügel: Übermaß, naïve façade; Kerned letters",
            "left right",
            "Sideways annexe",
        ]
    );
}

#[test]
fn passwords_are_respected_and_their_absence_too() {
    assert_eq!(text(file("locked.pdf")), Err(Unreadable::Locked));
    let open = text(file("owner.pdf")).unwrap();
    assert_eq!(open.trim(), "Sealed bid for the lighthouse");
    let office = [LOCKED_OFFICE, &[0; 600]].concat();
    assert_eq!(text(office), Err(Unreadable::Locked));
    let manifest = b"<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>";
    let odt = zipped(&[
        ("content.xml", b"\x01\x02"),
        ("META-INF/manifest.xml", manifest),
    ]);
    assert_eq!(text(odt), Err(Unreadable::Locked));
}

#[test]
fn office_files_give_their_words() {
    let words = |name| {
        let text = text(file(name)).unwrap();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let docx = words("letter.docx");
    assert!(
        docx.contains("Mooring agreement The sloop Marigold may berth & stay. Depth fathoms"),
        "{docx}"
    );
    assert!(docx.contains("Harbour authority"), "{docx}");
    let odt = words("letter.odt");
    assert_eq!(
        odt,
        "Orchard report Each quince tree pruned Fish & chips <later>"
    );
    assert_eq!(words("table.xlsx"), "Turbine megawatts");
}

#[test]
fn what_is_no_document_says_so() {
    for (bytes, why) in [
        (b"".to_vec(), Unreadable::Unknown),
        (b"GIF89a".to_vec(), Unreadable::Unknown),
        (zipped(&[("photo.jpg", b"\xff\xd8")]), Unreadable::Unknown),
        (
            zipped(&[("inner.zip", &zipped(&[("a.txt", b"a")]))]),
            Unreadable::Unknown,
        ),
        (b"PK\x03\x04 and nothing else".to_vec(), Unreadable::Damaged),
        (b"%PDF-1.7\nno objects at all".to_vec(), Unreadable::Damaged),
    ] {
        let start = String::from_utf8_lossy(&bytes)
            .chars()
            .take(40)
            .collect::<String>();
        assert_eq!(text(bytes), Err(why), "{start}");
    }
}

#[test]
fn entities_and_nesting_do_not_grow() {
    let laughs = "<!DOCTYPE d [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;\">\
         <!ENTITY f SYSTEM \"file:///etc/passwd\">]><w:d><w:t>one &b;&f;&#x263a; two</w:t></w:d>";
    assert_eq!(text(docx(laughs)).unwrap().trim(), "one \u{263a} two");
    let deep = format!("{}<w:t>here</w:t>", "<w:x>".repeat(500_000));
    assert_eq!(text(docx(&deep)).unwrap().trim(), "here");
}

#[test]
fn what_unpacks_to_very_much_is_read_in_part() {
    let many = "<w:p><w:t>word</w:t></w:p>".repeat(1 << 20);
    let text_of_many = text(docx(&many)).unwrap();
    assert!(text_of_many.len() <= TEXT_MAX);
    assert!(text_of_many.starts_with("word\nword"));
    let one = format!("<w:t>{}</w:t>", "word ".repeat(10 << 20));
    assert!(text(docx(&one)).is_err() || text(docx(&one)).unwrap().len() <= TEXT_MAX);
}

#[test]
fn damaged_files_end_in_an_answer() {
    for name in ["letter.pdf", "owner.pdf", "letter.docx", "letter.odt"] {
        let whole = file(name);
        for part in 1..8 {
            // Cut off, and with letters changed all over.
            let cut = whole[..whole.len() * part / 8].to_vec();
            let mut changed = whole.clone();
            changed
                .iter_mut()
                .skip(part)
                .step_by(97)
                .for_each(|byte| *byte ^= 0x15);
            for bytes in [cut, changed] {
                // A panic costs the child, and that is what it is for.
                drop(std::panic::catch_unwind(|| text(bytes)));
            }
        }
    }
}
