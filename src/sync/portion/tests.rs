use super::*;

const MB: u64 = 1_000_000;

fn part(content_type: &str, octets: u64) -> SinglePart {
    SinglePart {
        content_type: content_type.to_owned(),
        octets,
        ..SinglePart::default()
    }
}

fn single(content_type: &str, octets: u64) -> Structure {
    Structure::Single(part(content_type, octets))
}

fn file(content_type: &str, octets: u64) -> Structure {
    Structure::Single(SinglePart {
        base64: true,
        attachment: true,
        named: true,
        ..part(content_type, octets)
    })
}

fn named(content_type: &str, octets: u64) -> Structure {
    Structure::Single(SinglePart {
        named: true,
        ..part(content_type, octets)
    })
}

fn multi(subtype: &str, parts: Vec<Structure>) -> Structure {
    Structure::Multipart {
        subtype: subtype.to_owned(),
        parts,
    }
}

/// What is left out, in words.
fn left_out(message: &Structure) -> Option<Vec<String>> {
    let portion = Portion::of(message)?;
    Some(portion.left_out.iter().map(ToString::to_string).collect())
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table reads best in one piece")]
fn large_attachments_stay_on_the_server_and_texts_do_not() {
    let text = || single("text/plain", 2_000);
    let both = || multi("alternative", vec![text(), single("text/html", 300_000)]);
    for (name, message, expected) in [
        (
            "a text and a file",
            multi("mixed", vec![text(), file("application/pdf", 20 * MB)]),
            vec!["2"],
        ),
        (
            "a small file comes along",
            multi(
                "mixed",
                vec![
                    text(),
                    file("application/pdf", 90_000),
                    file("video/mp4", MB),
                ],
            ),
            vec!["3"],
        ),
        (
            "pictures of an HTML text",
            multi(
                "related",
                vec![
                    both(),
                    file("image/jpeg", 4 * MB),
                    single("image/png", 5 * MB),
                ],
            ),
            vec!["2", "3"],
        ),
        (
            "nested",
            multi(
                "mixed",
                vec![
                    multi("related", vec![both(), single("image/png", 3 * MB)]),
                    file("text/csv", MB),
                ],
            ),
            vec!["1.2", "2"],
        ),
        (
            "a text that is a file",
            multi("mixed", vec![text(), named("text/plain", 3 * MB)]),
            vec!["2"],
        ),
        (
            "a long text before it",
            multi(
                "mixed",
                vec![named("text/plain", 2 * MB), file("application/zip", 9 * MB)],
            ),
            vec!["2"],
        ),
        (
            "a second text",
            multi(
                "mixed",
                vec![
                    text(),
                    file("application/zip", 9 * MB),
                    single("text/plain", 200_000),
                ],
            ),
            vec!["2"],
        ),
        (
            "nothing but a file",
            file("application/pdf", 5 * MB),
            vec!["1"],
        ),
        (
            "a small message within",
            multi(
                "mixed",
                vec![
                    text(),
                    single("message/rfc822", 50_000),
                    file("application/zip", MB),
                ],
            ),
            vec!["3"],
        ),
    ] {
        let left = left_out(&message);
        assert_eq!(
            left,
            Some(expected.into_iter().map(str::to_owned).collect()),
            "{name}"
        );
    }
}

#[test]
fn what_must_be_whole_is_fetched_whole() {
    let text = || single("text/plain", 2_000);
    let file = || file("application/pdf", 20 * MB);
    for (name, message) in [
        (
            "signed",
            multi(
                "signed",
                vec![
                    multi("mixed", vec![text(), file()]),
                    single("application/pgp-signature", 800),
                ],
            ),
        ),
        (
            "signed within",
            multi(
                "mixed",
                vec![
                    multi(
                        "signed",
                        vec![text(), single("application/pkcs7-signature", 5_000)],
                    ),
                    file(),
                ],
            ),
        ),
        (
            "encrypted",
            multi(
                "encrypted",
                vec![
                    single("application/pgp-encrypted", 20),
                    single("application/octet-stream", 20 * MB),
                ],
            ),
        ),
        ("enveloped", single("application/pkcs7-mime", 20 * MB)),
        (
            "enveloped, by its old name",
            multi(
                "mixed",
                vec![text(), single("application/x-pkcs7-mime", 9 * MB)],
            ),
        ),
        (
            "a large message within",
            multi("mixed", vec![text(), single("message/rfc822", 20 * MB)]),
        ),
        ("text and nothing else", single("text/plain", 20 * MB)),
        (
            "more text than files",
            multi("mixed", vec![single("text/plain", 2 * MB), file_of(MB)]),
        ),
        ("no boundary", single("multipart/mixed", 20 * MB)),
        ("no parts", multi("mixed", vec![])),
        (
            "no end of parts",
            multi("mixed", std::iter::repeat_with(file).take(2_000).collect()),
        ),
    ] {
        assert_eq!(left_out(&message), None, "{name}");
    }
}

fn file_of(octets: u64) -> Structure {
    file("application/pdf", octets)
}

#[test]
fn many_small_parts_are_not_small_together() {
    let parts = vec![file("image/jpeg", 90_000); 30];
    let portion = Portion::of(&multi("mixed", parts)).expect("most stay");
    assert_eq!(portion.left_out.len(), 26);
    let asked: u64 = portion.sections.iter().map(|(_, size)| size).sum();
    assert!(asked < SMALL_TOGETHER + 30 * HEADER_SIZE, "{asked}");
}

#[test]
fn a_server_that_leaves_something_out_is_not_believed() {
    let message = multi(
        "mixed",
        vec![single("text/plain", 10), file("application/pdf", MB)],
    );
    let portion = Portion::of(&message).expect("the file stays");
    let header = |n| (Section::Mime(PartPath(vec![n])), b"\r\n".to_vec());
    let body = |text: &str| (Section::Body(PartPath(vec![1])), text.as_bytes().to_vec());
    let made = |sections: Vec<(Section, Vec<u8>)>| {
        let sections = sections.into_iter().collect();
        portion.pieces(&message, b"Subject: x\r\n\r\n".to_vec(), sections)
    };
    assert!(made(vec![header(1), body("0123456789"), header(2)]).is_some());
    assert_eq!(made(vec![header(1), body("0123456789")]), None);
    assert_eq!(made(vec![header(1), header(2)]), None);
    assert_eq!(made(vec![header(1), body(""), header(2)]), None);
}
