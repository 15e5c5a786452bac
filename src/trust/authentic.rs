//! Whether the author's domain stands behind a message.

use super::{Author, Evidence, company, is_same_owner};
use crate::mime::Finding;
use crate::model::{Doubt, DoubtKind};

/// What the own servers could not confirm.
pub(super) fn doubt(evidence: &Evidence<'_>, author: &Author<'_>) -> Option<Doubt> {
    let found = evidence.authentication;
    if author.owner.is_empty() || is_confirmed(evidence, author) {
        return None;
    }
    let is_broken = || {
        let mut signatures = found.dkim.iter();
        signatures
            .any(|one| one.finding == Finding::Fail && is_same_owner(&one.domain, author.domain))
    };
    let kind = match found.dmarc {
        Some(Finding::Fail) => DoubtKind::NotAuthentic,
        None if is_broken() => DoubtKind::BrokenSignature,
        _ => return None,
    };
    if was_passed_on(evidence) && !company::writes_itself(author.owner) {
        return None;
    }
    let owner = author.owner;
    Some(match kind {
        DoubtKind::NotAuthentic => Doubt {
            kind,
            message: format!("Your mail server could not confirm that {owner} sent this."),
            why: format!(
                "{owner} says how its mail can be recognised, and this message fails that check \
                 (DMARC). Anybody may have written the address."
            ),
            advice: "Open no link or attachment, and ask the sender in another way.".to_owned(),
        },
        _ => Doubt {
            kind,
            message: format!("The signature of {owner} does not fit this message."),
            why: "The message was changed on its way, or the signature was copied from another \
                  one (DKIM)."
                .to_owned(),
            advice: "Where it asks for money or a password, ask the sender in another way."
                .to_owned(),
        },
    })
}

/// Whether the author's domain stands behind the message.
pub(super) fn is_confirmed(evidence: &Evidence<'_>, author: &Author<'_>) -> bool {
    let found = evidence.authentication;
    if let Some(dmarc @ (Finding::Pass | Finding::Fail)) = found.dmarc {
        return dmarc == Finding::Pass;
    }
    let mut vouched = found.dkim.iter().chain(&found.spf);
    vouched.any(|one| one.finding == Finding::Pass && is_same_owner(&one.domain, author.domain))
}

/// Whether somebody who can be recognised passed the message on: a list changes
/// what it passes on, so its own word has to do.
fn was_passed_on(evidence: &Evidence<'_>) -> bool {
    let found = evidence.authentication;
    let list = &evidence.list.id;
    let mut vouched = found.dkim.iter().chain(&found.spf);
    found.arc == Some(Finding::Pass)
        // Checked after the list did its changes, and none of its servers was
        // asked: it is as good as any.
        || found.is_ours && !list.is_empty()
        || !list.is_empty()
            && vouched.any(|one| {
                one.finding == Finding::Pass
                    && !one.domain.is_empty()
                    && is_same_owner(&one.domain, list)
            })
}
