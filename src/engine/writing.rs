//! Drafts and the way into the outbox.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{Local, TimeDelta, Utc};

use super::Event;
use super::reading::{Readable, blocking};
use super::shared::Shared;
use crate::error::{Error, ErrorKind, Result};
use crate::mime;
use crate::model::{
    AccountId, Address, ComposeMode, Draft, Flag, Flags, FolderRole, OutboxId, OutboxItem,
    PlacementId, SendState,
};
use crate::store::{Durability, NewOutbox, OutboxRow, PackedRaw};
use crate::sync::outbox::file_locally;
use crate::sync::receive::Arrived;

impl Shared {
    /// What a composer starts with.
    pub(super) async fn draft(
        self: &Arc<Self>,
        mode: ComposeMode,
        account: AccountId,
        origin: Option<PlacementId>,
    ) -> Result<Draft> {
        let me = self.own_addresses(account)?;
        let Some(id) = origin else {
            return Ok(mime::draft_from(mode, &me, account, None));
        };
        // An answer quotes the text; what takes attachments along takes all.
        let origin = match mode {
            ComposeMode::Reply | ComposeMode::ReplyAll => self.readable(id).await?,
            _ => Readable::Whole(self.raw(id).await?),
        };
        blocking(move || {
            let (email, raw) = origin.parsed();
            Ok(mime::draft_from(
                mode,
                &me,
                account,
                Some((id, &email, &raw)),
            ))
        })
        .await
    }

    /// The account's own address first, then those of the other accounts.
    fn own_addresses(&self, account: AccountId) -> Result<Vec<Address>> {
        let own = self.account(account)?.settings.identity();
        let accounts = self.accounts();
        let others = accounts.all().iter().filter(|other| other.id != account);
        Ok(std::iter::once(own)
            .chain(others.map(|other| other.settings.identity()))
            .collect())
    }

    /// Puts a draft into the outbox.
    pub(super) async fn send(self: &Arc<Self>, draft: Draft, hold: Duration) -> Result<OutboxItem> {
        let (account, origin) = (draft.account, draft.origin);
        self.account(account)?;
        let bcc = draft.bcc.iter().map(|to| to.address.clone()).collect();
        let prepared = blocking(move || {
            let id = mime::new_message_id(&draft.from);
            let built = mime::build(&draft, Local::now().fixed_offset(), &id);
            // The same door as a message from a file: one place decides what
            // can be sent and to whom.
            prepare(&built.raw_with_bcc)
        })
        .await?;
        self.queue(account, prepared, bcc, hold, origin).await
    }

    /// Puts a message that somebody else wrote into the outbox.
    pub(super) async fn queue_raw(
        self: &Arc<Self>,
        account: AccountId,
        raw: Vec<u8>,
    ) -> Result<OutboxItem> {
        self.account(account)?;
        let (prepared, bcc) = blocking(move || {
            let bcc = mime::headers_of(&raw)
                .bcc
                .into_iter()
                .map(|to| to.address)
                .collect();
            Ok((prepare(&raw)?, bcc))
        })
        .await?;
        self.queue(account, prepared, bcc, Duration::ZERO, None)
            .await
    }

    async fn queue(
        self: &Arc<Self>,
        account: AccountId,
        prepared: mime::Prepared,
        bcc: Vec<String>,
        hold: Duration,
        origin: Option<(ComposeMode, PlacementId)>,
    ) -> Result<OutboxItem> {
        let new = NewOutbox {
            account,
            message_id: prepared.message_id,
            subject: prepared.subject,
            mail_from: prepared.mail_from,
            recipients: prepared.recipients,
            bcc,
            raw: prepared.raw,
            not_before: Utc::now() + TimeDelta::from_std(hold).unwrap_or_default(),
            origin,
        };
        let item = self
            .store
            .write(Durability::PowerCut, move |w| {
                let id = w.add_to_outbox(&new)?;
                w.read().outbox_item(id)
            })
            .await?
            .item;
        self.tell(Event::Outbox);
        self.post_now(account);
        Ok(item)
    }

    /// Lets the account's task look into the outbox.
    pub(super) fn post_now(&self, account: AccountId) {
        if let Some(actor) = self.actor(account) {
            actor.post.notify_one();
        }
    }

    /// Takes a message out of the outbox, back into a draft.
    pub(super) async fn cancel_send(self: &Arc<Self>, id: OutboxId) -> Result<Draft> {
        let (row, raw) = self
            .store
            .write(Durability::PowerCut, move |w| {
                let row = w.read().outbox_item(id)?;
                let raw = w.read().outbox_raw(id)?;
                if row.item.state != SendState::Sending {
                    w.remove_from_outbox(id)?;
                }
                Ok((row, raw))
            })
            .await
            .map_err(|error| match Error::from(error) {
                error if error.kind() == ErrorKind::NotFound => Error::new(
                    ErrorKind::NotFound,
                    "This message is no longer in the outbox.",
                )
                .hint("It has been sent."),
                error => error,
            })?;
        if row.item.state == SendState::Sending {
            return Err(Error::new(
                ErrorKind::Conflict,
                "The message is being handed over right now.",
            )
            .hint("It can no longer be taken back."));
        }
        self.tell(Event::Outbox);
        let author = self.account(row.item.account)?.settings.identity();
        blocking(move || Ok(as_draft(&row, author, &raw))).await
    }

    /// Lets a message be tried again now.
    pub(super) async fn retry_send(self: &Arc<Self>, id: OutboxId) -> Result<AccountId> {
        let account = self
            .store
            .write(Durability::PowerCut, move |w| {
                let mut item = w.read().outbox_item(id)?.item;
                if item.state != SendState::Sending {
                    item.state = SendState::Waiting;
                    item.next_attempt = None;
                    w.update_outbox(&item)?;
                }
                Ok(item.account)
            })
            .await?;
        self.tell(Event::Outbox);
        self.post_now(account);
        Ok(account)
    }

    /// Keeps a draft in the Drafts folder, in place of the one it was.
    pub(super) async fn save_draft(self: &Arc<Self>, draft: Draft) -> Result<PlacementId> {
        let account = draft.account;
        self.account(account)?;
        let origin = draft.origin;
        let (raw, packed) = blocking(move || {
            let id = mime::new_message_id(&draft.from);
            let raw = mime::build(&draft, Local::now().fixed_offset(), &id).raw_with_bcc;
            let packed = PackedRaw::new(&raw).map_err(Error::from)?;
            Ok((raw, packed))
        })
        .await?;
        let flags = [Flag::Draft, Flag::Seen].into_iter().collect::<Flags>();
        let arrived = Arrived {
            account,
            received: None,
            size: raw.len() as u64,
        };
        let (placement, folder) = self
            .store
            .write(Durability::PowerCut, move |w| {
                let described = arrived.whole(&raw);
                let kept = file_locally(w, FolderRole::Drafts, &described, &packed, flags)?;
                if let Some((ComposeMode::EditDraft, old)) = origin
                    && let Ok(row) = w.read().placement(old)
                {
                    w.change_to_gone(&row)?;
                }
                let folder = w.read().placement(kept)?.folder;
                Ok((kept, folder))
            })
            .await?;
        self.tell(Event::FolderContent(folder));
        self.tell(Event::Folders(account));
        self.push(&BTreeSet::from([account]));
        Ok(placement)
    }
}

fn prepare(raw: &[u8]) -> Result<mime::Prepared> {
    mime::prepare_raw(raw, Local::now().fixed_offset()).map_err(|error| {
        Error::new(ErrorKind::Input, error.to_string())
            .hint("Mend the message, then send it again.")
            .source(error)
    })
}

/// A queued message as the person had it: with its hidden recipients and with
/// what it answers.
fn as_draft(row: &OutboxRow, author: Address, raw: &[u8]) -> Draft {
    let mut draft = mime::draft_from_eml(row.item.account, author, raw);
    let (bcc, _) = mime::address_list(&row.bcc.join(", "));
    draft.bcc = bcc;
    draft.origin = row.origin;
    draft
}
