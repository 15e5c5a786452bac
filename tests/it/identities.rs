//! Writing as whom the message was sent to: addresses, names, signatures, and
//! outgoing servers of their own.

use super::bed::bed;
use super::fetching::{id, list, sync};
use super::profile::{AccountFile, Incoming, Profile};
use super::script_server::ScriptServer;

const SERVER: &str = "S: 220 ready\nC: EHLO\nS: 250-here\nS: 250 AUTH PLAIN\n\
    C: AUTH PLAIN AHdvcmsAb3RoZXItc2VjcmV0\nS: 235 ok\n\
    C: MAIL FROM:<ada+shop@work.test>\nS: 250 ok\nC: RCPT TO:<bob@x.test>\nS: 250 ok\n\
    C: DATA\nS: 354 go\nBODY\nS: 250 ok\n";

#[test]
fn an_answer_comes_from_the_address_it_was_sent_to_by_its_own_server() {
    let bed = bed();
    let me = bed.fresh_user();
    let server = ScriptServer::start(SERVER);
    let mut account = AccountFile::on(bed, &me, Incoming::ImapTls);
    account.more = format!(
        "[[identity]]\naddress = \"ada@work.test\"\nname = \"Ada at work\"\n\
         reply_to = \"office@work.test\"\nsignature = \"Ada\\nWork Ltd\"\n\n\
         [identity.outgoing]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\n\
         username = \"work\"\n",
        server.port()
    );
    let profile = Profile::new(bed);
    let file = profile.file("account.toml", account.to_toml().as_bytes());
    let words = [
        "account",
        "add",
        file.to_str().unwrap(),
        "--password-stdin",
        "--no-verify",
    ];
    let passwords = format!("{0}\n{0}\nother-secret\n", me.password);
    profile.run_with(&words, passwords.as_bytes()).objects();
    let raw = "From: Bob <bob@x.test>\r\nTo: List <list@x.test>\r\n\
               Cc: <ada+shop@work.test>\r\nSubject: Hi\r\nMessage-ID: <hi@x.test>\r\n\r\nHello\r\n";
    bed.deliver(&me, raw.as_bytes());
    sync(&profile);
    let row = list(&profile, "INBOX").remove(0);
    let text = profile.file("answer.txt", b"Yes.\n");
    let words = [
        "compose",
        "--reply",
        &id(&row),
        "--text",
        text.to_str().unwrap(),
    ];
    let sent = profile.run(&words).objects();
    assert_eq!(sent[0]["state"], "sent", "{sent:?}");
    let heard = server.finish();
    for line in [
        "From: \"Ada at work\" <ada+shop@work.test>",
        "Reply-To: <office@work.test>",
        "To: \"Bob\" <bob@x.test>",
        "Subject: Re: Hi",
        "In-Reply-To: <hi@x.test>",
        "References: <hi@x.test>",
        "Yes.",
        "Work Ltd",
        "> Hello",
    ] {
        assert!(
            heard.iter().any(|heard| heard == line),
            "{line}: {heard:#?}"
        );
    }
    let id_line = heard.iter().find(|line| line.starts_with("Message-ID: <"));
    assert!(id_line.unwrap().ends_with("@work.test>"), "{heard:#?}");
    sync(&profile);
    assert_eq!(list(&profile, "Sent").len(), 1);
    let answered = &list(&profile, "INBOX")[0];
    assert!(
        answered["flags"].to_string().contains("Answered"),
        "{answered}"
    );
}

#[test]
fn what_is_written_in_the_account_file_is_looked_at() {
    let bed = bed();
    let me = bed.fresh_user();
    for (more, field) in [
        ("[[identity]]\nname = \"x\"\n", "identity.address"),
        ("[[identity]]\naddress = \"x\"\n", "identity.address"),
        (
            "[[identity]]\naddress = \"a@b\"\nreply_to = \"x\"\n",
            "identity.reply_to",
        ),
        (
            "[[identity]]\naddress = \"a@b\"\n[identity.outgoing]\nport = 1\n",
            "identity.outgoing.host",
        ),
        (
            "[[identity]]\naddress = \"a@b\"\npassword = \"x\"\n",
            "password",
        ),
    ] {
        let mut account = AccountFile::on(bed, &me, Incoming::ImapTls);
        account.more = more.to_owned();
        let profile = Profile::new(bed);
        let outcome = profile.add_account(&account);
        assert_eq!(outcome.error_kind(), "input", "{more}");
        assert!(outcome.stderr.contains(field), "{more}: {outcome:#?}");
    }
}
