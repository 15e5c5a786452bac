//! `format=flowed` (RFC 3676): paragraphs are broken for old screens on their
//! way, and become one line again.

/// The longest line that is left as it is (RFC 3676, 4.2).
const LONGEST: usize = 78;

/// Where longer ones are broken, at the next blank before.
const BROKEN_AT: usize = 72;

/// Joins flowed lines. `text` has LF line ends; `delsp` is the `DelSp=yes`
/// parameter (RFC 3676, 4.1).
pub(crate) fn decode(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // The quote depth of the paragraph that waits for its next line.
    let mut open: Option<usize> = None;
    for line in text.split('\n') {
        let depth = line.bytes().take_while(|&b| b == b'>').count();
        let content = line.get(depth..).unwrap_or_default();
        let content = content.strip_prefix(' ').unwrap_or(content);
        // The signature separator is never flowed (RFC 3676, 4.3).
        let is_signature = content == "-- ";
        let flows = content.ends_with(' ') && !is_signature;
        match open {
            Some(before) if before == depth && !is_signature => {}
            Some(_) => {
                out.push('\n');
                begin(&mut out, depth, content);
            }
            None => begin(&mut out, depth, content),
        }
        if flows && delsp {
            out.push_str(content.strip_suffix(' ').unwrap_or(content));
        } else {
            out.push_str(content);
        }
        open = flows.then_some(depth);
        if !flows {
            out.push('\n');
        }
    }
    if open.is_none() {
        out.pop();
    }
    out
}

/// Breaks what is too long for a line, so that [`decode`] joins it again.
/// `text` has LF line ends. Blanks at the ends of lines go: they would join
/// lines that are none.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 32);
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        let depth = line.bytes().take_while(|&b| b == b'>').count();
        let content = line.get(depth..).unwrap_or_default();
        let content = match depth {
            0 => content,
            _ => content.strip_prefix(' ').unwrap_or(content),
        };
        if content == "-- " {
            begin(&mut out, depth, content);
            out.push_str(content);
        } else {
            flow(&mut out, depth, content.trim_end_matches(' '));
        }
    }
    out
}

/// One paragraph, over as many lines as it takes.
fn flow(out: &mut String, depth: usize, content: &str) {
    let mut rest = content;
    loop {
        let whole = rest.chars().count() + depth < LONGEST;
        let (line, more) = match broken(rest).filter(|_| !whole) {
            Some(parts) => parts,
            None => (rest, ""),
        };
        begin_stuffed(out, depth, line);
        out.push_str(line);
        if more.is_empty() {
            return;
        }
        out.push('\n');
        rest = more;
    }
}

/// The first line, with the blank it is broken at, and the rest.
fn broken(text: &str) -> Option<(&str, &str)> {
    let mut last = None;
    for (count, (at, c)) in text.char_indices().enumerate() {
        if count >= BROKEN_AT && last.is_some() {
            break;
        }
        // Between two blanks the second line would begin with one.
        let next = text.get(at + c.len_utf8()..).unwrap_or_default();
        if c == ' ' && at > 0 && !next.is_empty() && !next.starts_with(' ') {
            last = Some(at + 1);
        }
    }
    text.split_at_checked(last?)
}

/// A line that begins like a quotation, with a blank, or as a mailbox file
/// parts its messages, begins with one blank more (RFC 3676, 4.4).
fn begin_stuffed(out: &mut String, depth: usize, line: &str) {
    begin(out, depth, line);
    if depth == 0 && (line.starts_with([' ', '>']) || line.starts_with("From ")) {
        out.push(' ');
    }
}

fn begin(out: &mut String, depth: usize, content: &str) {
    for _ in 0..depth {
        out.push('>');
    }
    if depth > 0 && !content.is_empty() {
        out.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn what_is_broken_is_joined_again() {
        let long = "A paragraph that goes on and on ".repeat(12);
        let long = long.trim_end();
        for text in [
            "short\n\nlines\n",
            long,
            &format!("{long}\n\n{long}\n"),
            &format!("> {long}\n>> {long}\n>\n> end"),
            &format!("x\n-- \n{long}"),
            " indented\n  more\nFrom me\n",
            &"nowhere-to-break".repeat(20),
            &format!("{} {long}", "x".repeat(100)),
            "a  b  c\n",
            "",
            "žluťoučký kůň ".repeat(20).trim_end(),
        ] {
            let encoded = encode(text);
            assert_eq!(decode(&encoded, false), text, "{encoded}");
            let fits = |line: &str| line.chars().count() < 79 || !line.trim_end().contains(' ');
            assert!(encoded.lines().all(fits), "{encoded}");
        }
        assert_eq!(encode("a  \nb"), "a\nb");
    }

    #[test]
    fn soft_breaks_join_and_hard_ones_stay() {
        assert_eq!(decode("a \nb \nc\n\nd\n", false), "a b c\n\nd\n");
        assert_eq!(decode("a \nb", true), "ab");
        assert_eq!(decode("one\ntwo", false), "one\ntwo");
        assert_eq!(decode("", false), "");
    }

    #[test]
    fn quotes_join_only_within_their_depth() {
        assert_eq!(decode(">> a \n>> b\n> c \nd", false), ">> a b\n> c \nd");
    }

    #[test]
    fn space_stuffing_goes_and_the_signature_stays() {
        assert_eq!(decode(" From me\n >x\n", false), "From me\n>x\n");
        assert_eq!(decode("text \n-- \nme", false), "text \n-- \nme");
    }
}
