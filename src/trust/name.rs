//! Names that claim another address, and names that hide something.

use super::{Author, Evidence, authentic, company, is_same_owner};
use crate::mime::field;
use crate::model::{Doubt, DoubtKind, owner};

/// The name holds an address that is not the author's.
pub(super) fn doubt(evidence: &Evidence<'_>, author: &Author<'_>) -> Option<Doubt> {
    let claimed = address_in(author.name)?;
    let (local, domain) = claimed.rsplit_once('@')?;
    if is_same_owner(domain, author.domain) || says_on_whose_behalf(evidence, author) {
        return None;
    }
    // The own address as a name is what some programs write.
    let is_own_tag = author.address.split('@').next().is_some_and(|own| {
        own.contains(&local.to_lowercase()) && own.contains(&domain.to_lowercase())
    });
    (!is_own_tag).then(|| Doubt {
        kind: DoubtKind::NameHoldsAddress,
        message: format!(
            "The name says “{claimed}”, but the message comes from {}.",
            author.address
        ),
        why: "Anybody can write any name beside an address, also one that looks like another \
              address."
            .to_owned(),
        advice: "Go by the address, and ask the person you know in another way.".to_owned(),
    })
}

/// The first thing in a text that reads like an address.
fn address_in(name: &str) -> Option<&str> {
    let is_rim = |c: char| !c.is_alphanumeric();
    let words = name.split(|c: char| c.is_whitespace() || "<>()[]\"“”'‘’,;:".contains(c));
    words.map(|word| word.trim_matches(is_rim)).find(|word| {
        let sides = word.split_once('@');
        sides.is_some_and(|(local, domain)| !local.is_empty() && owner::is_registered(domain))
            && word.matches('@').count() == 1
    })
}

/// Whether a list or a service says for whom it writes: "ada@x.test via Birds".
fn says_on_whose_behalf(evidence: &Evidence<'_>, author: &Author<'_>) -> bool {
    let list = &evidence.list.id;
    let is_list = !list.is_empty() && is_same_owner(list, author.domain);
    let is_service = company::writes_itself(author.owner);
    (is_list || is_service) && (authentic::is_confirmed(evidence, author) || is_unjudged(evidence))
}

/// Whether the servers said nothing about the message.
fn is_unjudged(evidence: &Evidence<'_>) -> bool {
    let found = evidence.authentication;
    found.dmarc.is_none() && found.spf.is_none() && (found.dkim.is_empty() || found.is_ours)
}

/// Characters that turn others round (UAX 9): no name needs them.
pub(super) fn hidden(evidence: &Evidence<'_>) -> Option<Doubt> {
    let from = field(evidence.email, "From").unwrap_or_default();
    from.contains(['\u{202d}', '\u{202e}']).then(|| Doubt {
        kind: DoubtKind::HiddenCharacters,
        message: "The sender's name holds characters that turn the order of letters round."
            .to_owned(),
        why: "They make a name or an address look like another. They are left out here.".to_owned(),
        advice: "Go by the address as it stands here.".to_owned(),
    })
}
