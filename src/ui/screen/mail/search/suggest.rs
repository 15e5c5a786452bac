//! What the word being typed may become: pure.

use waxwing::model::Address;

use crate::ui::icon::Icon;

/// One way to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Suggestion {
    pub(super) sign: Icon,
    pub(super) words: String,
    pub(super) hint: String,
    /// The text it makes.
    pub(super) makes: String,
    /// Whether something is to follow.
    pub(super) goes_on: bool,
}

/// What can be suggested besides the language itself.
pub(super) struct Known<'a> {
    /// What was looked for, the newest first.
    pub(super) past: &'a [String],
    /// Whose names begin so.
    pub(super) people: &'a [Address],
    pub(super) folders: &'a [String],
    pub(super) accounts: &'a [String],
}

/// More would hide what was found.
const MOST: usize = 7;
/// So many searches of before are shown where nothing is typed.
const PAST: usize = 4;

/// The filters, as they are begun, and what they are for. Those that end with a
/// colon go on.
const FILTERS: [(&str, &str); 24] = [
    ("from:", "who wrote it"),
    ("subject:", "words of its subject"),
    ("has:attachment", "with files attached"),
    ("is:unread", "not read yet"),
    ("in:", "a folder"),
    ("to:", "who got it"),
    ("cc:", "who got a copy"),
    ("body:", "words of its text"),
    ("filename:", "the name of an attached file"),
    ("list:", "a mailing list"),
    ("is:starred", "with a star"),
    ("is:read", "read already"),
    ("is:answered", "answered"),
    ("is:unanswered", "not answered"),
    ("is:forwarded", "passed on"),
    ("account:", "one account"),
    ("tag:", "with a tag"),
    ("after:", "since a day: after:yesterday"),
    ("before:", "before a day: before:May 2024"),
    ("on:", "on a day, in a month or a year"),
    ("newer_than:", "at most so old: 7d, 2w, 3m, 1y"),
    ("older_than:", "at least so old: 1y"),
    ("larger:", "more bytes than: 5M"),
    ("smaller:", "fewer bytes than: 10k"),
];

/// What can follow some of them.
const VALUES: [(&str, &[(&str, &str)]); 4] = [
    ("has", &[("attachment", "with files attached")]),
    ("newer_than", AGES),
    ("older_than", AGES),
    (
        "larger",
        &[("1M", "one megabyte"), ("10M", "ten megabytes")],
    ),
];
const AGES: &[(&str, &str)] = &[
    ("7d", "seven days"),
    ("1m", "one month"),
    ("1y", "one year"),
];
const DAYS: [&str; 5] = ["today", "yesterday", "last week", "last month", "last year"];

/// The piece at the end of a text that is being typed.
struct Tail<'a> {
    /// What stands before it; a minus too.
    before: &'a str,
    /// Before its colon; empty where there is none.
    name: &'a str,
    value: &'a str,
}

fn tail(text: &str) -> Tail<'_> {
    let (mut start, mut quoted) = (0, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            c if !quoted && (c.is_whitespace() || c == '(') => start = at + c.len_utf8(),
            _ => {}
        }
    }
    if text.get(start..).is_some_and(|rest| rest.starts_with('-')) {
        start += 1;
    }
    let (before, token) = text.split_at_checked(start).unwrap_or(("", text));
    let is_name = |name: &str| name.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
    let (name, value) = match token.split_once(':') {
        Some((name, value)) if is_name(name) => (name, value.trim_matches('"')),
        _ => ("", token),
    };
    Tail {
        before,
        name,
        value,
    }
}

/// The beginning of a person's name that is being typed, where it may be one.
pub(super) fn person(text: &str) -> Option<String> {
    let tail = tail(text);
    let may_be = matches!(tail.name, "" | "from" | "to" | "cc");
    let begun = tail.value.chars().filter(|c| c.is_alphanumeric()).count();
    (may_be && begun > 0).then(|| tail.value.to_owned())
}

/// What the end of the text may become.
pub(super) fn suggestions(text: &str, known: &Known<'_>) -> Vec<Suggestion> {
    let tail = tail(text);
    let mut all = if text.trim().is_empty() {
        past(known, |_| true, PAST)
            .chain(FILTERS.iter().take(5).map(|filter| begun(&tail, filter)))
            .collect()
    } else if tail.name.is_empty() && tail.value.is_empty() {
        Vec::new()
    } else if tail.name.is_empty() {
        word(text, &tail, known)
    } else {
        value(&tail, known)
    };
    all.retain(|one: &Suggestion| one.makes.trim() != text.trim());
    all.truncate(MOST);
    all
}

fn past(
    known: &Known<'_>,
    is_meant: impl Fn(&str) -> bool,
    most: usize,
) -> impl Iterator<Item = Suggestion> {
    let past = known.past.iter().filter(move |text| is_meant(text));
    past.take(most).map(|text| Suggestion {
        sign: Icon::Clock,
        words: text.clone(),
        hint: String::new(),
        makes: text.clone(),
        goes_on: false,
    })
}

/// A word may be a person's name, a filter, or the beginning of what was looked
/// for before.
fn word(text: &str, tail: &Tail<'_>, known: &Known<'_>) -> Vec<Suggestion> {
    let typed = tail.value.to_lowercase();
    let whole = text.trim().to_lowercase();
    let begins = |text: &str| text.to_lowercase().starts_with(&whole);
    let filters = FILTERS.iter().filter(|(filter, hint)| {
        let is_long = typed.chars().count() > 2;
        filter.starts_with(&typed) || is_long && (filter.contains(&typed) || hint.contains(&typed))
    });
    past(known, begins, 2)
        .chain(people(tail, "from", known))
        .chain(filters.take(3).map(|filter| begun(tail, filter)))
        .collect()
}

fn begun(tail: &Tail<'_>, (filter, hint): &(&str, &str)) -> Suggestion {
    let goes_on = filter.ends_with(':');
    let blank = if goes_on { "" } else { " " };
    Suggestion {
        sign: Icon::Search,
        words: (*filter).to_owned(),
        hint: (*hint).to_owned(),
        makes: format!("{}{filter}{blank}", tail.before),
        goes_on,
    }
}

fn people<'a>(
    tail: &'a Tail<'_>,
    name: &'a str,
    known: &'a Known<'_>,
) -> impl Iterator<Item = Suggestion> + 'a {
    known.people.iter().map(move |person| Suggestion {
        sign: Icon::User,
        words: person.short().to_owned(),
        hint: if person.name.is_empty() {
            String::new()
        } else {
            person.address.clone()
        },
        makes: format!("{}{name}:{} ", tail.before, person.address),
        goes_on: false,
    })
}

/// What can follow a colon.
fn value(tail: &Tail<'_>, known: &Known<'_>) -> Vec<Suggestion> {
    let typed = tail.value.to_lowercase();
    let one = |sign, value: &str, hint: &str| Suggestion {
        sign,
        words: value.to_owned(),
        hint: hint.to_owned(),
        makes: format!("{}{}:{} ", tail.before, tail.name, quoted(value)),
        goes_on: false,
    };
    let named = |sign, names: &[String]| {
        let meant = names.iter().filter(|n| n.to_lowercase().contains(&typed));
        meant.map(|name| one(sign, name, "")).collect()
    };
    match tail.name {
        "from" | "to" | "cc" => people(tail, tail.name, known).collect(),
        "in" => named(Icon::Folder, known.folders),
        "account" => named(Icon::User, known.accounts),
        "before" | "after" | "on" => {
            let days = DAYS.iter().filter(|day| day.starts_with(&typed));
            days.map(|day| one(Icon::Clock, day, "")).collect()
        }
        "is" => {
            let begun_so = format!("is:{typed}");
            let states = FILTERS
                .iter()
                .filter(|(filter, _)| filter.starts_with(&begun_so));
            states.map(|filter| begun(tail, filter)).collect()
        }
        name => {
            let values = VALUES.iter().find(|(of, _)| *of == name);
            let values = values.map_or(&[][..], |(_, values)| values).iter();
            values
                .filter(|(value, _)| value.to_lowercase().starts_with(&typed))
                .map(|(value, hint)| one(Icon::Search, value, hint))
                .collect()
        }
    }
}

fn quoted(value: &str) -> String {
    if value.contains(|c: char| c.is_whitespace() || "()".contains(c)) {
        format!("\"{}\"", value.replace('"', ""))
    } else {
        value.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let past = ["from:ada walk", "invoice", "is:unread"].map(str::to_owned);
        let people = [
            Address::new("Ada Lindqvist", "ada@lindqvist.example"),
            Address::new("", "adam@reed.example"),
        ];
        let people = if person(text).is_some_and(|begins| begins.starts_with("ad")) {
            &people[..]
        } else {
            &[]
        };
        let folders = ["Inbox", "Wetlands survey", "Work"].map(str::to_owned);
        let accounts = ["Personal", "Work"].map(str::to_owned);
        let known = Known {
            past: &past,
            people,
            folders: &folders,
            accounts: &accounts,
        };
        let all = suggestions(text, &known);
        all.into_iter().map(|one| one.makes).collect()
    }

    #[test]
    fn the_end_of_the_text_is_completed() {
        for (text, makes) in [
            ("inv", vec!["invoice"]),
            (
                "ad",
                vec!["from:ada@lindqvist.example ", "from:adam@reed.example "],
            ),
            ("walk -fr", vec!["walk -from:"]),
            (
                "walk -to:ad",
                vec![
                    "walk -to:ada@lindqvist.example ",
                    "walk -to:adam@reed.example ",
                ],
            ),
            ("in:w", vec!["in:\"Wetlands survey\" ", "in:Work "]),
            ("(a OR in:\"wet", vec!["(a OR in:\"Wetlands survey\" "]),
            ("account:p", vec!["account:Personal "]),
            (
                "x after:last",
                vec![
                    "x after:\"last week\" ",
                    "x after:\"last month\" ",
                    "x after:\"last year\" ",
                ],
            ),
            ("is:unr", vec!["is:unread "]),
            ("unrea", vec!["is:unread "]),
            ("attached", vec!["has:attachment ", "filename:"]),
            ("newer_than:1", vec!["newer_than:1m ", "newer_than:1y "]),
            ("has:", vec!["has:attachment "]),
            ("walk ", vec![]),
            ("is:unread", vec![]),
            ("nothing:so", vec![]),
            ("\u{6771}\u{4eac}", vec![]),
        ] {
            assert_eq!(texts(text), makes, "{text}");
        }
        let at_first = texts("");
        assert_eq!(at_first[..3], ["from:ada walk", "invoice", "is:unread"]);
        assert_eq!(at_first[3], "from:");
        assert_eq!(at_first.len(), MOST);
    }

    #[test]
    fn a_person_is_looked_for_where_one_may_be_meant() {
        assert_eq!(person("walk from:Ada"), Some("Ada".to_owned()));
        assert_eq!(person("from:\"Ada Li"), Some("Ada Li".to_owned()));
        assert_eq!(person("ada"), Some("ada".to_owned()));
        assert_eq!(person("subject:ada"), None);
        assert_eq!(person("ada "), None);
        assert_eq!(person("-"), None);
    }
}
