//! The passwords of the accounts: in the desktop's keyring, or in an encrypted
//! file of the profile. Never in the store, a configuration file or a log.

mod file;
mod keyring;
mod memory;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use crate::config::Profile;
use crate::error::Result;
use crate::model::{AccountId, Password};

/// Where secrets are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretsChoice {
    /// In the desktop's keyring.
    Keyring,
    /// In a file of the profile, encrypted.
    File {
        /// What it is encrypted with.
        passphrase: Password,
    },
    /// Nowhere: they are gone with the process.
    Memory,
}

/// Which server of an account a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Server {
    /// IMAP or POP3.
    Incoming,
    /// SMTP.
    Outgoing,
    /// The own outgoing server of the identity with that number.
    OutgoingOf(usize),
}

/// The name of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SecretId {
    /// [`crate::config::Accounts::profile`]: one keyring serves many profiles.
    pub(crate) profile: Uuid,
    /// Whose it is.
    pub(crate) account: AccountId,
    /// What it opens.
    pub(crate) server: Server,
}

impl fmt::Display for SecretId {
    /// `<profile>/<account>/<server>`: the name in keyring and file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/", self.profile, self.account)?;
        match self.server {
            Server::Incoming => f.write_str("incoming"),
            Server::Outgoing => f.write_str("outgoing"),
            Server::OutgoingOf(identity) => write!(f, "outgoing-{identity}"),
        }
    }
}

/// Secrets by their names.
///
/// Every call may block: a keyring takes seconds, and until the person answers
/// its question. Call from threads that may wait, never from a task.
pub(crate) struct Secrets {
    /// One at a time: a keyring may be asking the person just now.
    backend: Mutex<Backend>,
    cache: Mutex<HashMap<SecretId, Password>>,
}

enum Backend {
    Keyring,
    File(file::SecretsFile),
    Memory(memory::Memory),
}

impl Backend {
    fn get(&mut self, id: SecretId) -> Result<Option<Password>> {
        match self {
            Self::Keyring => keyring::get(id),
            Self::File(file) => file.get(id),
            Self::Memory(memory) => Ok(memory.get(id)),
        }
    }

    fn set(&mut self, id: SecretId, secret: &Password) -> Result<()> {
        match self {
            Self::Keyring => keyring::set(id, secret),
            Self::File(file) => file.set(id, secret),
            Self::Memory(memory) => {
                memory.set(id, secret);
                Ok(())
            }
        }
    }

    fn remove(&mut self, id: SecretId) -> Result<()> {
        match self {
            Self::Keyring => keyring::remove(id),
            Self::File(file) => file.remove(id),
            Self::Memory(memory) => {
                memory.remove(id);
                Ok(())
            }
        }
    }
}

impl Secrets {
    /// The secrets of a profile. Nothing is opened before the first is wanted.
    ///
    /// # Errors
    /// `Secrets` for a file without a passphrase.
    pub(crate) fn open(choice: SecretsChoice, profile: &Profile) -> Result<Self> {
        let backend = match choice {
            SecretsChoice::Keyring => Backend::Keyring,
            SecretsChoice::File { passphrase } => {
                Backend::File(file::SecretsFile::new(profile.secrets_file(), passphrase)?)
            }
            SecretsChoice::Memory => Backend::Memory(memory::Memory::default()),
        };
        Ok(Self {
            backend: Mutex::new(backend),
            cache: Mutex::new(HashMap::new()),
        })
    }

    /// The secret, or nothing where none was kept. Asked once, then remembered.
    ///
    /// # Errors
    /// `Secrets` when the keyring or the file cannot be used.
    pub(crate) fn get(&self, id: SecretId) -> Result<Option<Password>> {
        if let Some(known) = lock(&self.cache).get(&id) {
            return Ok(Some(known.clone()));
        }
        let found = lock(&self.backend).get(id)?;
        if let Some(secret) = &found {
            lock(&self.cache).insert(id, secret.clone());
        }
        Ok(found)
    }

    /// Keeps a secret, in place of the one before.
    ///
    /// # Errors
    /// `Secrets` when the keyring or the file cannot be used.
    pub(crate) fn set(&self, id: SecretId, secret: &Password) -> Result<()> {
        lock(&self.backend).set(id, secret)?;
        lock(&self.cache).insert(id, secret.clone());
        Ok(())
    }

    /// Forgets a secret, if there is one.
    ///
    /// # Errors
    /// `Secrets` when the keyring or the file cannot be used.
    pub(crate) fn remove(&self, id: SecretId) -> Result<()> {
        lock(&self.cache).remove(&id);
        lock(&self.backend).remove(id)
    }
}

/// A map of passwords is never half changed, so a panic elsewhere spoils nothing.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
