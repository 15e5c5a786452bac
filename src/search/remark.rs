//! What is said about parts of a query that make no sense.

use std::ops::Range;

use super::filter;
use crate::model::{SearchField, SearchRemark};

pub(super) const TOO_LONG: &str = "This search is very long: what follows here was left out.";
pub(super) const TOO_DEEP: &str = "These parentheses are nested too deeply and were left out.";
pub(super) const CLOSES_NOTHING: &str = "This parenthesis closes nothing and was left out.";
pub(super) const OPEN_PARENTHESIS: &str =
    "This parenthesis is not closed: it was taken to end with the search.";
pub(super) const OPEN_QUOTE: &str =
    "This quotation is not closed: all that follows was taken as one phrase.";
pub(super) const LONELY_OR: &str =
    "OR stands between two things to look for; here one is missing, so it was left out.";
pub(super) const NO_WORD: &str = "There is no letter, digit or emoji in this to look for.";

/// More about one query helps nobody.
const REMARKS_MAX: usize = 5;

/// Remarks as they come up.
#[derive(Default)]
pub(super) struct Remarks(Vec<SearchRemark>);

impl Remarks {
    pub(super) fn add(&mut self, at: Range<usize>, message: impl Into<String>) {
        let message = message.into();
        let is_new = self.0.iter().all(|remark| remark.message != message);
        if is_new && self.0.len() < REMARKS_MAX {
            self.0.push(SearchRemark { at, message });
        }
    }

    /// All of them, in the order of the text.
    pub(super) fn all(mut self) -> Vec<SearchRemark> {
        self.0.sort_by_key(|remark| remark.at.start);
        self.0
    }
}

/// What follows `has:` or `is:` is not known.
pub(super) fn unknown_value(name: &str, value: &str, known: &[&str]) -> String {
    let meant = nearest(value, known.iter().copied())
        .map(|near| format!(" Did you mean {name}:{near}?"))
        .unwrap_or_default();
    format!(
        "“{name}:{}” was left out: {name}: knows {}.{meant}",
        short(value),
        list(known)
    )
}

/// What follows `before:` and the like is no date.
pub(super) fn no_date(value: &str) -> String {
    format!(
        "“{}” is no date that is understood, so it was left out. Write 2024-05-31, \
         “May 2024”, yesterday, “last week” or 7d.",
        short(value)
    )
}

/// What follows `larger:` or `smaller:` is no size.
pub(super) fn no_size(value: &str) -> String {
    format!(
        "“{}” is no size, so it was left out. Write 500k or 2M.",
        short(value)
    )
}

/// Nothing follows.
pub(super) fn needs_value(name: &str) -> String {
    format!("After {name}: something must follow without a blank; it was left out.")
}

/// Nothing is called so; what looks like an ordinary word is none of our
/// business.
pub(super) fn unknown_name(name: &str, value: &str) -> Option<String> {
    const ORDINARY: [&str; 9] = ["re", "fw", "fwd", "aw", "wg", "mailto", "tel", "cid", "mid"];
    if value.is_empty() || value.starts_with("//") || ORDINARY.contains(&name) {
        return None;
    }
    let known = || {
        let fields = SearchField::NAMED.into_iter().map(SearchField::name);
        fields.chain(filter::NAMES)
    };
    let advice = nearest(name, known()).map_or_else(
        || {
            let known: Vec<String> = known().map(|name| format!("{name}:")).collect();
            format!("There are {}", list(&known))
        },
        |near| format!("Did you mean {near}:?"),
    );
    let end = if advice.ends_with('?') { "" } else { "." };
    Some(format!(
        "There is no “{}:”, so it was looked for as a word. {advice}{end}",
        short(name)
    ))
}

/// What is written almost so.
fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    const LONGEST: usize = 20;
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase();
    known
        .map(|name| (strsim::osa_distance(&word, name), name))
        .filter(|(distance, name)| *distance <= 2 && *distance < name.len().min(word.len()))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

fn list(words: &[impl AsRef<str>]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [most @ .., one, last] => {
            let most: String = most.iter().map(|word| format!("{word}, ")).collect();
            format!("{most}{one} and {last}")
        }
        words => words.concat(),
    }
}

/// What a person typed, not longer than a sentence bears.
fn short(text: &str) -> String {
    const LONGEST: usize = 30;
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
