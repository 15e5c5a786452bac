//! A [`SearchQuery`] as a person would write it.

use std::fmt::{Display, Formatter, Result};

use super::parser::STATES;
use crate::model::{Day, SearchQuery, SearchTerm};

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
            Self::Tag(name) => {
                f.write_str("tag:")?;
                quoted_where_needed(name, f)
            }
            Self::Before(day) => write!(f, "before:{day}"),
            Self::After(day) => write!(f, "after:{day}"),
            Self::On(day) => write!(f, "on:{day}"),
            Self::Larger(bytes) => write!(f, "larger:{bytes}"),
            Self::Smaller(bytes) => write!(f, "smaller:{bytes}"),
        }
    }
}

impl Display for Day {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Date(date) => write!(f, "{}", date.format("%Y-%m-%d")),
            Self::Ago(days) => write!(f, "{days}d"),
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
