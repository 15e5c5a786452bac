//! Made-up mail that looks like mail.

mod files;

use std::sync::LazyLock;

use chrono::{DateTime, Duration, FixedOffset, Local, TimeZone};
use files::{enclosed, of_file, source};
use iced::keyboard::Modifiers;
use waxwing::config::UiState;
use waxwing::engine::{AccountState, Marker, ServerResults, Unsubscribed};
use waxwing::model::{
    Account, AccountId, AccountSettings, Address, Attachment, AuthMethod, CheckedSignature,
    Conversation, Danger, DangerKind, Doubt, DoubtKind, Email, EmailId, Enclosed, Envelope, Flag,
    Flags, Folder, FolderId, FolderRole, ListView, Listed, Listing, MessageId, OutboxId,
    OutboxItem, PartId, PlacementId, PrefetchPolicy, Protocol, Recipient, SearchField, Security,
    SendState, SenderNotes, ServerSettings, SignatureCheck, SignatureVerdict, Stored, TextSource,
    ThreadId, Unsubscribe,
};

use crate::ui::Options;
use crate::ui::app::{Context, Finding, Found, Query, Rows};
use crate::ui::screen::mail::{Message, keys, printing, search};

/// As at the first start.
pub(in crate::ui) fn nothing_kept() -> &'static UiState {
    static KEPT: LazyLock<UiState> = LazyLock::new(UiState::default);
    &KEPT
}

/// What a screen knows that has these accounts and no engine.
pub(in crate::ui) fn context<'a>(options: &'a Options, accounts: &'a [Account]) -> Context<'a> {
    Context {
        engine: None,
        options,
        accounts,
        kept: nothing_kept(),
        searches: &[],
        now: now(),
        modifiers: Modifiers::empty(),
    }
}

/// A Saturday at noon.
pub(in crate::ui) fn now() -> DateTime<Local> {
    Local.with_ymd_and_hms(2026, 11, 21, 12, 0, 0).unwrap()
}

pub(in crate::ui) fn account(id: i64, name: &str, email: &str) -> Account {
    let server = |protocol, port| ServerSettings {
        protocol,
        host: "mail.example.test".into(),
        port,
        security: Security::Tls,
        username: email.into(),
        auth: AuthMethod::Password,
    };
    Account {
        id: AccountId(id),
        disabled: false,
        secrets: 0,
        settings: AccountSettings {
            name: name.into(),
            email: email.into(),
            display_name: "Robin Marsh".into(),
            incoming: server(Protocol::Imap, 993),
            pop3: None,
            outgoing: server(Protocol::Smtp, 465),
            prefetch: PrefetchPolicy::default(),
            identities: Vec::new(),
            connections: None,
        },
    }
}

pub(in crate::ui) fn accounts() -> Vec<Account> {
    vec![
        account(1, "Personal", "robin@marsh.example"),
        account(2, "Work", "robin.marsh@heron.example"),
    ]
}

fn folder(id: i64, account: i64, path: &str, role: Option<FolderRole>, unread: u64) -> Folder {
    Folder {
        id: FolderId(id),
        account: AccountId(account),
        path: path.into(),
        role,
        selectable: true,
        watched: false,
        checked: None,
        prefetch: None,
        of_others: false,
        subscribed: true,
        total: 40,
        unread,
    }
}

pub(in crate::ui) fn folders() -> Vec<Folder> {
    use FolderRole::{Archive, Drafts, Inbox, Junk, Sent, Trash};
    vec![
        folder(1, 1, "INBOX", Some(Inbox), 4),
        folder(2, 1, "Drafts", Some(Drafts), 1),
        folder(3, 1, "Sent", Some(Sent), 0),
        folder(4, 1, "Archive", Some(Archive), 0),
        folder(5, 1, "Junk", Some(Junk), 12),
        folder(6, 1, "Trash", Some(Trash), 0),
        folder(7, 1, "Family", None, 0),
        folder(8, 1, "Family/Photos", None, 2),
        folder(9, 1, "Receipts", None, 0),
        folder(21, 2, "INBOX", Some(Inbox), 7),
        folder(22, 2, "Drafts", Some(Drafts), 0),
        folder(23, 2, "Sent Items", Some(Sent), 0),
        folder(24, 2, "Deleted Items", Some(Trash), 0),
        folder(25, 2, "Projects", None, 0),
        folder(26, 2, "Projects/Wetlands survey", None, 3),
    ]
}

type Line = (&'static str, &'static str, &'static str, &'static str);

const LINES: [Line; 12] = [
    (
        "Ada Lindqvist",
        "ada@lindqvist.example",
        "Saturday walk?",
        "The forecast looks kind after all. Shall we meet at the old mill at ten and follow the river down to the weir?",
    ),
    (
        "Heron Ecology",
        "office@heron.example",
        "Survey schedule for week 48",
        "Dear all, attached you will find the revised schedule. Transects 4 to 9 move to Thursday because of the tides.",
    ),
    (
        "Tomás Ferreira",
        "tomas@ferreira.example",
        "Re: Lens for the hide",
        "Bring the 400, the light has been wonderful in the early mornings and the waxwings sit still for minutes.",
    ),
    (
        "Library of Aldmouth",
        "loans@library.example",
        "Two loans are due on Tuesday",
        "“The Peregrine” and “Findings” are due on 24 November. You can renew both online or at the desk.",
    ),
    (
        "Mum",
        "jean@marsh.example",
        "Recipe, as promised",
        "Do not rush the onions. They want a good forty minutes on the lowest flame, and then the rest is easy.",
    ),
    (
        "Nikolai Brandt",
        "n.brandt@heron.example",
        "Minutes of yesterday’s call",
        "Thanks everyone. Below are the decisions and who does what until the next meeting, please correct me.",
    ),
    (
        "Kestrel Rail",
        "tickets@kestrel.example",
        "Your booking KR-48213",
        "Aldmouth to Northgate, Friday 27 November, 08:14, coach C, seat 41. Your ticket is attached as PDF.",
    ),
    (
        "Priya Raman",
        "priya@raman.example",
        "Proofs of the spring leaflet",
        "Here are the proofs. The map on page 3 still has last year’s paths; everything else is ready to print.",
    ),
    (
        "Oskar",
        "oskar@wren.example",
        "Photos from the lake",
        "So many good ones! I have put the best twelve in the attachment, the rest are on the drive.",
    ),
    (
        "Energy Cooperative",
        "billing@energy.example",
        "Statement for October",
        "Your statement is ready. You used 14 % less than in October last year. There is nothing to pay.",
    ),
    (
        "山田 花子",
        "hanako@yamada.example",
        "写真をありがとう",
        "きれいな写真をありがとうございました。来月また湖で会いましょう。",
    ),
    (
        "Council of Aldmouth",
        "planning@council.example",
        "Consultation: footbridge at the weir",
        "The consultation on the new footbridge is open until 12 December. You can see the drawings at the town hall.",
    ),
];

/// The envelope of the `n`th newest message of a folder.
pub(in crate::ui) fn envelope(id: PlacementId) -> Envelope {
    // Below the row of a conversation: one's own answer, and what it answers.
    let n = match id {
        OLDER | ANSWER => SEVERAL.0 - 1000,
        _ => id.0 - 1000,
    };
    let (name, address, subject, snippet) = LINES[usize::try_from(n).unwrap() % LINES.len()];
    let hours = match n {
        0..4 => n * 2 + 1,
        4..7 => 20 + n,
        _ => n * 9,
    };
    let earlier = if id.0 > 9000 { 9010 - id.0 } else { 0 };
    let date = now() - Duration::hours(hours + earlier) - Duration::minutes(n * 7 % 60);
    let mut flags: Flags = [Flag::Seen].into_iter().collect();
    if matches!(n, 0 | 1 | 3 | 7) {
        flags = flags.with(Flag::Seen, false);
    }
    if matches!(n % 12, 2 | 6) {
        flags = flags.with(Flag::Flagged, true);
    }
    if n % 12 == 2 {
        flags = flags.with(Flag::Answered, true);
    }
    if n % 12 == 5 {
        flags = flags.with(Flag::Forwarded, true);
    }
    Envelope {
        id,
        email: EmailId(id.0),
        account: AccountId(1),
        folder: FolderId(1),
        uid: None,
        message_id: None,
        date: date.with_timezone(date.offset()).fixed_offset(),
        from: vec![match id {
            ANSWER => Address::new("Robin Marsh", "robin@marsh.example"),
            _ => Address::new(name, address),
        }],
        to: vec![Address::new("Robin Marsh", "robin@marsh.example")],
        subject: subject.into(),
        flags,
        keywords: Vec::new(),
        size: 4_200,
        attachments: u32::from(matches!(n % 12, 1 | 6 | 7 | 8)),
        snippet: snippet.into(),
        thread: ThreadId(n + 1000),
        sha256: None,
        stored: Stored::Full,
        uidl: None,
        on_server: None,
    }
}

const BODY: &str = "Hello Robin,

the forecast looks kind after all: dry until four, a light wind from the west. Shall we meet at the old mill at ten and follow the river down to the weir? I would love to see whether the waxwings are still in the rowans behind the boathouse.

The path is described here: https://paths.example/aldmouth/river-walk?from=mill

Oskar may join us if his train is on time. Bring the long lens.

Ada

On Thursday, Robin Marsh wrote:
> Are you free on Saturday? I have not been out for two weeks and my boots
> are beginning to look reproachful.
>
>> We should walk before the winter closes the river path.
>> It was under water from December to March last year.
>
> Robin
";

/// A message that two things warn of, by a list, whose sender wants a receipt.
pub(in crate::ui) fn sender_notes() -> SenderNotes {
    let doubt = |kind, message: &str, why: &str, advice: &str| Doubt {
        kind,
        message: message.to_owned(),
        why: why.to_owned(),
        advice: advice.to_owned(),
    };
    SenderNotes {
        doubts: vec![
            doubt(
                DoubtKind::LookAlike,
                "paypa1.com is not PayPal.",
                "The message comes from service@paypa1.com, which can be taken for PayPal.",
                "If you expected mail from PayPal, ask there before you answer.",
            ),
            doubt(
                DoubtKind::ReplyElsewhere,
                "An answer would go to desk@pp-desk.example, not to service@paypa1.com.",
                "Frauds want the answer elsewhere.",
                "Before you answer, make sure in another way who that is.",
            ),
            doubt(
                DoubtKind::FirstTime,
                "This is the first message from service@paypa1.com.",
                "Nothing from this address is older.",
                "See whether you know the address.",
            ),
        ],
        list: Some("Birds".to_owned()),
        unsubscribe: Some(Unsubscribe::OneClick {
            url: "https://birds.example/u?1".to_owned(),
        }),
        receipt_to: Some(Address::new("Ada", "ada@x.test")),
        signed_by: vec!["paypa1.com".to_owned(), "mailer.example".to_owned()],
        signatures: None,
        checks_signatures: false,
    }
}

/// The same after its signatures were checked.
pub(in crate::ui) fn checked_notes() -> SenderNotes {
    let signature = |domain: &str, is_authors, message: &str| CheckedSignature {
        verdict: SignatureVerdict::Good,
        domain: domain.to_owned(),
        is_authors,
        message: message.to_owned(),
    };
    let signatures = vec![
        signature("paypa1.com", true, "Signed by paypa1.com, unchanged since."),
        signature(
            "mailer.example",
            false,
            "Signed by mailer.example, unchanged since. That does not prove that it is from \
             paypa1.com.",
        ),
    ];
    SenderNotes {
        signatures: Some(SignatureCheck { signatures }),
        ..sender_notes()
    }
}

/// A message with a table, a patch and a signature.
pub(in crate::ui) const MINUTES: PlacementId = PlacementId(1005);

const TABLE: &str = "Thanks everyone. Here is what we counted, see www.heron.example/counts:

Transect   Birds   Waxwings   Observer
4            112         31   Nikolai
5             87          4   Priya
9            203         58   Robin

And the correction to the sheet:

--- a/counts.csv
+++ b/counts.csv
@@ -4,2 +4,2 @@
 4,112,31,Nikolai
-5,87,14,Priya
+5,87,4,Priya

-- 
Nikolai Brandt
Heron Ecology, Aldmouth
";

fn attachment(part: u32, name: &str, content_type: &str, size: u64) -> Attachment {
    Attachment {
        part: PartId(part),
        name: name.into(),
        content_type: content_type.into(),
        size,
        here: true,
        content_id: None,
        inline: false,
        danger: None,
    }
}

pub(in crate::ui) fn email(id: PlacementId) -> Email {
    let envelope = envelope(id);
    let date: DateTime<FixedOffset> = envelope.date;
    let html = id.0 % 3 == 1;
    Email {
        message_id: None,
        in_reply_to: Vec::new(),
        references: Vec::new(),
        subject: envelope.subject,
        from: envelope.from,
        sender: None,
        reply_to: Vec::new(),
        to: envelope.to,
        cc: vec![
            Address::new("Oskar", "oskar@wren.example"),
            Address::new("", "priya@raman.example"),
        ],
        bcc: Vec::new(),
        date: Some(date),
        headers: Vec::new(),
        text: if id == MINUTES { TABLE } else { BODY }.into(),
        text_source: if html {
            TextSource::Html
        } else {
            TextSource::Plain
        },
        html: None,
        attachments: vec![
            attachment(
                2,
                "River walk, map and timetable.pdf",
                "application/pdf",
                482_113,
            ),
            attachment(3, "mill.jpg", "image/jpeg", 2_310_000),
            attachment(4, "Re_ Winter paths.eml", "message/rfc822", 8_412),
            Attachment {
                danger: Some(Danger {
                    kind: DangerKind::Program,
                    disguised: true,
                }),
                ..attachment(5, "invoice.pdf.exe", "application/octet-stream", 61_440)
            },
        ],
        enclosed: if id.0 == 1003 {
            enclosed()
        } else {
            Enclosed::default()
        },
    }
}

fn waiting() -> OutboxItem {
    OutboxItem {
        id: OutboxId(1),
        account: AccountId(1),
        message_id: MessageId("a@marsh.example".into()),
        subject: "Re: Lens for the hide".into(),
        recipients: vec![Recipient {
            address: "tomas@ferreira.example".into(),
            code: Some(451),
            text: "try later".into(),
        }],
        state: SendState::Waiting,
        attempts: 2,
        last_error: Some("smtp.example.test asked to try again later.".into()),
        next_attempt: Some((now() + Duration::minutes(4)).to_utc()),
    }
}

/// The row that stands for a conversation.
pub(in crate::ui) const SEVERAL: PlacementId = PlacementId(1004);
/// An older one of its messages, in the same folder.
pub(in crate::ui) const OLDER: PlacementId = PlacementId(9001);
/// One's own answer to that, in another.
pub(in crate::ui) const ANSWER: PlacementId = PlacementId(9002);

fn conversation(id: PlacementId) -> Option<Conversation> {
    let author = |name: &str, address: &str| Address::new(name, address);
    (id == SEVERAL).then(|| Conversation {
        thread: ThreadId(id.0),
        messages: 3,
        unread: 1,
        starred: true,
        attachments: true,
        authors: vec![
            author("Jean Marsh", "jean@marsh.example"),
            author("Robin Marsh", "robin@marsh.example"),
            author("Oskar", "oskar@wren.example"),
        ],
    })
}

fn listed(listing: Listing, rows: i64) -> Listed {
    let count = match listing.view {
        ListView::Folder(FolderId(5)) => 0,
        _ => rows,
    };
    let row = |id| match PlacementId(id) {
        SEVERAL if listing.grouped => vec![SEVERAL, OLDER],
        one => vec![one],
    };
    (1000..1000 + count).map(row).collect()
}

/// A message that only the server finds.
pub(in crate::ui) const ON_SERVER: PlacementId = PlacementId(1011);

/// What is found among the first messages: by their senders, subjects, and the
/// beginnings of their texts.
fn found(finding: &Finding) -> Found {
    let marker = Marker::new(&finding.query);
    let is_meant = |id: &PlacementId| {
        let one = envelope(*id);
        let from = one.from.iter().map(ToString::to_string).collect::<String>();
        let has = |field, text: &str| !marker.marks(field, text).is_empty();
        has(SearchField::From, &from)
            || has(SearchField::Subject, &one.subject)
            || has(SearchField::Body, &one.snippet)
            || finding.more.contains(id)
    };
    let ids = (1000..1012).map(PlacementId).filter(is_meant);
    let ids: Vec<_> = ids
        .filter(|id| !finding.filter.unread || envelope(*id).flags.is_unread())
        .collect();
    Found {
        rows: ids.iter().copied().map(envelope).collect(),
        listed: ids.into_iter().collect(),
        more: false,
        uncovered: 1204,
        notices: Vec::new(),
    }
}

/// Answers questions as an engine would, for lists of `rows` rows.
pub(in crate::ui) fn answer(query: Query, rows: i64) -> Message {
    match query {
        Query::Folders => Message::FoldersLoaded(Ok(folders())),
        Query::States => Message::StatesLoaded(Ok(vec![
            (
                AccountId(1),
                AccountState::UpToDate((now() - Duration::seconds(12)).to_utc()),
            ),
            (
                AccountId(2),
                AccountState::Syncing {
                    folder: "INBOX".into(),
                    done: 1204,
                    total: 3810,
                },
            ),
        ])),
        Query::Outbox => Message::OutboxLoaded(Ok(vec![waiting()])),
        Query::Order(epoch, listing) => Message::OrderLoaded(epoch, Ok(listed(listing, rows))),
        Query::FirstRows(epoch, listing) => {
            Message::FirstRowsLoaded(epoch, Ok(listed(listing, rows.min(200))))
        }
        Query::Envelopes(epoch, ids, _) => {
            let rows = Rows {
                envelopes: ids.iter().copied().map(envelope).collect(),
                conversations: ids.iter().copied().filter_map(conversation).collect(),
            };
            Message::RowsLoaded(epoch, ids, Ok(rows))
        }
        Query::Unread(epoch, ids) => {
            let unread = |id: &PlacementId| envelope(*id).flags.is_unread();
            let unread = ids.into_iter().filter(unread).collect();
            Message::Reading(keys::Message::Unread(epoch, Ok(unread)))
        }
        Query::Conversation(epoch, head, ..) => {
            let ids = if head == SEVERAL {
                vec![OLDER, ANSWER, head]
            } else {
                vec![head]
            };
            Message::ConversationLoaded(epoch, head, Ok(ids))
        }
        Query::Find(epoch, finding) => {
            Message::Search(search::Message::Found(epoch, Ok(found(&finding))))
        }
        Query::Excerpts(epoch, query, ids) => {
            let marker = Marker::new(&query);
            let excerpts = ids.into_iter().map(|id| (id, marker.excerpt(BODY)));
            Message::Search(search::Message::Excerpts(epoch, Ok(excerpts.collect())))
        }
        Query::AskServers(epoch, _) => Message::Search(search::Message::ServersFound(
            epoch,
            Ok(ServerResults {
                ids: [PlacementId(1000), ON_SERVER].into(),
                unknown: 2,
                notices: Vec::new(),
            }),
        )),
        Query::People(epoch, begins) => {
            let all = LINES
                .iter()
                .map(|(name, address, ..)| Address::new(*name, *address));
            let begins = begins.to_lowercase();
            let meant = all.filter(|one| one.name.to_lowercase().starts_with(&begins));
            Message::Search(search::Message::People(epoch, Ok(meant.collect())))
        }
        Query::Email(epoch, id) => Message::EmailLoaded(epoch, Ok(Box::new(email(id)))),
        Query::SenderNotes(epoch, _) => {
            Message::SenderKnown(epoch, Ok(Box::new(SenderNotes::default())))
        }
        Query::CheckSignatures(epoch, ..) => {
            Message::SignaturesChecked(epoch, Ok(Box::new(checked_notes())))
        }
        Query::Unsubscribe(_) => Message::Unsubscribed(Ok(Unsubscribed::Done("x.test".into()))),
        Query::AnswerReceipt(_, agreed) => Message::ReceiptAnswered(Ok(agreed)),
        Query::Source(id) => Message::SourceRead(id, Ok(Box::new(source()))),
        Query::Print(..) => {
            let words = "Sent to the printer: 1 page.".to_owned();
            Message::Printing(printing::Message::Printed(Ok(Some(words))))
        }
        Query::File(query) => Message::Attachment(of_file(query)),
    }
}
