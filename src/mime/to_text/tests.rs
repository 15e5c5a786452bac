use super::{is_too_deep, to_text};

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
fn deep_nesting_and_other_bombs_are_not_laid_out() {
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
    ] {
        let html = format!("{html}x");
        // What is left is one pass over the letters.
        assert!(is_too_deep(&html), "{html:.40}");
        let text = to_text(&html);
        assert!(text.len() <= html.len() + 1, "{html:.40}: {}", text.len());
    }
}

#[test]
fn honest_depth_is_laid_out_and_grows_by_its_marks_only() {
    let html = format!("{}x", "<blockquote><ul><li>".repeat(60));
    assert!(!is_too_deep(&html));
    let text = to_text(&html);
    assert!(text.len() < 10 * html.len(), "{}", text.len());
    assert!(text.starts_with("> "), "{text:.40}");
    // One element with a long name.
    let name: String = (0..200_000).map(|n| format!("=''a{n}")).collect();
    assert_eq!(to_text(&format!("<a{name}>x")), "x\n");
}

#[test]
fn embedded_images_do_not_count_as_bombs() {
    let html = format!(
        "<p>Hi <img src=\"data:image/png;base64,{}\"> there",
        "ab/ ".repeat(5000)
    );
    assert_eq!(to_text(&html), "Hi there\n");
}
