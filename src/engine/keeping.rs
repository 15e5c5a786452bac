//! Where passwords are kept, changing them together with the settings they
//! belong to, and moving them elsewhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::OwnedMutexGuard;

use super::accounts::own_servers;
use super::handle::{Handle, Passwords};
use super::mailbox::check_home;
use super::reading::blocking;
use super::shared::Shared;
use super::signing_in::kept_once;
use crate::config::Accounts;
use crate::config::settings::SecretsPlace;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Account, AccountId, AccountSettings, Password};
use crate::secrets::{SecretId, SecretsChoice, Server};

/// Where passwords are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeping {
    /// The place that is in use, whatever the settings say for the next time.
    pub place: SecretsPlace,
    /// Whether it is the file, and its passphrase was not typed yet.
    pub is_locked: bool,
    /// Whether there is a secrets file already: it opens with its passphrase
    /// only, a new one takes any.
    pub has_file: bool,
}

impl Handle {
    /// Where passwords are kept now.
    #[must_use]
    pub fn keeping(&self) -> Keeping {
        let shared = &self.shared;
        Keeping {
            place: shared.secrets.place(),
            is_locked: shared.secrets.is_locked(),
            has_file: shared.profile.secrets_file().exists(),
        }
    }

    /// Keeps passwords elsewhere from now on, and the next time too: what the
    /// old place gives moves along, and accounts that waited try again. Also
    /// opens the secrets file, begins a new one where its passphrase is lost,
    /// and tries a keyring once more.
    ///
    /// # Errors
    /// `Secrets` when the new place cannot be used, for instance with a wrong
    /// passphrase, `DiskFull` or `Config` when it cannot be noted for the next
    /// time; nothing changed then.
    pub async fn use_secrets(&self, choice: SecretsChoice) -> Result<()> {
        self.run(async move |shared| shared.use_secrets(choice).await)
            .await
    }
}

/// While it lives, nobody else edits or moves secrets, and none of those it
/// was made for is renewed: a renewed token must neither be overwritten by the
/// older one nor come back after it was removed. It goes where the work goes,
/// since that goes on when its caller is dropped.
pub(super) struct Still {
    ids: Vec<SecretId>,
    _alone: OwnedMutexGuard<()>,
    _renewals: Vec<OwnedMutexGuard<()>>,
}

impl Shared {
    /// Waits for its turn, and for those renewals that are under way.
    pub(super) async fn hold_secrets(&self, ids: impl FnOnce() -> Vec<SecretId>) -> Still {
        let alone = self.keeping.clone().lock_owned().await;
        // Read only now: until its turn another may have changed an account.
        let ids = ids();
        let mut renewals = Vec::new();
        for id in &ids {
            renewals.push(self.tokens.lock(*id).await);
        }
        Still {
            ids,
            _alone: alone,
            _renewals: renewals,
        }
    }

    pub(super) async fn use_secrets(self: &Arc<Self>, choice: SecretsChoice) -> Result<()> {
        let place = match choice {
            SecretsChoice::Keyring => Some(SecretsPlace::Keyring),
            SecretsChoice::File { .. }
            | SecretsChoice::NewFile { .. }
            | SecretsChoice::LockedFile => Some(SecretsPlace::File),
            SecretsChoice::Ask(_) => Some(SecretsPlace::Ask),
            SecretsChoice::Memory => None,
        };
        let still = self.hold_secrets(|| self.all_secrets()).await;
        let shared = self.clone();
        blocking(move || {
            let (secrets, ids) = (&shared.secrets, &still.ids);
            let save = || match place {
                // What is noted already needs no room on the disk.
                Some(place) if shared.settings().secrets.place != place => {
                    shared.change_preferences(|settings| settings.secrets.place = place)
                }
                _ => Ok(()),
            };
            let moved = secrets.switch(choice, &shared.profile, ids, save);
            drop(still);
            moved
        })
        .await?;
        self.wake(None);
        Ok(())
    }

    /// The names of all secrets there may be; at least one, since asking for it
    /// proves the place.
    fn all_secrets(&self) -> Vec<SecretId> {
        let accounts = self.accounts().all().to_vec();
        let nobodys = SecretId {
            profile: self.accounts().profile(),
            account: AccountId(0),
            edition: 0,
            server: Server::Incoming,
        };
        let all = accounts.iter().flat_map(|one| self.secrets_of(one));
        [nobodys].into_iter().chain(all).collect()
    }

    /// The name of a secret. One who holds an account as it was before a change
    /// asks for what was kept for it then, and gets nothing.
    pub(super) fn secret(&self, account: &Account, server: Server) -> SecretId {
        SecretId {
            profile: self.accounts().profile(),
            account: account.id,
            edition: account.secrets,
            server,
        }
    }

    /// The names of an account's secrets.
    pub(super) fn secrets_of(&self, account: &Account) -> Vec<SecretId> {
        let own = own_servers(&account.settings).into_iter();
        [Server::Incoming, Server::Outgoing]
            .into_iter()
            .chain(own.map(Server::OutgoingOf))
            .map(|server| self.secret(account, server))
            .collect()
    }

    /// Keeps the secrets of a new account, all of them or none.
    pub(super) async fn keep_secrets(
        self: &Arc<Self>,
        account: &Account,
        passwords: Passwords,
    ) -> Result<()> {
        let still = self.hold_secrets(Vec::new).await;
        let (shared, account) = (self.clone(), account.clone());
        // A keyring may ask the person to unlock it first.
        blocking(move || {
            let none = BTreeMap::new();
            let secrets = shared.secrets_after(&account, &account.settings, Some(passwords), &none);
            let kept = shared.keep_all(&account, secrets?);
            drop(still);
            kept
        })
        .await
    }

    /// Gives an account settings together with the secrets that belong to them;
    /// on an error both are as before. The secrets are kept under a number of
    /// their own first, and the settings that name it are saved in one go: so
    /// no secret ever stands beside a server that it was not meant for,
    /// whatever fails at whatever moment. `moved`: [`super::editing::places`].
    pub(super) async fn change_with_secrets(
        self: &Arc<Self>,
        before: &Account,
        settings: AccountSettings,
        passwords: Option<Passwords>,
        moved: BTreeMap<usize, usize>,
    ) -> Result<()> {
        let own = own_servers(&before.settings);
        let stay = passwords.is_none()
            && moved.len() == own.len()
            && own.iter().all(|place| moved.get(place) == Some(place));
        let still = self.hold_secrets(|| self.secrets_of(before)).await;
        let (shared, before) = (self.clone(), before.clone());
        blocking(move || {
            let mut after = Account {
                settings,
                ..before.clone()
            };
            if !stay {
                after.secrets = Accounts::fresh_secrets();
                let secrets = shared.secrets_after(&before, &after.settings, passwords, &moved)?;
                shared.keep_all(&after, secrets)?;
            }
            let saved = shared.change_accounts(|accounts| {
                check_unchanged(accounts, &before)?;
                check_home(accounts, &after.settings)?;
                accounts.replace(after.id, after.settings.clone(), after.secrets)
            });
            if !stay {
                let unused = if saved.is_ok() { &before } else { &after };
                shared.secrets.clear(&shared.secrets_of(unused));
            }
            drop(still);
            saved
        })
        .await
    }

    /// The secrets for changed settings: those that are given, else those that
    /// were there before.
    fn secrets_after(
        &self,
        before: &Account,
        after: &AccountSettings,
        passwords: Option<Passwords>,
        moved: &BTreeMap<usize, usize>,
    ) -> Result<Vec<(Server, Password)>> {
        let old = |server| self.secrets.get(self.secret(before, server));
        let (incoming, outgoing, given) = match passwords.map(kept_once) {
            Some(new) => (Some(new.incoming), Some(new.outgoing), new.identities),
            None => (old(Server::Incoming)?, old(Server::Outgoing)?, Vec::new()),
        };
        let mut secrets = vec![(Server::Incoming, incoming), (Server::Outgoing, outgoing)];
        let mut given = given.into_iter();
        for number in own_servers(after) {
            let secret = match (given.next(), moved.get(&number)) {
                (None, Some(place)) => old(Server::OutgoingOf(*place))?,
                (given, _) => given,
            };
            secrets.push((Server::OutgoingOf(number), secret));
        }
        let there = |(server, secret): (Server, Option<Password>)| Some((server, secret?));
        Ok(secrets.into_iter().filter_map(there).collect())
    }

    fn keep_all(&self, account: &Account, secrets: Vec<(Server, Password)>) -> Result<()> {
        let kept = secrets.iter().try_for_each(|(server, secret)| {
            let id = self.secret(account, *server);
            self.secrets.set(id, secret)
        });
        if kept.is_err() {
            self.secrets.clear(&self.secrets_of(account));
        }
        kept
    }
}

/// Says no where another change came first: what moves along was judged by
/// settings that are no more.
fn check_unchanged(accounts: &Accounts, before: &Account) -> Result<()> {
    let now = accounts.find(before.id);
    if now.is_none_or(|now| now.secrets == before.secrets && now.settings == before.settings) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Conflict,
        format!("{} was changed in the meantime.", before.settings.name),
    )
    .hint("Look at it as it is now, then change it again."))
}

#[cfg(test)]
pub(super) mod tests;
