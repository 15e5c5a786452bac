//! Small repairs on the lines of a server, each for a fault seen in the wild.

/// What a line says about nesting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    /// How deep parentheses are open at its end.
    pub(super) depth: usize,
    /// The deepest point in it.
    pub(super) deepest: usize,
    /// Whether it ends inside a quoted string.
    pub(super) in_quotes: bool,
}

/// Counts the parentheses of a line outside of quoted strings, beginning at
/// `depth`.
pub(super) fn scan(line: &[u8], depth: usize) -> Seen {
    let mut seen = Seen {
        depth,
        deepest: depth,
        in_quotes: false,
    };
    let mut escaped = false;
    for &byte in line {
        if seen.in_quotes {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => seen.in_quotes = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => seen.in_quotes = true,
            b'(' => {
                seen.depth += 1;
                seen.deepest = seen.deepest.max(seen.depth);
            }
            b')' => seen.depth = seen.depth.saturating_sub(1),
            _ => {}
        }
    }
    seen
}

/// The length of the literal that a line announces at its end, `{5}`. The
/// forms `{5+}` and `~{5}` become `{5}`, the only one the parser knows. A
/// number beyond all bounds counts as the largest.
pub(super) fn literal_at_end(line: &mut Vec<u8>) -> Option<u64> {
    let inner = line.strip_suffix(b"}")?;
    let inner = inner.strip_suffix(b"+").unwrap_or(inner);
    let open = inner.iter().rposition(|&byte| byte == b'{')?;
    let digits = inner.get(open + 1..)?;
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let length = std::str::from_utf8(digits)
        .ok()?
        .parse()
        .unwrap_or(u64::MAX);
    let before = inner.get(..open)?;
    let before = before.strip_suffix(b"~").unwrap_or(before).len();
    line.truncate(before);
    line.extend_from_slice(format!("{{{length}}}").as_bytes());
    Some(length)
}

/// Puts the blank that must follow a response code (`[ALERT]text`): without
/// it the parser cuts the text in the middle of a character.
pub(super) fn blank_after_code(line: &mut Vec<u8>) {
    let mut words = line.splitn(3, |&byte| byte == b' ');
    let (Some(first), second) = (words.next(), words.next()) else {
        return;
    };
    let start = if first == b"+" {
        2
    } else {
        first.len() + second.map_or(0, <[u8]>::len) + 2
    };
    let Some(b'[') = line.get(start) else {
        return;
    };
    let (mut depth, mut quoted, mut brackets) = (0usize, false, 0usize);
    for (at, &byte) in line.iter().enumerate().skip(start) {
        match byte {
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b'[' => brackets += 1,
            b']' if depth == 0 => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        if byte == b']' && brackets == 0 && !quoted {
            if line.get(at + 1).is_some_and(|&next| next != b' ') {
                line.insert(at + 1, b' ');
            }
            return;
        }
    }
}

/// Removes `INTERNALDATE NIL`, which takes the parser down.
pub(super) fn internal_date_nil(line: &mut Vec<u8>) {
    const NAME: &[u8] = b"INTERNALDATE NIL";
    if line.len() < NAME.len() {
        return;
    }
    let mut kept = Vec::new();
    let (mut quoted, mut escaped, mut at, mut start) = (false, false, 0, 0);
    while let Some(&byte) = line.get(at) {
        let here = line.get(at..at + NAME.len());
        if !quoted && here.is_some_and(|here| here.eq_ignore_ascii_case(NAME)) {
            let end = at + NAME.len();
            let next = match line.get(end) {
                Some(b' ') => Some(end + 1),
                Some(b')') | None => Some(end),
                Some(_) => None,
            };
            if let Some(next) = next {
                kept.extend_from_slice(line.get(start..at).unwrap_or_default());
                (at, start) = (next, next);
                continue;
            }
        }
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
        at += 1;
    }
    if start > 0 {
        kept.extend_from_slice(line.get(start..).unwrap_or_default());
        // It may have been the last item: no blank before the parenthesis.
        if kept.ends_with(b" )") {
            kept.truncate(kept.len() - 2);
            kept.push(b')');
        }
        *line = kept;
    }
}
