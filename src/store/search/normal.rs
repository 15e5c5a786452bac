//! A query in the form it can be run in: alternatives, each a list of
//! conditions that must all hold.

use crate::model::{SearchQuery, SearchTerm};
use crate::search::words;

/// With more alternatives than these a query is left as it stands: right, and
/// slower.
const ALTERNATIVES_MAX: usize = 16;

/// The query without words that the index cannot hold ("—", "!?"); nothing
/// where only such words are asked for.
pub(super) fn searchable(query: &SearchQuery) -> Option<SearchQuery> {
    let of_list = |parts: &[SearchQuery]| {
        let left: Vec<SearchQuery> = parts.iter().filter_map(searchable).collect();
        (!left.is_empty() || parts.is_empty()).then_some(left)
    };
    match query {
        SearchQuery::And(parts) => of_list(parts).map(SearchQuery::And),
        SearchQuery::Or(parts) => of_list(parts).map(SearchQuery::Or),
        SearchQuery::Not(part) => searchable(part).map(|part| SearchQuery::Not(Box::new(part))),
        SearchQuery::Term(SearchTerm::Text { words, .. }) if !words::is_searchable(words) => None,
        SearchQuery::Term(_) => Some(query.clone()),
    }
}

/// The alternatives of a query. What is about words alone stays together: the
/// index can do all of it.
pub(super) fn alternatives(query: SearchQuery) -> Vec<Vec<SearchQuery>> {
    multiplied(&query).unwrap_or_else(|| vec![vec![query]])
}

fn multiplied(query: &SearchQuery) -> Option<Vec<Vec<SearchQuery>>> {
    match query {
        SearchQuery::And(parts) => {
            let mut all: Vec<Vec<SearchQuery>> = vec![Vec::new()];
            for part in parts {
                let more = multiplied(part)?;
                if all.len() * more.len() > ALTERNATIVES_MAX {
                    return None;
                }
                let with = |one: &Vec<SearchQuery>| {
                    let one = one.clone();
                    more.iter()
                        .map(move |other| [one.as_slice(), other].concat())
                        .collect::<Vec<_>>()
                };
                all = all.iter().flat_map(with).collect();
            }
            Some(all)
        }
        query if is_about_words(query) => Some(vec![vec![query.clone()]]),
        SearchQuery::Or(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(multiplied(part)?);
            }
            (all.len() <= ALTERNATIVES_MAX).then_some(all)
        }
        SearchQuery::Not(part) => match &**part {
            SearchQuery::Term(_) => Some(vec![vec![query.clone()]]),
            part => multiplied(&negated(part)),
        },
        SearchQuery::Term(_) => Some(vec![vec![query.clone()]]),
    }
}

/// The opposite, with the "not" one level further in.
fn negated(query: &SearchQuery) -> SearchQuery {
    let each = |parts: &[SearchQuery]| {
        let parts = parts.iter();
        parts
            .map(|part| SearchQuery::Not(Box::new(part.clone())))
            .collect()
    };
    match query {
        SearchQuery::And(parts) => SearchQuery::Or(each(parts)),
        SearchQuery::Or(parts) => SearchQuery::And(each(parts)),
        SearchQuery::Not(part) => (**part).clone(),
        SearchQuery::Term(_) => SearchQuery::Not(Box::new(query.clone())),
    }
}

fn is_about_words(query: &SearchQuery) -> bool {
    let is_text = |term: &SearchTerm| matches!(term, SearchTerm::Text { .. });
    query.terms().into_iter().all(is_text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_queries_become_alternatives() {
        for (typed, expected) in [
            ("a b", "a, b"),
            ("a is:unread", "a, is:unread"),
            ("a OR b c", "a OR b, c"),
            ("a OR is:unread", "a; is:unread"),
            ("(a OR is:unread) b", "a, b; is:unread, b"),
            ("-(a is:unread) b", "-a, b; -is:unread, b"),
            ("-(a OR is:unread)", "-a, -is:unread"),
            ("-(a b) c", "-(a b), c"),
            ("is:unread OR is:starred", "is:unread; is:starred"),
            ("-(-(a OR is:read))", "a; is:read"),
        ] {
            let query = crate::search::parse(typed, chrono::NaiveDate::MAX).query;
            let written: Vec<String> = alternatives(query)
                .iter()
                .map(|parts| {
                    let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
                    parts.join(", ")
                })
                .collect();
            assert_eq!(written.join("; "), expected, "{typed}");
        }
        let many = "(a OR is:read) ".repeat(9);
        let query = crate::search::parse(&many, chrono::NaiveDate::MAX).query;
        assert_eq!(alternatives(query).len(), 1);
    }
}
