//! Plain text into stretches of one depth of quoting (RFC 3676, 4.5) and one
//! kind.

/// What a stretch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Sentences.
    Prose,
    /// Columns that stand below each other, or code.
    Fixed,
    /// What a program changes in files.
    Patch,
    /// What stands below every message of somebody (RFC 3676, 4.3).
    Signature,
}

/// A stretch of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// How deep it is quoted.
    pub depth: usize,
    /// What it is.
    pub kind: Kind,
    /// What it says, without the marks of quoting.
    pub text: String,
}

/// Nobody's signature is longer, where its mark lost the blank at its end.
const SIGNATURE: usize = 12;

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

/// The stretches of a text, without empty lines at their ends.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut runs: Vec<(usize, Vec<&str>)> = Vec::new();
    for line in text.lines() {
        let (depth, line) = unquote(line);
        match runs.last_mut() {
            Some((last, lines)) if *last == depth => lines.push(line),
            _ => runs.push((depth, vec![line])),
        }
    }
    let pieces = runs.iter().flat_map(|(depth, lines)| {
        let kinds = kinds(lines).into_iter();
        kinds.map(|(kind, lines)| Piece {
            depth: *depth,
            kind,
            text: joined(kind, lines),
        })
    });
    pieces
        .filter(|piece| !piece.text.trim().is_empty())
        .collect()
}

fn joined(kind: Kind, lines: &[&str]) -> String {
    let text: Vec<_> = match kind {
        Kind::Fixed | Kind::Patch => lines.iter().map(|line| untabbed(line)).collect(),
        Kind::Prose | Kind::Signature => lines
            .iter()
            .map(|line| line.trim_end().to_owned())
            .collect(),
    };
    text.join("\n").trim_matches('\n').to_owned()
}

/// With blanks up to the next column of eight in place of tabs.
fn untabbed(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut column = 0;
    for c in line.trim_end().chars() {
        let blanks = 8 - column % 8;
        if c == '\t' {
            out.extend(std::iter::repeat_n(' ', blanks));
            column += blanks;
        } else {
            out.push(c);
            column += 1;
        }
    }
    out
}

/// The kinds of the lines of one depth, in their order.
fn kinds<'a>(lines: &'a [&'a str]) -> Vec<(Kind, &'a [&'a str])> {
    let signature = signature(lines);
    let (body, signature) = lines.split_at_checked(signature).unwrap_or((lines, &[]));
    let patch = patch(body);
    let (prose, patch) = body.split_at_checked(patch).unwrap_or((body, &[]));
    let mut all = paragraphs(prose);
    all.push((Kind::Patch, patch));
    // Its mark says what the look says.
    all.push((Kind::Signature, signature.get(1..).unwrap_or_default()));
    all
}

/// The line that parts the signature from the rest.
fn signature(lines: &[&str]) -> usize {
    let last = |mark| lines.iter().rposition(|line| *line == mark);
    let short = |at: &usize| lines.len() - at <= SIGNATURE + 1;
    last("-- ")
        .or_else(|| last("--").filter(short))
        .unwrap_or(lines.len())
}

/// The line with which a patch begins.
fn patch(lines: &[&str]) -> usize {
    let files = |pair: &[&str]| matches!(pair, [old, new] if old.starts_with("--- ") && new.starts_with("+++ "));
    let git = lines.iter().position(|line| line.starts_with("diff --"));
    let plain = lines.windows(2).position(files);
    git.into_iter().chain(plain).min().unwrap_or(lines.len())
}

/// Prose and tables, each with all its paragraphs.
fn paragraphs<'a>(lines: &'a [&'a str]) -> Vec<(Kind, &'a [&'a str])> {
    let mut found: Vec<(Kind, usize, usize)> = Vec::new();
    let mut start = 0;
    for paragraph in lines.split_inclusive(|line| line.trim().is_empty()) {
        let end = start + paragraph.len();
        let words = paragraph.iter().filter(|line| !line.trim().is_empty());
        let words: Vec<&str> = words.copied().collect();
        let kind = match found.last() {
            Some((before, ..)) if words.is_empty() => *before,
            _ if is_fixed(&words) => Kind::Fixed,
            _ => Kind::Prose,
        };
        match found.last_mut() {
            Some((before, _, last)) if *before == kind => *last = end,
            _ => found.push((kind, start, end)),
        }
        start = end;
    }
    found
        .into_iter()
        .filter_map(|(kind, start, end)| Some((kind, lines.get(start..end)?)))
        .collect()
}

/// Whether lines only read well where every letter is as wide as the next.
fn is_fixed(lines: &[&str]) -> bool {
    let most = |count: usize| lines.len() > 1 && count * 3 >= lines.len() * 2;
    let count = |of: fn(&str) -> bool| lines.iter().filter(|line| of(line)).count();
    let is_drawn = |line: &str| {
        let line = line.trim_start();
        line.starts_with('|') || line.starts_with("+-") || line.starts_with("+=")
    };
    let has_lines = |line: &str| line.contains(|c| ('\u{2500}'..='\u{259f}').contains(&c));
    let is_code = |line: &str| line.starts_with('\t') || line.starts_with("    ");
    if most(count(is_drawn)) || most(count(has_lines)) || most(count(is_code)) {
        return true;
    }
    let columns: Vec<_> = lines.iter().map(|line| columns(line)).collect();
    // A line has an edge but once.
    let mut all: Vec<Edge> = columns.into_iter().flatten().collect();
    all.sort_unstable();
    let shared = all
        .chunk_by(|one, other| one == other)
        .filter(|lines| most(lines.len()));
    // Two lines have an edge in common by chance.
    shared.count() > usize::from(lines.len() < 3)
}

/// Where something in a line begins or ends that stands apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Edge {
    Begins(usize),
    Ends(usize),
}

/// The edges of what follows two blanks or a tab within a line: of a number,
/// which may stand to the right, also its end.
fn columns(line: &str) -> Vec<Edge> {
    let line = untabbed(line);
    let mut edges = Vec::new();
    let (mut at, mut end, mut before) = (0, 0, ' ');
    let mut field: Option<String> = None;
    for word in line.split(' ') {
        let length = word.chars().count();
        let blanks = at - end;
        if let Some(last) = word.chars().last() {
            // Some put two blanks between sentences.
            let sentence = blanks == 2 && matches!(before, '.' | '!' | '?' | ':' | ';');
            if end > 0 && blanks > 1 && !sentence {
                edges.extend(
                    field
                        .take()
                        .filter(|field| is_number(field))
                        .map(|_| Edge::Ends(end)),
                );
                edges.push(Edge::Begins(at));
                field = Some(String::new());
            }
            if let Some(field) = &mut field {
                field.push_str(word);
            }
            (end, before) = (at + length, last);
        }
        at += length + 1;
    }
    edges.extend(
        field
            .filter(|field| is_number(field))
            .map(|_| Edge::Ends(end)),
    );
    edges
}

fn is_number(field: &str) -> bool {
    field.contains(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests;
