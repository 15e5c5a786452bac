//! What programs note in the header of a message in an mbox: `Status` and
//! `X-Status` (mutt, Dovecot, pine), `X-Mozilla-Status` (Thunderbird),
//! `X-Keywords`.

use crate::model::{Flag, Flags};

/// Thunderbird's marks (nsMsgMessageFlags.h).
const MOZILLA: [(u32, Flag); 4] = [
    (0x0001, Flag::Seen),
    (0x0002, Flag::Answered),
    (0x0004, Flag::Flagged),
    (0x1000, Flag::Forwarded),
];
/// Deleted, and only waiting for the file to be compacted.
const MOZILLA_EXPUNGED: u32 = 0x0008;

/// What Thunderbird puts in front of each message, in this order.
const NOTES: [&[u8]; 3] = [b"x-mozilla-status", b"x-mozilla-status2", b"x-mozilla-keys"];

/// How long Thunderbird's own lines in front of a message are.
fn notes_len(raw: &[u8]) -> usize {
    let mut length = 0;
    let mut notes = NOTES.iter();
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
        // Each at most once and in order: what comes behind is the message.
        if !notes.any(|note| name.eq_ignore_ascii_case(note)) {
            break;
        }
        length += line.len();
    }
    length
}

/// The message without Thunderbird's own lines in front of it, which change
/// whenever somebody reads it there.
pub(super) fn without_notes(mut raw: Vec<u8>) -> Vec<u8> {
    raw.drain(..notes_len(&raw));
    raw
}

/// Flags and keywords noted in a message; nothing for one that was deleted in
/// Thunderbird, where the message is out of a file of its.
pub(super) fn read(raw: &[u8], is_mozilla: bool) -> Option<(Flags, Vec<String>)> {
    let own = if is_mozilla { notes_len(raw) } else { 0 };
    let mut at = 0;
    let mut flags = Flags::default();
    let mut keywords = Vec::new();
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        let is_own = at < own;
        at += line.len();
        let line = line.trim_ascii_end();
        if line.is_empty() {
            break;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            continue;
        };
        let (name, value) = line.split_at(colon);
        let Ok(value) = std::str::from_utf8(value.get(1..).unwrap_or_default()) else {
            continue;
        };
        let value = value.trim();
        match name.to_ascii_lowercase().as_slice() {
            b"status" | b"x-status" => flags = letters(flags, value),
            b"x-mozilla-status" => {
                let bits = u32::from_str_radix(value, 16).unwrap_or(0);
                // One that came over the network with the message says nothing.
                if is_own && bits & MOZILLA_EXPUNGED != 0 {
                    return None;
                }
                for (_, flag) in MOZILLA.iter().filter(|(bit, _)| bits & bit != 0) {
                    flags = flags.with(*flag, true);
                }
            }
            b"x-keywords" | b"x-mozilla-keys" => {
                keywords.extend(
                    value
                        .split([' ', ','])
                        .filter(|word| !word.is_empty())
                        .map(str::to_owned),
                );
            }
            _ => {}
        }
    }
    Some((flags, keywords))
}

fn letters(flags: Flags, letters: &str) -> Flags {
    letters.chars().fold(flags, |flags, letter| {
        let flag = match letter {
            'R' => Flag::Seen,
            'A' => Flag::Answered,
            'F' => Flag::Flagged,
            'T' => Flag::Draft,
            _ => return flags,
        };
        flags.with(flag, true)
    })
}
