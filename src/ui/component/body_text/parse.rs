//! Plain text into stretches of one depth of quoting (RFC 3676, 4.5).

/// How deep a line is quoted, and what it says without the marks.
fn unquote(line: &str) -> (usize, &str) {
    let (mut depth, mut rest) = (0, line);
    loop {
        let next = rest.strip_prefix(' ').unwrap_or(rest);
        match next.strip_prefix('>') {
            // A blank before a mark belongs to the marks only between them.
            Some(after) if depth > 0 || !rest.starts_with(' ') => {
                depth += 1;
                rest = after;
            }
            _ => break,
        }
    }
    if depth > 0 {
        rest = rest.strip_prefix(' ').unwrap_or(rest);
    }
    (depth, rest)
}

/// The stretches, without empty lines at their ends.
pub(super) fn blocks(text: &str) -> Vec<(usize, String)> {
    let mut blocks: Vec<(usize, Vec<&str>)> = Vec::new();
    for line in text.lines() {
        let (depth, line) = unquote(line.trim_end());
        match blocks.last_mut() {
            Some((last, lines)) if *last == depth => lines.push(line),
            _ => blocks.push((depth, vec![line])),
        }
    }
    blocks
        .into_iter()
        .map(|(depth, lines)| (depth, lines.join("\n").trim_matches('\n').to_owned()))
        .filter(|(_, text)| !text.trim().is_empty())
        .collect()
}
