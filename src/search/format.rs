//! A [`SearchQuery`] as a person would write it.

use std::fmt::{Display, Formatter, Result};

use chrono::{Datelike, Months, NaiveDate};

use super::filter::STATES;
use crate::model::{Period, SearchQuery, SearchTerm};

impl Display for SearchQuery {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::And(parts) => joined(parts, " ", f),
            Self::Or(parts) => joined(parts, " OR ", f),
            Self::Not(part) => {
                f.write_str("-")?;
                nested(part, f)
            }
            Self::Term(term) => term.fmt(f),
        }
    }
}

fn joined(parts: &[SearchQuery], between: &str, f: &mut Formatter<'_>) -> Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        // OR binds tighter than the blank, so within a sequence it stands bare.
        match part {
            SearchQuery::Or(_) if between == " " => part.fmt(f)?,
            SearchQuery::Not(_) => part.fmt(f)?,
            part => nested(part, f)?,
        }
    }
    Ok(())
}

fn nested(part: &SearchQuery, f: &mut Formatter<'_>) -> Result {
    match part {
        SearchQuery::And(_) | SearchQuery::Or(_) | SearchQuery::Not(_) => write!(f, "({part})"),
        part => part.fmt(f),
    }
}

impl Display for SearchTerm {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Text {
                field,
                words,
                prefix,
            } => {
                if !field.name().is_empty() {
                    write!(f, "{}:", field.name())?;
                }
                if *prefix {
                    return write!(f, "{words}*");
                }
                quoted_where_needed(words, f)
            }
            Self::Attachment => f.write_str("has:attachment"),
            Self::Flag(flag, on) => {
                let state = STATES
                    .iter()
                    .find(|(_, of, value)| of == flag && value == on)
                    .map(|(name, ..)| *name);
                match state {
                    Some(name) => write!(f, "is:{name}"),
                    None => write!(f, "tag:{}", flag.imap()),
                }
            }
            Self::Folder(name) => {
                f.write_str("in:")?;
                quoted_where_needed(name, f)
            }
            Self::Role(role) => write!(f, "in:{}", role.name()),
            Self::InFolder(id) => write!(f, "in:#{id}"),
            Self::Account(name) => {
                f.write_str("account:")?;
                quoted_where_needed(name, f)
            }
            Self::Tag(name) => {
                f.write_str("tag:")?;
                quoted_where_needed(name, f)
            }
            Self::Before(day) => write!(f, "before:{day}"),
            Self::After(day) => write!(f, "after:{day}"),
            Self::On(days) => write!(f, "on:{days}"),
            Self::Larger(bytes) => write!(f, "larger:{bytes}"),
            Self::Smaller(bytes) => write!(f, "smaller:{bytes}"),
        }
    }
}

impl Display for Period {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Self { first, end } = *self;
        let last = end.pred_opt().unwrap_or(end);
        let is_long = |months| first.checked_add_months(Months::new(months)) == Some(end);
        let begins = |day: NaiveDate| day.day() == 1;
        if begins(first) && is_long(1) {
            write!(f, "{}", first.format("%Y-%m"))
        } else if begins(first) && first.month() == 1 && is_long(12) {
            write!(f, "{}", first.format("%Y"))
        } else if first == last {
            write!(f, "{first}")
        } else {
            write!(f, "{first}..{last}")
        }
    }
}

fn quoted_where_needed(text: &str, f: &mut Formatter<'_>) -> Result {
    let is_plain = text
        .chars()
        .all(|c| c.is_alphanumeric() || "@._/+'".contains(c));
    if is_plain && text != "OR" {
        f.write_str(text)
    } else {
        write!(f, "\"{}\"", text.replace('"', " "))
    }
}
