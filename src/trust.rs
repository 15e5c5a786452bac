//! Who really sent a message: what makes one doubt it, in words.
//!
//! Everything here is pure. A doubt that comes with honest mail teaches people
//! not to read the next one, so each asks for more than one sign; the tests
//! count what a corpus of honest mail and of frauds gives.

mod authentic;
mod company;
mod link;
mod lookalike;
mod name;
mod reply;
mod shape;
mod signature;
mod tracking;

pub(crate) use link::deceptive_link;
pub(crate) use signature::{Keys, Published, Signed, take_in};
pub(crate) use tracking::untracked;

use crate::mime::{Authentication, ListFields};
use crate::model::{Acquaintance, Address, Doubt, DoubtKind, Email, owner};

/// What doubts are judged by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Evidence<'a> {
    pub(crate) email: &'a Email,
    /// What the person's own servers found out, or the own check.
    pub(crate) authentication: &'a Authentication,
    pub(crate) list: &'a ListFields,
    /// The addresses of all accounts.
    pub(crate) own: &'a [Address],
    /// What is known of the author's address.
    pub(crate) acquaintance: Acquaintance,
    /// When the message was written, as the store has it, Unix seconds.
    pub(crate) date: i64,
    /// The domains of all whom the person ever wrote to.
    pub(crate) written_to: &'a [String],
}

/// The author, as the doubts see it.
#[derive(Debug, Clone, Copy)]
struct Author<'a> {
    name: &'a str,
    address: &'a str,
    /// In ASCII and lower case.
    domain: &'a str,
    /// What somebody registered of the domain.
    owner: &'a str,
}

/// The doubts about a message, the gravest first.
pub(crate) fn doubts(evidence: &Evidence<'_>) -> Vec<Doubt> {
    let Some(from) = evidence.email.from.first() else {
        return Vec::new();
    };
    let domain = ascii_domain(from.domain().unwrap_or_default());
    let author = Author {
        name: &from.name,
        address: &from.address,
        domain: &domain,
        owner: owner::registered(&domain),
    };
    let is_own = evidence.own.iter().any(|own| own.same_mailbox(from));
    let mut doubts = Vec::new();
    doubts.extend(authentic::doubt(evidence, &author));
    if !is_own {
        doubts.extend(name::doubt(evidence, &author));
        doubts.extend(lookalike::doubt(evidence, &author));
        doubts.extend(company::doubt(&author));
        doubts.extend(reply::doubt(evidence, &author));
        doubts.extend(name::hidden(evidence));
        doubts.extend(first_time(evidence, &author));
    }
    doubts
}

/// A domain as it is compared: in ASCII (RFC 5890) and lower case.
fn ascii_domain(domain: &str) -> String {
    let lower = domain.trim_end_matches('.').to_lowercase();
    idna::domain_to_ascii(&lower).unwrap_or(lower)
}

/// Whether two domains were registered by the same.
fn is_same_owner(one: &str, other: &str) -> bool {
    owner::same(&ascii_domain(one), &ascii_domain(other))
}

fn is_first(evidence: &Evidence<'_>) -> bool {
    let known = evidence.acquaintance;
    !known.written && known.since.is_none_or(|since| since >= evidence.date)
}

fn first_time(evidence: &Evidence<'_>, author: &Author<'_>) -> Option<Doubt> {
    (is_first(evidence) && !author.address.is_empty()).then(|| Doubt {
        kind: DoubtKind::FirstTime,
        message: format!("This is the first message from {}.", author.address),
        why: "Nothing from this address is older, and you never wrote to it.".to_owned(),
        advice: "If the name is one you know, see whether the address is, too.".to_owned(),
    })
}

#[cfg(test)]
mod tests;
