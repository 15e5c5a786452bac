//! The passwords of the accounts: in the desktop's keyring, or in an encrypted
//! file of the profile. Never in the store, a configuration file or a log.

mod asker;
mod file;
mod keyring;
mod memory;
mod patience;
mod trouble;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use uuid::Uuid;

use crate::config::Profile;
use crate::config::settings::SecretsPlace;
use crate::error::Result;
use crate::model::{AccountId, Password};

pub use asker::{Asker, SecretQuestion};
pub use trouble::{SecretsTrouble, SecretsWay};

use patience::Patience;

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
    /// In that file, and nobody typed its passphrase yet.
    LockedFile,
    /// Nowhere: the person types them each time the program runs. Without an
    /// asker the front end asks, when an account says that it needs a password.
    Ask(Option<Asker>),
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
    backend: RwLock<Arc<Backend>>,
    cache: Arc<Cache>,
    /// One question at a time.
    asking: Mutex<()>,
}

type Cache = Mutex<HashMap<SecretId, Password>>;

enum Backend {
    Keyring(Patience),
    File(Mutex<file::SecretsFile>),
    LockedFile,
    Memory {
        kept: Mutex<memory::Memory>,
        asker: Option<Asker>,
    },
}

impl Backend {
    fn open(choice: SecretsChoice, profile: &Profile) -> Result<Self> {
        let memory = |asker| Self::Memory {
            kept: Mutex::default(),
            asker,
        };
        Ok(match choice {
            SecretsChoice::Keyring => Self::Keyring(Patience::new(patience::USUAL)),
            SecretsChoice::File { passphrase } => {
                let file = file::SecretsFile::new(profile.secrets_file(), passphrase)?;
                Self::File(Mutex::new(file))
            }
            SecretsChoice::LockedFile => Self::LockedFile,
            SecretsChoice::Ask(asker) => memory(asker),
            SecretsChoice::Memory => memory(None),
        })
    }

    /// Whether both are the same place: what is removed from one is gone from
    /// the other.
    fn is_where(&self, other: &Self) -> bool {
        matches!(
            (self, other),
            (Self::Keyring(_), Self::Keyring(_))
                | (
                    Self::File(_) | Self::LockedFile,
                    Self::File(_) | Self::LockedFile
                )
        )
    }

    /// What comes too late for the caller is in `cache` when it asks again.
    fn get(&self, id: SecretId, cache: &Arc<Cache>) -> Result<Option<Password>> {
        match self {
            Self::Keyring(patience) => {
                let cache = Arc::clone(cache);
                patience.call(move || {
                    let found = keyring::get(id)?;
                    if let Some(secret) = &found {
                        lock(&cache).insert(id, secret.clone());
                    }
                    Ok(found)
                })
            }
            Self::File(file) => lock(file).get(id),
            Self::LockedFile => Err(SecretsTrouble::FileLocked.error()),
            Self::Memory { kept, .. } => Ok(lock(kept).get(id)),
        }
    }

    fn set(&self, id: SecretId, secret: &Password) -> Result<()> {
        match self {
            Self::Keyring(patience) => {
                let secret = secret.clone();
                patience.call(move || keyring::set(id, &secret))
            }
            Self::File(file) => lock(file).set(id, secret),
            Self::LockedFile => Err(SecretsTrouble::FileLocked.error()),
            Self::Memory { kept, .. } => {
                lock(kept).set(id, secret);
                Ok(())
            }
        }
    }

    fn remove(&self, id: SecretId) -> Result<()> {
        match self {
            Self::Keyring(patience) => patience.call(move || keyring::remove(id)),
            Self::File(file) => lock(file).remove(id),
            Self::LockedFile => Err(SecretsTrouble::FileLocked.error()),
            Self::Memory { kept, .. } => {
                lock(kept).remove(id);
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
        Ok(Self {
            backend: RwLock::new(Arc::new(Backend::open(choice, profile)?)),
            cache: Arc::default(),
            asking: Mutex::new(()),
        })
    }

    fn backend(&self) -> Arc<Backend> {
        let backend = self.backend.read();
        Arc::clone(&backend.unwrap_or_else(PoisonError::into_inner))
    }

    /// Where secrets are kept now.
    pub(crate) fn place(&self) -> SecretsPlace {
        match &*self.backend() {
            Backend::Keyring(_) => SecretsPlace::Keyring,
            Backend::File(_) | Backend::LockedFile => SecretsPlace::File,
            Backend::Memory { .. } => SecretsPlace::Ask,
        }
    }

    /// Whether they are in a file whose passphrase nobody typed yet.
    pub(crate) fn is_locked(&self) -> bool {
        matches!(&*self.backend(), Backend::LockedFile)
    }

    /// The secret, or nothing where none was kept. Asked once, then remembered.
    ///
    /// # Errors
    /// `Secrets` when the keyring or the file cannot be used.
    pub(crate) fn get(&self, id: SecretId) -> Result<Option<Password>> {
        if let Some(known) = self.known(id) {
            return Ok(Some(known));
        }
        let found = self.backend().get(id, &self.cache)?;
        if let Some(secret) = &found {
            lock(&self.cache).insert(id, secret.clone());
        }
        Ok(found)
    }

    fn known(&self, id: SecretId) -> Option<Password> {
        lock(&self.cache).get(&id).cloned()
    }

    /// Asks the person for a secret that is kept nowhere, where there is
    /// somebody to ask, and remembers it while the program runs.
    pub(crate) fn ask(&self, id: SecretId, mut question: SecretQuestion) -> Option<Password> {
        let backend = self.backend();
        let Backend::Memory {
            asker: Some(asker), ..
        } = &*backend
        else {
            return None;
        };
        let _one_at_a_time = lock(&self.asking);
        // Somebody may have asked for the same one meanwhile.
        if let Some(known) = self.known(id) {
            return Some(known);
        }
        let same = match id.server {
            Server::Incoming => None,
            _ => self.known(SecretId {
                server: Server::Incoming,
                ..id
            }),
        };
        question.may_be_same = same.is_some();
        let answer = asker.ask(&question).or(same)?;
        lock(&self.cache).insert(id, answer.clone());
        Some(answer)
    }

    /// Keeps a secret, in place of the one before.
    ///
    /// # Errors
    /// `Secrets` when the keyring or the file cannot be used.
    pub(crate) fn set(&self, id: SecretId, secret: &Password) -> Result<()> {
        self.backend().set(id, secret)?;
        lock(&self.cache).insert(id, secret.clone());
        Ok(())
    }

    /// Forgets a secret, if there is one.
    ///
    /// # Errors
    /// `Secrets` when the keyring or the file cannot be used.
    pub(crate) fn remove(&self, id: SecretId) -> Result<()> {
        lock(&self.cache).remove(&id);
        self.backend().remove(id)
    }

    /// Keeps secrets elsewhere from now on; those with these names move along,
    /// as far as the old place gives them.
    ///
    /// # Errors
    /// `Secrets` when the new place cannot be used; the old one stays in use.
    pub(crate) fn switch(
        &self,
        choice: SecretsChoice,
        profile: &Profile,
        ids: &[SecretId],
    ) -> Result<()> {
        let new = Backend::open(choice, profile)?;
        let old = self.backend();
        let mut moved = Vec::with_capacity(ids.len());
        let mut answers = true;
        for &id in ids {
            let found = match self.known(id) {
                Some(known) => Some(known),
                // A keyring in trouble is not asked again and again.
                None if answers => old.get(id, &self.cache).unwrap_or_else(|error| {
                    tracing::info!(%error, "the old place gives no secrets");
                    answers = false;
                    None
                }),
                None => None,
            };
            // Reading says also whether a passphrase is the right one.
            new.get(id, &self.cache)?;
            if let Some(secret) = found {
                new.set(id, &secret)?;
                moved.push((id, secret));
            }
        }
        let mut backend = self.backend.write().unwrap_or_else(PoisonError::into_inner);
        *backend = Arc::new(new);
        drop(backend);
        lock(&self.cache).extend(moved.iter().cloned());
        let leaves = answers && !old.is_where(&self.backend());
        for (id, _) in moved {
            if leaves && let Err(error) = old.remove(id) {
                tracing::warn!(%error, "a password stays in its old place");
            }
        }
        Ok(())
    }
}

/// A map of passwords is never half changed, so a panic elsewhere spoils nothing.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
