//! Fills the mailboxes: threads, flags and folders from the data's entries.

use std::collections::HashMap;

use chrono::{DateTime, Duration, FixedOffset, Utc};

use super::build;
use super::files;
use super::format::{self, Entry};
use super::people::{People, Person};
use super::series;
use super::when;
use super::{SampleError, SampleMessage};

/// A message on its way from the data to its bytes.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) id: String,
    pub(super) date: DateTime<FixedOffset>,
    pub(super) from: Person,
    pub(super) to: Vec<Person>,
    pub(super) cc: Vec<Person>,
    pub(super) subject: String,
    pub(super) message_id: String,
    /// The thread above, oldest first; the last one is what it answers.
    pub(super) references: Vec<String>,
    /// The plain text with dates and quotes filled in.
    pub(super) text: String,
    /// Further parts, filled in likewise.
    pub(super) sections: Vec<(String, String)>,
    raw: Vec<u8>,
}

/// Both mailboxes, oldest first, and what is wrong in the data.
pub(super) fn fill(now: DateTime<Utc>) -> (Vec<SampleMessage>, Vec<SampleError>) {
    let people = People::read(files::PEOPLE);
    let mut letters: HashMap<String, Letter> = HashMap::new();
    let mut messages = Vec::new();
    let mut faults = Vec::new();
    let mut answered: Vec<(String, &'static str)> = Vec::new();
    let mut owners = Vec::new();
    let mut entries: Vec<Entry> = files::MAIL
        .iter()
        .copied()
        .flat_map(format::entries)
        .collect();
    entries.extend(series::all().iter().flat_map(|file| format::entries(file)));
    for entry in &entries {
        match write(entry, &letters, &people, now) {
            Ok(letter) => {
                for user in ["wren", "robin"] {
                    if let Some(message) = deliver(entry, &letter, user, now) {
                        owners.push((letter.id.clone(), user));
                        messages.push(message);
                    }
                }
                if let (Some(author), false) = (local_user(&letter.from), is_draft(entry)) {
                    answered.extend(entry.get("re").map(|id| (id.to_owned(), author)));
                }
                letters.insert(letter.id.clone(), letter);
            }
            Err(problem) => faults.push(SampleError::new(&entry.id, problem)),
        }
    }
    for (message, owner) in messages.iter_mut().zip(&owners) {
        if answered.contains(owner) {
            for flag in ["\\Seen", "\\Answered"] {
                if !message.flags.contains(&flag) {
                    message.flags.push(flag);
                }
            }
        }
    }
    messages.sort_by_key(|message| message.received);
    (messages, faults)
}

fn write(
    entry: &Entry,
    letters: &HashMap<String, Letter>,
    people: &People,
    now: DateTime<Utc>,
) -> Result<Letter, String> {
    let find = |key: &str, default: &str| {
        let field = entry.get(key).unwrap_or(default);
        people
            .find(field)
            .ok_or_else(|| format!("unknown person in {field:?}"))
    };
    if letters.contains_key(&entry.id) {
        return Err("its name is taken".to_owned());
    }
    let parent = match entry.get("re") {
        Some(id) => Some(
            letters
                .get(id)
                .ok_or_else(|| format!("answers the unknown {id}"))?,
        ),
        None => None,
    };
    let date = entry
        .get("ago")
        .and_then(|text| when::ago(text, now))
        .ok_or("no date that can be read")?;
    let from = find("from", "wren")?
        .into_iter()
        .next()
        .ok_or("no sender")?;
    let to = match parent {
        Some(parent) if !entry.has("to") => vec![parent.from.clone()],
        _ => find("to", "wren")?,
    };
    let day = date.date_naive();
    let mut letter = Letter {
        id: entry.id.clone(),
        date,
        to,
        cc: find("cc", "")?,
        subject: when::expand(&subject(entry, parent), day),
        message_id: format!("{}@{}", entry.id, from.domain()),
        references: parent.map_or_else(Vec::new, |parent| {
            let mut list = parent.references.clone();
            list.push(parent.message_id.clone());
            list
        }),
        text: text(&entry.text, parent, day),
        sections: entry
            .sections
            .iter()
            .map(|(kind, content)| (kind.clone(), when::expand(content, day)))
            .collect(),
        from,
        raw: Vec::new(),
    };
    let forwarded = |id: &str| letters.get(id).map(|letter| letter.raw.as_slice());
    letter.raw = build::message(entry, &letter, &forwarded)?;
    Ok(letter)
}

fn subject(entry: &Entry, parent: Option<&Letter>) -> String {
    match (entry.get("subject"), parent) {
        (Some(subject), _) => subject.to_owned(),
        (None, Some(parent)) if parent.subject.starts_with("Re: ") => parent.subject.clone(),
        (None, Some(parent)) => format!("Re: {}", parent.subject),
        (None, None) => String::new(),
    }
}

/// Fills in dates, `%quote` (the answered message) and `%sig` (a signature).
fn text(text: &str, parent: Option<&Letter>, day: chrono::NaiveDate) -> String {
    let mut out = Vec::new();
    for line in text.lines() {
        if let ("%quote", Some(parent)) = (line, parent) {
            out.push(format!(
                "On {}, {} wrote:",
                parent.date.format("%-d %b %Y, %H:%M"),
                parent.from.name
            ));
            out.extend(parent.text.lines().map(|line| match line {
                "" => ">".to_owned(),
                line if line.starts_with('>') => format!(">{line}"),
                line => format!("> {line}"),
            }));
        } else if let Some(signature) = line.strip_prefix("%sig ") {
            out.push("-- ".to_owned());
            out.extend(signature.split(" | ").map(str::to_owned));
        } else {
            out.push(when::expand(line, day));
        }
    }
    out.join("\n")
}

/// The copy in a user's mailbox, if the message belongs there.
fn deliver(
    entry: &Entry,
    letter: &Letter,
    user: &'static str,
    now: DateTime<Utc>,
) -> Option<SampleMessage> {
    let author = local_user(&letter.from) == Some(user);
    let reader = letter
        .to
        .iter()
        .chain(&letter.cc)
        .any(|person| local_user(person) == Some(user));
    // Lists, drafts and the like belong to Wren even if the header does not say so.
    if user == "robin" && (!(author || reader) || is_draft(entry)) {
        return None;
    }
    if user == "wren" && entry.has("only-robin") {
        return None;
    }
    let folder = match entry.get("folder") {
        Some("Drafts") => "Drafts",
        _ if author => "Sent",
        Some(folder) if user == "wren" => folder,
        _ => "INBOX",
    };
    // A few seconds on the way, but never from the future.
    let on_the_way = i64::try_from(entry.id.len() % 17).unwrap_or(0);
    let received =
        (letter.date + Duration::seconds(on_the_way)).min(now.with_timezone(letter.date.offset()));
    Some(SampleMessage {
        user,
        folder: folder.to_owned(),
        flags: flags(entry, author, user),
        received,
        raw: letter.raw.clone(),
    })
}

fn flags(entry: &Entry, author: bool, user: &str) -> Vec<&'static str> {
    let given: Vec<&str> = entry
        .get("flags")
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let mut flags = Vec::new();
    if author || !given.contains(&"unread") {
        flags.push("\\Seen");
    }
    if user == "wren" {
        for (word, flag) in [
            ("star", "\\Flagged"),
            ("forwarded", "$Forwarded"),
            ("junk", "$Junk"),
        ] {
            if given.contains(&word) {
                flags.push(flag);
            }
        }
        if is_draft(entry) {
            flags.push("\\Draft");
        }
    }
    flags
}

fn is_draft(entry: &Entry) -> bool {
    entry.get("folder") == Some("Drafts")
}

fn local_user(person: &Person) -> Option<&'static str> {
    match person.address.as_str() {
        "wren@waxwing.test" => Some("wren"),
        "robin@waxwing.test" => Some("robin"),
        _ => None,
    }
}
