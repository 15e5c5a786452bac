//! Messages on paper, by the built program. No account is needed.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::bed::bed;
use super::profile::Profile;

const MAIL: &[u8] = b"From: Ada <ada@x.test>\r\nTo: bob@y.test\r\nSubject: On mills\r\n\
    MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>Hello\
    <img src='https://elsewhere.test/a.png' width=100 height=20>\r\n";

/// What stands in for the system's print command.
const COMMAND: &str = "#!/bin/sh\necho \"$@\" > \"$0.said\"\n/bin/cat > \"$0.got\"\n";

fn is_pdf(path: &Path) -> bool {
    let bytes = fs::read(path).unwrap();
    bytes.starts_with(b"%PDF-") && bytes.trim_ascii_end().ends_with(b"%%EOF")
}

#[test]
fn messages_become_a_pdf_and_never_over_another_file() {
    let profile = Profile::new(bed());
    let file = profile.file("mill.eml", MAIL);
    let mail = file.to_str().unwrap();
    let to = file.with_file_name("mill.pdf");
    let printed = profile.run(&["print", mail, "--to", to.to_str().unwrap()]);
    let line = &printed.objects()[0];
    assert_eq!(line["path"], to.to_str().unwrap());
    assert_eq!(line["pages"], 1);
    assert_eq!(line["blocked_remote"], 1);
    assert_eq!(line["cut"], false);
    assert!(is_pdf(&to));
    let both = [
        "print",
        mail,
        mail,
        "--to",
        to.to_str().unwrap(),
        "--text",
        "--paper",
        "letter",
    ];
    let line = &profile.run(&both).objects()[0];
    let second = file.with_file_name("mill (2).pdf");
    assert_eq!(line["path"], second.to_str().unwrap());
    assert_eq!(line["blocked_remote"], 0);
    assert!(is_pdf(&second));
}

#[test]
fn the_print_command_is_handed_the_document() {
    let mut profile = Profile::new(bed());
    let mail = profile.file("mill.eml", MAIL);
    let mail = mail.to_str().unwrap();
    let folder = profile.path().parent().unwrap().join("commands");
    fs::create_dir(&folder).unwrap();
    profile.run_inside(vec!["env".into(), format!("PATH={}", folder.display())]);
    let nothing = profile.run(&["print", mail]);
    assert_eq!(nothing.error_kind(), "not_found", "{nothing:#?}");
    assert!(nothing.stderr.contains("PDF"), "{nothing:#?}");

    let command = folder.join("lpr");
    fs::write(&command, COMMAND).unwrap();
    fs::set_permissions(&command, fs::Permissions::from_mode(0o755)).unwrap();
    let line = profile.run(&["print", mail]).objects().remove(0);
    assert!(line["path"].is_null());
    assert!(is_pdf(&folder.join("lpr.got")));
    let said = fs::read_to_string(folder.join("lpr.said")).unwrap();
    assert_eq!(said, "-T Waxwing: On mills\n");

    fs::write(
        &command,
        "#!/bin/sh\necho no default destination >&2\nexit 1\n",
    )
    .unwrap();
    let refused = profile.run(&["print", mail]);
    assert_eq!(refused.error_kind(), "input");
    assert!(
        refused.stdout.contains("no default destination"),
        "{refused:#?}"
    );
}
