use crate::mime::{draft_from, parse};
use crate::model::{AccountId, Address, ComposeMode, MessageId, PlacementId};

const MAIL: &[u8] = b"From: Ada <ada@x.test>\r\nTo: Me <me@home.test>, Bob <bob@y.test>\r\n\
    Cc: carol@z.test, ME@home.test, bob@y.test\r\nSubject: AW: Lunch\r\n\
    Date: Sun, 3 May 2026 14:05:00 +0200\r\nMessage-ID: <3@x>\r\nReferences: <1@x> <2@x>\r\n\
    In-Reply-To: <2@x>\r\n\r\nShall we?\r\n-- \r\nAda\r\n";

fn me() -> Vec<Address> {
    vec![
        Address::new("Me", "me@home.test"),
        Address::new("", "me@work.test"),
    ]
}

fn answer(mode: ComposeMode, raw: &[u8]) -> crate::model::Draft {
    let email = parse(raw);
    draft_from(
        mode,
        &me(),
        AccountId(1),
        Some((PlacementId(7), &email, raw)),
    )
}

fn addresses(list: &[Address]) -> Vec<&str> {
    list.iter().map(|one| one.address.as_str()).collect()
}

#[test]
fn a_reply_goes_to_the_author_with_the_conversation() {
    let draft = answer(ComposeMode::Reply, MAIL);
    assert_eq!(addresses(&draft.to), ["ada@x.test"]);
    assert!(draft.cc.is_empty());
    assert_eq!(draft.from, me()[0]);
    assert_eq!(draft.subject, "Re: Lunch");
    let ids = |ids: &[&str]| {
        ids.iter()
            .map(|id| MessageId((*id).into()))
            .collect::<Vec<_>>()
    };
    assert_eq!(draft.in_reply_to, ids(&["3@x"]));
    assert_eq!(draft.references, ids(&["1@x", "2@x", "3@x"]));
    assert_eq!(
        draft.body,
        "\n\nOn 3 May 2026 at 14:05, Ada wrote:\n> Shall we?\n"
    );
    assert_eq!(draft.origin, Some((ComposeMode::Reply, PlacementId(7))));
}

#[test]
fn a_reply_to_all_names_everybody_else_once() {
    let draft = answer(ComposeMode::ReplyAll, MAIL);
    assert_eq!(addresses(&draft.to), ["ada@x.test", "bob@y.test"]);
    assert_eq!(addresses(&draft.cc), ["carol@z.test"]);
}

#[test]
fn reply_to_wins_over_from() {
    let raw = [b"Reply-To: list@l.test\r\n", MAIL].concat();
    assert_eq!(
        addresses(&answer(ComposeMode::Reply, &raw).to),
        ["list@l.test"]
    );
}

#[test]
fn an_answer_to_own_mail_goes_to_those_who_got_it() {
    let raw = b"From: me@work.test\r\nTo: ada@x.test\r\nCc: bob@y.test\r\nSubject: x\r\n\r\ny\r\n";
    let draft = answer(ComposeMode::Reply, raw);
    assert_eq!(addresses(&draft.to), ["ada@x.test"]);
    let draft = answer(ComposeMode::ReplyAll, raw);
    assert_eq!(addresses(&draft.to), ["ada@x.test"]);
    assert_eq!(addresses(&draft.cc), ["bob@y.test"]);
    let raw = b"From: me@home.test\r\nTo: me@home.test\r\n\r\nnote\r\n";
    assert_eq!(
        addresses(&answer(ComposeMode::Reply, raw).to),
        ["me@home.test"]
    );
}

#[test]
fn a_forward_carries_text_and_files() {
    let raw = b"From: Ada <ada@x.test>\r\nTo: me@home.test\r\nSubject: Re: Plans\r\n\
        Message-ID: <9@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHere.\r\n\
        --b\r\nContent-Type: text/x-patch; name=\"a.patch\"\r\nContent-Disposition: attachment\r\n\r\n\
        -\xe4\n+b\r\n--b--\r\n";
    let draft = answer(ComposeMode::Forward, raw);
    assert!(draft.to.is_empty() && draft.in_reply_to.is_empty());
    assert_eq!(draft.subject, "Fwd: Plans");
    assert!(
        draft.body.contains("From: Ada <ada@x.test>\n"),
        "{}",
        draft.body
    );
    assert!(draft.body.contains("Here."));
    assert_eq!(draft.attachments.len(), 1);
    assert_eq!(draft.attachments[0].name, "a.patch");
    assert_eq!(draft.attachments[0].bytes[..], b"-\xe4\n+b"[..]);
}

#[test]
fn a_draft_is_taken_up_as_it_was_kept() {
    let mut draft = answer(ComposeMode::Forward, MAIL);
    draft.to = vec![Address::new("Bob", "bob@y.test")];
    draft.bcc = vec![Address::new("", "hidden@z.test")];
    draft.body = "Zeile eins\nund – zwei\n".into();
    let id = MessageId("d@x".into());
    let built = crate::mime::build(&draft, chrono::Utc::now().fixed_offset(), &id);
    let again = answer(ComposeMode::EditDraft, &built.raw_with_bcc);
    assert_eq!(again.to, draft.to);
    assert_eq!(again.bcc, draft.bcc);
    assert_eq!(again.subject, draft.subject);
    assert_eq!(again.body, draft.body);
    assert_eq!(again.references, draft.references);
    assert_eq!(again.origin, Some((ComposeMode::EditDraft, PlacementId(7))));
}
