//! Searches, and servers that cannot do all of it.

use super::{connection, uids};
use crate::model::{SearchField, SearchQuery, SearchTerm};

fn text(words: &str) -> SearchQuery {
    let words = words.to_owned();
    let (field, prefix) = (SearchField::Body, false);
    SearchQuery::Term(SearchTerm::Text {
        field,
        words,
        prefix,
    })
}

#[tokio::test]
async fn words_beyond_ascii_go_as_literals_and_ranges_come_back() {
    let mut conn = connection(
        "C: W1 UID SEARCH RETURN (ALL) CHARSET UTF-8 BODY {5+}\n\
         C: \u{fc}ber\n\
         S: * ESEARCH (TAG \"W1\") UID ALL 3,7:9\n\
         S: W1 OK done\n\
         C: W2 UID SEARCH RETURN (ALL) BODY \"plain\"\n\
         S: * ESEARCH (TAG \"W2\") UID\n\
         S: W2 OK done\n",
        "ESEARCH LITERAL+",
    );
    let found = conn.find(&text("\u{fc}ber")).await.unwrap();
    assert_eq!(found, uids([3, 7, 8, 9]));
    assert!(conn.find(&text("plain")).await.unwrap().is_empty());
}

#[tokio::test]
async fn where_utf8_is_on_no_charset_is_named() {
    let mut conn = connection(
        "C: W1 UID SEARCH BODY {5+}\n\
         C: \u{fc}ber\n\
         S: * SEARCH 4\n\
         S: W1 OK done\n",
        "LITERAL+",
    );
    conn.enabled.insert("UTF8=ACCEPT".to_owned());
    let found = conn.find(&text("\u{fc}ber")).await.unwrap();
    assert_eq!(found, uids([4]));
}

#[tokio::test]
async fn a_plain_old_server_is_asked_in_its_own_way() {
    let mut conn = connection(
        "C: W1 UID SEARCH CHARSET UTF-8 BODY {5}\n\
         S: + go on\n\
         C: \u{fc}ber\n\
         S: * SEARCH 9 3\n\
         S: * SEARCH 9\n\
         S: W1 OK done\n",
        "IMAP4rev1",
    );
    let found = conn.find(&text("\u{fc}ber")).await.unwrap();
    assert_eq!(found, uids([3, 9]));
}

#[tokio::test]
async fn a_refused_charset_is_a_refusal_and_the_line_goes_on() {
    let mut conn = connection(
        "C: W1 UID SEARCH CHARSET UTF-8 BODY {5}\n\
         S: W1 NO [BADCHARSET (US-ASCII)] only ASCII here\n\
         C: W2 UID SEARCH BODY \"x\"\n\
         S: * SEARCH 1\n\
         S: W2 OK done\n",
        "IMAP4rev1",
    );
    let error = conn.find(&text("\u{fc}ber")).await.unwrap_err();
    assert!(error.is_refusal());
    assert_eq!(error.code(), Some("BADCHARSET"));
    assert_eq!(conn.find(&text("x")).await.unwrap(), uids([1]));
}
