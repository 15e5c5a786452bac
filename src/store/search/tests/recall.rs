//! What a search finds is what a reader who looks through everything finds.
//!
//! `WAXWING_RECALL_MESSAGES=20000 cargo test --lib -- finds_all_and_nothing_else`

use std::ops::Range;

use chrono::DateTime;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use super::*;
use crate::model::{EmailId, FolderId, IndexText};
use crate::search::words::{Unit, units};
use crate::store::{NewEmail, NewPlacement};

/// How many random queries are asked.
const QUERIES: usize = 500;

/// Words of many languages; those of one line belong together.
const LANGUAGES: [&str; 14] = [
    "the invoice meeting report project tomorrow please find attached regards team e-mail don't",
    "Grüße Straße STRASSE Überweisung für März Köln Maßnahme Äpfel schön Fuß größer",
    "İstanbul ılık Isparta ağaç güneş şehir çocuk İzmir ırmak iyi",
    "Привет Москва ёлка всё йога подъём Ёлка мой мои съезд",
    "Zażółć gęślą jaźń Łódź żółw świat łuk kość",
    "déjà résumé naïve re\u{301}sume\u{301} œuvre çà où façade",
    "会議 東京都 明日 お知らせ 京都 駅で会いましょう 東京駅 値段について ガラス か\u{3099}き ｶﾞﾗｽ",
    "한국어 편지입니다 회의 서울 안녕하세요 한글 서울역",
    "ภาษาไทย ไม่เว้นวรรค ประชุม พรุ่งนี้ กรุงเทพ",
    "السلام مُحَمَّد محمد اجتماع غداً أحمد می\u{200c}خواهم مدرسة",
    "שָׁלוֹם שלום פגישה מחר ירושלים תודה",
    "Ελλάδα σοφός ΟΔΟΣ οδός αύριο καλημέρα",
    "हिन्दी नमस्ते बैठक कल दिल्ली",
    "☺ 👍🏽 👍 ❤\u{fe0f} 🎉 👩\u{200d}💻 € — … 🇩🇪 ok",
];

struct Letter {
    email: EmailId,
    /// By field, as they go to the index.
    text: IndexText,
    date: i64,
    size: u64,
    attachments: u32,
    places: Vec<Place>,
}

struct Place {
    row: PlacementId,
    folder: FolderId,
    flags: Flags,
    keywords: Vec<String>,
}

fn some_words(random: &mut StdRng, count: Range<usize>) -> String {
    let mut text = String::new();
    let mut language = LANGUAGES.choose(random).unwrap();
    for _ in 0..random.random_range(count) {
        if random.random_bool(0.1) {
            language = LANGUAGES.choose(random).unwrap();
        }
        let words: Vec<&str> = language.split(' ').collect();
        // The first of a line are the common ones.
        let at = random.random_range(0..words.len()) * random.random_range(0..100) / 100;
        text.push_str(words[at]);
        text.push_str(
            [" ", " ", " ", ", ", "\n", "。", ""]
                .choose(random)
                .unwrap(),
        );
    }
    text
}

fn letter(random: &mut StdRng, n: i64) -> Letter {
    let who = |random: &mut StdRng| {
        let name = some_words(random, 1..3);
        format!("{name} user{}@example.test", random.random_range(0..20))
    };
    let attachments = u32::from(random.random_bool(0.3));
    let mut text = IndexText {
        sender: who(random),
        recipients: who(random),
        subject: some_words(random, 0..8),
        body: some_words(random, 0..60),
        whole: true,
        ..IndexText::default()
    };
    if random.random_bool(0.3) {
        text.copies = who(random);
        text.list = format!("Books list{}.example.test", random.random_range(0..4));
    }
    if attachments > 0 {
        text.contents = some_words(random, 0..20);
        text.attachments = format!("{}.pdf", some_words(random, 1..3));
    }
    Letter {
        email: EmailId(0),
        text,
        date: 1_700_000_000 + n * 50_000 + random.random_range(0..40_000),
        size: random.random_range(100..100_000),
        attachments,
        places: Vec::new(),
    }
}

/// A store with so many letters, some of them in two folders.
async fn letters(bench: &Bench, random: &mut StdRng, count: i64) -> Vec<Letter> {
    let folders: Vec<FolderId> = bench
        .store
        .read(|r| Ok(r.folders(None)?.iter().map(|row| row.folder.id).collect()))
        .await
        .unwrap();
    let mut letters: Vec<Letter> = (0..count).map(|n| letter(random, n)).collect();
    for letter in &mut letters {
        let second = random.random_bool(0.1);
        for folder in folders
            .iter()
            .skip(usize::from(random.random_bool(0.3)))
            .take(1 + usize::from(second))
        {
            let mut flags = Flags::default();
            for flag in [Flag::Seen, Flag::Flagged, Flag::Answered] {
                flags = flags.with(flag, random.random_bool(0.3));
            }
            let keywords = vec![["later", "work_x"].choose(random).unwrap().to_string()];
            letter.places.push(Place {
                row: PlacementId(0),
                folder: *folder,
                flags,
                keywords,
            });
        }
    }
    bench
        .store
        .write(Durability::Crash, move |w| {
            for letter in &mut letters {
                letter.email = w.add_email(&NewEmail {
                    account: AccountId(1),
                    message_id: None,
                    named: vec![],
                    from: vec![],
                    to: vec![],
                    copies: vec![],
                    subject: letter.text.subject.clone(),
                    date: DateTime::from_timestamp(letter.date, 0)
                        .unwrap()
                        .fixed_offset(),
                    size: letter.size,
                    attachments: letter.attachments,
                    snippet: String::new(),
                    remote_id: String::new(),
                })?;
                for place in &mut letter.places {
                    place.row = w.add_placement(&NewPlacement {
                        email: letter.email,
                        folder: place.folder,
                        uid: None,
                        flags: place.flags,
                        keywords: place.keywords.clone(),
                        date: letter.date,
                    })?;
                }
            }
            Ok(letters)
        })
        .await
        .unwrap()
}

/// Whether a reader sees these words next to each other in the text.
fn has_phrase(text: &str, words: &str, prefix: bool) -> bool {
    let (text, words) = (units(text), units(words));
    text.windows(words.len()).any(|window| {
        window
            .iter()
            .zip(&words)
            .enumerate()
            .all(|(at, (one, word))| {
                let may_go_on = prefix && at + 1 == words.len() && !word.is_unspaced;
                let is_same =
                    one.text == word.text || may_go_on && one.text.starts_with(&word.text);
                // Characters side by side are looked for side by side.
                is_same && (at == 0 || one.glued == word.glued)
            })
    })
}

fn has_text(text: &IndexText, field: SearchField, words: &str, prefix: bool) -> bool {
    let all = [
        (SearchField::From, &text.sender),
        (SearchField::To, &text.recipients),
        (SearchField::Cc, &text.copies),
        (SearchField::Subject, &text.subject),
        (SearchField::Body, &text.body),
        (SearchField::Filename, &text.attachments),
        (SearchField::List, &text.list),
        (SearchField::Any, &text.contents),
    ];
    all.iter()
        .filter(|(own, _)| field == SearchField::Any || field == *own)
        .any(|(_, text)| has_phrase(text, words, prefix))
}

fn matches(query: &SearchQuery, letter: &Letter, place: &Place, inbox: FolderId) -> bool {
    let is = |query: &SearchQuery| matches(query, letter, place, inbox);
    let date = || {
        let date = DateTime::from_timestamp(letter.date, 0).unwrap();
        date.with_timezone(&Local).date_naive()
    };
    let term = match query {
        SearchQuery::And(parts) => return parts.iter().all(is),
        SearchQuery::Or(parts) => return parts.iter().any(is),
        SearchQuery::Not(part) => return !is(part),
        SearchQuery::Term(term) => term,
    };
    match term {
        SearchTerm::Text {
            field,
            words,
            prefix,
        } => has_text(&letter.text, *field, words, *prefix),
        SearchTerm::Attachment => letter.attachments > 0,
        SearchTerm::Flag(flag, on) => place.flags.has(*flag) == *on,
        SearchTerm::Folder(name) => (place.folder == inbox) == (name == "inbox"),
        SearchTerm::Role(role) => *role == FolderRole::Inbox && place.folder == inbox,
        SearchTerm::InFolder(id) => place.folder == *id,
        SearchTerm::Account(name) => name == "Home",
        SearchTerm::Tag(tag) => place.keywords.contains(tag),
        SearchTerm::Before(day) => date() < *day,
        SearchTerm::After(day) => date() >= *day,
        SearchTerm::On(days) => (days.first..days.end).contains(&date()),
        SearchTerm::Larger(bytes) => letter.size > *bytes,
        SearchTerm::Smaller(bytes) => letter.size < *bytes,
    }
}

/// Words from somewhere in a letter, as a person might type them.
fn some_text(random: &mut StdRng, letter: &Letter) -> SearchTerm {
    let text = &letter.text;
    let (field, from) = *[
        (SearchField::From, &text.sender),
        (SearchField::To, &text.recipients),
        (SearchField::Cc, &text.copies),
        (SearchField::Subject, &text.subject),
        (SearchField::Body, &text.body),
        (SearchField::Body, &text.body),
        (SearchField::Filename, &text.attachments),
        (SearchField::List, &text.list),
        (SearchField::Any, &text.contents),
    ]
    .choose(random)
    .unwrap();
    let found: Vec<Unit> = units(from);
    if found.is_empty() {
        let (field, words, prefix) = (SearchField::Any, "invoice".to_owned(), false);
        return SearchTerm::Text {
            field,
            words,
            prefix,
        };
    }
    let first = random.random_range(0..found.len());
    let is_unspaced = found[first].is_unspaced;
    let mut last = first;
    while last + 1 < found.len()
        && last - first < 3
        && (!is_unspaced || found[last + 1].glued)
        && random.random_bool(if is_unspaced { 0.6 } else { 0.2 })
    {
        last += 1;
    }
    let mut end = found[last].at.end;
    let prefix = !found[last].is_unspaced && random.random_bool(0.2);
    if prefix {
        let word = from.get(found[last].at.clone()).unwrap();
        let kept = random.random_range(1..=word.chars().count());
        end = found[last].at.start + word.chars().take(kept).map(char::len_utf8).sum::<usize>();
    }
    let mut words = from
        .get(found[first].at.start..end)
        .unwrap()
        .replace('\n', " ");
    match random.random_range(0..4) {
        0 => words = words.to_uppercase(),
        1 => words = words.to_lowercase(),
        _ => {}
    }
    let field = if random.random_bool(0.6) {
        SearchField::Any
    } else {
        field
    };
    SearchTerm::Text {
        field,
        words,
        prefix,
    }
}

fn some_condition(random: &mut StdRng, letter: &Letter) -> SearchTerm {
    let date = DateTime::from_timestamp(letter.date, 0).unwrap();
    let day = date.with_timezone(&Local).date_naive();
    let flags = [Flag::Seen, Flag::Flagged, Flag::Answered, Flag::Junk];
    match random.random_range(0..12) {
        0 => SearchTerm::Attachment,
        1 => SearchTerm::Folder((*["inbox", "rust"].choose(random).unwrap()).to_owned()),
        2 => SearchTerm::Role(
            *[FolderRole::Inbox, FolderRole::Junk]
                .choose(random)
                .unwrap(),
        ),
        3 => SearchTerm::Account((*["Home", "Work"].choose(random).unwrap()).to_owned()),
        4 => SearchTerm::Tag("later".to_owned()),
        5 => SearchTerm::Before(day),
        6 => SearchTerm::After(day),
        7 => SearchTerm::On(Period {
            first: day,
            end: day + chrono::Days::new(20),
        }),
        8 => SearchTerm::Larger(letter.size - 1),
        9 => SearchTerm::Smaller(letter.size + 1),
        _ => SearchTerm::Flag(*flags.choose(random).unwrap(), random.random_bool(0.6)),
    }
}

fn some_query(random: &mut StdRng, letters: &[Letter], depth: u32) -> SearchQuery {
    let many = |random: &mut StdRng| -> Vec<SearchQuery> {
        (0..random.random_range(1..4))
            .map(|_| some_query(random, letters, depth - 1))
            .collect()
    };
    match random.random_range(0..10) {
        0 | 1 if depth > 0 => SearchQuery::And(many(random)),
        2 | 3 if depth > 0 => SearchQuery::Or(many(random)),
        4 if depth > 0 => not(some_query(random, letters, depth - 1)),
        5 | 6 => {
            let letter = letters.choose(random).unwrap();
            term(some_condition(random, letter))
        }
        _ => {
            let letter = letters.choose(random).unwrap();
            term(some_text(random, letter))
        }
    }
}

#[tokio::test]
async fn a_search_finds_all_and_nothing_else() {
    let count = std::env::var("WAXWING_RECALL_MESSAGES").ok();
    let count = count.and_then(|count| count.parse().ok()).unwrap_or(300);
    let bench = bench().await;
    let mut random = StdRng::seed_from_u64(count as u64);
    let letters = letters(&bench, &mut random, count).await;
    for chunk in letters.chunks(500) {
        let texts = chunk
            .iter()
            .map(|letter| (letter.email, letter.text.clone()));
        bench.store.index(texts.collect());
        bench.store.index_settled().await;
    }
    let (mut found_any, mut found_many) = (0, 0);
    for _ in 0..QUERIES {
        let query = some_query(&mut random, &letters, 3);
        let mut expected: Vec<(i64, PlacementId)> = Vec::new();
        for letter in &letters {
            let places = letter
                .places
                .iter()
                .filter(|place| matches(&query, letter, place, bench.inbox));
            expected.extend(places.map(|place| (letter.date, place.row)));
        }
        expected.sort_unstable_by(|a, b| b.cmp(a));
        let limit = if random.random_bool(0.3) {
            7
        } else {
            usize::MAX
        };
        let search = Search {
            account: random.random_bool(0.3).then_some(AccountId(1)),
            accounts: vec![
                (AccountId(1), vec!["home".into()]),
                (AccountId(2), vec!["Work".into()]),
            ],
            ..newest(query.clone(), limit)
        };
        let bounds = *[Bounds::USUAL, Bounds::TIGHT].choose(&mut random).unwrap();
        let found = bench.store.read(move |r| {
            let compiled = compile::compile(&search, &r.folders(None)?, &r.index_shape()?);
            let mut newest = r.run_search(&compiled, usize::MAX, bounds)?;
            let mut best = r.run_ranked(&compiled, usize::MAX)?;
            best.sort_unstable();
            newest.sort_unstable();
            assert_eq!(newest, best, "{}", search.query);
            r.run_search(&compiled, search.limit, bounds)
        });
        let mut found: Vec<(i64, PlacementId)> = found
            .await
            .unwrap()
            .into_iter()
            .map(|hit| {
                let row = hit.id;
                let letter = letters
                    .iter()
                    .find(|letter| letter.places.iter().any(|place| place.row == row));
                (letter.unwrap().date, row)
            })
            .collect();
        assert!(
            found.is_sorted_by_key(|(date, _)| -date),
            "newest first: {query}"
        );
        found_any += usize::from(!expected.is_empty());
        found_many += usize::from(expected.len() > 9);
        if limit < expected.len() {
            assert_eq!(found.len(), limit, "{query}");
            assert!(found.iter().all(|row| expected.contains(row)), "{query}");
            assert!(found.last().unwrap().0 >= expected[limit - 1].0, "{query}");
            continue;
        }
        found.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(found, expected, "{query}");
    }
    // Else the queries would prove nothing.
    assert!(
        found_any > QUERIES * 3 / 4 && found_many > QUERIES / 3,
        "{found_any} {found_many}"
    );
}
