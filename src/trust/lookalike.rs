//! Domains that can be taken for others.

use super::company::{COMPANIES, is_company, is_official, label};
use super::shape::{is_mixed, passes_for_latin, shape};
use super::{Author, Evidence, ascii_domain};
use crate::model::{Doubt, DoubtKind, owner};
use crate::providers;

/// Shorter names are near to too many.
const SHORTEST: usize = 6;
/// The same for names of people's own domains: surnames are alike.
const SHORTEST_OWN: usize = 9;
/// Words and names of their own, one letter away from a company's.
const NO_SLIPS: &[&str] = &["finance", "klara", "revolt", "barclay", "goggle"];

/// The author's domain can be taken for another.
pub(super) fn doubt(evidence: &Evidence<'_>, author: &Author<'_>) -> Option<Doubt> {
    if author.owner.is_empty() || is_known(evidence, author) {
        return None;
    }
    if let Some(known) = imitated(evidence, author.domain, author.owner) {
        return Some(look_alike(author, &known));
    }
    pretended(author.domain).map(|written| Doubt {
        kind: DoubtKind::MixedScripts,
        message: format!("The domain {written} is written with letters that pass for others."),
        why: format!("Its real name is {}.", author.domain),
        advice: "Such a domain is made to look like another one. Do not answer it.".to_owned(),
    })
}

/// A domain as it is written, where its letters pass for those of another
/// alphabet.
pub(super) fn pretended(domain: &str) -> Option<String> {
    let (written, _) = idna::domain_to_unicode(domain);
    let is_strange = |label: &str| is_mixed(label) || passes_for_latin(label);
    let ends_latin = written.rsplit('.').next().is_some_and(str::is_ascii);
    (ends_latin && written.split('.').any(is_strange)).then_some(written)
}

fn look_alike(author: &Author<'_>, known: &str) -> Doubt {
    let (written, _) = idna::domain_to_unicode(author.owner);
    Doubt {
        kind: DoubtKind::LookAlike,
        message: format!("{written} is not {known}."),
        why: format!(
            "The message comes from {}, which can be taken for {known}.",
            author.address
        ),
        advice: format!("If you expected mail from {known}, ask there before you answer."),
    }
}

/// Whether the person knows this domain, or it is one that others imitate.
fn is_known(evidence: &Evidence<'_>, author: &Author<'_>) -> bool {
    let own = evidence.own.iter().filter_map(|own| own.domain());
    evidence.acquaintance.written
        || is_company(author.owner)
        || providers::of_domain(author.domain).is_some()
        || providers::of_domain(author.owner).is_some()
        || own
            .chain(evidence.written_to.iter().map(String::as_str))
            .any(|known| owner::registered(&ascii_domain(known)) == author.owner)
}

/// The domain that this one is made to look like.
pub(super) fn imitated(evidence: &Evidence<'_>, domain: &str, owner: &str) -> Option<String> {
    let (unicode, _) = idna::domain_to_unicode(label(owner));
    let given = Given {
        domain,
        label: &unicode,
        shape: shape(&unicode),
    };
    let companies = COMPANIES
        .iter()
        .filter_map(|one| Some((one.name, *one.labels.first()?)));
    let mut companies =
        companies.filter(|(_, label)| given.imitates(label, SHORTEST) || given.claims(label));
    if let Some((name, _)) = companies.next() {
        return Some(name.to_owned());
    }
    let own = evidence.own.iter().filter_map(|own| own.domain());
    let known = own.chain(evidence.written_to.iter().map(String::as_str));
    let mut known = known.map(|known| owner::registered(known).to_ascii_lowercase());
    known.find(|known| {
        let (label, _) = idna::domain_to_unicode(label(known));
        given.imitates(&label, SHORTEST_OWN) || given.is_below(known)
    })
}

/// A domain to be compared.
struct Given<'a> {
    domain: &'a str,
    label: &'a str,
    shape: String,
}

impl Given<'_> {
    /// Whether the name looks like the known one and is another; one wrong
    /// letter counts from a certain length on.
    fn imitates(&self, known: &str, shortest: usize) -> bool {
        if self.label == known {
            return false;
        }
        let known_shape = shape(known);
        self.shape == known_shape
            || (known.len() >= shortest
                && !NO_SLIPS.contains(&self.label)
                && providers::is_slip(self.label, known))
    }

    /// Whether the name is a company's with words of office beside it, or has
    /// the company's own domain before it.
    fn claims(&self, known: &str) -> bool {
        let mut words = self.label.split('-');
        let named = words.clone().any(|word| shape(word) == shape(known));
        let is_official = words.any(is_official);
        (named && is_official) || self.is_below(&format!("{known}.com"))
    }

    /// Whether another domain stands before the registered one:
    /// `shop.example.evil.test`.
    fn is_below(&self, known: &str) -> bool {
        let before = self.domain.strip_suffix(owner::registered(self.domain));
        before.is_some_and(|before| {
            let labels = format!(".{before}");
            labels.contains(&format!(".{known}.")) || labels.contains(&format!("-{known}."))
        })
    }
}
