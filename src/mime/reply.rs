//! What a composer starts with: recipients, subject, references, quotation.

use std::sync::Arc;

use super::{attachment, parse, quote};
use crate::model::{
    AccountId, Address, ComposeMode, Draft, DraftAttachment, Email, MessageId, PartId, PlacementId,
    subject,
};

/// A draft in the given mode. `me` are the own addresses, the one of the
/// account first; it is the author. `origin` is the message that is answered,
/// forwarded or taken up again, with its raw bytes.
pub(crate) fn draft_from(
    mode: ComposeMode,
    me: &[Address],
    account: AccountId,
    origin: Option<(PlacementId, &Email, &[u8])>,
) -> Draft {
    let author = me.first().cloned().unwrap_or_default();
    let mut draft = empty(account, author);
    let Some((placement, email, raw)) = origin else {
        return draft;
    };
    match mode {
        ComposeMode::New => return draft,
        ComposeMode::EditDraft => {
            draft = draft_from_eml(account, draft.from, raw);
        }
        ComposeMode::Reply | ComposeMode::ReplyAll => {
            let (to, cc) = recipients(mode, me, email);
            draft.to = to;
            draft.cc = cc;
            draft.subject = subject::reply(&email.subject);
            draft.in_reply_to = email.message_id.iter().cloned().collect();
            draft.references = references(email);
            draft.body = format!(
                "\n\n{}\n{}",
                quote::attribution(email),
                quote::quoted(&email.text)
            );
        }
        ComposeMode::Forward => {
            draft.subject = subject::forward(&email.subject);
            draft.references = references(email);
            draft.body = format!("\n\n{}\n{}", quote::forwarded_header(email), email.text);
            draft.attachments = carried(email, raw);
        }
    }
    draft.origin = Some((mode, placement));
    draft
}

/// A draft as its .eml tells it: what a kept draft is taken up again with.
/// `author` stands in where it names none.
pub(crate) fn draft_from_eml(account: AccountId, author: Address, raw: &[u8]) -> Draft {
    let email = parse(raw);
    Draft {
        from: email.from.first().cloned().unwrap_or(author),
        attachments: carried(&email, raw),
        reply_to: email.reply_to,
        to: email.to,
        cc: email.cc,
        bcc: email.bcc,
        subject: email.subject,
        body: email.text,
        in_reply_to: email.in_reply_to,
        references: email.references,
        ..empty(account, Address::default())
    }
}

fn empty(account: AccountId, from: Address) -> Draft {
    Draft {
        account,
        from,
        reply_to: Vec::new(),
        to: Vec::new(),
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: String::new(),
        body: String::new(),
        html: None,
        attachments: Vec::new(),
        in_reply_to: Vec::new(),
        references: Vec::new(),
        origin: None,
    }
}

/// To whom an answer goes: `To` and `Cc`.
fn recipients(mode: ComposeMode, me: &[Address], email: &Email) -> (Vec<Address>, Vec<Address>) {
    let is_me = |address: &Address| me.iter().any(|own| own.same_mailbox(address));
    // An answer to one's own mail goes on to those who got it.
    let own_mail = email.from.iter().any(is_me) && email.reply_to.is_empty();
    let direct = if own_mail {
        &email.to
    } else if email.reply_to.is_empty() {
        &email.from
    } else {
        &email.reply_to
    };
    let mut to = Vec::new();
    add(&mut to, direct, |address| own_mail || !is_me(address));
    if to.is_empty() {
        // A mail to oneself, or a Reply-To that names only oneself.
        add(&mut to, direct, |_| true);
    }
    let mut cc = Vec::new();
    if mode == ComposeMode::ReplyAll {
        let known = to.clone();
        let fresh = |address: &Address| {
            !is_me(address) && !known.iter().any(|other| other.same_mailbox(address))
        };
        if !own_mail {
            add(&mut to, &email.to, fresh);
        }
        let known = to.clone();
        add(&mut cc, &email.cc, |address| {
            !is_me(address) && !known.iter().any(|other| other.same_mailbox(address))
        });
    }
    (to, cc)
}

fn add(list: &mut Vec<Address>, more: &[Address], wanted: impl Fn(&Address) -> bool) {
    for address in more {
        let known = list.iter().any(|other| other.same_mailbox(address));
        if !known && !address.address.is_empty() && wanted(address) {
            list.push(address.clone());
        }
    }
}

/// The conversation including the answered message (RFC 5322, 3.6.4).
fn references(email: &Email) -> Vec<MessageId> {
    let mut ids = if email.references.is_empty() && email.in_reply_to.len() == 1 {
        email.in_reply_to.clone()
    } else {
        email.references.clone()
    };
    if let Some(id) = &email.message_id {
        ids.retain(|other| other != id);
        ids.push(id.clone());
    }
    ids
}

fn carried(email: &Email, raw: &[u8]) -> Vec<DraftAttachment> {
    let parts: Vec<PartId> = email.attachments.iter().map(|one| one.part).collect();
    attachment::saved_parts(raw, &parts)
        .into_iter()
        .map(|saved| DraftAttachment {
            name: saved.name,
            content_type: saved.content_type,
            bytes: Arc::from(saved.bytes),
            content_id: None,
        })
        .collect()
}
