//! The passwords of the accounts: in the desktop's keyring, or in an encrypted
//! file of the profile. Never in the store, a configuration file or a log.

mod asker;
mod file;
mod keyring;
mod memory;
mod patience;
mod trouble;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use uuid::Uuid;

use crate::config::Profile;
use crate::config::file as disk;
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
    /// In that file, begun anew: one that is there, whose passphrase is lost,
    /// is set aside when [`crate::engine::Handle::use_secrets`] is told so.
    NewFile {
        /// What the new one is encrypted with.
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
    /// [`crate::model::Account::secrets`].
    pub(crate) edition: u32,
    /// What it opens.
    pub(crate) server: Server,
}

impl fmt::Display for SecretId {
    /// `<profile>/<account>/<server>`, with the edition after the account where
    /// it is not the first: the name in keyring and file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/", self.profile, self.account)?;
        if self.edition != 0 {
            write!(f, "{}/", self.edition)?;
        }
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
    /// Those that are in use and could not be kept yet.
    unkept: Mutex<HashSet<SecretId>>,
    /// One question at a time.
    asking: Mutex<()>,
    /// How many secrets more are kept before the place fails.
    #[cfg(test)]
    pub(crate) room: Mutex<Option<usize>>,
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
            SecretsChoice::File { passphrase } | SecretsChoice::NewFile { passphrase } => {
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
                patience.call(move || Ok(remembered(id, keyring::get(id)?, &cache)))
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
            unkept: Mutex::default(),
            asking: Mutex::new(()),
            #[cfg(test)]
            room: Mutex::default(),
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
        Ok(remembered(id, found, &self.cache))
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
        #[cfg(test)]
        self.take_room()?;
        self.backend().set(id, secret)?;
        lock(&self.cache).insert(id, secret.clone());
        lock(&self.unkept).remove(&id);
        Ok(())
    }

    /// Keeps a secret that nobody can give again: where that fails, it is used
    /// all the same, and [`Secrets::keep_rest`] tries again.
    ///
    /// # Errors
    /// `Secrets` when the keyring or the file cannot be used.
    pub(crate) fn set_in_any_case(&self, id: SecretId, secret: &Password) -> Result<()> {
        lock(&self.cache).insert(id, secret.clone());
        lock(&self.unkept).insert(id);
        self.set(id, secret)
    }

    /// Keeps what is in use and could not be kept before.
    ///
    /// # Errors
    /// `Secrets` when the keyring or the file still cannot be used.
    pub(crate) fn keep_rest(&self) -> Result<()> {
        let unkept: Vec<SecretId> = lock(&self.unkept).iter().copied().collect();
        unkept.into_iter().try_for_each(|id| match self.known(id) {
            Some(secret) => self.set(id, &secret),
            None => Ok(()),
        })
    }

    /// Forgets secrets that nobody uses. A place in trouble is not asked again
    /// and again: what is left there then is of no use to anybody.
    pub(crate) fn clear(&self, ids: &[SecretId]) {
        for id in ids {
            lock(&self.cache).remove(id);
            lock(&self.unkept).remove(id);
        }
        let backend = self.backend();
        if let Err(error) = ids.iter().try_for_each(|id| backend.remove(*id)) {
            tracing::warn!(%error, "a password that nobody uses could not be removed");
        }
    }

    #[cfg(test)]
    fn take_room(&self) -> Result<()> {
        match lock(&self.room).as_mut() {
            Some(0) => Err(SecretsTrouble::Locked.error()),
            Some(room) => {
                *room -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Keeps secrets elsewhere from now on; those with these names move along,
    /// as far as the old place gives them. `save` notes the new place for the
    /// next time, when the secrets are in both: whatever fails at whatever
    /// moment, they are in the place that is noted.
    ///
    /// # Errors
    /// `Secrets` when the new place cannot be used, and those of `save`; the old
    /// place stays in use.
    pub(crate) fn switch(
        &self,
        choice: SecretsChoice,
        profile: &Profile,
        ids: &[SecretId],
        save: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        let is_new = matches!(choice, SecretsChoice::NewFile { .. });
        let new = Backend::open(choice, profile)?;
        let path = profile.secrets_file();
        if !is_new || !path.exists() {
            return self.move_into(new, ids, save);
        }
        // What an open one holds is known before it is out of reach.
        if matches!(&*self.backend(), Backend::File(_)) {
            ids.iter().try_for_each(|id| self.get(*id).map(drop))?;
        }
        let aside = disk::set_aside(&path)?;
        let moved = self.move_into(new, ids, save);
        if moved.is_err() {
            disk::bring_back(&aside, &path)?;
        }
        moved
    }

    fn move_into(
        &self,
        new: Backend,
        ids: &[SecretId],
        save: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        let old = self.backend();
        let (found, answers) = self.found_in(&old, ids);
        // Reading says also whether a passphrase is the right one.
        for id in ids {
            new.get(*id, &self.cache)?;
        }
        let parts = !old.is_where(&new);
        let mut copied = found.iter();
        let copied = copied.try_for_each(|(id, secret)| new.set(*id, secret));
        if let Err(error) = copied.and_then(|()| save()) {
            if parts {
                take_out(&new, &found);
            }
            return Err(error);
        }
        let mut backend = self.backend.write().unwrap_or_else(PoisonError::into_inner);
        *backend = Arc::new(new);
        drop(backend);
        lock(&self.cache).extend(found.iter().cloned());
        for (id, _) in &found {
            lock(&self.unkept).remove(id);
        }
        if answers && parts {
            take_out(&old, &found);
        }
        Ok(())
    }

    /// The secrets that are known or that a place gives, and whether it
    /// answered.
    fn found_in(&self, place: &Backend, ids: &[SecretId]) -> (Vec<(SecretId, Password)>, bool) {
        let mut found = Vec::with_capacity(ids.len());
        let mut answers = true;
        for &id in ids {
            let secret = match self.known(id) {
                Some(known) => Some(known),
                // A keyring in trouble is not asked again and again.
                None if answers => place.get(id, &self.cache).unwrap_or_else(|error| {
                    tracing::info!(%error, "the old place gives no secrets");
                    answers = false;
                    None
                }),
                None => None,
            };
            found.extend(secret.map(|secret| (id, secret)));
        }
        (found, answers)
    }
}

/// Removes secrets from a place that is not the one in use.
fn take_out(place: &Backend, secrets: &[(SecretId, Password)]) {
    for (id, _) in secrets {
        if let Err(error) = place.remove(*id) {
            tracing::warn!(%error, "a password stays where it is not used");
        }
    }
}

/// What was found, unless a newer one came into use meanwhile; remembered.
fn remembered(id: SecretId, found: Option<Password>, cache: &Cache) -> Option<Password> {
    let mut cache = lock(cache);
    match found {
        Some(found) => Some(cache.entry(id).or_insert(found).clone()),
        None => cache.get(&id).cloned(),
    }
}

/// A map of passwords is never half changed, so a panic elsewhere spoils nothing.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
