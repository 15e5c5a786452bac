//! Answers that would go elsewhere.
//!
//! Newsletters, lists, shops, forms on web pages and people with two addresses
//! have honest reasons for a Reply-To; a fraud wants the answer where its name
//! still looks right.

use super::lookalike::imitated;
use super::{Author, Evidence, ascii_domain, authentic, is_first, is_same_owner};
use crate::model::{Address, Doubt, DoubtKind, owner};
use crate::providers;

/// Local parts of machines: what they send is a form that somebody filled in.
const MACHINES: &[&str] = &[
    "noreply",
    "no-reply",
    "no_reply",
    "donotreply",
    "do-not-reply",
    "form",
    "forms",
    "web",
    "www",
    "webmaster",
    "wordpress",
    "mailer",
    "contact",
    "kontakt",
    "info",
    "notification",
    "notifications",
    "calendar",
    "calendar-notification",
    "shop",
    "order",
    "orders",
    "support",
];

/// Answers would go to somebody else, in the way of frauds.
pub(super) fn doubt(evidence: &Evidence<'_>, author: &Author<'_>) -> Option<Doubt> {
    let [to] = evidence.email.reply_to.as_slice() else {
        return None;
    };
    let domain = ascii_domain(to.domain()?);
    let is_own = evidence.own.iter().any(|own| own.same_mailbox(to));
    let is_elsewhere = !is_same_owner(&domain, author.domain);
    let is_known = evidence.acquaintance.written || evidence.list.is_bulk || is_own;
    let is_same_person = to.address.eq_ignore_ascii_case(author.address);
    if is_known || is_same_person {
        return None;
    }
    let is_confirmed = authentic::is_confirmed(evidence, author);
    let owner = owner::registered(&domain);
    let looks_alike = is_elsewhere
        && !is_provider(&domain)
        && !super::company::is_company(owner)
        && !evidence
            .written_to
            .iter()
            .any(|known| is_same_owner(known, &domain))
        && (imitated(evidence, &domain, owner).is_some() || imitates_author(owner, author));
    let claims_us = is_elsewhere && !is_confirmed && is_ours(evidence, author);
    let is_free = is_elsewhere && is_provider(&domain);
    let impersonates =
        is_free && !is_confirmed && !is_provider(author.domain) && is_namesake(to, author);
    let lures = is_first(evidence)
        && is_free
        && !is_machine(author)
        && !is_addressed(evidence)
        && local(&to.address) != local(author.address);
    (looks_alike || claims_us || impersonates || lures).then(|| Doubt {
        kind: DoubtKind::ReplyElsewhere,
        message: format!(
            "An answer would go to {}, not to {}.",
            to.address, author.address
        ),
        why: "Frauds write in the name of an address that is not theirs and want the answer \
              elsewhere."
            .to_owned(),
        advice: "Before you answer, make sure in another way who that is.".to_owned(),
    })
}

/// Whether anybody can have an address there.
fn is_provider(domain: &str) -> bool {
    providers::of_domain(domain).is_some()
}

/// Whether the owner of the Reply-To can be taken for the author's.
fn imitates_author(owner: &str, author: &Author<'_>) -> bool {
    use super::company::label;
    use super::shape::shape;
    let (other, _) = idna::domain_to_unicode(label(owner));
    let (own, _) = idna::domain_to_unicode(label(author.owner));
    other != own
        && own.len() > 5
        && (shape(&other) == shape(&own) || providers::is_slip(&other, &own))
}

/// Whether the author claims to be of the person's own organisation.
fn is_ours(evidence: &Evidence<'_>, author: &Author<'_>) -> bool {
    let own = evidence.own.iter().filter_map(|own| own.domain());
    !is_machine(author)
        && !is_provider(author.domain)
        && own.into_iter().any(|own| is_same_owner(own, author.domain))
}

/// Whether the Reply-To wants to be taken for the same person: the same name,
/// or an address that begins like the author's.
fn is_namesake(to: &Address, author: &Author<'_>) -> bool {
    let (to_local, own) = (local(&to.address), local(author.address));
    let same_name = !to.name.is_empty() && to.name == author.name;
    !is_machine(author) && (same_name || (own.len() > 3 && to_local.starts_with(&own)))
}

fn is_machine(author: &Author<'_>) -> bool {
    let local = local(author.address);
    MACHINES.contains(&local.as_str()) || local.contains("noreply") || local.contains("no-reply")
}

fn local(address: &str) -> String {
    let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
    local.to_lowercase()
}

/// Whether the person stands among those it was written to.
fn is_addressed(evidence: &Evidence<'_>) -> bool {
    let email = evidence.email;
    let mut to = email.to.iter().chain(&email.cc).chain(&email.bcc);
    to.any(|to| evidence.own.iter().any(|own| own.same_mailbox(to)))
}
