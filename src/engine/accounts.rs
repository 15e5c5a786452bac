//! Accounts come, change and go.

use std::sync::Arc;

use super::Event;
use super::handle::Passwords;
use super::mailbox::check_home;
use super::reading::blocking;
use super::shared::Shared;
use super::signing_in::{kept_once, server_of};
use crate::diagnosis::{self, Case};
use crate::error::Result;
use crate::model::{Account, AccountId, AccountSettings, AuthMethod, Password};
use crate::secrets::{SecretId, SecretQuestion, Server};
use crate::store::Durability;
use crate::sync::outbox;

impl Shared {
    /// Saves an account and its passwords, and starts following it.
    pub(super) async fn add_account(
        self: &Arc<Self>,
        settings: AccountSettings,
        passwords: Passwords,
    ) -> Result<Account> {
        let shared = self.clone();
        let account = blocking(move || {
            shared.change_accounts(|accounts| {
                check_home(accounts, &settings)?;
                accounts.add(settings)
            })
        })
        .await?;
        if let Err(error) = self.keep_passwords(account.id, &passwords).await {
            // An account without its passwords would ask again and again.
            let (shared, id) = (self.clone(), account.id);
            blocking(move || shared.change_accounts(|accounts| accounts.remove(id))).await?;
            return Err(error);
        }
        self.settle_folders(&account).await?;
        self.follow(account.clone());
        self.tell(Event::Accounts);
        Ok(account)
    }

    /// Saves new passwords and tries again.
    pub(super) async fn set_passwords(
        self: &Arc<Self>,
        id: AccountId,
        passwords: Passwords,
    ) -> Result<()> {
        self.account(id)?;
        self.keep_passwords(id, &passwords).await?;
        // What waited for the password waits no longer.
        outbox::try_again_now(&self.store, id).await?;
        self.tell(Event::Outbox);
        self.wake(Some(id));
        Ok(())
    }

    pub(super) async fn keep_passwords(
        self: &Arc<Self>,
        id: AccountId,
        passwords: &Passwords,
    ) -> Result<()> {
        let Passwords {
            incoming,
            outgoing,
            identities,
        } = kept_once(passwords.clone());
        // A token that is just being renewed must not come back over these.
        let mut renewing = Vec::with_capacity(2);
        for server in [Server::Incoming, Server::Outgoing] {
            let mut unsaved = self.tokens.lock(self.secret(id, server)).await;
            unsaved.0 = None;
            renewing.push(unsaved);
        }
        let of_identities = own_servers(&self.account(id)?.settings);
        let shared = self.clone();
        // A keyring may ask the person to unlock it first.
        blocking(move || {
            for (number, password) in of_identities.into_iter().zip(&identities) {
                let id = shared.secret(id, Server::OutgoingOf(number));
                shared.secrets.set(id, password)?;
            }
            shared
                .secrets
                .set(shared.secret(id, Server::Incoming), &incoming)?;
            shared
                .secrets
                .set(shared.secret(id, Server::Outgoing), &outgoing)?;
            drop(renewing);
            Ok(())
        })
        .await
    }

    /// The name of a secret.
    pub(super) fn secret(&self, account: AccountId, server: Server) -> SecretId {
        SecretId {
            profile: self.accounts().profile(),
            account,
            server,
        }
    }

    /// Removes an account with all that is here of it.
    pub(super) async fn remove_account(self: &Arc<Self>, id: AccountId) -> Result<()> {
        self.check_unused(id).await?;
        let further = own_servers(&self.account(id)?.settings);
        self.remove_actor(id).await;
        let shared = self.clone();
        blocking(move || {
            shared.change_accounts(|accounts| accounts.remove(id))?;
            // A keyring that does not answer must not keep the account alive.
            let further = further.into_iter().map(Server::OutgoingOf);
            for server in [Server::Incoming, Server::Outgoing]
                .into_iter()
                .chain(further)
            {
                if let Err(error) = shared.secrets.remove(shared.secret(id, server)) {
                    tracing::warn!(%error, "a password could not be removed");
                }
            }
            Ok(())
        })
        .await?;
        self.store
            .write(Durability::PowerCut, move |w| w.remove_account(id))
            .await?;
        self.tell(Event::Accounts);
        Ok(())
    }

    /// A saved account with its saved passwords.
    pub(super) async fn account_with_passwords(
        self: &Arc<Self>,
        id: AccountId,
    ) -> Result<(AccountSettings, Passwords)> {
        let account = self.account(id)?;
        let incoming = self.whole_secret(&account, Server::Incoming).await?;
        let outgoing = match account.settings.outgoing.auth {
            AuthMethod::None => Password::new(""),
            _ => self.whole_secret(&account, Server::Outgoing).await?,
        };
        let mut identities = Vec::new();
        for number in own_servers(&account.settings) {
            let secret = self.whole_secret(&account, Server::OutgoingOf(number));
            identities.push(secret.await?);
        }
        let settings = account.settings;
        Ok((
            settings,
            Passwords {
                incoming,
                outgoing,
                identities,
            },
        ))
    }

    /// What a server of an account is told to let us in: the password, or a
    /// token that is good.
    pub(super) async fn password(
        self: &Arc<Self>,
        id: AccountId,
        server: Server,
        settings: &AccountSettings,
    ) -> Result<Password> {
        let place = server_of(settings, server);
        if place.auth == AuthMethod::OAuth2 {
            return self.token(self.secret(id, server), place, None).await;
        }
        let question = SecretQuestion {
            account: settings.name.clone(),
            host: place.host.clone(),
            protocol: place.protocol,
            may_be_same: false,
        };
        let shared = self.clone();
        let found = blocking(move || {
            let id = shared.secret(id, server);
            let kept = shared.secrets.get(id)?;
            Ok(kept.or_else(|| shared.secrets.ask(id, question)))
        });
        let found = found.await?;
        found.ok_or_else(|| diagnosis::no_password(&Case::new(place, &settings.email)))
    }
}

/// The identities with an outgoing server of their own that wants a password.
pub(super) fn own_servers(settings: &AccountSettings) -> Vec<usize> {
    let numbered = settings.identities.iter().enumerate();
    numbered
        .filter(|(_, identity)| {
            let server = identity.outgoing.as_ref();
            server.is_some_and(|server| server.auth != AuthMethod::None)
        })
        .map(|(number, _)| number)
        .collect()
}
