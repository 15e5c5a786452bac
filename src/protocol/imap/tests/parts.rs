//! Messages in parts.

use super::super::Section;
use super::connection;
use crate::model::{PartPath, SinglePart, Structure, Uid};

fn seven() -> Uid {
    Uid::new(7).unwrap()
}

fn path(numbers: &[u32]) -> PartPath {
    PartPath(numbers.to_vec())
}

#[tokio::test]
async fn a_structure_is_read_as_a_tree() {
    let mut conn = connection(
        "C: W1 UID FETCH 7 (UID BODYSTRUCTURE BODY.PEEK[HEADER])\n\
         S: * 3 FETCH (UID 7 BODYSTRUCTURE (((\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"7bit\" 12 1 NIL NIL NIL NIL)\\\n\
         S: (\"TEXT\" \"HTML\" NIL NIL NIL \"quoted-printable\" 90 3 NIL (\"inline\" NIL) NIL NIL) \"ALTERNATIVE\" (\"boundary\" \"i\") NIL NIL)\\\n\
         S: (\"application\" \"pdf\" (\"name*0*\" \"utf-8''a\") NIL NIL \"BASE64\" 20000000 NIL (\"ATTACHMENT\" NIL) NIL NIL)\\\n\
         S: (\"message\" \"rfc822\" NIL NIL NIL NIL 300 (NIL \"in\" NIL NIL NIL NIL NIL NIL NIL NIL) (\"text\" \"plain\" NIL NIL NIL \"7bit\" 3 1) 9 NIL NIL)\\\n\
         S:  \"mixed\" (\"boundary\" \"b\") NIL NIL NIL) BODY[HEADER] {14}\n\
         S: Subject: x\n\
         S: \n\
         S: )\n\
         S: W1 OK done\n",
        "IMAP4rev1",
    );
    let outline = conn.fetch_outline(seven()).await.unwrap().unwrap();
    assert_eq!(outline.header.unwrap(), b"Subject: x\r\n\r\n");
    let single = |content_type: &str, octets| SinglePart {
        content_type: content_type.to_owned(),
        octets,
        ..SinglePart::default()
    };
    let expected = Structure::Multipart {
        subtype: "mixed".to_owned(),
        parts: vec![
            Structure::Multipart {
                subtype: "alternative".to_owned(),
                parts: vec![
                    Structure::Single(single("text/plain", 12)),
                    Structure::Single(single("text/html", 90)),
                ],
            },
            Structure::Single(SinglePart {
                base64: true,
                attachment: true,
                named: true,
                ..single("application/pdf", 20_000_000)
            }),
            Structure::Single(single("message/rfc822", 300)),
        ],
    };
    assert_eq!(outline.structure, Some(expected));
}

#[tokio::test]
async fn a_structure_nobody_can_read_is_none_and_no_failure() {
    for odd in [
        "NIL",
        "(NIL NIL)",
        "(\"text\")",
        "(\"text\" \"plain\" NIL NIL NIL \"7bit\" -1 1)",
    ] {
        let script = format!(
            "C: W1 UID FETCH 7 (UID BODYSTRUCTURE BODY.PEEK[HEADER])\n\
             S: * 3 FETCH (UID 7 BODYSTRUCTURE {odd} BODY[HEADER] {{14}}\n\
             S: Subject: x\n\
             S: \n\
             S: )\n\
             S: W1 OK done\n\
             C: W2 UID FETCH 7 (UID BODY.PEEK[1])\n\
             S: W2 OK gone\n"
        );
        let mut conn = connection(&script, "IMAP4rev1");
        let outline = conn.fetch_outline(seven()).await.unwrap().unwrap();
        assert_eq!(outline.structure, None, "{odd}");
        assert_eq!(outline.header.unwrap(), b"Subject: x\r\n\r\n", "{odd}");
        let asked = [Section::Body(path(&[1]))];
        let gone = conn.fetch_sections(seven(), &asked).await.unwrap();
        assert_eq!(gone, None, "{odd}");
    }
}

#[tokio::test]
async fn deep_structures_end_the_connection_and_not_the_program() {
    let nested = "(".repeat(400);
    let script = format!(
        "C: W1 UID FETCH 7 (UID BODYSTRUCTURE BODY.PEEK[HEADER])\n\
         S: * 3 FETCH (UID 7 BODYSTRUCTURE {nested}\n"
    );
    let mut conn = connection(&script, "IMAP4rev1");
    let error = conn.fetch_outline(seven()).await.unwrap_err();
    assert!(error.is_confusion(), "{error:?}");
}

#[tokio::test]
async fn sections_are_told_apart_and_news_of_others_is_passed_over() {
    let mut conn = connection(
        "C: W1 UID FETCH 7 (UID BODY.PEEK[2.MIME] BODY.PEEK[2] BODY.PEEK[1.2])\n\
         S: * 4 FETCH (UID 8 BODY[2] \"other\")\n\
         S: * 3 FETCH (FLAGS (\\Seen))\n\
         S: * 3 FETCH (BODY[2.MIME] {4}\n\
         S: \n\
         S: \n\
         S:  UID 7 BODY[2] \"two\" BODY[1.2] NIL)\n\
         S: W1 OK done\n\
         C: W2 UID FETCH 7 (UID BODY.PEEK[2])\n\
         S: W2 NO [UNKNOWN-CTE] no such part\n",
        "IMAP4rev1",
    );
    let asked = [
        Section::Mime(path(&[2])),
        Section::Body(path(&[2])),
        Section::Body(path(&[1, 2])),
    ];
    let found = conn.fetch_sections(seven(), &asked).await.unwrap().unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[&asked[0]], b"\r\n\r\n");
    assert_eq!(found[&asked[1]], b"two");
    let refused = conn.fetch_sections(seven(), &asked[1..2]).await;
    assert!(refused.unwrap_err().is_refusal());
}

#[tokio::test]
async fn pieces_are_pieces_whatever_the_server_makes_of_them() {
    let mut conn = connection(
        "C: W1 UID FETCH 7 (UID BODY.PEEK[2]<0.4>)\n\
         S: * 3 FETCH (UID 7 BODY[2]<0> \"abcd\")\n\
         S: W1 OK done\n\
         C: W2 UID FETCH 7 (UID BODY.PEEK[2]<4.4>)\n\
         S: * 3 FETCH (UID 7 BODY[2] \"abcdefg\")\n\
         S: W2 OK the whole part\n\
         C: W3 UID FETCH 7 (UID BODY.PEEK[2]<4.8>)\n\
         S: * 3 FETCH (UID 7 BODY[2] \"abcdefg\")\n\
         S: W3 OK the whole part, which is shorter than a piece\n\
         C: W4 UID FETCH 7 (UID BODY.PEEK[2]<7.4>)\n\
         S: * 3 FETCH (UID 7 BODY[2]<7> NIL)\n\
         S: W4 OK done\n\
         C: W5 UID FETCH 7 (UID BODY.PEEK[2]<7.4>)\n\
         S: W5 OK the message is gone\n",
        "IMAP4rev1",
    );
    let two = path(&[2]);
    for (offset, length, expected) in [
        (0, 4, Some(&b"abcd"[..])),
        (4, 4, Some(b"efg")),
        (4, 8, Some(b"efg")),
        (7, 4, Some(b"")),
        (7, 4, None),
    ] {
        let piece = conn.fetch_part_piece(seven(), &two, offset, length).await;
        assert_eq!(piece.unwrap().as_deref(), expected, "{offset} {length}");
    }
}
