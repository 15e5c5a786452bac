//! What a person reads of a signature.

use super::{Judged, Keys, MOST, Published, Signed};
use crate::model::{CheckedSignature, SignatureVerdict as Verdict};
use crate::trust::{ascii_domain, is_same_owner};

/// A message that has more signatures than are looked at.
pub(super) fn too_many() -> CheckedSignature {
    CheckedSignature {
        verdict: Verdict::Unreadable,
        domain: String::new(),
        is_authors: false,
        message: format!("This message has more than {MOST} signatures, so none was checked."),
    }
}

/// A signature that was judged, in words.
pub(super) fn checked(judged: Judged, signed: &Signed<'_>, keys: &Keys) -> CheckedSignature {
    let is_authors = !judged.domain.is_empty() && is_same_owner(&judged.domain, signed.author);
    CheckedSignature {
        message: words(&judged, is_authors, signed, keys),
        verdict: judged.verdict,
        domain: judged.domain,
        is_authors,
    }
}

fn words(judged: &Judged, is_authors: bool, signed: &Signed<'_>, keys: &Keys) -> String {
    let (domain, author) = (&judged.domain, ascii_domain(signed.author));
    if domain.is_empty() {
        return "A signature of this message cannot be read.".to_owned();
    }
    match judged.verdict {
        Verdict::Good if is_authors => format!("Signed by {domain}, unchanged since."),
        Verdict::Good => format!(
            "Signed by {domain}, unchanged since. That does not prove that it is from {author}."
        ),
        Verdict::InPart => format!(
            "Signed by {domain}, but only the beginning of its text: the rest may be anybody’s."
        ),
        Verdict::SenderNotSigned => format!(
            "The signature of {domain} does not cover all that is shown above the text, so it \
             proves nothing."
        ),
        Verdict::Broken if signed.by_list => format!(
            "The signature of {domain} does not fit. Mailing lists change what they pass on, so \
             that says little."
        ),
        Verdict::Broken => format!(
            "The signature of {domain} does not fit: the message was changed on its way, or it is \
             not from there."
        ),
        Verdict::Testing => format!(
            "The signature of {domain} does not fit, but {domain} only tries signatures out, so \
             that says nothing."
        ),
        Verdict::Expired => {
            format!("The signature of {domain} was no longer good when the message arrived.")
        }
        Verdict::Forgeable => format!(
            "The signature of {domain} is so weak that others can make one, so it proves nothing."
        ),
        Verdict::NoKey => format!(
            "The signature of {domain} cannot be checked: its key is not there, or no longer."
        ),
        Verdict::KeyWithdrawn => {
            format!("The signature of {domain} cannot be checked: {domain} took the key back.")
        }
        Verdict::Unreadable => format!("The signature of {domain}, or its key, cannot be read."),
        Verdict::NoAnswer => {
            let why = match keys.get(&judged.key) {
                Some(Published::NoAnswer(why)) => why,
                _ => "nobody answered",
            };
            format!("The key of {domain} could not be fetched: {why}.")
        }
        Verdict::Unchecked => format!("Signed by {domain}, which nobody has checked."),
    }
}
