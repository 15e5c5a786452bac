use std::fs;
use std::io::Cursor;

use chrono::{DateTime, Utc};
use tempfile::TempDir;

use super::find::Kind;
use super::*;
use crate::model::Flag;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap()
}

fn messages(mbox: &[u8]) -> Vec<Step> {
    MboxReader::new(Cursor::new(mbox), "box".to_owned()).collect()
}

fn raws(mbox: &[u8]) -> Vec<String> {
    let raw = |step: Step| String::from_utf8(step.unwrap().raw).unwrap();
    messages(mbox).into_iter().map(raw).collect()
}

#[test]
fn what_is_written_as_mbox_is_read_as_the_same_bytes() {
    let odd = [
        "Subject: one\r\n\r\nText.\r\n",
        "Subject: quoted\r\n\r\n\r\nFrom me to you at 10:00\r\n>From them\r\n>>From all\r\n > From\r\n",
        "Subject: blank at the end\r\n\r\n\r\n\r\n",
        "Subject: no body\r\n\r\n",
        "Subject: mixed\r\n\r\na\nb\r\nc\rd\r\n",
        "Subject: a lone return\r\n\r\nx\r\r\n",
        "Subject: long\r\n\r\n",
    ];
    let mut all: Vec<Vec<u8>> = odd.iter().map(|text| text.as_bytes().to_vec()).collect();
    let mut long = all.pop().unwrap();
    long.extend(vec![b'x'; 3 << 20]);
    long.extend(b"\r\n");
    all.push(long);
    all.push(b"Subject: last \xff\x00\r\n\r\nFrom\r\n".to_vec());
    let mut writer = MboxWriter::new(Vec::new());
    for raw in &all {
        writer.add(raw, now()).unwrap();
    }
    let mbox = writer.finish().unwrap();
    let read: Vec<Vec<u8>> = messages(&mbox)
        .into_iter()
        .map(|step| step.unwrap().raw)
        .collect();
    assert_eq!(read.len(), all.len());
    for (read, written) in read.iter().zip(&all) {
        assert_eq!(
            String::from_utf8_lossy(read),
            String::from_utf8_lossy(written)
        );
    }
    let first = messages(&mbox).remove(0).unwrap();
    assert_eq!(first.received.unwrap().to_utc(), now());
}

#[test]
fn a_message_begins_behind_a_blank_line_with_a_sender_and_a_time() {
    let mbox = b"From ada@x.test Tue Nov 21 10:00:00 2026\nSubject: one\n\nHello\n\
                 From here on, at 10:00 sharp.\n\nFrom now on nothing.\n\n\
                 From ten, 10:00, on everything.\n\n\
                 From - Tue Nov 21 10:00:00 2026\nSubject: two\n\nBye\n";
    let read = raws(mbox);
    assert_eq!(read.len(), 2, "{read:?}");
    assert!(
        read[0].ends_with("From ten, 10:00, on everything.\r\n"),
        "{read:?}"
    );
    assert_eq!(read[1], "Subject: two\r\n\r\nBye\r\n");
}

#[test]
fn the_older_quoting_is_undone_as_well() {
    let mbox = b"From a Tue Nov 21 10:00:00 2026\r\nSubject: x\r\n\r\n>From the past\r\n\r\n";
    assert_eq!(raws(mbox), ["Subject: x\r\n\r\nFrom the past\r\n"]);
}

#[test]
fn what_cannot_be_taken_over_is_told_with_its_place() {
    let mbox = b"From a Tue Nov 21 10:00:00 2026\nno header\n\n\
                 From - Tue Nov 21 10:00:00 2026\nX-Mozilla-Status: 0009\nSubject: gone\n\n\n\
                 From \r\nX-Mozilla-Status: 1005\nX-Mozilla-Status2: 00000000\n\
                 X-Mozilla-Status: 0009\nSubject: here\n\n";
    let read = messages(mbox);
    let told: Vec<String> = read
        .iter()
        .filter_map(|step| step.as_ref().err())
        .map(|skipped| format!("{}: {}", skipped.place, skipped.why))
        .collect();
    assert_eq!(
        told,
        [
            "box, message 1: has no header",
            "box, message 2: was deleted in the other program"
        ]
    );
    let flags = read[2].as_ref().unwrap().flags;
    let set = [Flag::Seen, Flag::Flagged, Flag::Forwarded];
    assert_eq!(flags, set.into_iter().collect());
    // Thunderbird's own lines go, those of the message stay.
    let raw = String::from_utf8(read[2].as_ref().unwrap().raw.clone()).unwrap();
    assert!(
        raw.starts_with("X-Mozilla-Status: 0009\r\nSubject: here"),
        "{raw}"
    );
    // Out of another program's file they say nothing.
    let mbox = b"From c Tue Nov 21 10:00:00 2026\nX-Mozilla-Status: 0009\nSubject: here\n\n";
    assert!(messages(mbox)[0].is_ok());
    // Garbage and nothing are no panic.
    assert!(messages(b"").is_empty());
    assert_eq!(messages(b"\x00\xff\n\n>>\nFrom").len(), 1);
}

#[test]
fn notes_of_other_programs_become_flags_and_tags() {
    let noted = b"Status: RO\r\nX-Status: AF\r\nX-Keywords: work, later\r\nSubject: x\r\n\r\nStatus: no\r\n";
    let (flags, keywords) = status::read(noted, false).unwrap();
    let set = [Flag::Seen, Flag::Answered, Flag::Flagged];
    assert_eq!(flags, set.into_iter().collect());
    assert_eq!(keywords, ["work", "later"]);
}

#[test]
fn a_maildir_keeps_bytes_flags_and_tags() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("Mail");
    let mut writer = MaildirWriter::create(&path).unwrap();
    let flags = [Flag::Seen, Flag::Answered].into_iter().collect();
    let keywords = ["work".to_owned(), "$label1".to_owned()];
    let first = b"Subject: one\r\n\r\nFrom here\r\nno end";
    writer.add(first, flags, &keywords, now()).unwrap();
    writer
        .add(
            b"Subject: two\r\n\r\n",
            Flags::default(),
            &keywords[1..],
            now(),
        )
        .unwrap();
    writer.finish().unwrap();
    assert!(MaildirWriter::create(&path).is_err(), "never over another");
    let mut found = find(&path);
    assert_eq!(found.skipped, []);
    let mailbox = found.mailboxes.remove(0);
    assert_eq!((mailbox.kind, mailbox.folder.as_str()), (Kind::Maildir, ""));
    let read: Vec<Entry> = mailbox.messages().map(|(step, _)| step.unwrap()).collect();
    assert_eq!(read[0].raw, first);
    assert_eq!(read[0].flags, flags);
    assert_eq!(read[0].keywords, keywords);
    assert_eq!(read[0].received.unwrap().to_utc(), now());
    assert_eq!(read[1].keywords, ["$label1"]);
}

#[test]
fn folders_of_other_programs_are_recognised() {
    let dir = TempDir::new().unwrap();
    let root = dir.path();
    let mbox = "From - Tue Nov 21 10:00:00 2026\nSubject: x\n\nText\n";
    let put = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    // Thunderbird.
    put("Local Folders/Inbox", mbox);
    put("Local Folders/Inbox.msf", "// <!-- <mdb:mork");
    put("Local Folders/Inbox.sbd/Trips", mbox);
    put("Local Folders/Inbox.sbd/Trips.sbd/2020", mbox);
    put("Local Folders/Empty", "");
    put("Local Folders/msgFilterRules.dat", "version=\"9\"");
    // Loose files, and an mbox as others name it.
    put("letters/one.eml", "Subject: x\r\n\r\n");
    put("letters/two.EML", "Subject: x\r\n\r\n");
    put("letters/old.mbox", mbox);
    // Maildir++.
    for folder in ["Maildir", "Maildir/.Work", "Maildir/.Entw&APw-rfe.2020"] {
        put(&format!("{folder}/tmp/x"), "");
        put(&format!("{folder}/cur/1.a:2,S"), "Subject: x\r\n\r\n");
    }
    std::os::unix::fs::symlink(root, root.join("letters/circle")).unwrap();
    let found = find(root);
    assert_eq!(found.skipped, []);
    let mut seen: Vec<(String, Kind, usize)> = found
        .mailboxes
        .into_iter()
        .map(|one| (one.folder.clone(), one.kind, one.messages().count()))
        .collect();
    seen.sort_by(|a, b| a.0.cmp(&b.0));
    let wanted = [
        ("Local Folders/Inbox", Kind::Mbox, 1),
        ("Local Folders/Inbox/Trips", Kind::Mbox, 1),
        ("Local Folders/Inbox/Trips/2020", Kind::Mbox, 1),
        ("Maildir", Kind::Maildir, 1),
        ("Maildir/Entwürfe/2020", Kind::Maildir, 1),
        ("Maildir/Work", Kind::Maildir, 1),
        ("letters", Kind::Files, 2),
        ("letters/old", Kind::Mbox, 1),
    ];
    assert_eq!(
        seen,
        wanted.map(|(folder, kind, count)| (folder.to_owned(), kind, count))
    );
}

#[test]
fn a_file_that_is_no_mail_is_said() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("photo.jpg");
    fs::write(&path, [0xff, 0xd8, 0xff]).unwrap();
    let found = find(&path);
    assert_eq!(found.skipped.len(), 1);
    assert!(found.mailboxes.is_empty());
    assert_eq!(find(&dir.path().join("missing")).skipped.len(), 1);
}
