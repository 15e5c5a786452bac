//! `format=flowed` (RFC 3676), the reading half: paragraphs that were broken
//! for old screens become one line again.

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
                begin(&mut out, depth);
            }
            None => begin(&mut out, depth),
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

fn begin(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push('>');
    }
    if depth > 0 {
        out.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

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
