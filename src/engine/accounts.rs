//! Accounts come, change and go.

use std::sync::Arc;

use super::Event;
use super::handle::Passwords;
use super::mailbox::check_home;
use super::reading::blocking;
use super::shared::Shared;
use super::signing_in::server_of;
use crate::diagnosis::{self, Case};
use crate::error::Result;
use crate::model::{Account, AccountId, AccountSettings, AuthMethod, Password};
use crate::secrets::{SecretQuestion, Server};
use crate::store::Durability;

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
        if let Err(error) = self.keep_secrets(&account, passwords).await {
            // An account without its passwords would ask again and again.
            let (shared, id) = (self.clone(), account.id);
            blocking(move || shared.change_accounts(|accounts| accounts.remove(id))).await?;
            return Err(error);
        }
        self.settle_folders(&account).await?;
        self.note_own_addresses(account.id).await?;
        self.follow(account.clone());
        self.tell(Event::Accounts);
        Ok(account)
    }

    /// Saves new passwords and tries again with them.
    pub(super) async fn set_passwords(
        self: &Arc<Self>,
        id: AccountId,
        passwords: Passwords,
    ) -> Result<()> {
        let settings = self.account(id)?.settings;
        self.update_account(id, settings, Some(passwords)).await?;
        Ok(())
    }

    /// Removes an account with all that is here of it.
    pub(super) async fn remove_account(self: &Arc<Self>, id: AccountId) -> Result<()> {
        self.check_unused(id).await?;
        self.remove_actor(id).await;
        let ids = || self.account(id).map(|account| self.secrets_of(&account));
        let still = self.hold_secrets(|| ids().unwrap_or_default()).await;
        let shared = self.clone();
        blocking(move || {
            let account = shared.change_accounts(|accounts| accounts.remove(id))?;
            // A keyring that does not answer must not keep the account alive.
            shared.secrets.clear(&shared.secrets_of(&account));
            drop(still);
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
        account: &Account,
        server: Server,
    ) -> Result<Password> {
        let settings = &account.settings;
        let place = server_of(settings, server);
        let id = self.secret(account, server);
        if place.auth == AuthMethod::OAuth2 {
            return self.token(id, place, None).await;
        }
        let question = SecretQuestion {
            account: settings.name.clone(),
            host: place.host.clone(),
            protocol: place.protocol,
            may_be_same: false,
        };
        let shared = self.clone();
        let found = blocking(move || {
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
