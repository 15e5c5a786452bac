//! Large messages are read in parts, and whole where a server does not play
//! along.

use std::sync::{Arc, Mutex, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::{mpsc, oneshot};

use super::bench::{ACCOUNT, Bench};
use super::server::{Fault, Then, no_fault};
use crate::error::Result;
use crate::mime;
use crate::model::{PartPath, PlacementId, Prefetch, PrefetchPolicy, Skeleton};
use crate::protocol::imap;
use crate::sync::{Need, Session, Told, Urgent, Wish};

const HEADER: &str = "From: Ada <ada@example.test>\r\nSubject: Large\r\nMessage-ID: <l@example.test>\r\n\
     Date: Fri, 01 May 2026 07:00:00 +0000\r\nMIME-Version: 1.0\r\n\
     Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n";
const TEXT: (&str, &str) = (
    "Content-Type: text/plain; charset=utf-8\r\n\r\n",
    "The quarterly whirligigs are attached.\r\n",
);
const FILE: &str = "Content-Type: application/pdf; name=\"a.pdf\"\r\n\
     Content-Disposition: attachment; filename=\"a.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n";

/// What is in the file: more than two pieces of base64.
fn content() -> Vec<u8> {
    (0..2_000_000_u32)
        .map(|n| (n.wrapping_mul(n) >> 7) as u8)
        .collect()
}

fn encoded() -> &'static str {
    static ENCODED: OnceLock<String> = OnceLock::new();
    ENCODED.get_or_init(|| {
        let lines = STANDARD.encode(content()).into_bytes();
        let lines = lines.chunks(76).map(|line| [line, b"\r\n"].concat());
        String::from_utf8(lines.collect::<Vec<_>>().concat()).unwrap()
    })
}

fn letter() -> Vec<u8> {
    let (mime, text) = TEXT;
    format!(
        "{HEADER}A preamble.\r\n--b\r\n{mime}{text}\r\n--b\r\n{FILE}{}\r\n--b--\r\nAn epilogue.\r\n",
        encoded()
    )
    .into_bytes()
}

/// What a server says of sections, as it should.
fn said(command: &str) -> Option<Vec<u8>> {
    let encoded = encoded();
    let mut answer = b"* 1 FETCH (UID 1".to_vec();
    if command.contains("BODYSTRUCTURE") {
        let structure = format!(
            " BODYSTRUCTURE ((\"text\" \"plain\" NIL NIL NIL \"7bit\" {} 1 NIL NIL NIL NIL)\
             (\"application\" \"pdf\" (\"name\" \"a.pdf\") NIL NIL \"base64\" {} NIL \
             (\"attachment\" NIL) NIL NIL) \"mixed\" (\"boundary\" \"b\") NIL NIL NIL)",
            TEXT.1.len(),
            encoded.len()
        );
        answer.extend_from_slice(structure.as_bytes());
    }
    let asked: Vec<&str> = command.split("BODY.PEEK[").skip(1).collect();
    if !command.starts_with("UID FETCH") || asked.iter().any(|item| item.starts_with(']')) {
        return None;
    }
    for item in asked {
        let (name, range) = item.split_once(']')?;
        let all = match name {
            "HEADER" => HEADER,
            "1.MIME" => TEXT.0,
            "1" => TEXT.1,
            "2.MIME" => FILE,
            "2" => encoded,
            _ => return None,
        };
        let (mut bytes, mut origin) = (all.as_bytes(), String::new());
        if let Some((from, length)) = range
            .trim_start_matches('<')
            .split_once('>')
            .and_then(|(range, _)| range.split_once('.'))
        {
            let from: usize = from.parse().ok()?;
            bytes = &bytes[from.min(bytes.len())..];
            bytes = &bytes[..bytes.len().min(length.parse().ok()?)];
            origin = format!("<{from}>");
        }
        let head = format!(" BODY[{name}]{origin} {{{}}}\r\n", bytes.len());
        answer.extend_from_slice(head.as_bytes());
        answer.extend_from_slice(bytes);
    }
    answer.extend_from_slice(b")\r\n");
    Some(answer)
}

/// How a server spoils one of its answers.
type Spoil = fn(&str, &mut Vec<u8>) -> Option<&'static str>;

/// A server that can do sections; where `spoil` gives a word, its tagged
/// answer is that. Notes how much it said.
fn in_parts(spoil: Spoil) -> (Fault, Arc<Mutex<usize>>) {
    let count = Arc::new(Mutex::new(0));
    let counted = count.clone();
    let fault: Fault = Box::new(move |command, answers, _| {
        if let Some(mut answer) = said(command).filter(|_| command.contains("PEEK[")) {
            let no = spoil(command, &mut answer);
            let tag = String::from_utf8_lossy(answers.last().unwrap()).into_owned();
            let tag = tag.split(' ').next().unwrap().to_owned();
            *answers = match no {
                Some(no) => vec![format!("{tag} {no}\r\n").into_bytes()],
                None => vec![answer, format!("{tag} OK done\r\n").into_bytes()],
            };
        }
        *counted.lock().unwrap() += answers.iter().map(Vec::len).sum::<usize>();
        Then::GoOn
    });
    (fault, count)
}

fn right(_: &str, _: &mut Vec<u8>) -> Option<&'static str> {
    None
}

impl Bench {
    /// A large message in the archive, of which the header is here.
    async fn with_large() -> (Self, PlacementId) {
        let bench = Self::new();
        {
            let mut world = bench.server.world();
            let inbox = world.named("INBOX");
            inbox.mails.clear();
            inbox.next = 1;
            inbox.deliver(&letter());
        }
        let policy = PrefetchPolicy {
            what: Prefetch::Headers,
            largest_mb: None,
        };
        bench.pass_by(policy, no_fault()).await.unwrap();
        let inbox = bench.folder("INBOX").await;
        let ids = bench.store.read(move |r| r.placement_ids(inbox)).await;
        let id = ids.unwrap()[0];
        (bench, id)
    }

    /// Asks for a message on a connection of its own; gives what was told.
    async fn open(&self, placement: PlacementId, need: Need, fault: Fault) -> Result<Vec<Told>> {
        let conn = imap::signed_in(self.server.connect(fault)).await?;
        let (_urgent, requests) = mpsc::unbounded_channel();
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = told.clone();
        let tell = Arc::new(move |told| heard.lock().unwrap().push(told));
        let mut session = Session::new(self.store.clone(), conn, ACCOUNT, tell, requests);
        session.body_now(Wish { placement, need }).await?;
        session.end().await;
        let told = std::mem::take(&mut *told.lock().unwrap());
        Ok(told)
    }

    async fn skeleton(&self, placement: PlacementId) -> Option<Skeleton> {
        let read = move |r: &crate::store::Read<'_>| r.partial(r.placement(placement)?.email);
        self.store.read(read).await.unwrap()
    }

    async fn is_whole(&self, placement: PlacementId) -> bool {
        let row = self.store.read(move |r| r.placement(placement)).await;
        let Some(sha256) = row.unwrap().sha256 else {
            return false;
        };
        let raw = self.store.read(move |r| r.raw(&sha256)).await.unwrap();
        assert_eq!(raw, letter());
        true
    }
}

#[tokio::test]
async fn a_large_message_is_read_at_once_and_its_file_when_asked_for() {
    let (bench, id) = Bench::with_large().await;
    let (fault, sent) = in_parts(right);
    bench.open(id, Need::Text, fault).await.unwrap();
    let sent = *sent.lock().unwrap();
    assert!(sent < 10_000, "{sent}");
    let skeleton = bench.skeleton(id).await.expect("it is here");
    let email = mime::parse_skeleton(&skeleton, None);
    assert_eq!(email.text.trim(), TEXT.1.trim());
    let file = &email.attachments[0];
    assert_eq!((file.name.as_str(), file.here), ("a.pdf", false));
    assert!(file.size.abs_diff(2_000_000) < 100, "{}", file.size);
    // It is still to be fetched, and never taken for the message.
    assert!(!bench.is_whole(id).await);
    let row = bench.store.read(move |r| r.envelopes(&[id])).await.unwrap();
    assert_eq!(row[0].stored, crate::model::Stored::Headers);
    assert_eq!((row[0].attachments, row[0].snippet.is_empty()), (1, false));
    let policy = PrefetchPolicy::default();
    let progress = bench
        .store
        .read(move |r| r.progress(ACCOUNT, Some(&policy)));
    assert_eq!(progress.await.unwrap(), (0, 3));
    bench.assert_sound("a skeleton").await;

    let (fault, _) = in_parts(right);
    let need = Need::Parts(vec![PartPath(vec![2])]);
    let told = bench.open(id, need, fault).await.unwrap();
    let done: Vec<u64> = told
        .iter()
        .filter_map(|told| match told {
            Told::Coming { done, total, .. } => Some(done * 100 / total),
            _ => None,
        })
        .collect();
    assert!(
        done.len() >= 3 && done.is_sorted() && done.last() == Some(&100),
        "{done:?}"
    );
    let skeleton = bench.skeleton(id).await.expect("it is here");
    assert_eq!(skeleton.left_out, []);
    let saved = mime::attachment_bytes(&skeleton.raw, file.part).unwrap();
    assert_eq!(saved.bytes, content());
    assert!(!bench.is_whole(id).await);
    bench.assert_sound("a skeleton that is complete").await;

    bench.open(id, Need::Whole, no_fault()).await.unwrap();
    assert!(bench.is_whole(id).await);
    assert_eq!(bench.skeleton(id).await, None);
    bench.assert_sound("the whole message").await;
}

#[tokio::test]
async fn who_waits_for_a_file_does_not_keep_others_waiting() {
    let (bench, id) = Bench::with_large().await;
    let (fault, _) = in_parts(right);
    bench.open(id, Need::Text, fault).await.unwrap();
    let archive = bench.folder("Archive").await;
    let others = bench.store.read(move |r| r.placement_ids(archive)).await;
    let other = others.unwrap()[0];
    let (fault, _) = in_parts(right);
    let conn = imap::signed_in(bench.server.connect(fault)).await.unwrap();
    let (urgent, requests) = mpsc::unbounded_channel();
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = told.clone();
    let tell = Arc::new(move |told| heard.lock().unwrap().push(told));
    let mut session = Session::new(bench.store.clone(), conn, ACCOUNT, tell, requests);
    let (asked, answer) = oneshot::channel();
    let wish = |placement, need| Wish { placement, need };
    urgent
        .send(Urgent::Body(wish(other, Need::Text), asked))
        .unwrap();
    let file = Need::Parts(vec![PartPath(vec![2])]);
    session.body_now(wish(id, file)).await.unwrap();
    answer.await.unwrap().unwrap();
    let told = std::mem::take(&mut *told.lock().unwrap());
    let read = told
        .iter()
        .position(|t| matches!(t, Told::Rows(rows) if *rows == [other]));
    let file = told
        .iter()
        .position(|t| matches!(t, Told::Rows(rows) if *rows == [id]));
    assert!(read.unwrap() < file.unwrap(), "{told:?}");
    let skeleton = bench.skeleton(id).await.expect("it is here");
    assert_eq!(skeleton.left_out, []);
}

#[tokio::test]
async fn a_pass_brings_the_whole_message_all_the_same() {
    let (bench, id) = Bench::with_large().await;
    let (fault, _) = in_parts(right);
    bench.open(id, Need::Text, fault).await.unwrap();
    assert!(bench.skeleton(id).await.is_some());
    bench.assert_in_step("after a skeleton").await;
    assert!(bench.is_whole(id).await);
    assert_eq!(bench.skeleton(id).await, None);
}

#[tokio::test]
async fn a_server_that_cannot_do_parts_gives_the_whole_message() {
    let table: &[(&str, Spoil)] = &[
        ("NO to the structure", |command, _| {
            command
                .contains("BODYSTRUCTURE")
                .then_some("NO [CANNOT] no")
        }),
        ("NO to a section", |command, _| {
            command.contains("MIME").then_some("NO no such section")
        }),
        ("a structure that is none", |_, answer| {
            let text = String::from_utf8_lossy(answer).replace("\"text\" \"plain\"", "NIL NIL");
            *answer = text.into_bytes();
            None
        }),
        ("no header", |_, answer| {
            let text = String::from_utf8_lossy(answer).replace("BODY[HEADER]", "BODY[HEAD]");
            *answer = text.into_bytes();
            None
        }),
        ("a text that is empty", |command, answer| {
            if command.contains("MIME") {
                let text = String::from_utf8_lossy(answer);
                let empty = text.replace(
                    &format!("BODY[1] {{{}}}\r\n{}", TEXT.1.len(), TEXT.1),
                    "BODY[1] \"\"",
                );
                *answer = empty.into_bytes();
            }
            None
        }),
        ("sections left out", |command, answer| {
            if command.contains("MIME") {
                *answer = b"* 1 FETCH (UID 1)\r\n".to_vec();
            }
            None
        }),
        ("nothing at all", |_, answer| {
            answer.clear();
            None
        }),
        ("a structure of another message", |_, answer| {
            let text = String::from_utf8_lossy(answer).replace("\"mixed\"", "\"signed\"");
            *answer = text.into_bytes();
            None
        }),
    ];
    for (name, spoil) in table {
        let (bench, id) = Bench::with_large().await;
        let (fault, _) = in_parts(*spoil);
        bench.open(id, Need::Text, fault).await.unwrap();
        assert!(bench.is_whole(id).await, "{name}");
        assert_eq!(bench.skeleton(id).await, None, "{name}");
        bench.assert_sound(name).await;
    }
}

#[tokio::test]
async fn a_part_that_is_not_given_comes_with_the_whole_message() {
    let table: &[(&str, Spoil)] = &[
        ("NO", |_, _| Some("NO [UNKNOWN-CTE] not this one")),
        ("NO in the middle", |command, _| {
            command.contains("<1048576.").then_some("NO not now")
        }),
        ("NIL", |_, answer| {
            *answer = b"* 1 FETCH (UID 1 BODY[2]<0> NIL)\r\n".to_vec();
            None
        }),
        ("empty", |_, answer| {
            *answer = b"* 1 FETCH (UID 1 BODY[2]<0> \"\")\r\n".to_vec();
            None
        }),
    ];
    for (name, spoil) in table {
        let (bench, id) = Bench::with_large().await;
        let (fault, _) = in_parts(right);
        bench.open(id, Need::Text, fault).await.unwrap();
        let (fault, _) = in_parts(*spoil);
        let need = Need::Parts(vec![PartPath(vec![2])]);
        bench.open(id, need, fault).await.unwrap();
        assert!(bench.is_whole(id).await, "{name}");
        assert_eq!(bench.skeleton(id).await, None, "{name}");
        bench.assert_sound(name).await;
    }
}
