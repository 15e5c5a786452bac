use super::*;
use crate::model::FolderRole;

fn term(term: SearchTerm) -> SearchQuery {
    SearchQuery::Term(term)
}

fn text(field: SearchField, words: &str) -> SearchQuery {
    let words = words.to_owned();
    let prefix = false;
    term(SearchTerm::Text {
        field,
        words,
        prefix,
    })
}

fn written(query: &SearchQuery) -> String {
    let mut keys = Keys { pieces: Vec::new() };
    keys.sequence(query);
    keys.pieces
        .iter()
        .map(|piece| match piece {
            Piece::Plain(bytes) => String::from_utf8(bytes.clone()).unwrap(),
            Piece::Literal(bytes) => format!("{{{}}}", String::from_utf8_lossy(bytes)),
            Piece::Folder(raw) => format!("<{raw}>"),
        })
        .collect()
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 5, day).unwrap()
}

fn days(first: u32, end: u32) -> Period {
    let (first, end) = (day(first), day(end));
    Period { first, end }
}

#[test]
fn queries_become_search_keys() {
    let any = |words| text(SearchField::Any, words);
    let and = SearchQuery::And;
    let or = SearchQuery::Or;
    let not = |query| SearchQuery::Not(Box::new(query));
    for (query, keys) in [
        (and(vec![]), "ALL"),
        (or(vec![]), "NOT ALL"),
        (any("a b"), "TEXT \"a b\""),
        (any("q\"u\\o"), "TEXT \"q\\\"u\\\\o\""),
        (any("a\r\nW2 LOGOUT"), "TEXT \"a  W2 LOGOUT\""),
        (any("\u{fc}ber"), "TEXT {\u{fc}ber}"),
        (
            and(vec![
                text(SearchField::From, "\u{fc}"),
                text(SearchField::Cc, "x"),
            ]),
            "FROM {\u{fc}} CC \"x\"",
        ),
        (
            or(vec![any("a"), any("b"), any("c")]),
            "OR TEXT \"a\" OR TEXT \"b\" TEXT \"c\"",
        ),
        (
            and(vec![
                any("a"),
                not(or(vec![any("b"), and(vec![any("c"), any("d")])])),
            ]),
            "TEXT \"a\" NOT OR TEXT \"b\" (TEXT \"c\" TEXT \"d\")",
        ),
        (
            not(and(vec![any("a"), any("b")])),
            "NOT (TEXT \"a\" TEXT \"b\")",
        ),
        (term(SearchTerm::Flag(Flag::Seen, false)), "UNSEEN"),
        (
            term(SearchTerm::Flag(Flag::Forwarded, true)),
            "KEYWORD $Forwarded",
        ),
        (term(SearchTerm::Tag("later".into())), "KEYWORD later"),
        (term(SearchTerm::Tag("\\flagged".into())), "FLAGGED"),
        (term(SearchTerm::Tag("a b\r\n".into())), "NOT ALL"),
        (term(SearchTerm::Before(day(3))), "SENTBEFORE 3-May-2026"),
        (term(SearchTerm::After(day(10))), "SENTSINCE 10-May-2026"),
        (term(SearchTerm::On(days(3, 4))), "SENTON 3-May-2026"),
        (
            not(term(SearchTerm::On(days(3, 10)))),
            "NOT (SENTSINCE 3-May-2026 SENTBEFORE 10-May-2026)",
        ),
        (text(SearchField::List, "rust"), "HEADER List-Id \"rust\""),
        (text(SearchField::Filename, "x.pdf"), "ALL"),
        (term(SearchTerm::Role(FolderRole::Junk)), "ALL"),
        (term(SearchTerm::Larger(u64::MAX)), "LARGER 4294967295"),
        (term(SearchTerm::Smaller(10)), "SMALLER 10"),
    ] {
        assert_eq!(written(&query), keys);
    }
}
