//! What a look at a POP3 mailbox gives rise to. Pure: from what the server
//! lists, what is known of it and what the person wants, to what is to be
//! done.

use std::collections::{HashMap, HashSet};

use data_encoding::HEXLOWER;

use crate::model::Pop3Policy;
use crate::store::{Hash, Here, Pop3Row};

/// A message as the server lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// Its number in this session.
    pub(super) number: u32,
    pub(super) size: u64,
    /// Its unique id, where the server gives one.
    pub(super) uidl: Option<String>,
}

/// What this session brought to light of listed messages, by number.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Hashes of headers; none where the server would not show one.
    pub(super) headers: HashMap<u32, Option<Hash>>,
    /// Hashes of messages that were fetched and stored.
    pub(super) contents: HashMap<u32, Hash>,
}

/// What the person wants, and what the server can.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) policy: Pop3Policy,
    /// Larger messages are fetched by their headers only, bytes.
    pub(super) largest: u64,
    /// Whether the server shows headers alone (TOP).
    pub(super) can_top: bool,
    /// The age of the account, seconds.
    pub(super) age: i64,
}

/// A message to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) number: u32,
    pub(super) size: u64,
    /// What it is known by; none where only its content will tell.
    pub(super) key: Option<String>,
}

/// A message to be deleted on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Doomed {
    pub(super) number: u32,
    pub(super) row: i64,
    /// The bytes that must be here; none where the person removed them.
    pub(super) stored: Option<Hash>,
}

/// What is to be done. Where something is to be looked at first, the rest is
/// not settled yet.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Messages whose headers must be looked at first.
    pub(super) look: Vec<u32>,
    /// To be fetched whole, newest first.
    pub(super) whole: Vec<Wanted>,
    /// To be fetched by their headers, newest first.
    pub(super) headers: Vec<Wanted>,
    /// Rows whose messages are there after all, with their size.
    pub(super) found: Vec<(i64, u64)>,
    /// Rows whose messages the server no longer has.
    pub(super) gone: Vec<i64>,
    pub(super) delete: Vec<Doomed>,
}

/// A key of ours: of a header, or of all of a message.
const BY_HEADER: &str = " h";
const BY_CONTENT: &str = " c";

/// What a message is known by that has only its content for it.
pub(super) fn content_key(content: &Hash) -> String {
    format!("{BY_CONTENT}{}", HEXLOWER.encode(content))
}

/// What each listed message is known by, as far as that is clear: its unique
/// id, if no other has the same; else its header and size, if no other has the
/// same; else its content, once that was seen.
pub(super) fn keys(listing: &[Listed], seen: &Seen) -> Vec<Option<String>> {
    let mut ids: HashMap<&str, u32> = HashMap::new();
    for id in listing.iter().filter_map(usable) {
        *ids.entry(id).or_default() += 1;
    }
    let by_id = |one: &Listed| {
        let id = usable(one)?;
        (ids.get(id) == Some(&1)).then(|| id.to_owned())
    };
    let by_header = |one: &Listed| {
        let header = (*seen.headers.get(&one.number)?)?;
        Some(format!(
            "{BY_HEADER}{} {}",
            HEXLOWER.encode(&header),
            one.size
        ))
    };
    let mut headers: HashMap<String, u32> = HashMap::new();
    for one in listing.iter().filter(|one| by_id(one).is_none()) {
        if let Some(key) = by_header(one) {
            *headers.entry(key).or_default() += 1;
        }
    }
    let key = |one: &Listed| {
        by_id(one)
            .or_else(|| by_header(one).filter(|key| headers.get(key) == Some(&1)))
            .or_else(|| seen.contents.get(&one.number).map(content_key))
    };
    listing.iter().map(key).collect()
}

/// A unique id that can be one. A blank begins those of our own.
fn usable(one: &Listed) -> Option<&str> {
    let id = one.uidl.as_deref()?;
    (!id.is_empty() && !id.starts_with(' ')).then_some(id)
}

/// What to do with a listing, of which `keys` are [`keys`] and `rows` what is
/// known of them and of all that was there before.
pub(super) fn plan(
    listing: &[Listed],
    keys: &[Option<String>],
    rows: &[Pop3Row],
    seen: &Seen,
    rules: &Rules,
) -> Plan {
    let mut plan = Plan::default();
    let known = by_key(rows);
    for (one, key) in listing.iter().zip(keys) {
        let row = key.as_deref().and_then(|key| known.get(key).copied());
        plan.one(one, key.as_ref(), row, seen, rules);
    }
    let there: HashSet<&str> = keys.iter().flatten().map(String::as_str).collect();
    let all_clear = keys.iter().all(Option::is_some);
    for row in rows.iter().filter(|row| !row.left) {
        let may_be_unclear = !all_clear && row.key.starts_with(BY_CONTENT);
        if !there.contains(row.key.as_str()) && !may_be_unclear {
            plan.gone.push(row.id);
        }
    }
    // Numbers grow with time.
    plan.whole
        .sort_by_key(|wanted| std::cmp::Reverse(wanted.number));
    plan.headers
        .sort_by_key(|wanted| std::cmp::Reverse(wanted.number));
    plan
}

/// What is there goes before what left.
fn by_key(rows: &[Pop3Row]) -> HashMap<&str, &Pop3Row> {
    let mut known: HashMap<&str, &Pop3Row> = HashMap::new();
    for row in rows {
        let place = known.entry(row.key.as_str()).or_insert(row);
        if place.left && !row.left {
            *place = row;
        }
    }
    known
}

/// How sure it is that a listed message is that of a row.
enum Identity {
    Sure,
    /// It is another one.
    Other,
    /// Its header would tell.
    Look,
    /// Only its content would tell.
    Unclear,
}

impl Plan {
    fn one(
        &mut self,
        one: &Listed,
        key: Option<&String>,
        row: Option<&Pop3Row>,
        seen: &Seen,
        rules: &Rules,
    ) {
        let Some(key) = key else {
            if rules.can_top && !seen.headers.contains_key(&one.number) {
                self.look.push(one.number);
            } else {
                self.fetch(one, None, true);
            }
            return;
        };
        let small = one.size <= rules.largest || !rules.can_top;
        let Some(row) = row else {
            return self.fetch(one, Some(key), small);
        };
        match identity(one, row, seen, rules) {
            Identity::Look => self.look.push(one.number),
            Identity::Unclear => self.fetch(one, Some(key), true),
            Identity::Other => {
                if !row.left {
                    self.gone.push(row.id);
                }
                self.fetch(one, Some(key), small);
            }
            Identity::Sure => self.known(one, key, row, small, rules),
        }
    }

    /// A message that was here before.
    fn known(&mut self, one: &Listed, key: &String, row: &Pop3Row, small: bool, rules: &Rules) {
        if row.left || row.size != one.size {
            self.found.push((row.id, one.size));
        }
        let lacks_body = row.stored.is_none() && row.here != Here::Removed;
        if row.here == Here::Lost || (lacks_body && small) {
            self.fetch(one, Some(key), small);
        } else if is_due(row, rules) {
            self.delete.push(Doomed {
                number: one.number,
                row: row.id,
                stored: row.stored,
            });
        }
    }

    fn fetch(&mut self, one: &Listed, key: Option<&String>, whole: bool) {
        let wanted = Wanted {
            number: one.number,
            size: one.size,
            key: key.cloned(),
        };
        if whole {
            self.whole.push(wanted);
        } else {
            self.headers.push(wanted);
        }
    }
}

/// An id that names another message than it did would cost mail: it is
/// believed where nothing depends on it, and looked into where something does.
fn identity(one: &Listed, row: &Pop3Row, seen: &Seen, rules: &Rules) -> Identity {
    let ours = row.key.starts_with(' ');
    if ours || seen.contents.contains_key(&one.number) {
        return Identity::Sure;
    }
    let odd = row.left || row.size != one.size;
    match seen.headers.get(&one.number) {
        Some(Some(header)) if *header == row.header => Identity::Sure,
        Some(Some(_)) => Identity::Other,
        None if rules.can_top && (odd || is_due(row, rules)) => Identity::Look,
        _ if odd || is_due(row, rules) => Identity::Unclear,
        _ => Identity::Sure,
    }
}

const DAY: i64 = 24 * 60 * 60;

/// Whether a message shall go from the server. Nothing goes that is not here
/// whole, unless a person removed it here.
fn is_due(row: &Pop3Row, rules: &Rules) -> bool {
    let Pop3Policy {
        leave_on_server,
        delete_after_days,
        delete_when_removed,
        ..
    } = &rules.policy;
    let is_safe = match row.here {
        Here::Removed => true,
        Here::Inbox | Here::Elsewhere => row.stored.is_some(),
        Here::Lost => false,
    };
    let out_of_inbox = row.here != Here::Inbox;
    let old = |days: &u32| rules.age - row.seen >= i64::from(*days) * DAY;
    let is_unwanted = !leave_on_server
        || (*delete_when_removed && out_of_inbox)
        || delete_after_days.as_ref().is_some_and(old);
    is_safe && is_unwanted
}

#[cfg(test)]
pub(super) mod tests;
