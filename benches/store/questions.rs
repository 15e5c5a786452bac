//! What is searched for: the same in the words of each program.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::mail::Mail;
use crate::words::LANGUAGES;

/// A search, and its name in the table.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) kind: &'static str,
    pub(crate) ours: String,
    pub(crate) notmuch: String,
}

impl Question {
    fn same(kind: &'static str, words: impl Into<String>) -> Self {
        let words = words.into();
        Self {
            kind,
            ours: words.clone(),
            notmuch: words,
        }
    }

    fn new(kind: &'static str, ours: impl Into<String>, notmuch: impl Into<String>) -> Self {
        Self {
            kind,
            ours: ours.into(),
            notmuch: notmuch.into(),
        }
    }
}

/// `each` of every kind.
pub(crate) fn questions(mail: &Mail, each: usize) -> Vec<Question> {
    let mut random = StdRng::seed_from_u64(3);
    (0..each)
        .flat_map(|_| one_of_each(mail, &mut random))
        .collect()
}

fn one_of_each(mail: &Mail, random: &mut StdRng) -> Vec<Question> {
    let [english, german, _, _, russian, _, japanese, chinese] = LANGUAGES;
    let common = english.word(random.random_range(0..30));
    let other = english.word(random.random_range(30..300));
    let rare = german.word(random.random_range(5000..50_000));
    let cyrillic = russian.word(random.random_range(20..2000));
    let solid = japanese.word(random.random_range(16..200));
    let han: String = chinese
        .word(random.random_range(0..200))
        .chars()
        .take(2)
        .collect();
    let (_, address) = &mail.people()[random.random_range(0..300)];
    let year = random.random_range(2016..2019);
    let prefix: String = other.chars().take(3).collect();
    let mut all = vec![
        Question::same("a word nobody wrote", "unheardof"),
        Question::same("a rare word", &rare),
        Question::same("a common word", &common),
        Question::same("two common words", format!("{common} {other}")),
        Question::same("a phrase", format!("\"{common} {other}\"")),
        Question::same("a beginning", format!("{prefix}*")),
        Question::same("a Cyrillic word", &cyrillic),
        Question::same("in the subject", format!("subject:{other}")),
        Question::same("a sender", format!("from:{address}")),
        Question::same("a sender and a word", format!("from:{address} {common}")),
        Question::new(
            "a word, unread",
            format!("{common} is:unread"),
            format!("{common} tag:unread"),
        ),
        Question::new("unread", "is:unread", "tag:unread"),
        Question::new(
            "a word and a year",
            format!("{common} after:{year}-01-01 before:{}-01-01", year + 1),
            format!("{common} date:{year}-01-01..{year}-12-31"),
        ),
        Question::new(
            "one or the other, not a third",
            format!("({rare} OR {cyrillic}) -{common}"),
            format!("({rare} or {cyrillic}) and not {common}"),
        ),
        Question::new(
            "a word and something attached",
            format!("{common} has:attachment"),
            format!("{common} tag:attachment"),
        ),
        Question::new(
            "large ones with a word",
            format!("{rare} larger:20k"),
            String::new(),
        ),
    ];
    // Others do not find these in texts without blanks.
    all.push(Question::new("Japanese", solid, String::new()));
    all.push(Question::new("two Chinese letters", han, String::new()));
    all
}
