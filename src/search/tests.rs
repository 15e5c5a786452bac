use super::*;
use crate::model::SearchQuery;

/// A Thursday.
fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 5, 14).unwrap()
}

fn parse(typed: &str) -> SearchQuery {
    super::parse(typed, today()).query
}

fn parse_typing(typed: &str) -> SearchQuery {
    super::parse_typing(typed, today()).query
}

/// What is remarked, with the part of the text it is about.
fn remarks(typed: &str) -> Vec<(String, String)> {
    let remarks = super::parse(typed, today()).remarks;
    let part = |at: std::ops::Range<usize>| typed.get(at).unwrap().to_owned();
    remarks
        .into_iter()
        .map(|r| (part(r.at), r.message))
        .collect()
}

/// What is typed, and what it is understood as, written back.
#[test]
fn queries_are_understood() {
    for (typed, understood) in [
        ("", ""),
        ("   ", ""),
        ("hello", "hello"),
        ("hello  world", "hello world"),
        ("\"hello  world\"", "\"hello world\""),
        ("\u{201e}gute Reise\u{201c}", "\"gute Reise\""),
        ("invo*", "invo*"),
        ("from:ada@example.test", "from:ada@example.test"),
        ("FROM:Ada", "from:Ada"),
        ("from:\"Ada Love\" x", "from:\"Ada Love\" x"),
        ("to:a cc:b subject:c body:d", "to:a cc:b subject:c body:d"),
        ("-spam", "-spam"),
        ("-from:bob ok", "-from:bob ok"),
        ("--x", "\"--x\""),
        ("a - b", "a \"-\" b"),
        ("e-mail", "\"e-mail\""),
        ("a OR b", "a OR b"),
        ("a b OR c", "a b OR c"),
        ("(a b) OR c", "(a b) OR c"),
        ("-(a OR b)", "-(a OR b)"),
        ("OR", ""),
        ("a OR", "a"),
        ("OR a", "a"),
        ("a or b", "a or b"),
        ("has:attachment is:unread", "has:attachment is:unread"),
        ("is:starred is:read", "is:starred is:read"),
        ("in:INBOX in:\"My Folder\"", "in:INBOX in:\"My Folder\""),
        ("before:2026-05-01", "before:2026-05-01"),
        ("after:7d on:2w", "after:2026-05-07 on:2026-04-30"),
        (
            "newer_than:3m older_than:1y",
            "after:2026-02-14 before:2025-05-14",
        ),
        ("after:\"last week\" x", "after:2026-05-04 x"),
        ("after:last week x", "after:2026-05-04 x"),
        ("after:last_week x", "after:2026-05-04 x"),
        ("on:May 2024", "on:2024-05"),
        ("on:May report", "on:2026-05 report"),
        ("on:2024", "on:2024"),
        ("on:1 May 2024 x", "on:2024-05-01 x"),
        ("-(on:May 2024)", "-on:2024-05"),
        ("before: yesterday x", "before:2026-05-13 x"),
        ("after:monday OR x", "after:2026-05-11 OR x"),
        ("on:2024-05-03..2024-05-10", "on:2024-05-03..2024-05-10"),
        ("filename:Plan.pdf list:rust", "filename:Plan.pdf list:rust"),
        (
            "account:Home account:\"My work\"",
            "account:Home account:\"My work\"",
        ),
        ("from:(ada OR bob) x", "from:ada OR from:bob x"),
        ("from:(ada \"b c\" to:d)", "from:ada from:\"b c\" to:d"),
        ("from: (ada)", "ada"),
        ("is:flagged is:replied", "is:starred is:answered"),
        ("is:junk", "is:junk OR in:junk"),
        ("-is:draft", "-(is:draft OR in:drafts)"),
        ("larger:2M smaller:10k", "larger:2097152 smaller:10240"),
        ("larger:1.5mb", "larger:1572864"),
        ("tag:later", "tag:later"),
        // A filter that makes no sense is left out.
        ("before:soon x", "x"),
        ("before:2026-02-30 x", "x"),
        ("larger:99999999999999999999 x", "x"),
        ("a OR -is:unraed", "a"),
        // What is none is looked for as it stands.
        ("xyz:abc", "\"xyz:abc\""),
        ("http://example.test/x", "\"http://example.test/x\""),
        ("12:30", "\"12:30\""),
        // What is only begun does not count.
        ("a from:", "a"),
        ("a is:", "a"),
        ("a \"", "a"),
        ("a ()", "a"),
        // Nothing is an error.
        ("\"open words", "\"open words\""),
        ("(a", "a"),
        ("a) b", "a b"),
        (")))(((", ""),
        ("-", "\"-\""),
        ("*", ""),
        ("a\u{0}b", "a b"),
    ] {
        assert_eq!(parse(typed).to_string(), understood, "{typed}");
    }
}

#[test]
fn what_is_written_back_means_the_same() {
    for typed in [
        "a b \"c d\" from:x -y (p q) OR -(r OR s) in:\"A B\" after:3d larger:4k e* is:unread",
        "-(-a)",
        "((a OR b) c) OR d",
    ] {
        let query = parse(typed);
        assert_eq!(parse(&query.to_string()), query, "{typed}");
    }
}

#[test]
fn the_word_being_typed_may_go_on() {
    for (typed, understood) in [
        ("hel", "hel*"),
        ("hello wor", "hello wor*"),
        ("hello ", "hello"),
        ("from:ad", "from:ad*"),
        ("\"hello wor\"", "\"hello wor\""),
        ("(hel", "hel*"),
        ("(hello)", "hello"),
        ("is:unread", "is:unread"),
    ] {
        assert_eq!(parse_typing(typed).to_string(), understood, "{typed}");
    }
}

#[test]
fn depth_and_length_do_no_harm() {
    let deep = format!("{}x{}", "(".repeat(100_000), ")".repeat(100_000));
    parse(&deep);
    parse(&format!("{}x", "-".repeat(100_000)));
    parse(&"-(".repeat(100_000));
    parse(&"a OR ".repeat(20_000));
    parse(&"from:(".repeat(20_000));
    parse(&"before:1 ".repeat(20_000));
    parse(&"on:1..".repeat(20_000));
}

#[test]
fn what_is_not_understood_is_remarked() {
    let left_out = "was left out";
    for (typed, about, said) in [
        ("x is:unraed", "is:unraed", "Did you mean is:unread?"),
        ("is:blue", "is:blue", "is: knows read, unread, starred"),
        (
            "has:atachment",
            "has:atachment",
            "Did you mean has:attachment?",
        ),
        ("before:soon x", "before:soon", "“soon” is no date"),
        ("larger:big", "larger:big", "“big” is no size"),
        ("form:ada", "form:ada", "Did you mean from:?"),
        ("xyzzy:ada", "xyzzy:ada", "There are from:, to:"),
        ("\"open words", "\"open words", "quotation is not closed"),
        ("(a b", "(", "parenthesis is not closed"),
        ("a) b", ")", "closes nothing"),
        ("a OR", "OR", "OR stands between"),
        ("OR a", "OR", "OR stands between"),
        ("a OR OR b", "OR", "OR stands between"),
        ("from: x", "from:", "something must follow"),
        ("is: x", "is:", "something must follow"),
        ("after: x", "after:", "something must follow"),
        ("—", "—", "no letter, digit or emoji"),
    ] {
        let remarks = remarks(typed);
        let [(part, message)] = remarks.as_slice() else {
            panic!("{typed}: {remarks:?}");
        };
        assert_eq!(part, about, "{typed}");
        assert!(message.contains(said), "{typed}: {message}");
        assert!(message.len() < 250, "{message}");
    }
    assert!(remarks(&"a ".repeat(400))[0].1.contains(left_out));
    let long = "x".repeat(20_000);
    assert!(remarks(&long)[0].1.contains(left_out));
    assert!(remarks(&"(".repeat(60)).len() > 1);
    assert!(remarks(&"is:x1 is:x2 is:x3 is:x4 is:x5 is:x6 is:x7".repeat(9)).len() == 5);
}

#[test]
fn what_is_fine_is_not_remarked() {
    for typed in [
        "",
        "a - b",
        "http://example.test/x",
        "12:30",
        "Re:Hello",
        "a (b OR c) -d",
        "before:May 2024 x",
        "e-mail ☺",
    ] {
        assert_eq!(remarks(typed), [], "{typed}");
    }
    // What is still being typed is not judged.
    for typed in [
        "is:unr",
        "x before:so",
        "\"open",
        "(a",
        "a OR",
        "from:",
        "fro:x",
    ] {
        let parsed = super::parse_typing(typed, today());
        assert_eq!(parsed.remarks, [], "{typed}");
    }
    let parsed = super::parse_typing("is:unr x", today());
    assert_eq!(parsed.remarks.len(), 1);
}
