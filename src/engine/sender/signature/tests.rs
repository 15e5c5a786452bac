//! Who is asked for keys, when, and what is told then.

use std::sync::Mutex;

use crate::config::Settings;
use crate::engine::sender::tests::{engine_with, opened};
use crate::model::{AccountId, DoubtKind, SignatureVerdict as Verdict};
use crate::net::Connector;
use crate::net::names::Written;
use crate::store::tests::email;
use crate::store::{Durability, NewEmail};

use super::*;

/// Of RFC 8463, appendix A: signed twice by football.example.com.
const LETTER: &str = include_str!("../../../trust/signature/tests/rfc8463.eml");
const KEY: &str = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const AT: &str = "brisbane._domainkey.football.example.com";
const OTHER: &str = "test._domainkey.football.example.com";

type Asked = Arc<Mutex<Vec<String>>>;

/// An engine whose name service knows the key at `AT` and gives no answer at
/// others, and what that is asked.
fn engine(folder: &tempfile::TempDir, when: CheckSignatures) -> (Handle, Asked) {
    let mut names = Written::default();
    let key = Ok(vec![KEY.as_bytes().to_vec()]);
    names.texts.insert(AT.to_owned(), key);
    names.texts.insert(OTHER.to_owned(), Err(NoText::NoAnswer));
    let asked = names.asked.clone();
    let mut settings = Settings::default();
    settings.reading.check_signatures = when;
    let connector = Connector::new().asking(Names::written(names));
    (engine_with(folder, settings, connector), asked)
}

/// What is asked in this case, and what is told of the first signature.
async fn told(
    when: CheckSignatures,
    asks: bool,
    letter: &str,
    prepare: impl AsyncFnOnce(&Handle),
) -> (Vec<String>, SenderNotes) {
    let folder = tempfile::tempdir().unwrap();
    let (handle, asked) = engine(&folder, when);
    prepare(&handle).await;
    let id = opened(&handle, &folder, letter).await;
    handle.sender_notes(id).await.unwrap();
    assert!(asked.lock().unwrap().is_empty(), "reading asks nobody");
    let notes = handle.check_signatures(id, asks).await.unwrap();
    let mut names = asked.lock().unwrap().clone();
    names.sort();
    (names, notes)
}

fn verdicts(notes: &SenderNotes) -> Vec<Verdict> {
    let checked = notes.signatures.as_ref().unwrap();
    checked.signatures.iter().map(|one| one.verdict).collect()
}

fn has_doubt(notes: &SenderNotes) -> bool {
    let mut doubts = notes.doubts.iter();
    doubts.any(|doubt| doubt.kind == DoubtKind::BrokenSignature)
}

async fn nothing(_: &Handle) {}

/// The person wrote to somebody there.
async fn wrote(handle: &Handle) {
    let me = [Address::new("", "suzie@shopping.example.net")];
    let write = handle.shared.store.write(Durability::Crash, move |w| {
        w.set_own_addresses(AccountId(1), &me)?;
        let email = NewEmail {
            from: me.to_vec(),
            to: vec![Address::new("", "coach@mail.example.com")],
            ..email("", &[], 1)
        };
        w.add_email(&email).map(drop)
    });
    write.await.unwrap();
}

#[tokio::test]
async fn by_default_nobody_is_asked_for_anything() {
    let (asked, notes) = told(CheckSignatures::default(), false, LETTER, wrote).await;
    assert!(asked.is_empty(), "{asked:?}");
    assert_eq!(notes.signatures, None);
    assert_eq!(notes.signed_by, ["football.example.com"]);
    assert!(!notes.checks_signatures);
}

#[tokio::test]
async fn who_asks_for_it_gets_all_signatures_checked_and_the_answer_is_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let (handle, asked) = engine(&folder, CheckSignatures::WhenAsked);
    let id = opened(&handle, &folder, LETTER).await;
    let notes = handle.check_signatures(id, true).await.unwrap();
    assert_eq!(verdicts(&notes), [Verdict::Good, Verdict::NoAnswer]);
    let words = notes.signatures.as_ref().unwrap().sentences().join(" ");
    assert_eq!(
        words,
        "Signed by football.example.com, unchanged since. The key of football.example.com could \
         not be fetched: the name service gave no answer."
    );
    assert_eq!(asked.lock().unwrap().len(), 2);
    assert!(!has_doubt(&notes));
    // Nobody is asked again.
    assert_eq!(handle.sender_notes(id).await.unwrap(), notes);
    assert_eq!(asked.lock().unwrap().len(), 2);
    handle.close_letter(id);
    let again = opened(&handle, &folder, LETTER).await;
    let again = handle.sender_notes(again).await.unwrap();
    assert_eq!(again.signatures, None);
}

#[tokio::test]
async fn unasked_only_known_domains_are_asked() {
    let when = CheckSignatures::IfServerSilent;
    let (asked, notes) = told(when, false, LETTER, nothing).await;
    assert!(asked.is_empty(), "{asked:?}");
    assert_eq!(notes.signatures, None);
    assert!(notes.checks_signatures);
    let (asked, notes) = told(when, false, LETTER, wrote).await;
    assert_eq!(asked, [AT, OTHER]);
    assert_eq!(verdicts(&notes), [Verdict::Good, Verdict::NoAnswer]);
    for (domain, trusted) in [
        ("football.example.com", true),
        ("example.com", true),
        ("example.org", false),
        ("com", false),
        ("gmail.com", true),
        ("evil-gmail.com", false),
    ] {
        let written_to = ["mail.example.com".to_owned()];
        assert_eq!(is_trusted(domain, &written_to), trusted, "{domain}");
    }
}

#[tokio::test]
async fn what_shows_without_a_key_costs_no_question() {
    let changed = LETTER.replace("hungry", "broke");
    for when in [CheckSignatures::WhenAsked, CheckSignatures::IfServerSilent] {
        let (asked, notes) = told(when, true, &changed, nothing).await;
        assert!(asked.is_empty(), "{asked:?}");
        assert_eq!(verdicts(&notes), [Verdict::Broken]);
        assert!(has_doubt(&notes));
    }
    let (asked, notes) = told(CheckSignatures::IfServerSilent, false, &changed, nothing).await;
    assert_eq!((asked.len(), verdicts(&notes)), (0, vec![Verdict::Broken]));
}

#[tokio::test]
async fn a_file_may_have_other_line_ends() {
    let folder = tempfile::tempdir().unwrap();
    let (handle, _) = engine(&folder, CheckSignatures::WhenAsked);
    let path = folder.path().join("unix.eml");
    std::fs::write(&path, LETTER).unwrap();
    let id = handle.open_letter(path).await.unwrap();
    let notes = handle.check_signatures(id, true).await.unwrap();
    assert_eq!(verdicts(&notes), [Verdict::Good, Verdict::NoAnswer]);
}

#[tokio::test]
async fn a_list_that_changes_what_it_passes_on_is_no_alarm() {
    let changed = LETTER.replace("Joe.\n", "Joe.\n____\nLeave the list here\n");
    let by_list = format!("List-Id: <fans.lists.example>\n{changed}");
    let (_, notes) = told(CheckSignatures::WhenAsked, true, &by_list, nothing).await;
    assert_eq!(verdicts(&notes), [Verdict::Broken]);
    assert!(!has_doubt(&notes));
    let told = notes.signatures.unwrap();
    assert!(told.sentences()[0].contains("Mailing lists change"));
}

#[tokio::test]
async fn a_key_that_nobody_gave_is_asked_for_again() {
    let folder = tempfile::tempdir().unwrap();
    let (handle, asked) = engine(&folder, CheckSignatures::WhenAsked);
    let (_, signed) = LETTER.split_once("DKIM-Signature: v=1; a=rsa").unwrap();
    let id = opened(
        &handle,
        &folder,
        &format!("DKIM-Signature: v=1; a=rsa{signed}"),
    )
    .await;
    for times in 1..3 {
        let notes = handle.check_signatures(id, true).await.unwrap();
        assert_eq!(verdicts(&notes), [Verdict::NoAnswer]);
        assert!(!has_doubt(&notes));
        assert_eq!(asked.lock().unwrap().as_slice(), vec![OTHER; times]);
        assert_eq!(handle.sender_notes(id).await.unwrap().signatures, None);
    }
}
