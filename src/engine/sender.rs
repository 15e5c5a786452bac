//! Who really sent a message, and what its sender asks for: doubts, leaving a
//! list, and telling that a message was read.

mod signature;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::Local;

use super::Dispatch;
use super::handle::Handle;
use super::opened::Opened;
use super::reading::blocking;
use super::shared::Shared;
use super::writing::{Letter, answers_as, prepare};
use crate::error::{Error, ErrorKind, Result};
use crate::mime;
use crate::model::{
    AccountId, Acquaintance, Address, Doubt, Draft, Email, Keyword, KeywordChange, OutboxItem,
    PlacementId, SenderNotes, SignatureCheck, Unsubscribe, owner,
};
use crate::net::http::{Http, Request};
use crate::store::{self, Durability};
use crate::trust::{self, Evidence};

/// What servers and other programs know by it that nobody needs to be asked
/// about a receipt any more (RFC 3503).
const ANSWERED: &str = "$MDNSent";

/// What leaving a list came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsubscribed {
    /// The server at this host says that it is done.
    Done(String),
    /// A message that asks for it waits in the outbox.
    Asked(Box<OutboxItem>),
    /// Only the person can, on this page.
    OnPage(String),
}

/// What to ask before a link is opened, where it shows another domain than the
/// one it leads to, or where that one can be taken for another.
#[must_use]
pub fn deceptive_link(shown: &str, target: &str) -> Option<Doubt> {
    trust::deceptive_link(shown, target)
}

/// A web address without what only counts who follows it; nothing where there
/// is none of that.
#[must_use]
pub fn untracked(url: &str) -> Option<String> {
    trust::untracked(url)
}

/// What the store and the settings know of a sender.
struct Known {
    servers: Vec<String>,
    own: Vec<Address>,
    acquaintance: Acquaintance,
    date: i64,
    written_to: Vec<String>,
    is_answered: bool,
    /// Whether the person wants signatures checked without being asked.
    checks_signatures: bool,
}

impl Shared {
    /// Lets the store know which addresses of an account are the person's own.
    pub(super) async fn note_own_addresses(&self, id: AccountId) -> Result<()> {
        let settings = self.account(id)?.settings;
        let mut own = settings.addresses();
        let identities = settings.identities.iter();
        own.extend(identities.map(|identity| Address::new("", &identity.address)));
        let write = self
            .store
            .write(Durability::Crash, move |w| w.set_own_addresses(id, &own));
        Ok(write.await?)
    }

    /// What is to be known of a message's sender.
    pub(super) async fn sender_notes(self: &Arc<Self>, id: PlacementId) -> Result<SenderNotes> {
        let email = self.email(id).await?;
        let known = self.known(id, &email).await?;
        let check = self.opened.check(id);
        blocking(move || Ok(notes(&email, &known, check))).await
    }

    async fn known(&self, id: PlacementId, email: &Email) -> Result<Known> {
        let author = email.from.first().cloned().unwrap_or_default();
        if Opened::is_letter(id) {
            return self.known_anyway(author).await;
        }
        let read = self.store.read(move |r| {
            let row = r.placement(id)?;
            let source = r.pop3_source(id)?.map(|(account, _)| account);
            let accounts = BTreeSet::from([row.account, source.unwrap_or(row.account)]);
            let is_answered = row
                .keywords
                .split(' ')
                .any(|k| k.eq_ignore_ascii_case(ANSWERED));
            let acquaintance = r.acquaintance(&author)?;
            let (date, written_to) = (r.written_at(id)?, r.domains_written_to()?);
            Ok((
                row.account,
                accounts,
                is_answered,
                acquaintance,
                date,
                written_to,
            ))
        });
        let (account, accounts, is_answered, acquaintance, date, written_to) = read.await?;
        let servers = accounts.iter().filter_map(|id| self.account(*id).ok());
        Ok(Known {
            servers: servers.map(|one| one.settings.incoming.host).collect(),
            own: self.own_addresses(account)?,
            acquaintance,
            date,
            written_to,
            is_answered,
            checks_signatures: self.checks_signatures(),
        })
    }

    /// What is known of the sender of a message in no folder: no server of the
    /// person's saw it come, and nobody waits for a receipt.
    async fn known_anyway(&self, author: Address) -> Result<Known> {
        let read =
            move |r: &store::Read<'_>| Ok((r.acquaintance(&author)?, r.domains_written_to()?));
        let (acquaintance, written_to) = self.store.read(read).await?;
        let accounts = self.accounts();
        let own = accounts.all().iter();
        Ok(Known {
            servers: Vec::new(),
            own: own.flat_map(|own| own.settings.addresses()).collect(),
            acquaintance,
            date: i64::MAX,
            written_to,
            is_answered: true,
            checks_signatures: self.checks_signatures(),
        })
    }

    /// Leaves the list that a message came by. Only ever because the person
    /// said so.
    pub(super) async fn unsubscribe(self: &Arc<Self>, id: PlacementId) -> Result<Unsubscribed> {
        let email = self.email(id).await?;
        match mime::list_fields(&email).unsubscribe {
            None => Err(Error::new(
                ErrorKind::Input,
                "This message does not say how one leaves its list.",
            )
            .hint("Look for a link at its end, or block the sender.")),
            Some(Unsubscribe::Browser { url }) => Ok(Unsubscribed::OnPage(url)),
            Some(Unsubscribe::OneClick { url }) => leave_at(&self.http, &url).await,
            Some(Unsubscribe::Mail { to, subject, body }) => {
                let (account, from) = self.reader_of(id, &email).await?;
                let draft = Draft {
                    account,
                    from,
                    reply_to: Vec::new(),
                    to: vec![to],
                    cc: Vec::new(),
                    bcc: Vec::new(),
                    subject,
                    body,
                    html: None,
                    attachments: Vec::new(),
                    in_reply_to: Vec::new(),
                    references: Vec::new(),
                    origin: None,
                };
                let item = self.send(draft, Dispatch::default()).await?;
                Ok(Unsubscribed::Asked(Box::new(item)))
            }
        }
    }

    /// As whom a message was read, and from which account.
    async fn reader_of(&self, id: PlacementId, email: &Email) -> Result<(AccountId, Address)> {
        let account = self.store.read(move |r| r.placement(id)).await?.account;
        let settings = self.account(account)?.settings;
        let from = answers_as(&settings, email).unwrap_or_else(|| settings.identity());
        Ok((account, from))
    }

    /// Tells the sender that a message was read, where the person agreed;
    /// either way nobody asks again.
    pub(super) async fn answer_receipt(
        self: &Arc<Self>,
        id: PlacementId,
        agreed: bool,
    ) -> Result<Option<OutboxItem>> {
        let email = self.email(id).await?;
        let Some(to) = mime::receipt_wanted(&email) else {
            return Err(Error::new(
                ErrorKind::Input,
                "The sender of this message does not ask whether it was read.",
            ));
        };
        let item = if agreed {
            Some(self.send_receipt(id, email, to).await?)
        } else {
            None
        };
        let keyword: Keyword = ANSWERED.parse().map_err(|error| {
            Error::new(ErrorKind::Bug, "A part of Waxwing failed. Nothing is lost.").source(error)
        })?;
        let change = KeywordChange { keyword, on: true };
        self.apply(vec![id], move |w, ids| {
            let changes: Vec<_> = ids.iter().map(|id| (*id, change.clone())).collect();
            super::apply::keywords(w, &changes)
        })
        .await?;
        Ok(item)
    }

    async fn send_receipt(
        self: &Arc<Self>,
        id: PlacementId,
        email: Email,
        to: Address,
    ) -> Result<OutboxItem> {
        let (account, reader) = self.reader_of(id, &email).await?;
        let letter = blocking(move || {
            let name = mime::new_message_id(&reader);
            let now = Local::now().fixed_offset();
            let mut prepared = prepare(&mime::build_receipt(&email, &reader, &to, now, &name))?;
            // Nobody's: what cannot be delivered must not come back (RFC 8098, 2.1).
            prepared.mail_from = String::new();
            Ok(Letter {
                prepared,
                bcc: Vec::new(),
                origin: None,
            })
        });
        self.queue(account, letter.await?, &Dispatch::default())
            .await
    }
}

/// One request (RFC 8058, 3.1): without cookies, following nowhere.
async fn leave_at(http: &Http, url: &str) -> Result<Unsubscribed> {
    const FORM: &str = "application/x-www-form-urlencoded";
    let request = Request::post(url, FORM, "List-Unsubscribe=One-Click");
    let answer = http.send(request).await.map_err(|error| {
        Error::new(
            ErrorKind::Server,
            format!("You are still on the list: {error}"),
        )
        .hint("Try again later.")
        .source(error)
    })?;
    let host = answer.url.host_str().unwrap_or_default();
    let host = owner::registered(host).to_owned();
    if answer.is_good() {
        return Ok(Unsubscribed::Done(host));
    }
    let status = answer.status;
    Err(Error::new(
        ErrorKind::Server,
        format!("You are still on the list: {host} answered with the error {status}."),
    )
    .hint("Try again later, or use the link in the message."))
}

fn notes(email: &Email, known: &Known, check: Option<SignatureCheck>) -> SenderNotes {
    let list = mime::list_fields(email);
    let mut authentication = mime::authentication(&email.headers, &known.servers);
    let is_silent = authentication.is_silent();
    if let Some(check) = &check {
        trust::take_in(&mut authentication, check);
    }
    let doubts = trust::doubts(&Evidence {
        email,
        authentication: &authentication,
        list: &list,
        own: &known.own,
        acquaintance: known.acquaintance,
        date: known.date,
        written_to: &known.written_to,
    });
    let from = email.from.first();
    let is_own = from.is_some_and(|from| known.own.iter().any(|own| own.same_mailbox(from)));
    let receipt_to = mime::receipt_wanted(email).filter(|_| !is_own && !known.is_answered);
    let signed_by = mime::signers(&email.headers);
    let is_unchecked = is_silent && check.is_none() && !is_own && !signed_by.is_empty();
    SenderNotes {
        doubts,
        list: list.name,
        unsubscribe: list.unsubscribe,
        receipt_to,
        signed_by,
        signatures: check,
        checks_signatures: known.checks_signatures && is_unchecked,
    }
}

impl Handle {
    /// What makes one doubt a message's sender, and what that asks for.
    ///
    /// # Errors
    /// As [`Handle::email`].
    pub async fn sender_notes(&self, id: PlacementId) -> Result<SenderNotes> {
        self.run(async move |shared| shared.sender_notes(id).await)
            .await
    }

    /// Leaves the list or the newsletter that a message came by, in the way
    /// that [`SenderNotes::unsubscribe`] tells. To be called once the person
    /// agreed: it tells the sender that the address is read.
    ///
    /// # Errors
    /// `Input` where the message tells no way; `Server` where the list's server
    /// refused or was not reached.
    pub async fn unsubscribe(&self, id: PlacementId) -> Result<Unsubscribed> {
        self.run(async move |shared| shared.unsubscribe(id).await)
            .await
    }

    /// Answers a sender who wants to hear that a message was read (RFC 8098):
    /// with a notice in the outbox where the person `agreed`, else not at all.
    /// Either way [`SenderNotes::receipt_to`] is empty from then on, in other
    /// programs too.
    ///
    /// # Errors
    /// `Input` where nobody asked.
    pub async fn answer_receipt(
        &self,
        id: PlacementId,
        agreed: bool,
    ) -> Result<Option<OutboxItem>> {
        self.run(async move |shared| shared.answer_receipt(id, agreed).await)
            .await
    }
}

#[cfg(test)]
mod tests;
