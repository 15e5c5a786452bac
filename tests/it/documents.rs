//! What attached documents say is found, by the built program and its confined
//! child, and nothing of them leads anywhere else.

use std::fs;
use std::io::{Cursor, Write};
use std::net::TcpListener;
use std::path::Path;

use base64::Engine;

use super::bed::bed;
use super::profile::{AccountFile, Incoming, Profile};

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents");
    fs::read(folder.join(name)).unwrap()
}

/// A message with these files attached.
fn letter(subject: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut mail = format!(
        "From: jo@example.test\r\nSubject: {subject}\r\nMessage-ID: <{subject}@example.test>\r\n\
         Date: Fri, 01 May 2026 07:00:00 +0000\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the files.\r\n"
    );
    for (name, bytes) in files {
        let encoded = base64::engine::general_purpose::STANDARD.encode(bytes);
        let lines: Vec<&str> = encoded
            .as_bytes()
            .chunks(76)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        mail.push_str(&format!(
            "--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{}\r\n",
            lines.join("\r\n")
        ));
    }
    mail.push_str("--b--\r\n");
    mail.into_bytes()
}

/// A PDF whose page paints a form ten times, which paints another ten times, and
/// so on.
fn endless_pdf() -> Vec<u8> {
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>"
            .to_owned(),
    ];
    let paint = "/F Do ".repeat(10);
    objects.push(format!(
        "<</Length {}>>stream\n{paint}\nendstream",
        paint.len()
    ));
    for number in 5..17 {
        objects.push(format!(
            "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F {} 0 R>>>>\
             /Length {}>>stream\n{paint}\nendstream",
            number + 1,
            paint.len(),
        ));
    }
    objects.push(
        "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 0>>stream\n\nendstream".to_owned(),
    );
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(pdf.len());
        write!(pdf, "{number} 0 obj{object}\nendobj\n").unwrap();
    }
    let start = pdf.len();
    write!(pdf, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).unwrap();
    for place in places {
        writeln!(pdf, "{place:010} 00000 n ").unwrap();
    }
    let size = objects.len() + 1;
    write!(
        pdf,
        "trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    )
    .unwrap();
    pdf
}

/// A DOCX that asks for things of that server, and for a file.
fn curious_docx(port: u16) -> Vec<u8> {
    let server = format!("http://127.0.0.1:{port}");
    let document = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE d SYSTEM \"{server}/dtd\" [<!ENTITY n SYSTEM \
         \"{server}/entity\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]>\
         <w:document xmlns:w=\"{server}/ns\"><w:t>periscope &n;&f;</w:t></w:document>"
    );
    let relations = format!(
        "<Relationships><Relationship Type=\"attachedTemplate\" TargetMode=\"External\" \
         Target=\"{server}/template.dotm\"/></Relationships>"
    );
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        ("word/document.xml", document),
        ("word/_rels/settings.xml.rels", relations),
    ] {
        let plain = zip::write::SimpleFileOptions::default();
        archive.start_file(name, plain).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn import(profile: &Profile, name: &str, mail: &[u8]) {
    let file = profile.file(name, mail);
    let arguments = ["import", file.to_str().unwrap(), "--to", "Papers"];
    let outcome = profile.run(&arguments);
    assert_eq!(outcome.objects()[0]["messages"], 1, "{outcome:?}");
}

/// The subjects a search finds; it remarks nothing.
fn find(profile: &Profile, query: &str) -> Vec<String> {
    let outcome = profile.run(&["search", query]);
    assert_eq!(outcome.stderr, "", "{query}");
    let rows = outcome.objects();
    let subjects = rows.iter().map(|row| row["subject"].as_str().unwrap());
    subjects.map(str::to_owned).collect()
}

fn profile() -> Profile {
    let user = bed().fresh_user();
    let profile = Profile::new(bed());
    let account = AccountFile::on(bed(), &user, Incoming::Pop3Tls);
    profile.add_account(&account).objects();
    profile
}

#[test]
fn what_documents_say_is_found_and_shown() {
    let profile = profile();
    let (pdf, docx) = (fixture("letter.pdf"), fixture("letter.docx"));
    let (odt, xlsx) = (fixture("letter.odt"), fixture("table.xlsx"));
    let files: [(&str, &[u8]); 4] = [
        ("letter.pdf", &pdf),
        ("letter.docx", &docx),
        ("letter.odt", &odt),
        ("table.xlsx", &xlsx),
    ];
    import(&profile, "papers.eml", &letter("papers", &files));
    let inner = letter("inner", &[("owner.pdf", &fixture("owner.pdf"))]);
    let outer = [
        b"Subject: outer\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n\
          --o\r\n\r\nForwarded.\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n"
            .as_slice(),
        &inner,
        b"\r\n--o--\r\n",
    ]
    .concat();
    import(&profile, "outer.eml", &outer);
    for (query, found) in [
        ("gearbox", vec!["papers"]),
        ("\u{fc}bermass gr\u{f6}\u{df}e", vec!["papers"]),
        ("\"quarterly windmill\"", vec!["papers"]),
        ("marigold", vec!["papers"]),
        ("quince -marigold", vec![]),
        ("megawatts", vec!["papers"]),
        ("lighthouse", vec!["outer"]),
        // The text of the message is another thing.
        ("body:gearbox", vec![]),
        ("filename:gearbox", vec![]),
        ("filename:letter", vec!["papers"]),
        ("zeppelin", vec![]),
    ] {
        assert_eq!(find(&profile, query), found, "{query}");
    }
    let found = profile.run(&["search", "--excerpts", "gearbox"]).objects();
    let excerpt = &found[0]["excerpt"];
    assert_eq!(excerpt["file"], "letter.pdf");
    assert!(
        excerpt["text"]
            .as_str()
            .unwrap()
            .contains("the gearbox shows")
    );
    let own = profile.run(&["search", "--excerpts", "files"]).objects();
    assert_eq!(own[0]["excerpt"]["file"], serde_json::Value::Null);
    // A lost index is made anew with all of it, and what goes is gone.
    fs::remove_file(profile.find("index.db")).unwrap();
    profile.run(&["sync"]).objects();
    assert_eq!(find(&profile, "gearbox"), ["papers"]);
    let check = profile.run(&["check"]);
    assert_eq!(check.status, Some(0), "{check:?}");
    profile
        .run(&["delete", found[0]["id"].as_str().unwrap(), "--permanently"])
        .objects();
    assert!(find(&profile, "gearbox").is_empty());
}

#[test]
fn a_document_that_cannot_be_read_costs_itself_and_leads_nowhere() {
    let profile = profile();
    let trap = TcpListener::bind("127.0.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let curious = curious_docx(trap.local_addr().unwrap().port());
    let (locked, good) = (fixture("locked.pdf"), fixture("letter.odt"));
    let endless = endless_pdf();
    let files: [(&str, &[u8]); 5] = [
        ("locked.pdf", &locked),
        ("endless.pdf", &endless),
        ("broken.pdf", b"%PDF-1.4 and then nothing"),
        ("curious.docx", &curious),
        ("good.odt", &good),
    ];
    import(&profile, "odd.eml", &letter("odd", &files));
    assert_eq!(find(&profile, "quince"), ["odd"]);
    assert_eq!(find(&profile, "periscope"), ["odd"]);
    let passwd = fs::read_to_string("/etc/passwd").unwrap();
    let user = passwd.lines().last().unwrap().split(':').next().unwrap();
    assert!(find(&profile, user).is_empty(), "{user}");
    assert!(trap.accept().is_err(), "somebody connected");
    let id = profile.run(&["search", "quince"]).objects()[0]["id"].clone();
    let shown = profile.run(&["show", id.as_str().unwrap()]).objects();
    let why = |name: &str| {
        let list = shown[0]["not_searched"].as_array().unwrap();
        let one = list.iter().find(|one| one["name"] == name);
        one.map(|one| one["why"].as_str().unwrap().to_owned())
    };
    assert_eq!(why("locked.pdf").unwrap(), "it is protected by a password");
    assert_eq!(why("endless.pdf").unwrap(), "it took more than 5 seconds");
    assert_eq!(why("broken.pdf").unwrap(), "it is damaged");
    assert_eq!(why("good.odt"), None);
}
