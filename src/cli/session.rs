//! Starting the engine for a command.

use std::io::IsTerminal;

use waxwing::config::Profile;
use waxwing::engine::{Engine, Options, SecretsChoice};
use waxwing::model::Password;
use waxwing::{Error, ErrorKind, Result};

use super::{Global, SecretsPlace};

/// How much of the engine a job needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// What lies here: no passphrase is asked for.
    Store,
    /// Signing in, where and when the job says so.
    Secrets,
    /// Accounts that are followed all the time.
    Everything,
}

/// Starts the engine on the profile of the command line.
pub(crate) fn start(global: &Global, needs: Needs) -> Result<Engine> {
    let profile = match &global.profile {
        Some(dir) => Profile::at(dir)?,
        None => Profile::default_for_user()?,
    };
    let secrets = match (needs, global.secrets) {
        (Needs::Store, _) => SecretsChoice::Memory,
        (_, SecretsPlace::Keyring) => SecretsChoice::Keyring,
        (_, SecretsPlace::File) => SecretsChoice::File {
            passphrase: passphrase(&profile)?,
        },
    };
    Engine::start(Options {
        profile,
        secrets,
        online: needs == Needs::Everything,
    })
}

fn passphrase(profile: &Profile) -> Result<Password> {
    if let Ok(given) = std::env::var("WAXWING_PASSPHRASE") {
        return Ok(Password::new(given));
    }
    if !std::io::stdin().is_terminal() {
        return Err(Error::new(
            ErrorKind::Secrets,
            "The secrets file needs its passphrase, and nobody is there to ask.",
        )
        .hint("Set WAXWING_PASSPHRASE."));
    }
    if profile.secrets_file().exists() {
        return ask("Passphrase of the secrets file: ");
    }
    let passphrase = ask("New passphrase for the secrets file: ")?;
    if ask("Once more: ")? != passphrase {
        return Err(Error::new(
            ErrorKind::Input,
            "The two passphrases are not the same.",
        ));
    }
    Ok(passphrase)
}

/// Asks the person at the terminal, who sees nothing of what is typed.
pub(super) fn ask(question: &str) -> Result<Password> {
    rpassword::prompt_password(question)
        .map(Password::new)
        .map_err(|cause| {
            Error::new(ErrorKind::Input, "Nothing could be read from the terminal.").source(cause)
        })
}
