use super::to_text;

#[test]
fn links_are_readable_and_scripts_are_gone() {
    let text = to_text(
        "<head><title>T</title><style>p{color:red}</style></head><p>Hello <b>you</b>, \
         <a href=\"https://x.test/a\">look</a> or <a href='javascript:alert(1)'>not</a>.\
         <script>alert('no')</script><p>&copy; caf&eacute;",
    );
    assert_eq!(
        text,
        "Hello you, look <https://x.test/a> or not.\n\n© café\n"
    );
}

#[test]
fn tables_are_not_drawn() {
    let text = to_text("<table><tr><td>one</td><td>two</td></tr><tr><td>three</td></tr></table>");
    assert!(!text.contains(['|', '─', '│', '+']), "{text}");
    assert_eq!(
        text.split_whitespace().collect::<Vec<_>>(),
        ["one", "two", "three"]
    );
}

#[test]
fn quotes_and_lists_are_marked() {
    let text = to_text("<ul><li>a</li><li>b</li></ul><blockquote>old</blockquote>");
    assert!(text.contains("- a\n- b"), "{text}");
    assert!(text.contains("> old"), "{text}");
}

#[test]
fn deep_nesting_and_other_bombs_cost_no_time() {
    let attributes: String = (0..200_000).map(|n| format!(" a{n}")).collect();
    for html in [
        "<div>".repeat(100_000),
        "<div></x>".repeat(100_000),
        "<span><div></span></div>".repeat(50_000),
        "<a><p>".repeat(100_000),
        "<b><table><td>".repeat(50_000),
        "<svg><td>".repeat(100_000),
        "<p \"".repeat(100_000),
        "<a".repeat(500_000),
        "<a ='".repeat(300_000),
        format!("<a{attributes}>"),
        format!("<a{}>", attributes.replace(' ', "/")),
        format!("<a{}>", attributes.replace(' ', "=''")),
        "<blockquote><ul><li>".repeat(60),
    ] {
        let begun = std::time::Instant::now();
        to_text(&format!("{html}x"));
        let took = begun.elapsed();
        assert!(took.as_secs() < 10, "{html:.40} took {took:?}");
    }
}

#[test]
fn embedded_images_do_not_count_as_bombs() {
    let html = format!(
        "<p>Hi <img src=\"data:image/png;base64,{}\"> there",
        "ab/ ".repeat(5000)
    );
    assert_eq!(to_text(&html), "Hi there\n");
}
