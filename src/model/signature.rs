//! What checking a message's signatures came to (DKIM, RFC 6376).

use serde::{Deserialize, Serialize};

/// What checking one signature came to; the better, the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureVerdict {
    /// The message is as whoever signed it sent it.
    Good,
    /// It holds, but only for the beginning of the text (`l=`): what follows
    /// may be anybody's.
    InPart,
    /// It does not cover who the message says it is from.
    SenderNotSigned,
    /// It does not fit: the message was changed, or is not from there.
    Broken,
    /// It does not fit, and its domain only tries signatures out (`t=y`).
    Testing,
    /// The message arrived later than the signature was good for (`x=`).
    Expired,
    /// Its key or its method is so weak that others can sign like that.
    Forgeable,
    /// Its domain has no such key, or no longer.
    NoKey,
    /// Its domain took the key back.
    KeyWithdrawn,
    /// It cannot be read, or its key.
    Unreadable,
    /// Whoever has the key gave no answer.
    NoAnswer,
    /// Nobody asked for its key.
    Unchecked,
}

/// One signature, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedSignature {
    /// What it came to.
    pub verdict: SignatureVerdict,
    /// The domain that signed; empty where it tells none.
    pub domain: String,
    /// Whether that domain is the author's: others prove nothing of the author.
    pub is_authors: bool,
    /// What a person reads.
    pub message: String,
}

/// All signatures of a message, those of the author's domain first and the
/// better before the worse; none where it is not signed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignatureCheck {
    /// The signatures. Equal ones are there once.
    pub signatures: Vec<CheckedSignature>,
}

impl SignatureCheck {
    /// What a person reads, a sentence each.
    #[must_use]
    pub fn sentences(&self) -> Vec<&str> {
        if self.signatures.is_empty() {
            return vec!["This message has no signature."];
        }
        let signatures = self.signatures.iter();
        signatures.map(|one| one.message.as_str()).collect()
    }

    /// Whether nothing is known by it that was not known before.
    #[must_use]
    pub fn says_nothing(&self) -> bool {
        let unknown = |one: &CheckedSignature| {
            matches!(
                one.verdict,
                SignatureVerdict::Unchecked | SignatureVerdict::NoAnswer
            )
        };
        !self.signatures.is_empty() && self.signatures.iter().all(unknown)
    }
}
