//! The own check of signatures (DKIM), with keys from the name service.
//!
//! It tells somebody something: a question for `selector._domainkey.domain`
//! goes to the name servers of whoever signed, and a sender who makes up a
//! selector for each recipient learns from it that this one opened the message,
//! as by a tracking picture. So nothing is asked unless a person says so, for one
//! message or once and for all ([`CheckSignatures`]); and in the second case only
//! the domains are asked whom the person wrote to, or where a known provider is
//! asked instead of the sender, and only when the message is opened. What shows
//! without a key (the text was changed, the signature is too old) costs no
//! question.

use std::sync::Arc;

use chrono::Utc;
use futures::future::join_all;

use super::{Known, blocking, notes};
use crate::config::settings::CheckSignatures;
use crate::engine::Handle;
use crate::engine::shared::Shared;
use crate::error::Result;
use crate::mime;
use crate::model::{Address, Email, PlacementId, SenderNotes, SignatureCheck, owner};
use crate::net::names::{Names, NoText};
use crate::providers;
use crate::trust::{Keys, Published, Signed};

/// A message whose signatures are checked.
struct Letter {
    raw: Vec<u8>,
    author: String,
    by_list: bool,
    arrived: i64,
}

impl Letter {
    fn new(raw: Vec<u8>, email: &Email) -> Self {
        let author = email.from.first();
        let author = author.and_then(Address::domain);
        let arrived = mime::arrived(&email.headers);
        let mut lines = raw.split_inclusive(|&byte| byte == b'\n');
        let is_bare = lines.next().is_some_and(|line| !line.ends_with(b"\r\n"));
        Self {
            // Files often have lost the line ends that were signed.
            raw: if is_bare {
                mime::normalise_crlf(&raw).into_owned()
            } else {
                raw
            },
            author: author.unwrap_or_default().to_ascii_lowercase(),
            by_list: !mime::list_fields(email).id.is_empty(),
            arrived: arrived.unwrap_or_else(|| Utc::now().timestamp()),
        }
    }

    fn signed(&self) -> Signed<'_> {
        Signed {
            raw: &self.raw,
            author: &self.author,
            by_list: self.by_list,
            arrived: self.arrived,
        }
    }

    /// Checks it with the keys of those domains that may be asked.
    async fn check(self, names: &Names, may_ask: impl Fn(&str) -> bool) -> Result<SignatureCheck> {
        let letter = Arc::new(self);
        let known = letter.clone();
        let wanted = blocking(move || Ok(known.signed().keys_wanted())).await?;
        let wanted = wanted.into_iter().filter(|key| may_ask(&key.domain));
        let answers = wanted.map(async |key| {
            let published = match names.texts(&key.name).await {
                Ok(texts) => Published::Texts(texts),
                Err(NoText::Nothing) => Published::Nothing,
                Err(no_answer) => Published::NoAnswer(no_answer.to_string()),
            };
            (key.name, published)
        });
        let keys: Keys = join_all(answers).await.into_iter().collect();
        blocking(move || Ok(letter.signed().check(&keys))).await
    }
}

/// Whether the name servers of a domain belong to somebody who may know that a
/// message was opened: whom the person wrote to, or a known provider.
fn is_trusted(domain: &str, written_to: &[String]) -> bool {
    providers::of_domain(owner::registered(domain)).is_some()
        || written_to.iter().any(|known| owner::same(known, domain))
}

impl Shared {
    /// Whether the person wants signatures checked that no server said
    /// anything about.
    pub(super) fn checks_signatures(&self) -> bool {
        self.settings().reading.check_signatures == CheckSignatures::IfServerSilent
    }

    async fn check_signatures(
        self: &Arc<Self>,
        id: PlacementId,
        asked: bool,
    ) -> Result<SenderNotes> {
        let before = self.sender_notes(id).await?;
        if !asked && !before.checks_signatures {
            return Ok(before);
        }
        let email = self.email(id).await?;
        let known: Known = self.known(id, &email).await?;
        let letter = Letter::new(self.raw(id).await?, &email);
        let may_ask = |domain: &str| asked || is_trusted(domain, &known.written_to);
        let check = letter.check(self.connector.names(), may_ask).await?;
        if check.says_nothing() && !asked {
            return Ok(before);
        }
        if !check.says_nothing() {
            self.opened.keep_check(id, check.clone());
        }
        blocking(move || Ok(notes(&email, &known, Some(check)))).await
    }
}

impl Handle {
    /// Checks the signatures of a message here (DKIM) and says what is to be
    /// known of its sender then; [`Handle::sender_notes`] says so from then on.
    /// To be called when the person `asked` for it: the question for a key can
    /// tell the sender that the message is read. Unasked, only what the
    /// preferences allow is done, and only such domains are asked as the person
    /// knows.
    ///
    /// # Errors
    /// As [`Handle::raw`]. That a key could not be fetched is no error.
    pub async fn check_signatures(&self, id: PlacementId, asked: bool) -> Result<SenderNotes> {
        self.run(async move |shared| shared.check_signatures(id, asked).await)
            .await
    }
}

#[cfg(test)]
mod tests;
