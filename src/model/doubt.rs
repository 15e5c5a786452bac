//! What makes one doubt who sent a message, and what its sender asks for.

use serde::{Deserialize, Serialize};

use super::{Address, SignatureCheck};

/// What makes one doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DoubtKind {
    /// The name beside the address is, or holds, another address.
    NameHoldsAddress,
    /// The name beside the address is a company's, the address is not.
    CompanyName,
    /// The domain can be taken for one that the person knows.
    LookAlike,
    /// The domain mixes letters of several alphabets.
    MixedScripts,
    /// The name holds characters that turn the order of the others round.
    HiddenCharacters,
    /// Answers would go to somebody else, in the way of frauds.
    ReplyElsewhere,
    /// The author's domain does not stand behind the message (DMARC).
    NotAuthentic,
    /// The signature of the author's domain does not hold (DKIM).
    BrokenSignature,
    /// A link shows one domain and leads to another.
    DeceptiveLink,
    /// Nothing came from this address before. No fault of anybody's.
    FirstTime,
}

/// A doubt, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// What makes one doubt.
    pub kind: DoubtKind,
    /// What is seen.
    pub message: String,
    /// Why that matters.
    pub why: String,
    /// What to do.
    pub advice: String,
}

impl Doubt {
    /// Whether it warns of something, rather than only telling it.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        self.kind != DoubtKind::FirstTime
    }
}

/// How one leaves a mailing list or a newsletter (RFC 2369, RFC 8058).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsubscribe {
    /// One request to a web server, which needs nobody to look at a page.
    OneClick {
        /// Where it goes; HTTPS.
        url: String,
    },
    /// A message.
    Mail {
        /// To whom.
        to: Address,
        /// What it is to say.
        subject: String,
        /// The same.
        body: String,
    },
    /// A page that the person has to look at.
    Browser {
        /// Where it is.
        url: String,
    },
}

/// What is to be known of a message's sender beyond its header.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SenderNotes {
    /// Doubts, the gravest first.
    pub doubts: Vec<Doubt>,
    /// The mailing list it came by (RFC 2919): its name, else its id.
    pub list: Option<String>,
    /// How one leaves that list, or the newsletter.
    pub unsubscribe: Option<Unsubscribe>,
    /// Who wants to hear that it was read (RFC 8098), unless that was answered
    /// already.
    pub receipt_to: Option<Address>,
    /// The domains that say they signed it (DKIM).
    pub signed_by: Vec<String>,
    /// What checking that here came to, where it was checked.
    pub signatures: Option<SignatureCheck>,
    /// Whether the person wants it checked without being asked.
    pub checks_signatures: bool,
}

/// What is known of an address from the mail that is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Acquaintance {
    /// When the first message from it was written, Unix seconds.
    pub since: Option<i64>,
    /// Whether the person ever wrote to it.
    pub written: bool,
}
