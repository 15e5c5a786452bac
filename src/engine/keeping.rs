//! Where passwords are kept, and moving them elsewhere.

use std::sync::Arc;

use super::accounts::own_servers;
use super::handle::Handle;
use super::reading::blocking;
use super::shared::Shared;
use crate::config::settings::SecretsPlace;
use crate::error::Result;
use crate::model::AccountId;
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
    /// opens the secrets file, and tries a keyring once more.
    ///
    /// # Errors
    /// `Secrets` when the new place cannot be used, for instance with a wrong
    /// passphrase; nothing changed then.
    pub async fn use_secrets(&self, choice: SecretsChoice) -> Result<()> {
        self.run(async move |shared| shared.use_secrets(choice).await)
            .await
    }
}

impl Shared {
    async fn use_secrets(self: &Arc<Self>, choice: SecretsChoice) -> Result<()> {
        let place = match choice {
            SecretsChoice::Keyring => Some(SecretsPlace::Keyring),
            SecretsChoice::File { .. } | SecretsChoice::LockedFile => Some(SecretsPlace::File),
            SecretsChoice::Ask(_) => Some(SecretsPlace::Ask),
            SecretsChoice::Memory => None,
        };
        let ids = self.all_secrets();
        let shared = self.clone();
        blocking(move || {
            shared.secrets.switch(choice, &shared.profile, &ids)?;
            match place {
                Some(place) => shared.change_preferences(|settings| settings.secrets.place = place),
                None => Ok(()),
            }
        })
        .await?;
        self.wake(None);
        Ok(())
    }

    /// The names of all secrets there may be; at least one, since asking for it
    /// proves the place.
    fn all_secrets(&self) -> Vec<SecretId> {
        let accounts = self.accounts().all().to_vec();
        let mut ids = vec![self.secret(AccountId(0), Server::Incoming)];
        for account in accounts {
            let own = own_servers(&account.settings);
            let servers = own.into_iter().map(Server::OutgoingOf);
            let servers = servers.chain([Server::Incoming, Server::Outgoing]);
            ids.extend(servers.map(|server| self.secret(account.id, server)));
        }
        ids
    }
}

#[cfg(test)]
mod tests;
