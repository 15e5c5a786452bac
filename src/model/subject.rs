//! Subject lines and the marks that replies and forwards put before them.

/// Marks of a reply in the languages mail programs write them.
const REPLY: [&str; 15] = [
    "re", "aw", "sv", "vs", "antw", "rv", "odp", "res", "ynt", "rif", "回复", "答复", "回覆",
    "返信", "vá",
];

/// Marks of a forwarded message.
const FORWARD: [&str; 12] = [
    "fwd",
    "fw",
    "wg",
    "tr",
    "vb",
    "enc",
    "pd",
    "doorst",
    "转发",
    "轉寄",
    "転送",
    "továbbítás",
];

/// The subject of an answer: one `Re:` and no other mark of a reply.
pub(crate) fn reply(subject: &str) -> String {
    let rest = without(subject, &[&REPLY]);
    format!("Re: {rest}").trim_end().to_owned()
}

/// The subject of a forwarded message: one `Fwd:`, whatever came before.
pub(crate) fn forward(subject: &str) -> String {
    let rest = without(subject, &[&REPLY, &FORWARD]);
    format!("Fwd: {rest}").trim_end().to_owned()
}

/// The subject without any such mark: what messages about one thing share.
pub(crate) fn base(subject: &str) -> &str {
    without(subject, &[&REPLY, &FORWARD])
}

fn without<'a>(subject: &'a str, marks: &[&[&str]]) -> &'a str {
    let mut rest = subject.trim();
    while let Some(shorter) = strip_mark(rest, marks) {
        rest = shorter;
    }
    rest
}

/// Takes one mark away: `Re:`, `RE[2]:`, `Re(3):`, `AW :`, `回复：`.
fn strip_mark<'a>(text: &'a str, marks: &[&[&str]]) -> Option<&'a str> {
    let colon = text.find([':', '：'])?;
    let (mark, rest) = text.split_at(colon);
    let mut rest = rest.chars();
    rest.next();
    let mark = mark.trim_end();
    let word = match mark.split_once(['[', '(', '^']) {
        Some((word, count)) => {
            let count = count.trim_end_matches([']', ')']);
            if count.is_empty() || !count.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            word
        }
        None => mark,
    };
    let word = word.trim().to_lowercase();
    marks
        .iter()
        .any(|list| list.contains(&word.as_str()))
        .then(|| rest.as_str().trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_not_stacked() {
        for given in [
            "Lunch",
            "Re: Lunch",
            "AW: Re: Lunch",
            "RE[2]: SV: Lunch",
            "re : Lunch",
            "回复：Lunch",
        ] {
            assert_eq!(reply(given), "Re: Lunch", "{given}");
        }
        assert_eq!(reply("Fwd: Lunch"), "Re: Fwd: Lunch");
        for given in ["Lunch", "Fwd: Lunch", "FW: WG: Lunch", "Re: Fwd: Lunch"] {
            assert_eq!(forward(given), "Fwd: Lunch", "{given}");
        }
        assert_eq!(reply(""), "Re:");
        assert_eq!(base("AW: Fwd: Re[3]: Lunch"), "Lunch");
    }

    #[test]
    fn words_before_a_colon_are_no_marks() {
        assert_eq!(reply("Note: Lunch"), "Re: Note: Lunch");
        assert_eq!(reply("Ref: 4711"), "Re: Ref: 4711");
        assert_eq!(reply("Re[x]: a"), "Re: Re[x]: a");
        assert_eq!(reply(": a"), "Re: : a");
    }
}
