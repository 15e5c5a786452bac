//! Character sets, MIME structures and attachment names.

use mail_parser::{MimeHeaders, PartType};

use super::{named, parse};

#[test]
fn scripts_survive_their_character_sets() {
    for (id, charset, subject, word) in [
        (
            "wor-ru",
            "windows-1251",
            "Свиристели прилетели!",
            "С тёплым приветом",
        ),
        (
            "wor-ja",
            "iso-2022-jp",
            "渡り鳥の季節ですね",
            "ヒレンジャク",
        ),
        ("wor-zh", "gb18030", "你的明信片到了", "走了整整六个星期"),
        ("wor-zh-tw", "big5", "賞鳥課的照片", "找麻雀"),
        ("wor-ko", "euc-kr", "합창 악보 잘 받았어요", "알토 파트가"),
        (
            "wor-tr",
            "iso-8859-9",
            "Leylekler gitti, ben kaldım",
            "Işıklar açık",
        ),
        (
            "wor-el",
            "iso-8859-7",
            "Τα χελιδόνια πέρασαν",
            "διακόσια δώδεκα",
        ),
        (
            "wor-sv",
            "iso-8859-15",
            "Såsen är klar!",
            "överenskommelsen",
        ),
        (
            "wor-ar",
            "utf-8",
            "موعد ورشة الطيور يوم السبت",
            "مع أطيب التحيات",
        ),
        ("wor-hi", "utf-8", "दीवाली की मिठाई 🪔", "शुभ दीपावली"),
    ] {
        let message = named(id);
        let parsed = parse(&message);
        assert!(String::from_utf8_lossy(&message.raw).contains(&format!("charset=\"{charset}\"")));
        assert_eq!(parsed.subject(), Some(subject));
        assert!(parsed.body_text(0).unwrap().contains(word), "{id}");
        let from = parsed.from().unwrap().first().unwrap().name().unwrap();
        assert!(!from.contains('\u{fffd}'));
    }
}

#[test]
fn shapes_of_mail_are_all_there() {
    let types = |id: &str| -> Vec<String> {
        let message = named(id);
        let parsed = parse(&message);
        parsed
            .parts
            .iter()
            .filter_map(|part| part.content_type())
            .map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()))
            .collect()
    };
    assert_eq!(
        types("hom-bounce"),
        [
            "multipart/report",
            "text/plain",
            "message/delivery-status",
            "message/rfc822"
        ]
    );
    assert_eq!(types("shp-receipt"), ["text/html"]);
    assert_eq!(
        types("gar-calendar"),
        ["multipart/alternative", "text/plain", "text/calendar"]
    );
    assert_eq!(
        types("fam-photos"),
        [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "multipart/related",
            "text/html",
            "image/jpeg",
            "application/zip"
        ]
    );
    assert_eq!(
        types("hom-signed"),
        [
            "multipart/signed",
            "text/plain",
            "application/pgp-signature"
        ]
    );
    let forward = named("hom-bounce-fwd");
    let parsed = parse(&forward);
    let inner = parsed.parts.iter().find_map(|part| match &part.body {
        PartType::Message(inner) => Some(inner),
        _ => None,
    });
    assert_eq!(
        inner.unwrap().subject(),
        Some("Undelivered Mail Returned to Sender")
    );
}

#[test]
fn attachment_names_survive() {
    let names = |id: &str| -> Vec<String> {
        let message = named(id);
        let parsed = parse(&message);
        parsed
            .attachments()
            .filter_map(|part| part.attachment_name())
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(
        names("gar-minutes"),
        [
            "Protokoll der Gartenversammlung – Bewässerung, Igel & Sonstiges.pdf",
            "members.csv"
        ]
    );
    assert!(names("fam-photos").contains(
        &"Fotos del verano — Mateo, el faro y la abuela (todas las buenas, sin las borrosas).zip"
            .to_owned()
    ));
}
