//! Messages in files, and what is attached to them. No account is needed.

use std::fs;

use super::bed::bed;
use super::profile::Profile;

const MAIL: &[u8] = b"From: Ada <ada@x.test>\r\nSubject: \xc6\xcf\xd4\xcf\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
    \xe4\xc1\r\n--b\r\nContent-Type: application/pdf; name=\"../a.pdf\"\r\n\
    Content-Disposition: attachment\r\n\r\n%PDF-1\r\n--b\r\n\
    Content-Disposition: attachment; filename=\"a.pdf\"\r\n\r\n%PDF-2\r\n--b\r\n\
    Content-Disposition: attachment; filename=\"scan.pdf.exe\"\r\n\r\nMZ\r\n--b--\r\n";

#[test]
fn a_file_is_shown_as_any_message() {
    let profile = Profile::new(bed());
    let file = profile.file("letter.eml", MAIL);
    let path = file.to_str().unwrap();
    let shown = profile.run(&["show", path, "--charset", "koi8-r"]);
    let shown = &shown.objects()[0];
    assert_eq!(shown["id"], path);
    assert_eq!(shown["subject"], "фото");
    assert_eq!(shown["text"], "Да");
    assert_eq!(shown["attachments"][0].get("danger"), None);
    assert_eq!(shown["attachments"][2]["danger"], "program");
    let raw = profile.run(&["show", path, "--raw"]);
    assert!(raw.stdout.contains("%PDF-2"), "{raw:#?}");

    let to = file.with_file_name("saved");
    let saved = profile.run(&["attachments", path, "--to", to.to_str().unwrap()]);
    let names: Vec<_> = saved
        .objects()
        .iter()
        .map(|row| row["path"].clone())
        .collect();
    let at = |name: &str| to.join(name).to_str().unwrap().to_owned();
    assert_eq!(names, [at("a.pdf"), at("a (2).pdf"), at("scan.pdf.exe")]);
    assert!(saved.stderr.contains("A program"), "{saved:#?}");
    assert_eq!(fs::read(to.join("a (2).pdf")).unwrap(), b"%PDF-2");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(to.join("scan.pdf.exe"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o111, 0, "{mode:o}");
    }
}

#[test]
fn what_is_no_message_and_no_command_is_said() {
    let profile = Profile::new(bed());
    let file = profile.file("note.eml", b"just words\n");
    let shown = profile.run(&["show", file.to_str().unwrap()]);
    assert_eq!(shown.error_kind(), "input", "{shown:#?}");
    let wrong = profile.run(&["shwo"]);
    assert_eq!(wrong.status, Some(2), "{wrong:#?}");
    let charset = profile.run(&["show", "note.eml", "--charset", "klingon"]);
    assert_eq!(charset.status, Some(2), "{charset:#?}");
    assert!(charset.stderr.contains("KOI8-R"), "{charset:#?}");
}
