//! Every charset, in texts, encoded words, and in fields without any.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::Encoding;

use crate::mime::{attachment_bytes, charset_named, charsets, parse, parse_as};

/// Something to write in each script.
fn sample(script: &str) -> &'static str {
    match script {
        "Unicode" => "Grüße, 写真 и привет 🙂",
        "Central European" => "Příliš žluťoučký kůň",
        "South European" => "Ħafna ġrajjiet żgħar",
        "Baltic" => "Ąžuolas šlama žiemą",
        "Cyrillic" => "Привет, как дела сегодня",
        "Greek" => "Καλημέρα σας παιδιά",
        "Turkish" => "Günaydın, nasılsınız, iyi şanslar",
        "Hebrew" => "שלום לכם חברים",
        "Arabic" => "مرحبا بكم جميعا",
        "Vietnamese" => "Trân tr\u{323}ong kính chào",
        "Thai" => "สวัสดีครับทุกคน",
        "Simplified Chinese" => "你好，谢谢你的照片",
        "Traditional Chinese" => "你好，謝謝你的照片",
        "Japanese" => "写真をありがとうございました",
        "Korean" => "안녕하세요, 사진 고맙습니다",
        _ => "Fête à la crème brûlée",
    }
}

fn message(label: &str, bytes: &[u8]) -> Vec<u8> {
    let encoded = STANDARD.encode(bytes);
    format!(
        "From: =?{label}?B?{encoded}?= <a@x.test>\r\nSubject: =?{label}?B?{encoded}?=\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=\"{label}\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n"
    )
    .into_bytes()
}

#[test]
fn every_charset_is_read_by_its_name() {
    let mut tried = 0;
    for charset in charsets() {
        let encoding = Encoding::for_label(charset.label.as_bytes()).unwrap();
        let text = sample(charset.script);
        let (bytes, used, unmappable) = encoding.encode(text);
        if used != encoding || unmappable {
            // UTF-16 and bytes as such are read and never written.
            continue;
        }
        tried += 1;
        let email = parse(&message(charset.label, &bytes));
        assert_eq!(email.text.trim_end(), text, "{}", charset.label);
        assert_eq!(email.subject, text, "{}", charset.label);
        assert_eq!(email.from[0].name, text, "{}", charset.label);
    }
    assert!(tried >= 34, "{tried}");
}

#[test]
fn the_names_other_programs_use_are_understood() {
    for (label, name) in [
        ("cp932", "shift_jis"),
        ("cp949", "euc-kr"),
        ("ks_c_5601-1987", "euc-kr"),
        ("windows-936", "gbk"),
        ("cp950", "big5"),
        ("x-sjis", "shift_jis"),
        ("windows-31j", "shift_jis"),
        ("iso_8859-2:1987", "iso-8859-2"),
        ("koi8r", "koi8-r"),
        ("cp1251", "windows-1251"),
    ] {
        let encoding = Encoding::for_label(name.as_bytes()).unwrap();
        let script = charset_named(name).unwrap().script;
        let (bytes, ..) = encoding.encode(sample(script));
        let email = parse(&message(label, &bytes));
        assert_eq!(email.text.trim_end(), sample(script), "{label}");
        assert_eq!(email.subject, sample(script), "{label}");
    }
}

/// Some sentences, since a guess needs something to go by.
fn long(script: &str) -> String {
    let text = match script {
        "Cyrillic" => "Добрый день! Посылаю вам обещанные фотографии с озера. До встречи.",
        "Greek" => "Καλημέρα! Σας στέλνω τις φωτογραφίες από τη λίμνη. Τα λέμε σύντομα.",
        "Simplified Chinese" => "您好！附件是上周在湖边拍的照片，请查收。期待下次再见面。",
        "Traditional Chinese" => "您好！附件是上週在湖邊拍的照片，請查收。期待下次再見面。",
        "Japanese" => "こんにちは。先週、湖で撮った写真をお送りします。またお会いしましょう。",
        "Korean" => "안녕하세요. 지난주 호수에서 찍은 사진을 보내 드립니다. 또 만나요.",
        "Hebrew" => "שלום רב, אני שולח לכם את התמונות מהאגם. להתראות בקרוב.",
        "Arabic" => "مرحبا، أرسل إليكم الصور من البحيرة. إلى اللقاء قريبا.",
        other => panic!("{other}"),
    };
    format!("{text}\n{text}\n")
}

#[test]
fn what_names_no_charset_or_the_wrong_one_is_guessed() {
    for label in [
        "windows-1251",
        "KOI8-R",
        "windows-1253",
        "GBK",
        "Big5",
        "Shift_JIS",
        "EUC-JP",
        "ISO-2022-JP",
        "EUC-KR",
        "windows-1255",
        "windows-1256",
    ] {
        let text = long(charset_named(label).unwrap().script);
        let encoding = Encoding::for_label(label.as_bytes()).unwrap();
        let (bytes, ..) = encoding.encode(&text);
        for kind in ["", "Content-Type: text/plain; charset=us-ascii\n"] {
            let mut raw = format!("Subject: x\n{kind}\n").into_bytes();
            raw.extend_from_slice(&bytes);
            assert_eq!(parse(&raw).text, text, "{label} {kind}");
        }
    }
    for kind in ["iso-8859-1", "windows-1252", "us-ascii", "koi8-r"] {
        let raw = format!("Content-Type: text/plain; charset={kind}\n\nSchöne Grüße\n");
        assert_eq!(parse(raw.as_bytes()).text, "Schöne Grüße\n", "{kind}");
    }
}

#[test]
fn raw_letters_in_fields_are_guessed_and_a_choice_decides() {
    let encoding = Encoding::for_label(b"koi8-r").unwrap();
    let (subject, ..) = encoding.encode("Фотографии с озера, до встречи");
    let (text, ..) = encoding.encode("Да");
    let raw = [b"Subject: ".as_slice(), &subject, b"\n\n", &text, b"\n"].concat();
    let email = parse(&raw);
    assert_eq!(email.subject, "Фотографии с озера, до встречи");
    // Two letters are too few to guess by.
    let chosen = parse_as(&raw, charset_named("koi8-r"));
    assert_eq!(chosen.text, "Да\n");
    assert_eq!(chosen.subject, email.subject);
    let other = parse_as(&raw, charset_named("windows-1252"));
    assert_ne!(other.text, "Да\n");
    assert_ne!(other.subject, email.subject);
}

#[test]
fn a_choice_changes_no_attachment() {
    let raw = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\n\
        Content-Type: text/plain; name=a.txt\nContent-Disposition: attachment\n\n\xc4\xe0\n--b--\n";
    let email = parse_as(raw, charset_named("windows-1251"));
    let part = email.attachments[0].part;
    assert_eq!(attachment_bytes(raw, part).unwrap().bytes, b"\xc4\xe0");
}
