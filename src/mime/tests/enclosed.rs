//! What is packed into, or enclosed with, a message.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::mime::tnef::tests::{UNPACKED, sample};
use crate::mime::{attachment_bytes, parse, saved_parts};
use crate::model::{EventKind, TextSource};

fn packed(before: &str) -> Vec<u8> {
    let data = STANDARD.encode(sample());
    format!(
        "Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n{before}--b\n\
         Content-Type: application/ms-tnef; name=\"winmail.dat\"\n\
         Content-Transfer-Encoding: base64\n\n{data}\n--b--\n"
    )
    .into_bytes()
}

#[test]
fn what_outlook_packed_is_attached_like_anything_else() {
    let raw = packed("");
    let email = parse(&raw);
    assert_eq!(
        (email.text.as_str(), email.text_source),
        ("Привет", TextSource::Plain)
    );
    let files: Vec<_> = email
        .attachments
        .iter()
        .map(|file| (file.name.as_str(), file.content_type.as_str(), file.size))
        .collect();
    assert_eq!(
        files,
        [
            ("a.pdf", "application/pdf", 8),
            ("Fotos vom See.txt", "text/plain", 4)
        ]
    );
    let lake = attachment_bytes(&raw, email.attachments[1].part).unwrap();
    assert_eq!(
        (lake.name.as_str(), lake.bytes.as_slice()),
        ("Fotos vom See.txt", b"lake".as_slice())
    );
    // Its own text is what counts where the message has one.
    let email = parse(&packed("--b\nContent-Type: text/plain\n\nHello\n"));
    assert_eq!(email.text.trim_end(), "Hello");
    assert_eq!(email.attachments.len(), 2);
}

#[test]
fn several_files_of_one_are_unpacked_once() {
    let raw = packed("");
    let files = parse(&raw).attachments;
    let wanted: Vec<_> = files.iter().rev().map(|file| file.part).collect();
    let before = UNPACKED.get();
    let saved = saved_parts(&raw, &wanted);
    assert_eq!(UNPACKED.get() - before, 1);
    let parts: Vec<_> = saved.iter().map(|saved| saved.part).collect();
    assert_eq!(parts, wanted);
    let names = saved.iter().map(|saved| saved.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["Fotos vom See.txt", "a.pdf"]);
}

#[test]
fn a_packed_file_that_is_none_stays_as_it_is() {
    let raw = b"Content-Type: application/ms-tnef; name=winmail.dat\n\nno such thing\n";
    let email = parse(raw);
    assert_eq!(email.attachments.len(), 1);
    assert_eq!(email.attachments[0].name, "winmail.dat");
}

#[test]
fn invitations_cards_and_letters_are_told() {
    let raw = b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\
        Content-Type: multipart/alternative; boundary=c\n\n--c\n\nSee you\n--c\n\
        Content-Type: text/calendar; method=REQUEST\n\n\
        BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Walk\nDTSTART:20260704T090000Z\nEND:VEVENT\nEND:VCALENDAR\n\
        --c--\n--b\nContent-Type: application/octet-stream; name=invite.ics\n\n\
        BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Walk\nDTSTART:20260704T090000Z\nEND:VEVENT\nEND:VCALENDAR\n\
        --b\nContent-Type: text/vcard\n\nBEGIN:VCARD\nVERSION:3.0\nFN:Ada\nEND:VCARD\n\
        --b\nContent-Type: message/rfc822\n\nFrom: Bob <bob@x.test>\nSubject: Inner\n\
        Date: Sun, 3 May 2026 14:05:00 +0200\n\nInner text\n--b--\n";
    let email = parse(raw);
    assert_eq!(email.text.trim_end(), "See you");
    // The same one twice is one.
    assert_eq!(email.enclosed.events.len(), 1);
    assert_eq!(email.enclosed.events[0].title, "Walk");
    assert_eq!(email.enclosed.events[0].kind, EventKind::Invitation);
    assert_eq!(email.enclosed.contacts[0].name, "Ada");
    let letter = &email.enclosed.letters[0];
    assert_eq!(
        (letter.subject.as_str(), letter.snippet.as_str()),
        ("Inner", "Inner text")
    );
    let inner = attachment_bytes(raw, letter.part).unwrap();
    assert_eq!(parse(&inner.bytes).subject, "Inner");
}
