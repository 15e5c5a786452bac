use super::*;

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
        ("after:7d on:2w", "after:7d on:14d"),
        ("larger:2M smaller:10k", "larger:2097152 smaller:10240"),
        ("larger:1.5mb", "larger:1572864"),
        ("tag:later", "tag:later"),
        // What makes no sense is looked for as it stands.
        ("before:soon", "\"before:soon\""),
        ("before:2026-02-30", "\"before:2026-02-30\""),
        (
            "larger:99999999999999999999",
            "\"larger:99999999999999999999\"",
        ),
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
}
