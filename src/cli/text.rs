//! Text for people, safe to print.

use chrono::{DateTime, FixedOffset, Local};

/// Makes text of a message or a server harmless for a terminal: escapes and
/// marks that turn the reading direction lose their meaning. Line ends and
/// tabs stay.
pub(super) fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| *c != '\r')
        .map(|c| match c {
            '\n' | '\t' => c,
            // The visible pictures of the control characters.
            '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
            '\u{7f}' => '\u{2421}',
            '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            _ => c,
        })
        .collect()
}

/// As [`clean`], on one line.
pub(super) fn line(text: &str) -> String {
    clean(text).replace(['\n', '\t'], " ")
}

/// A cell of exactly `width` characters, cut with `…` where it must be.
pub(super) fn cell(text: &str, width: usize) -> String {
    let text = line(text);
    if text.chars().count() > width {
        let kept: String = text.chars().take(width.saturating_sub(1)).collect();
        return format!("{kept}…");
    }
    format!("{text:<width$}")
}

/// A name that somebody may type again: at least `width` characters, never cut.
pub(super) fn name(text: &str, width: usize) -> String {
    format!("{:<width$}", line(text))
}

/// When, as a person at this machine says it.
pub(super) fn when(date: &DateTime<FixedOffset>) -> String {
    date.with_timezone(&Local)
        .format("%Y-%m-%d %H:%M")
        .to_string()
}

/// A size as people read it.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    for (unit, worth) in UNITS {
        if bytes >= worth {
            return format!("{}.{} {unit}", bytes / worth, bytes % worth * 10 / worth);
        }
    }
    format!("{bytes} B")
}
