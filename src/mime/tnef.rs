//! What Outlook packs into one attachment called `winmail.dat` (MS-OXTNEF).
//!
//! Read in one pass over the bytes; nothing is believed that does not fit in
//! what is there.

use crate::mime::charset;

/// How it begins (2.1.3.1, little endian).
const SIGNATURE: &[u8] = &[0x78, 0x9f, 0x3e, 0x22];

/// A message packed into a file may have files itself, down to this depth.
const DEPTH: usize = 3;

/// How many files are taken, and properties of one of them.
const FILES_MAX: usize = 1_000;
const PROPERTIES_MAX: u32 = 10_000;

/// Attributes (2.1.3.2).
const ATTACHMENT_BEGINS: u32 = 0x0006_9002;
const ATTACHMENT_TITLE: u32 = 0x0001_8010;
const ATTACHMENT_DATA: u32 = 0x0006_800f;
const ATTACHMENT_PROPERTIES: u32 = 0x0006_9005;
const BODY: u32 = 0x0002_800c;
const MESSAGE_PROPERTIES: u32 = 0x0006_9003;
const CODE_PAGE: u32 = 0x0006_9007;

/// Properties of messages and files (MS-OXPROPS).
const PLAIN_BODY: u16 = 0x1000;
const DATA: u16 = 0x3701;
const SHORT_NAME: u16 = 0x3704;
const LONG_NAME: u16 = 0x3707;

/// A file that was packed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Packed {
    /// What it was called; may be empty.
    pub(super) name: String,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
}

/// All that was packed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Unpacked {
    /// The text of the message, where it has one.
    pub(super) text: String,
    /// The files.
    pub(super) files: Vec<Packed>,
}

/// Whether these bytes are such a file.
pub(super) fn is_tnef(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

/// Takes it apart; what is cut off in the middle of it is left out.
pub(super) fn unpack(bytes: &[u8]) -> Unpacked {
    #[cfg(test)]
    tests::UNPACKED.with(|times| times.set(times.get() + 1));
    let mut unpacked = Unpacked::default();
    unpack_into(&mut unpacked, bytes, DEPTH);
    unpacked
}

fn unpack_into(unpacked: &mut Unpacked, bytes: &[u8], depth: usize) {
    let Some(rest) = bytes.strip_prefix(SIGNATURE) else {
        return;
    };
    let mut rest = Reader(rest);
    let mut page = "windows-1252".to_owned();
    let mut file: Option<Packed> = None;
    let _key = rest.take(2);
    while let Some((id, data)) = rest.attribute() {
        match id {
            CODE_PAGE => page = code_page(data).unwrap_or(page),
            BODY => unpacked.text = text(data, &page),
            MESSAGE_PROPERTIES => {
                for (name, value) in properties(data, &page) {
                    if let (PLAIN_BODY, Value::Text(body)) = (name, value) {
                        unpacked.text = body;
                    }
                }
            }
            ATTACHMENT_BEGINS => {
                finish(unpacked, file.replace(Packed::default()), depth);
            }
            ATTACHMENT_TITLE => {
                if let Some(file) = file.as_mut().filter(|file| file.name.is_empty()) {
                    file.name = text(data, &page);
                }
            }
            ATTACHMENT_DATA => {
                if let Some(file) = &mut file {
                    file.bytes = data.to_vec();
                }
            }
            ATTACHMENT_PROPERTIES => {
                if let Some(file) = &mut file {
                    describe(file, data, &page);
                }
            }
            _ => {}
        }
    }
    finish(unpacked, file, depth);
}

/// Adds a file, or the files of one that is packed itself.
fn finish(unpacked: &mut Unpacked, file: Option<Packed>, depth: usize) {
    let Some(file) = file.filter(|file| !file.bytes.is_empty()) else {
        return;
    };
    if unpacked.files.len() >= FILES_MAX {
        return;
    }
    // A message as a file stands behind the name of its interface.
    let inner = file.bytes.get(16..).filter(|inner| is_tnef(inner));
    match inner {
        Some(inner) if depth > 0 => {
            let mut within = Unpacked::default();
            unpack_into(&mut within, inner, depth - 1);
            if !within.text.trim().is_empty() {
                let name = if file.name.is_empty() {
                    "message"
                } else {
                    &file.name
                };
                unpacked.files.push(Packed {
                    name: format!("{name}.txt"),
                    bytes: within.text.into_bytes(),
                });
            }
            unpacked.files.append(&mut within.files);
        }
        _ => unpacked.files.push(file),
    }
}

fn describe(file: &mut Packed, data: &[u8], page: &str) {
    let mut is_long = false;
    for (name, value) in properties(data, page) {
        match (name, value) {
            (LONG_NAME, Value::Text(long)) if !long.is_empty() => {
                file.name = long;
                is_long = true;
            }
            (SHORT_NAME, Value::Text(short)) if !is_long && file.name.is_empty() => {
                file.name = short;
            }
            (DATA, Value::Bytes(bytes)) => file.bytes = bytes,
            _ => {}
        }
    }
}

enum Value {
    Text(String),
    Bytes(Vec<u8>),
    Other,
}

/// The properties of a message or a file (2.1.3.4), as far as they can be read.
fn properties(data: &[u8], page: &str) -> Vec<(u16, Value)> {
    let mut rest = Reader(data);
    let mut found = Vec::new();
    let count = rest.u32().unwrap_or_default().min(PROPERTIES_MAX);
    for _ in 0..count {
        match property(&mut rest, page) {
            Some(property) => found.push(property),
            None => break,
        }
    }
    found
}

fn property(rest: &mut Reader<'_>, page: &str) -> Option<(u16, Value)> {
    const SEVERAL: u16 = 0x1000;
    let kind = rest.u16()?;
    let name = rest.u16()?;
    if name >= 0x8000 {
        // A name of its own: a number or a text, after its set.
        let _set = rest.take(16)?;
        match rest.u32()? {
            0 => drop(rest.take(4)?),
            _ => drop(rest.padded()?),
        }
    }
    let fixed = match kind & !SEVERAL {
        0x0002 | 0x0003 | 0x0004 | 0x000a | 0x000b => Some(4),
        0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => Some(8),
        0x0048 => Some(16),
        0x000d | 0x001e | 0x001f | 0x0102 => None,
        _ => return None,
    };
    let values = if fixed.is_none() || kind & SEVERAL != 0 {
        rest.u32()?
    } else {
        1
    };
    let mut value = Value::Other;
    for _ in 0..values {
        let bytes = match fixed {
            Some(length) => rest.take(length)?,
            None => rest.padded()?,
        };
        value = match kind {
            0x001e => Value::Text(text(bytes, page)),
            0x001f => Value::Text(wide_text(bytes)),
            0x000d | 0x0102 => Value::Bytes(bytes.to_vec()),
            _ => Value::Other,
        };
    }
    Some((name, value))
}

/// The charset a message says its texts are in.
fn code_page(data: &[u8]) -> Option<String> {
    let page = Reader(data).u32()?;
    let label = match page {
        65_001 => "utf-8".to_owned(),
        932 | 936 | 949 | 950 => format!("cp{page}"),
        20_866 => "koi8-r".to_owned(),
        page => format!("windows-{page}"),
    };
    charset::named(&label).map(|_| label)
}

fn text(bytes: &[u8], page: &str) -> String {
    let end = bytes.iter().position(|&byte| byte == 0);
    let bytes = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
    match charset::whole(page, bytes) {
        Some(text) => text.into_owned(),
        None => charset::guess(bytes).into_owned(),
    }
}

fn wide_text(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [low, high] => u16::from_le_bytes([*low, *high]),
        _ => 0,
    });
    let units: Vec<u16> = units.take_while(|&unit| unit != 0).collect();
    String::from_utf16_lossy(&units)
}

/// Bytes that are taken from the front.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        let bytes = self.take(2)?;
        Some(u16::from_le_bytes(bytes.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        let bytes = self.take(4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    }

    /// An attribute of the message or of a file: its id and its bytes.
    fn attribute(&mut self) -> Option<(u32, &'a [u8])> {
        let _level = self.take(1)?;
        let id = self.u32()?;
        let length = usize::try_from(self.u32()?).ok()?;
        let data = self.take(length)?;
        let _checksum = self.take(2)?;
        Some((id, data))
    }

    /// Bytes behind their number, filled up to four.
    fn padded(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.u32()?).ok()?;
        let taken = self.take(length)?;
        // The last one may lack what fills it up.
        let fill = (length.next_multiple_of(4) - length).min(self.0.len());
        self.take(fill)?;
        Some(taken)
    }
}

#[cfg(test)]
pub(in crate::mime) mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        /// How many files this thread took apart.
        pub(in crate::mime) static UNPACKED: Cell<usize> = const { Cell::new(0) };
    }

    fn attribute(level: u8, id: u32, data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).unwrap();
        let mut out = vec![level];
        out.extend(id.to_le_bytes());
        out.extend(length.to_le_bytes());
        out.extend_from_slice(data);
        let sum = data
            .iter()
            .fold(0_u16, |sum, &b| sum.wrapping_add(b.into()));
        out.extend(sum.to_le_bytes());
        out
    }

    fn padded(data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).unwrap();
        let mut out = length.to_le_bytes().to_vec();
        out.extend_from_slice(data);
        out.resize(out.len().next_multiple_of(4), 0);
        out
    }

    fn wide(text: &str) -> Vec<u8> {
        let units = text.encode_utf16().chain([0]);
        units.flat_map(u16::to_le_bytes).collect()
    }

    fn tagged(kind: u16, name: u16, values: &[&[u8]]) -> Vec<u8> {
        let mut out = kind.to_le_bytes().to_vec();
        out.extend(name.to_le_bytes());
        out.extend(u32::try_from(values.len()).unwrap().to_le_bytes());
        values.iter().for_each(|value| out.extend(padded(value)));
        out
    }

    fn file(parts: &[Vec<u8>]) -> Vec<u8> {
        [SIGNATURE, &[1, 0], &parts.concat()].concat()
    }

    /// A message with a text and two files, one of them named in Unicode.
    pub(in crate::mime) fn sample() -> Vec<u8> {
        let mut properties = 3_u32.to_le_bytes().to_vec();
        // One that is named by a number, and has a fixed length.
        properties.extend(0x0003_u16.to_le_bytes());
        properties.extend(0x8001_u16.to_le_bytes());
        properties.extend([7; 16]);
        properties.extend(0_u32.to_le_bytes());
        properties.extend(5_u32.to_le_bytes());
        properties.extend(9_u32.to_le_bytes());
        properties.extend(tagged(0x001e, SHORT_NAME, &[b"SEE~1.TXT\0"]));
        properties.extend(tagged(0x001f, LONG_NAME, &[&wide("Fotos vom See.txt")]));
        file(&[
            attribute(1, CODE_PAGE, &1251_u32.to_le_bytes()),
            attribute(1, BODY, b"\xcf\xf0\xe8\xe2\xe5\xf2\0"),
            attribute(2, ATTACHMENT_BEGINS, &[0; 14]),
            attribute(2, ATTACHMENT_TITLE, b"a.pdf\0"),
            attribute(2, ATTACHMENT_DATA, b"%PDF-1.4"),
            attribute(2, ATTACHMENT_BEGINS, &[0; 14]),
            attribute(2, ATTACHMENT_TITLE, b"SEE~1.TXT\0"),
            attribute(2, ATTACHMENT_DATA, b"lake"),
            attribute(2, ATTACHMENT_PROPERTIES, &properties),
        ])
    }

    #[test]
    fn text_and_files_come_out() {
        let unpacked = unpack(&sample());
        assert_eq!(unpacked.text, "Привет");
        let files: Vec<_> = unpacked
            .files
            .iter()
            .map(|file| (file.name.as_str(), file.bytes.as_slice()))
            .collect();
        assert_eq!(
            files,
            [
                ("a.pdf", b"%PDF-1.4".as_slice()),
                ("Fotos vom See.txt", b"lake")
            ]
        );
    }

    #[test]
    fn a_message_within_is_unpacked_as_well() {
        let object = [[0; 16].as_slice(), &sample()].concat();
        let mut properties = 1_u32.to_le_bytes().to_vec();
        properties.extend(tagged(0x000d, DATA, &[&object]));
        let outer = file(&[
            attribute(2, ATTACHMENT_BEGINS, &[0; 14]),
            attribute(2, ATTACHMENT_TITLE, b"Walk\0"),
            attribute(2, ATTACHMENT_PROPERTIES, &properties),
        ]);
        let unpacked = unpack(&outer);
        let names: Vec<_> = unpacked.files.iter().map(|file| &file.name).collect();
        assert_eq!(names, ["Walk.txt", "a.pdf", "Fotos vom See.txt"]);
    }

    #[test]
    fn damage_costs_what_is_damaged() {
        let whole = sample();
        for end in 0..whole.len() {
            let cut = unpack(&whole[..end]);
            assert!(cut.files.len() <= 2);
            for at in [7, 30, 60] {
                let mut hurt = whole[..end].to_vec();
                if let Some(byte) = hurt.get_mut(at) {
                    *byte = 0xff;
                }
                unpack(&hurt);
            }
        }
        assert_eq!(unpack(b"no such file"), Unpacked::default());
        // More is announced than there is.
        let mut long = SIGNATURE.to_vec();
        long.extend([1, 0, 2]);
        long.extend(ATTACHMENT_DATA.to_le_bytes());
        long.extend(u32::MAX.to_le_bytes());
        assert_eq!(unpack(&long), Unpacked::default());
    }
}
