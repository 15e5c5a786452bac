//! Single characters: which cannot be seen, and which stand for others.

use super::Remark;

/// Whether a character leaves no mark on the screen and is no blank either:
/// zero-width, direction, variation, tag and control characters.
pub(super) fn is_invisible(c: char) -> bool {
    let formatting = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}');
    formatting || (c.is_control() && !is_line_end(c))
}

/// Whether a character ends a line or cell where text is copied from.
pub(super) fn is_line_end(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// The ordinary letter that a full-width one stands for.
pub(super) fn narrow(c: char) -> Option<char> {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        '\u{3002}' | '\u{ff61}' => Some('.'),
        _ => None,
    }
}

fn is_long_dash(c: char) -> bool {
    matches!(
        c,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}'
    )
}

/// Notes a remark once.
pub(super) fn note(remarks: &mut Vec<Remark>, remark: Remark) {
    if !remarks.contains(&remark) {
        remarks.push(remark);
    }
}

/// The text without what cannot be seen and without what surrounds it, its
/// letters and dashes the ordinary ones.
pub(super) fn plain(typed: &str, remarks: &mut Vec<Remark>) -> String {
    let mut text = String::with_capacity(typed.len());
    for c in typed.chars() {
        if is_invisible(c) {
            note(remarks, Remark::Invisible);
        } else if let Some(ordinary) = narrow(c) {
            note(remarks, Remark::FullWidth);
            text.push(ordinary);
        } else if is_long_dash(c) {
            note(remarks, Remark::Dash);
            text.push('-');
        } else {
            text.push(c);
        }
    }
    bare(&text, remarks).to_owned()
}

/// The text without blanks and marks around it.
fn bare<'a>(text: &'a str, remarks: &mut Vec<Remark>) -> &'a str {
    let mut text = trimmed(text, remarks);
    while let Some(inner) = unquoted(text) {
        note(remarks, Remark::Quoted);
        text = trimmed(inner, remarks);
    }
    let end = text.trim_end_matches(['.', ',', ';', '!']);
    if end.len() < text.len() && !end.is_empty() {
        note(remarks, Remark::Punctuation);
        return trimmed(end, remarks);
    }
    text
}

fn trimmed<'a>(text: &'a str, remarks: &mut Vec<Remark>) -> &'a str {
    let begun = text.trim_start();
    let ended = begun.trim_end();
    let before = text.strip_suffix(begun).unwrap_or_default();
    let behind = begun.strip_prefix(ended).unwrap_or_default();
    if before.contains(is_line_end) || behind.contains(is_line_end) {
        note(remarks, Remark::LineEnd);
    }
    if before.contains(|c| !is_line_end(c)) {
        note(remarks, Remark::BlankBefore);
    }
    if behind.contains(|c| !is_line_end(c)) {
        note(remarks, Remark::BlankBehind);
    }
    ended
}

fn unquoted(text: &str) -> Option<&str> {
    const PAIRS: [(char, char); 8] = [
        ('"', '"'),
        ('\'', '\''),
        ('`', '`'),
        ('<', '>'),
        ('(', ')'),
        ('\u{201c}', '\u{201d}'),
        ('\u{201e}', '\u{201c}'),
        ('\u{ab}', '\u{bb}'),
    ];
    PAIRS
        .into_iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))
}

/// The text without the blanks beside the given characters, where none can be.
pub(super) fn joined(text: &str, beside: &[char], remarks: &mut Vec<Remark>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blanks = String::new();
    for c in text.chars() {
        if c.is_whitespace() {
            blanks.push(c);
            continue;
        }
        if !blanks.is_empty() {
            if beside.contains(&c) || out.ends_with(beside) {
                note(remarks, Remark::BlankWithin);
            } else {
                out.push_str(&blanks);
            }
            blanks.clear();
        }
        out.push(c);
    }
    out
}
