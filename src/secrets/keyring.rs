//! The desktop's keyring. Every call may block until the person unlocks it.

use super::SecretId;
use super::trouble::SecretsTrouble;
use crate::error::Result;
use crate::model::Password;

#[cfg(feature = "keyring")]
pub(super) use on::{get, remove, set};

#[cfg(not(feature = "keyring"))]
pub(super) use off::{get, remove, set};

#[cfg(feature = "keyring")]
mod on {
    use keyring::{Entry, Error as Cause};

    use super::{Password, Result, SecretId, SecretsTrouble};
    use crate::error::Error;

    const SERVICE: &str = "waxwing";

    pub(in crate::secrets) fn get(id: SecretId) -> Result<Option<Password>> {
        match entry(id)?.get_password() {
            Ok(secret) => Ok(Some(Password::new(secret))),
            // Also what a keyring says that was never made.
            Err(Cause::NoEntry) => Ok(None),
            Err(cause) => Err(failed(&cause)),
        }
    }

    pub(in crate::secrets) fn set(id: SecretId, secret: &Password) -> Result<()> {
        entry(id)?
            .set_password(secret.reveal())
            .map_err(|cause| failed(&cause))
    }

    pub(in crate::secrets) fn remove(id: SecretId) -> Result<()> {
        match entry(id)?.delete_credential() {
            Ok(()) | Err(Cause::NoEntry) => Ok(()),
            Err(cause) => Err(failed(&cause)),
        }
    }

    fn entry(id: SecretId) -> Result<Entry> {
        Entry::new(SERVICE, &id.to_string()).map_err(|cause| failed(&cause))
    }

    /// Neither the sentence nor a log quotes the cause as a whole: some causes
    /// carry the secret. Those of the platform do not.
    fn failed(cause: &Cause) -> Error {
        let trouble = match cause {
            Cause::NoDefaultStore => SecretsTrouble::Missing,
            Cause::NoStorageAccess(cause) | Cause::PlatformFailure(cause) => {
                let words = cause.to_string();
                tracing::info!(words, "the keyring failed");
                SecretsTrouble::of_words(&words)
            }
            _ => SecretsTrouble::Failed,
        };
        trouble.error()
    }
}

#[cfg(not(feature = "keyring"))]
mod off {
    use super::{Password, Result, SecretId, SecretsTrouble};

    pub(in crate::secrets) fn get(_id: SecretId) -> Result<Option<Password>> {
        Err(SecretsTrouble::Missing.error())
    }

    pub(in crate::secrets) fn set(_id: SecretId, _secret: &Password) -> Result<()> {
        Err(SecretsTrouble::Missing.error())
    }

    pub(in crate::secrets) fn remove(_id: SecretId) -> Result<()> {
        Err(SecretsTrouble::Missing.error())
    }
}
