//! The desktop's keyring. Every call may block until the person unlocks it.

use super::SecretId;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Password;

#[cfg(feature = "keyring")]
pub(super) use on::{get, remove, set};

#[cfg(not(feature = "keyring"))]
pub(super) use off::{get, remove, set};

/// Where no keyring can be used at all.
fn unavailable() -> Error {
    Error::new(ErrorKind::Secrets, "No keyring answers on this machine.")
        .hint("Use `--secrets file` to keep passwords in an encrypted file of the profile.")
}

#[cfg(feature = "keyring")]
mod on {
    use keyring::{Entry, Error as Cause};

    use super::{Error, ErrorKind, Password, Result, SecretId, unavailable};

    const SERVICE: &str = "waxwing";

    pub(in crate::secrets) fn get(id: SecretId) -> Result<Option<Password>> {
        match entry(id)?.get_password() {
            Ok(secret) => Ok(Some(Password::new(secret))),
            // Also what a keyring says that was never made.
            Err(Cause::NoEntry) => Ok(None),
            Err(cause) => Err(failed(cause)),
        }
    }

    pub(in crate::secrets) fn set(id: SecretId, secret: &Password) -> Result<()> {
        entry(id)?.set_password(secret.reveal()).map_err(failed)
    }

    pub(in crate::secrets) fn remove(id: SecretId) -> Result<()> {
        match entry(id)?.delete_credential() {
            Ok(()) | Err(Cause::NoEntry) => Ok(()),
            Err(cause) => Err(failed(cause)),
        }
    }

    fn entry(id: SecretId) -> Result<Entry> {
        Entry::new(SERVICE, &id.to_string()).map_err(failed)
    }

    /// The sentence never quotes the cause: some causes carry the secret.
    fn failed(cause: Cause) -> Error {
        match cause {
            Cause::NoDefaultStore => unavailable(),
            Cause::NoStorageAccess(cause) => Error::new(
                ErrorKind::Secrets,
                "No keyring answers on this machine, or it stays locked.",
            )
            .hint("Unlock the keyring and try again, or use `--secrets file` to keep passwords in an encrypted file of the profile.")
            .source(cause),
            Cause::PlatformFailure(cause) => refused().source(cause),
            _ => refused(),
        }
    }

    fn refused() -> Error {
        Error::new(
            ErrorKind::Secrets,
            "The keyring refused to give or take a password.",
        )
        .hint("Look at it with the desktop's password program, or use `--secrets file`.")
    }
}

#[cfg(not(feature = "keyring"))]
mod off {
    use super::{Password, Result, SecretId, unavailable};

    pub(in crate::secrets) fn get(_id: SecretId) -> Result<Option<Password>> {
        Err(unavailable())
    }

    pub(in crate::secrets) fn set(_id: SecretId, _secret: &Password) -> Result<()> {
        Err(unavailable())
    }

    pub(in crate::secrets) fn remove(_id: SecretId) -> Result<()> {
        Err(unavailable())
    }
}
