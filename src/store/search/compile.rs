//! An alternative of a query as SQL and as an expression of the full-text
//! index.

use std::ops::Range;

use chrono::{Local, NaiveDate, NaiveTime, TimeZone};
use rusqlite::types::Value;

use super::Search;
use super::normal::{alternatives, searchable};
use super::source::{self, Source};
use crate::model::{AccountId, Flag, Flags, Folder, Period, SearchField, SearchQuery, SearchTerm};
use crate::search::words;
use crate::store::FolderRow;
use crate::store::index::{Shape, Volume, first_entry};

/// A condition that never holds.
const NEVER: &str = "0";

/// One alternative of a query, ready to run.
pub(super) struct Compiled {
    /// What the index is asked for; without it rows are looked through.
    pub(super) words: Option<String>,
    /// What the index must not give: only where it is asked for nothing.
    pub(super) without: Option<String>,
    /// Which entries of the index may match: those of the days asked for.
    pub(super) entries: Range<i64>,
    /// The volumes of the index that may have those, newest first.
    pub(super) volumes: Vec<Volume>,
    /// What else must hold, as SQL over `p` (placement) and `e` (email).
    pub(super) condition: String,
    /// Whether the condition is about `e` too.
    pub(super) reads_email: bool,
    /// The values of the condition.
    pub(super) values: Vec<Value>,
    /// Where rows that fulfil one of the conditions can be taken from.
    pub(super) sources: Vec<Source>,
}

/// Makes a query ready, alternative by alternative; none where it can match
/// nothing.
pub(super) fn compile(search: &Search, folders: &[FolderRow], index: &Shape) -> Vec<Compiled> {
    let Some(query) = searchable(&search.query) else {
        return Vec::new();
    };
    alternatives(query)
        .iter()
        .filter_map(|parts| one(parts, search, folders, index))
        .collect()
}

fn one(
    parts: &[SearchQuery],
    search: &Search,
    folders: &[FolderRow],
    index: &Shape,
) -> Option<Compiled> {
    let mut sql = Sql {
        folders,
        index,
        accounts: &search.accounts,
        reads_email: false,
        values: Vec::new(),
    };
    let mut found = Vec::new();
    let mut missing = Vec::new();
    let mut conditions = Vec::new();
    let mut entries = 0..i64::MAX;
    if let Some(account) = search.account {
        conditions.push(sql.of_accounts(&[account]));
    }
    for part in parts {
        match part {
            SearchQuery::Not(inner) if let Some(words) = words_of(inner) => missing.push(words),
            part => match words_of(part) {
                Some(words) => found.push(words),
                None => {
                    narrow(part, &mut entries, index.late);
                    conditions.push(sql.condition(part));
                }
            },
        }
    }
    if conditions.iter().any(|one| one == NEVER) {
        return None;
    }
    let missing = (!missing.is_empty()).then(|| missing.join(" OR "));
    let (words, without) = match missing {
        _ if found.is_empty() => (None, missing),
        Some(missing) => {
            let words = format!("({}) NOT ({missing})", found.join(" AND "));
            (Some(words), None)
        }
        None => (Some(found.join(" AND ")), None),
    };
    Some(Compiled {
        words,
        without,
        volumes: index.with(&entries),
        entries,
        condition: conditions
            .into_iter()
            .fold("1".to_owned(), |all, one| format!("{all} AND {one}")),
        reads_email: sql.reads_email,
        values: sql.values,
        sources: parts
            .iter()
            .filter_map(|part| source::of(part, folders))
            .collect(),
    })
}

/// The query as an expression of the index, where it is about words alone and
/// asks for at least one.
fn words_of(query: &SearchQuery) -> Option<String> {
    match query {
        SearchQuery::Term(SearchTerm::Text {
            field,
            words,
            prefix,
        }) => Some(phrase(*field, words, *prefix)),
        SearchQuery::Term(_) | SearchQuery::Not(_) => None,
        SearchQuery::Or(parts) => {
            let parts: Option<Vec<String>> = parts.iter().map(words_of).collect();
            parts
                .filter(|parts| !parts.is_empty())
                .map(|parts| format!("({})", parts.join(" OR ")))
        }
        SearchQuery::And(parts) => {
            let (mut found, mut missing) = (Vec::new(), Vec::new());
            for part in parts {
                match part {
                    SearchQuery::Not(inner) => missing.push(words_of(inner)?),
                    part => found.push(words_of(part)?),
                }
            }
            if found.is_empty() {
                return None;
            }
            let found = found.join(" AND ");
            Some(if missing.is_empty() {
                format!("({found})")
            } else {
                format!("(({found}) NOT ({}))", missing.join(" OR "))
            })
        }
    }
}

/// Words that stand next to each other. Quotes around them keep what a person
/// types from being read as syntax.
fn phrase(field: SearchField, words: &str, prefix: bool) -> String {
    let column = match field {
        SearchField::Any => "",
        SearchField::From => "sender : ",
        SearchField::To => "recipients : ",
        SearchField::Cc => "copies : ",
        SearchField::Subject => "subject : ",
        SearchField::Body => "body : ",
        SearchField::Filename => "attachments : ",
        SearchField::List => "list : ",
    };
    let (spelt, begins) = words::asked(words);
    let star = if prefix || begins { "*" } else { "" };
    format!("({column}\"{}\"{star})", spelt.replace('"', " "))
}

struct Sql<'a> {
    folders: &'a [FolderRow],
    index: &'a Shape,
    accounts: &'a [(AccountId, Vec<String>)],
    reads_email: bool,
    values: Vec<Value>,
}

impl Sql<'_> {
    fn condition(&mut self, query: &SearchQuery) -> String {
        if let Some(words) = words_of(query) {
            return self.has_words(&words);
        }
        match query {
            SearchQuery::And(parts) => self.joined(parts, " AND ", "1"),
            SearchQuery::Or(parts) => self.joined(parts, " OR ", NEVER),
            SearchQuery::Not(part) => format!("NOT {}", self.condition(part)),
            SearchQuery::Term(term) => self.term(term),
        }
    }

    fn joined(&mut self, parts: &[SearchQuery], by: &str, of_none: &str) -> String {
        if parts.is_empty() {
            return of_none.to_owned();
        }
        let parts: Vec<String> = parts.iter().map(|part| self.condition(part)).collect();
        format!("({})", parts.join(by))
    }

    fn has_words(&mut self, words: &str) -> String {
        let volumes = &self.index.volumes;
        if volumes.is_empty() {
            return NEVER.to_owned();
        }
        let matches: Vec<String> = volumes
            .iter()
            .map(|volume| {
                let table = volume.table();
                format!("SELECT rowid AS entry FROM idx.{table} WHERE {table} MATCH ?")
            })
            .collect();
        let asked = volumes.iter().map(|_| Value::Text(words.to_owned()));
        self.values.extend(asked);
        format!(
            "(p.email IN (SELECT c.email FROM ({}) w CROSS JOIN idx.covered c ON c.entry = w.entry))",
            matches.join(" UNION ALL ")
        )
    }

    fn term(&mut self, term: &SearchTerm) -> String {
        match term {
            // Text is the index's; see `words_of`.
            SearchTerm::Text { .. } => NEVER.to_owned(),
            SearchTerm::Attachment => "p.attached <> 0".to_owned(),
            SearchTerm::Flag(flag, on) => has_flag(*flag, *on),
            SearchTerm::Folder(name) => self.in_folders(|folder| folder.is_called(name)),
            SearchTerm::Role(role) => self.in_folders(|folder| folder.role == Some(*role)),
            SearchTerm::InFolder(id) => one_of("p.folder", std::iter::once(id.0)),
            SearchTerm::Account(name) => self.of_account(name),
            SearchTerm::Tag(tag) => match Flag::from_imap(tag) {
                Some(flag) => has_flag(flag, true),
                None => self.has_keyword(tag),
            },
            SearchTerm::Before(day) => format!("(p.date < {})", start(*day)),
            SearchTerm::After(day) => format!("(p.date >= {})", start(*day)),
            SearchTerm::On(Period { first, end }) => {
                format!("(p.date >= {} AND p.date < {})", start(*first), start(*end))
            }
            SearchTerm::Larger(bytes) => self.of_email(format!("e.size > {}", number(*bytes))),
            SearchTerm::Smaller(bytes) => self.of_email(format!("e.size < {}", number(*bytes))),
        }
    }

    fn in_folders(&self, is_meant: impl Fn(&Folder) -> bool) -> String {
        let meant = self.folders.iter().filter(|row| is_meant(&row.folder));
        one_of("p.folder", meant.map(|row| row.folder.id.0))
    }

    /// A message lies in folders of its own account only.
    fn of_accounts(&self, accounts: &[AccountId]) -> String {
        self.in_folders(|folder| accounts.contains(&folder.account))
    }

    fn of_account(&self, name: &str) -> String {
        let name = name.to_lowercase();
        let is_meant = |own: &String| own.to_lowercase() == name;
        let meant = self.accounts.iter();
        let meant: Vec<AccountId> = meant
            .filter(|(_, names)| names.iter().any(is_meant))
            .map(|(id, _)| *id)
            .collect();
        self.of_accounts(&meant)
    }

    fn of_email(&mut self, condition: String) -> String {
        self.reads_email = true;
        format!("({condition})")
    }

    fn has_keyword(&mut self, tag: &str) -> String {
        let mut pattern = String::from("% ");
        for c in tag.chars() {
            if matches!(c, '%' | '_' | '!') {
                pattern.push('!');
            }
            pattern.push(c);
        }
        pattern.push_str(" %");
        self.values.push(Value::Text(pattern));
        "((' ' || p.keywords || ' ') LIKE ? ESCAPE '!')".to_owned()
    }
}

/// Lets the index skip what lies outside the days asked for.
fn narrow(query: &SearchQuery, entries: &mut Range<i64>, late: i64) {
    let (from, to) = match query {
        SearchQuery::Term(SearchTerm::Before(day)) => (None, Some(*day)),
        SearchQuery::Term(SearchTerm::After(day)) => (Some(*day), None),
        SearchQuery::Term(SearchTerm::On(days)) => (Some(days.first), Some(days.end)),
        _ => return,
    };
    if let Some(from) = from {
        entries.start = entries.start.max(first_entry(start(from)));
    }
    if let Some(to) = to {
        let end = first_entry(start(to)).saturating_add(late + 1);
        entries.end = entries.end.min(end);
    }
}

pub(super) fn one_of(column: &str, ids: impl Iterator<Item = i64>) -> String {
    let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
    match ids.as_slice() {
        [] => NEVER.to_owned(),
        [only] => format!("({column} = {only})"),
        _ => format!("({column} IN ({}))", ids.join(", ")),
    }
}

fn has_flag(flag: Flag, on: bool) -> String {
    let bit = Flags::default().with(flag, true).bits();
    let sign = if on { "<>" } else { "=" };
    format!("((p.flags & {bit}) {sign} 0)")
}

pub(super) fn number(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// When the day begins here, Unix seconds.
fn start(day: NaiveDate) -> i64 {
    let midnight = day.and_time(NaiveTime::MIN);
    // Where the clock skips midnight, the day begins as it would without.
    Local
        .from_local_datetime(&midnight)
        .earliest()
        .map_or_else(|| midnight.and_utc().timestamp(), |time| time.timestamp())
}
