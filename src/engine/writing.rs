//! Drafts and the way into the outbox.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Local, Utc};

use super::Event;
use super::opened::Opened;
use super::reading::{Readable, blocking};
use super::shared::Shared;
use crate::error::{Error, ErrorKind, Result};
use crate::mime;
use crate::model::{
    AccountId, AccountSettings, Address, ComposeMode, Draft, Email, Flag, Flags, FolderRole,
    MessageId, OutboxId, OutboxItem, PlacementId, SendState,
};
use crate::store::{Durability, NewOutbox, OutboxRow, PackedRaw};
use crate::sync::outbox::file_locally;
use crate::sync::receive::Arrived;

/// How long saved drafts rest before the server gets them.
const DRAFTS_REST: Duration = Duration::from_secs(10);

/// How a message is to leave.
#[derive(Debug, Clone, Default)]
pub struct Dispatch {
    /// Not before then; at once without.
    pub not_before: Option<DateTime<Utc>>,
    /// Whether the servers on its way are asked to report its delivery (RFC
    /// 3461). Where the first one cannot, the message goes without.
    pub report: bool,
    /// Its `Message-ID`; a new one without.
    pub message_id: Option<MessageId>,
}

/// Reads a recipient field as people type it: addresses parted by commas,
/// semicolons or line ends. Gives also the pieces that are no addresses.
#[must_use]
pub fn parse_addresses(typed: &str) -> (Vec<Address>, Vec<String>) {
    let (addresses, wrong) = mime::address_list(typed);
    (addresses, wrong.into_iter().map(|one| one.piece).collect())
}

impl Shared {
    /// What a composer starts with.
    pub(super) async fn draft(
        self: &Arc<Self>,
        mode: ComposeMode,
        account: AccountId,
        origin: Option<PlacementId>,
    ) -> Result<Draft> {
        let settings = self.account(account)?.settings;
        let mut me = self.own_addresses(account)?;
        // An answer quotes the text; what takes attachments along takes all.
        let origin = match (origin, mode) {
            (None, _) => None,
            (Some(id), ComposeMode::Reply | ComposeMode::ReplyAll) => {
                Some((id, self.readable(id).await?))
            }
            (Some(id), _) => Some((id, Readable::Whole(self.raw(id).await?))),
        };
        let charset = origin.as_ref().and_then(|(id, _)| self.opened.charset(*id));
        blocking(move || {
            let mut draft = match origin {
                None => mime::draft_from(mode, &me, account, None),
                Some((id, readable)) => {
                    let (email, raw) = readable.parsed(charset);
                    if let Some(own) = answers_as(&settings, &email) {
                        me.insert(0, own);
                    }
                    let mut draft = mime::draft_from(mode, &me, account, Some((id, &email, &raw)));
                    // What is in no folder cannot be marked as answered.
                    draft.origin = draft.origin.filter(|_| !Opened::is_letter(id));
                    draft
                }
            };
            if mode != ComposeMode::EditDraft {
                sign(&mut draft, &settings);
            }
            Ok(draft)
        })
        .await
    }

    /// The account's own addresses first, then those of the other accounts.
    pub(super) fn own_addresses(&self, account: AccountId) -> Result<Vec<Address>> {
        let own = self.account(account)?.settings.addresses();
        let accounts = self.accounts();
        let others = accounts.all().iter().filter(|other| other.id != account);
        Ok(own
            .into_iter()
            .chain(others.flat_map(|other| other.settings.addresses()))
            .collect())
    }

    /// Puts a draft into the outbox.
    pub(super) async fn send(
        self: &Arc<Self>,
        mut draft: Draft,
        dispatch: Dispatch,
    ) -> Result<OutboxItem> {
        let (account, origin) = (draft.account, draft.origin);
        add_reply_to(&mut draft, &self.account(account)?.settings);
        let bcc = draft.bcc.iter().map(|to| to.address.clone()).collect();
        let given = dispatch.message_id.clone();
        let prepared = blocking(move || {
            let id = given.unwrap_or_else(|| mime::new_message_id(&draft.from));
            let built = mime::build(&draft, Local::now().fixed_offset(), &id);
            // The same door as a message from a file: one place decides what
            // can be sent and to whom.
            prepare(&built.raw_with_bcc)
        })
        .await?;
        let letter = Letter {
            prepared,
            bcc,
            origin,
        };
        self.queue(account, letter, &dispatch).await
    }

    /// Puts a message that somebody else wrote into the outbox.
    pub(super) async fn queue_raw(
        self: &Arc<Self>,
        account: AccountId,
        raw: Vec<u8>,
        dispatch: &Dispatch,
    ) -> Result<OutboxItem> {
        self.account(account)?;
        let letter = blocking(move || {
            let bcc = mime::headers_of(&raw)
                .bcc
                .into_iter()
                .map(|to| to.address)
                .collect();
            Ok(Letter {
                prepared: prepare(&raw)?,
                bcc,
                origin: None,
            })
        })
        .await?;
        self.queue(account, letter, dispatch).await
    }

    pub(super) async fn queue(
        self: &Arc<Self>,
        account: AccountId,
        letter: Letter,
        dispatch: &Dispatch,
    ) -> Result<OutboxItem> {
        let Letter {
            prepared,
            bcc,
            origin,
        } = letter;
        let new = NewOutbox {
            account,
            message_id: prepared.message_id,
            subject: prepared.subject,
            mail_from: prepared.mail_from,
            recipients: prepared.recipients,
            bcc,
            raw: prepared.raw,
            not_before: dispatch.not_before.unwrap_or(DateTime::UNIX_EPOCH),
            origin,
            report: dispatch.report,
        };
        let item = self
            .store
            .write(Durability::PowerCut, move |w| {
                let id = w.add_to_outbox(&new)?;
                if new.mail_from.is_empty() {
                    // A receipt is no letter: nothing of it stays, and nobody
                    // counts as written to.
                    w.set_filed(id)?;
                }
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

    /// Takes a message out of the outbox, to be written on: it lies in Drafts
    /// before it leaves the outbox, so that it is somewhere at any moment.
    pub(super) async fn reopen_send(
        self: &Arc<Self>,
        id: OutboxId,
    ) -> Result<(Draft, Option<PlacementId>)> {
        let (row, raw) = self
            .store
            .read(move |r| Ok((r.outbox_item(id)?, r.outbox_raw(id)?)))
            .await
            .map_err(no_longer_there)?;
        let author = self.account(row.item.account)?.settings.identity();
        let draft = blocking(move || Ok(as_draft(&row, author, &raw))).await?;
        let kept = if self.has_draft_of(&draft).await? {
            None
        } else {
            Some(self.save_draft(draft).await?)
        };
        match self.cancel_send(id).await {
            Ok(draft) => Ok((draft, kept)),
            Err(error) => {
                if let Some(kept) = kept {
                    self.apply(vec![kept], |w, ids| super::apply::delete(w, ids, true))
                        .await?;
                }
                Err(error)
            }
        }
    }

    /// Whether what a draft was written from still lies in Drafts.
    async fn has_draft_of(&self, draft: &Draft) -> Result<bool> {
        let Some((ComposeMode::EditDraft, old)) = draft.origin else {
            return Ok(false);
        };
        match self.store.read(move |r| r.placement(old)).await {
            Ok(_) => Ok(true),
            Err(crate::store::Error::NotFound) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes a message out of the outbox, back into a draft that lies nowhere.
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
            .map_err(no_longer_there)?;
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
                    // Whom it was refused for is asked about again.
                    for one in item.recipients.iter_mut().filter(|one| one.is_refused()) {
                        one.code = None;
                        one.text = String::new();
                    }
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
    pub(super) async fn save_draft(self: &Arc<Self>, mut draft: Draft) -> Result<PlacementId> {
        let account = draft.account;
        add_reply_to(&mut draft, &self.account(account)?.settings);
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
                    w.change_to_replaced(&row, kept)?;
                }
                let folder = w.read().placement(kept)?.folder;
                Ok((kept, folder))
            })
            .await?;
        self.tell(Event::FolderContent(folder));
        self.tell(Event::Folders(account));
        self.push_drafts_later(account);
        Ok(placement)
    }

    /// Lets the server have the drafts in a moment: who writes saves every
    /// second, and only the last one of these has to travel.
    fn push_drafts_later(self: &Arc<Self>, account: AccountId) {
        if !self.online || !self.resting_drafts().insert(account) {
            return;
        }
        let shared = Arc::downgrade(self);
        self.runtime.spawn(async move {
            tokio::time::sleep(DRAFTS_REST).await;
            if let Some(shared) = shared.upgrade() {
                shared.resting_drafts().remove(&account);
                shared.push(&BTreeSet::from([account]));
            }
        });
    }
}

/// A message that can be sent, and what its header no longer says.
pub(super) struct Letter {
    pub(super) prepared: mime::Prepared,
    pub(super) bcc: Vec<String>,
    pub(super) origin: Option<(ComposeMode, PlacementId)>,
}

/// As whom a message is answered: who wrote it, where that was oneself, else
/// to whom it was sent.
pub(super) fn answers_as(settings: &AccountSettings, email: &Email) -> Option<Address> {
    let addresses =
        |list: &[Address]| -> Vec<String> { list.iter().map(|one| one.address.clone()).collect() };
    let authors = addresses(&email.from);
    let mut recipients = addresses(&email.to);
    recipients.extend(addresses(&email.cc));
    // Hidden recipients and lists: the server noted whom it was for.
    for (name, value) in &email.headers {
        let noted = ["delivered-to", "x-original-to", "envelope-to"];
        if noted.iter().any(|noted| name.eq_ignore_ascii_case(noted)) {
            recipients.push(value.trim_matches(['<', '>', ' ']).to_owned());
        }
    }
    [authors, recipients]
        .iter()
        .find_map(|list| settings.answers_as(list.iter().map(String::as_str)))
}

/// Puts the signature of its author into a draft, above what is quoted.
fn sign(draft: &mut Draft, settings: &AccountSettings) {
    let identity = settings.identity_of(&draft.from.address);
    let signature = identity.map_or("", |identity| identity.signature.trim_end());
    if !signature.is_empty() {
        draft.body = format!("\n\n-- \n{signature}\n{}", draft.body);
    }
}

/// Where answers go is settled with the address one writes from.
fn add_reply_to(draft: &mut Draft, settings: &AccountSettings) {
    let identity = settings.identity_of(&draft.from.address);
    if let Some(to) = identity.and_then(|identity| identity.reply_to.as_ref())
        && draft.reply_to.is_empty()
    {
        draft.reply_to.push(Address::new("", to));
    }
}

pub(super) fn prepare(raw: &[u8]) -> Result<mime::Prepared> {
    mime::prepare_raw(raw, Local::now().fixed_offset()).map_err(|error| {
        Error::new(ErrorKind::Input, error.to_string())
            .hint("Mend the message, then send it again.")
            .source(error)
    })
}

/// A queued message as the person had it: with its hidden recipients and with
/// what it answers.
fn no_longer_there(error: crate::store::Error) -> Error {
    match Error::from(error) {
        error if error.kind() == ErrorKind::NotFound => Error::new(
            ErrorKind::NotFound,
            "This message is no longer in the outbox.",
        )
        .hint("It has been sent."),
        error => error,
    }
}

fn as_draft(row: &OutboxRow, author: Address, raw: &[u8]) -> Draft {
    let mut draft = mime::draft_from_eml(row.item.account, author, raw);
    let (bcc, _) = mime::address_list(&row.bcc.join(", "));
    draft.bcc = bcc;
    draft.origin = row.origin;
    if row.filed {
        // Those who have it must not get it once more.
        let lacks_it = |address: &Address| {
            let known = row.item.recipients.iter();
            let mut known = known.filter(|one| one.is_accepted());
            !known.any(|one| one.address.eq_ignore_ascii_case(&address.address))
        };
        for list in [&mut draft.to, &mut draft.cc, &mut draft.bcc] {
            list.retain(lacks_it);
        }
    }
    draft
}
