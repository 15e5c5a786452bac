//! Companies in whose name most frauds are written.

use super::Author;
use super::shape::shape;
use crate::model::{Doubt, DoubtKind};
use crate::providers;

/// A company: what it is called, and its domains by their registered names
/// without the ending, for it has many endings.
pub(super) struct Company {
    pub(super) name: &'static str,
    /// The first one is the one that frauds imitate.
    pub(super) labels: &'static [&'static str],
}

const fn company(name: &'static str, labels: &'static [&'static str]) -> Company {
    Company { name, labels }
}

/// Names that are also plain words are left out: they would accuse others.
pub(super) const COMPANIES: &[Company] = &[
    company("PayPal", &["paypal"]),
    company("Amazon", &["amazon", "amazonaws", "amazonses"]),
    company(
        "Microsoft",
        &[
            "microsoft",
            "microsoftonline",
            "office365",
            "sharepointonline",
            "onmicrosoft",
            "windows",
            "azure",
            "office",
            "xbox",
        ],
    ),
    company("Google", &["google", "youtube", "googlemail"]),
    company("Apple", &["apple", "itunes", "icloud"]),
    company("Facebook", &["facebook", "facebookmail", "fb", "meta"]),
    company("Instagram", &["instagram", "facebookmail"]),
    company("WhatsApp", &["whatsapp", "facebookmail"]),
    company("LinkedIn", &["linkedin"]),
    company("Netflix", &["netflix"]),
    company("Spotify", &["spotify"]),
    company("eBay", &["ebay", "ebaykleinanzeigen"]),
    company("Dropbox", &["dropbox", "dropboxmail"]),
    company("DocuSign", &["docusign"]),
    company("Adobe", &["adobe", "adobesign"]),
    company("GitHub", &["github"]),
    company("DHL", &["dhl", "deutschepost", "dpdhl"]),
    company("FedEx", &["fedex"]),
    company("Hermes", &["hermesworld", "myhermes", "hermes"]),
    company("Deutsche Post", &["deutschepost", "dhl"]),
    company("Royal Mail", &["royalmail"]),
    company("Sparkasse", &["sparkasse"]),
    company("Volksbank", &["volksbank", "vr"]),
    company("Commerzbank", &["commerzbank"]),
    company("Deutsche Bank", &["deutschebank", "db"]),
    company("Postbank", &["postbank"]),
    company("Chase Bank", &["chase", "jpmorgan"]),
    company("Wells Fargo", &["wellsfargo"]),
    company("Bank of America", &["bankofamerica"]),
    company("Barclays", &["barclays"]),
    company("HSBC", &["hsbc"]),
    company("Santander", &["santander"]),
    company("Revolut", &["revolut"]),
    company("Klarna", &["klarna"]),
    company("Coinbase", &["coinbase"]),
    company("Binance", &["binance"]),
    company("MetaMask", &["metamask"]),
    company("Booking.com", &["booking"]),
    company("Airbnb", &["airbnb"]),
    company("Vodafone", &["vodafone"]),
    company("Zoom", &["zoom"]),
    company("Gmail", &["gmail", "googlemail", "google"]),
    company("Outlook", &["outlook", "microsoft", "office365"]),
    company("Hotmail", &["hotmail", "microsoft"]),
    company("Yahoo", &["yahoo", "yahoogroups"]),
    company("ProtonMail", &["protonmail", "proton"]),
];

/// Words that stand beside a company's name when somebody claims to be it.
const OFFICIAL: &[&str] = &[
    "account",
    "accounts",
    "alert",
    "alerts",
    "billing",
    "care",
    "center",
    "centre",
    "com",
    "customer",
    "de",
    "department",
    "deutschland",
    "express",
    "gmbh",
    "group",
    "help",
    "helpdesk",
    "id",
    "inc",
    "info",
    "kundendienst",
    "kundenservice",
    "kundensupport",
    "login",
    "ltd",
    "mail",
    "member",
    "message",
    "notice",
    "notification",
    "notifications",
    "office",
    "official",
    "online",
    "paket",
    "pay",
    "payment",
    "payments",
    "prime",
    "recovery",
    "refund",
    "safety",
    "secure",
    "security",
    "service",
    "services",
    "sicherheit",
    "signin",
    "store",
    "subscription",
    "support",
    "team",
    "the",
    "unlock",
    "update",
    "updates",
    "verification",
    "verify",
    "your",
];

/// What somebody registered, without its ending: `paypal` of `paypal.com`.
pub(super) fn label(owner: &str) -> &str {
    owner.split('.').next().unwrap_or(owner)
}

/// Whether a registered domain is one of these companies'.
pub(super) fn is_company(owner: &str) -> bool {
    let label = label(owner);
    COMPANIES.iter().any(|one| one.labels.contains(&label))
}

/// Whether a registered domain is one of these companies', and only they
/// write from there: not one where anybody can have an address.
pub(super) fn writes_itself(owner: &str) -> bool {
    is_company(owner) && providers::of_domain(owner).is_none()
}

/// Whether a word is one that stands beside a company's name.
pub(super) fn is_official(word: &str) -> bool {
    OFFICIAL.contains(&word) || word.bytes().all(|byte| byte.is_ascii_digit())
}

/// The name is a company's and nothing else, the address is a stranger's.
pub(super) fn doubt(author: &Author<'_>) -> Option<Doubt> {
    let claimed = COMPANIES.iter().find(|one| claims(author.name, one.name))?;
    let own = label(author.owner);
    let mut words = own.split('-');
    let is_its_own = claimed.labels.iter().any(|label| own.contains(label));
    if is_its_own && !words.any(is_official) {
        return None;
    }
    Some(Doubt {
        kind: DoubtKind::CompanyName,
        message: format!(
            "The name says “{}”, but the address belongs to {}.",
            claimed.name, author.owner
        ),
        why: format!("{} is not known to send mail from there.", claimed.name),
        advice: format!(
            "Use no link of this message. Go to the page of {} yourself to see what is true.",
            claimed.name
        ),
    })
}

/// Whether a display name says no more than a company's name, with or without
/// the words beside it. Letters that look alike count as the same.
fn claims(name: &str, company: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric());
        words
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect()
    };
    let (name, company) = (words(name), words(company));
    let rest = (0..name.len()).find_map(|at| {
        let (before, rest) = name.split_at_checked(at)?;
        let (same, after) = rest.split_at_checked(company.len())?;
        let is_same = same.iter().zip(&company).all(|(a, b)| shape(a) == shape(b));
        is_same.then(|| before.iter().chain(after))
    });
    rest.is_some_and(|mut rest| rest.all(|word| is_official(word)))
}
