//! Files of word processors, spreadsheets and presentations: XML in a ZIP file,
//! as Office Open XML (ECMA-376) and OpenDocument (ISO 26300) have it.

use std::io::{BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};
use zip::ZipArchive;
use zip::result::ZipError;

use super::{Text, Unreadable};

/// How much XML is read of a document, unpacked.
const XML_MAX: u64 = 32 << 20;

/// How the text stands in the XML of a kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// In elements called `t`, whatever is around them.
    OpenXml,
    /// Anywhere in `body`.
    OpenDocument,
}

pub(super) fn read(bytes: &[u8], text: &mut Text) -> Result<(), Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::Damaged)?;
    let (mut parts, mut is_locked) = (Vec::new(), false);
    for name in archive.file_names().flatten() {
        parts.extend(style(&name).map(|style| (name.to_string(), style)));
        is_locked |= name == "META-INF/manifest.xml";
    }
    if parts.is_empty() {
        return Err(Unreadable::Unknown);
    }
    if is_locked && is_encrypted(&mut archive) {
        return Err(Unreadable::Locked);
    }
    let mut left = XML_MAX;
    for (name, style) in parts {
        let entry = match archive.by_name(&name) {
            Ok(entry) => entry,
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(Unreadable::Locked);
            }
            Err(_) => return Err(Unreadable::Damaged),
        };
        let mut entry = entry.take(left);
        text.part('\n');
        let read = read_xml(&mut entry, style, text);
        left = entry.limit();
        // What came before the damage, or before the limit, is text all the same.
        if text.words.trim().is_empty() {
            read?;
        }
        if left == 0 || text.is_enough() {
            break;
        }
    }
    Ok(())
}

/// Which parts of the archive hold text.
fn style(name: &str) -> Option<Style> {
    if name == "content.xml" {
        return Some(Style::OpenDocument);
    }
    let (folder, file) = name.rsplit_once('/')?;
    let holds_text = match folder {
        "word" => [
            "document",
            "header",
            "footer",
            "footnotes",
            "endnotes",
            "comments",
        ]
        .iter()
        .any(|start| file.starts_with(start)),
        "xl" => file == "sharedStrings.xml",
        "xl/worksheets" | "ppt/slides" | "ppt/notesSlides" => true,
        _ => false,
    };
    (holds_text && file.ends_with(".xml")).then_some(Style::OpenXml)
}

/// Whether an OpenDocument file says that its parts are encrypted.
fn is_encrypted(archive: &mut ZipArchive<Cursor<&[u8]>>) -> bool {
    let Ok(entry) = archive.by_name("META-INF/manifest.xml") else {
        return false;
    };
    let mut manifest = Vec::new();
    // What cannot be read to its end is read as far as it can be.
    entry.take(1 << 20).read_to_end(&mut manifest).ok();
    memchr::memmem::find(&manifest, b"encryption-data").is_some()
}

/// Reads the text of one part. Entities that the file itself defines are left
/// out, so none can grow; nesting costs a counter.
fn read_xml(xml: impl Read, style: Style, text: &mut Text) -> Result<(), Unreadable> {
    let mut reader = Reader::from_reader(BufReader::new(xml));
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    let mut buffer = Vec::new();
    // How many of the elements around this hold text.
    let mut inside = 0_u32;
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer);
        match event.map_err(|_| Unreadable::Damaged)? {
            Event::Start(element) => {
                let name = element.local_name();
                inside += u32::from(holds_text(name.as_ref(), style));
            }
            Event::End(element) => {
                let name = element.local_name();
                inside = inside.saturating_sub(u32::from(holds_text(name.as_ref(), style)));
                space(name.as_ref(), text);
            }
            Event::Empty(element) => space(element.local_name().as_ref(), text),
            Event::Text(words) if inside > 0 => {
                text.add(&words.decode().map_err(|_| Unreadable::Damaged)?);
            }
            Event::CData(words) if inside > 0 => {
                text.add(&words.decode().map_err(|_| Unreadable::Damaged)?);
            }
            Event::GeneralRef(reference) if inside > 0 => add_reference(&reference, text),
            Event::Eof => return Ok(()),
            _ => {}
        }
        if text.is_enough() {
            return Ok(());
        }
    }
}

fn holds_text(name: &[u8], style: Style) -> bool {
    match style {
        Style::OpenXml => name == b"t",
        Style::OpenDocument => name == b"body",
    }
}

/// What ends a word or a line.
fn space(name: &[u8], text: &mut Text) {
    match name {
        // Paragraphs, headings, rows, breaks; shared strings of a spreadsheet.
        b"p" | b"h" | b"tr" | b"row" | b"br" | b"cr" | b"line-break" | b"si" => text.part('\n'),
        b"tab" | b"s" | b"tc" | b"c" | b"table-cell" => text.part(' '),
        _ => {}
    }
}

/// `&amp;` and its four kin, and letters by their number.
fn add_reference(reference: &BytesRef<'_>, text: &mut Text) {
    if let Ok(Some(letter)) = reference.resolve_char_ref() {
        text.add(letter.encode_utf8(&mut [0; 4]));
    } else if let Ok(name) = reference.decode()
        && let Some(letter) = quick_xml::escape::resolve_predefined_entity(&name)
    {
        text.add(letter);
    }
}
