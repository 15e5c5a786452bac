use mail_parser::{Message, PartType};

use super::*;
use crate::mime::{attachment_bytes, normalise_crlf, parse, parse_skeleton, summary};
use crate::model::PartPath;

fn header(text: &str) -> Vec<u8> {
    format!("{}\r\n\r\n", text.replace('\n', "\r\n")).into_bytes()
}

fn left_out_part(path: &[u32], octets: u64, size: u64) -> LeftOut {
    LeftOut {
        path: PartPath(path.to_vec()),
        at: 0,
        octets,
        size,
    }
}

fn here(fields: &str, body: &str) -> Piece {
    Piece::Here {
        header: header(fields),
        body: body.as_bytes().to_vec(),
    }
}

const PDF: &str = "Content-Type: application/pdf; name=\"=?utf-8?Q?=C3=84rger?=.pdf\"\n\
     Content-Transfer-Encoding: base64\nContent-Disposition: attachment";

fn letter() -> Piece {
    let related = Piece::Multipart {
        header: header("Content-Type: multipart/related; boundary=in"),
        parts: vec![
            here(
                "Content-Type: text/html",
                "<p>Hello <img src=\"cid:a@b\"></p>",
            ),
            Piece::LeftOut {
                header: header(
                    "Content-Type: image/png\nContent-ID: <a@b>\nContent-Transfer-Encoding: base64",
                ),
                part: left_out_part(&[1, 2], 4_000_000, 2_900_000),
            },
        ],
    };
    Piece::Multipart {
        header: header(
            "From: a@example.test\nSubject: Two\nMIME-Version: 1.0\n\
             Content-Type: multipart/mixed;\n boundary=\"=_out\"",
        ),
        parts: vec![
            related,
            Piece::LeftOut {
                header: header(PDF),
                part: left_out_part(&[2], 1_368_422, 1_000_000),
            },
            // Without any header at all.
            here("", "The footer of a list."),
            Piece::LeftOut {
                header: header(
                    "Content-Type: text/csv\nContent-Disposition: attachment; filename=a.csv",
                ),
                part: left_out_part(&[4], 500, 500),
            },
        ],
    }
}

#[test]
fn what_is_left_out_is_listed_and_the_rest_is_read() {
    let skeleton = assemble(&letter()).expect("it fits");
    let email = parse_skeleton(&skeleton, None);
    assert!(
        email.text.contains("Hello") && email.text.contains("The footer"),
        "{}",
        email.text
    );
    let seen: Vec<_> = email
        .attachments
        .iter()
        .map(|a| {
            (
                a.name.as_str(),
                a.content_type.as_str(),
                a.size,
                a.here,
                a.inline,
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("part-3.png", "image/png", 2_900_000, false, true),
            ("Ärger.pdf", "application/pdf", 1_000_000, false, false),
            ("a.csv", "text/csv", 500, false, false),
        ]
    );
    assert_eq!(summary(&skeleton.raw).0.attachments, 2);
}

#[test]
fn a_part_that_is_put_in_is_read_as_of_the_whole_message() {
    let skeleton = assemble(&letter()).expect("it fits");
    let pdf = parse_skeleton(&skeleton, None).attachments[1].part;
    let known = is_left_out(&skeleton, pdf).expect("it is left out");
    assert_eq!(known.path.to_string(), "2");
    let filled = skeleton.with(&PartPath(vec![1, 2]), b"iVBORw0KGgo=\r\n");
    let filled = filled.with(&known.path, b"JVBERi0xLjQK\r\nAAAA");
    assert_eq!(is_left_out(&filled, pdf), None);
    let saved = attachment_bytes(&filled.raw, pdf).expect("it is there");
    assert_eq!(
        (saved.name.as_str(), saved.bytes.as_slice()),
        ("Ärger.pdf", &b"%PDF-1.4\n\0\0\0"[..])
    );
    let email = parse_skeleton(&filled, None);
    let sizes: Vec<_> = email.attachments.iter().map(|a| (a.size, a.here)).collect();
    assert_eq!(sizes, [(8, true), (12, true), (500, false)]);
}

#[test]
fn a_message_that_is_nothing_but_a_file_has_no_body_then() {
    let root = Piece::LeftOut {
        header: header(
            "From: a@example.test\nSubject: Scan\nContent-Type: application/pdf; name=scan.pdf\n\
             Content-Transfer-Encoding: base64",
        ),
        part: left_out_part(&[1], 5_000_000, 3_600_000),
    };
    let skeleton = assemble(&root).expect("it fits");
    let email = parse_skeleton(&skeleton, None);
    assert_eq!(email.attachments.len(), 1);
    assert_eq!(
        (email.attachments[0].size, email.attachments[0].here),
        (3_600_000, false)
    );
    let filled = skeleton.with(&PartPath(vec![1]), b"JVBERi0xLjQK\r\n");
    let saved = attachment_bytes(&filled.raw, email.attachments[0].part);
    assert_eq!(saved.expect("it is there").bytes, b"%PDF-1.4\n");
}

#[test]
fn pieces_that_do_not_fit_make_no_message() {
    let mixed = |fields: &str, parts| Piece::Multipart {
        header: header(fields),
        parts,
    };
    const ROOT: &str = "Subject: x\nContent-Type: multipart/mixed; boundary=b";
    let file = || Piece::LeftOut {
        header: header(PDF),
        part: left_out_part(&[2], 9, 9),
    };
    let fits = mixed(ROOT, vec![here("", "text"), file()]);
    assert!(assemble(&fits).is_some());
    for (why, root) in [
        (
            "no boundary",
            mixed("Subject: x\nContent-Type: multipart/mixed", vec![file()]),
        ),
        ("no header", mixed("", vec![file()])),
        (
            "the boundary within a part",
            mixed(ROOT, vec![here("", "text\r\n--b\r\n\r\nmore"), file()]),
        ),
        (
            "a part that says to be a multipart",
            mixed(
                ROOT,
                vec![
                    here(
                        "Content-Type: multipart/mixed; boundary=c",
                        "--c\r\n\r\ntext\r\n--c--",
                    ),
                    file(),
                ],
            ),
        ),
    ] {
        assert_eq!(assemble(&root), None, "{why}");
    }
}

/// The pieces of a message as the parser sees it; attachments are left out.
fn pieces(raw: &[u8], message: &Message<'_>, id: u32) -> Piece {
    let part = &message.parts[id as usize];
    let (start, body) = (part.offset_header as usize, part.offset_body as usize);
    let header = raw[start..body].to_vec();
    match &part.body {
        PartType::Multipart(children) => Piece::Multipart {
            header,
            parts: children
                .iter()
                .map(|id| pieces(raw, message, *id))
                .collect(),
        },
        // One that names no boundary is fetched whole.
        PartType::Binary(_) | PartType::InlineBinary(_)
            if part
                .content_type()
                .is_none_or(|kind| kind.ctype() != "multipart") =>
        {
            Piece::LeftOut {
                header,
                part: left_out_part(&[id], 7, 7),
            }
        }
        _ => Piece::Here {
            header,
            body: raw[body..part.offset_end as usize].to_vec(),
        },
    }
}

#[test]
fn the_parts_of_a_skeleton_are_those_of_its_message() {
    let (mut whole, mut in_parts) = (0, 0);
    for (path, raw) in crate::mime::tests::corpus::all() {
        let crlf = normalise_crlf(&raw).into_owned();
        let source = repair::source(&crlf);
        let Some(message) = parse::message(&source) else {
            continue;
        };
        whole += 1;
        let Some(skeleton) = assemble(&pieces(&source, &message, 0)) else {
            continue;
        };
        in_parts += 1;
        let (all, some) = (parse(&crlf), parse_skeleton(&skeleton, None));
        assert_eq!(some.text, all.text, "{}", path.display());
        assert_eq!(some.headers, all.headers, "{}", path.display());
        let names = |email: &crate::model::Email| -> Vec<_> {
            let of =
                |a: &crate::model::Attachment| (a.part, a.name.clone(), a.content_type.clone());
            email.attachments.iter().map(of).collect()
        };
        assert_eq!(names(&some), names(&all), "{}", path.display());
    }
    // The others are damaged.
    assert!(in_parts * 10 >= whole * 7, "{in_parts} of {whole}");
}
