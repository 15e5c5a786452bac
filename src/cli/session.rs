//! Starting the engine for a command.

use std::io::IsTerminal;

use waxwing::config::{Profile, Settings, settings};
use waxwing::engine::{Asker, Engine, Options, SecretQuestion, SecretsChoice};
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
    /// The same, for a person at the window and perhaps without a terminal.
    #[cfg_attr(not(feature = "gui"), allow(dead_code, reason = "there is no window"))]
    Window,
}

/// The profile of the command line.
pub(super) fn profile(global: &Global) -> Result<Profile> {
    match &global.profile {
        Some(dir) => Profile::at(dir),
        None => Profile::default_for_user(),
    }
}

/// Starts the engine on the profile of the command line.
pub(crate) fn start(global: &Global, needs: Needs) -> Result<Engine> {
    let profile = profile(global)?;
    let place = match global.secrets {
        Some(SecretsPlace::Keyring) => settings::SecretsPlace::Keyring,
        Some(SecretsPlace::File) => settings::SecretsPlace::File,
        Some(SecretsPlace::Ask) => settings::SecretsPlace::Ask,
        None => Settings::load(&profile).value.secrets.place,
    };
    let secrets = match (needs, place) {
        (Needs::Store, _) => SecretsChoice::Memory,
        (_, settings::SecretsPlace::Keyring) => SecretsChoice::Keyring,
        (Needs::Window, settings::SecretsPlace::File) if !is_anybody_there() => {
            SecretsChoice::LockedFile
        }
        (_, settings::SecretsPlace::File) => SecretsChoice::File {
            passphrase: passphrase(&profile)?,
        },
        // The window asks in the window.
        (Needs::Window, settings::SecretsPlace::Ask) => SecretsChoice::Ask(None),
        (_, settings::SecretsPlace::Ask) => SecretsChoice::Ask(asker()),
    };
    Engine::start(Options {
        profile,
        secrets,
        online: matches!(needs, Needs::Everything | Needs::Window),
        program: waxwing::sandbox::own_program(),
    })
}

/// Starts an engine on a profile that goes with the returned folder.
pub(crate) fn throw_away(global: &Global, prefix: &str) -> Result<(Engine, tempfile::TempDir)> {
    let folder = tempfile::Builder::new().prefix(prefix).tempdir();
    let folder = folder.map_err(|cause| {
        Error::new(
            ErrorKind::Storage,
            "There is no room in the folder for temporary files.",
        )
        .source(cause)
    })?;
    let profile = Profile::at(folder.path())?;
    if let Some(own) = &global.profile {
        // It looks as the person is used to.
        Settings::load(&Profile::at(own)?).value.save(&profile)?;
    }
    let engine = Engine::start(Options {
        profile,
        secrets: SecretsChoice::Memory,
        online: true,
        program: waxwing::sandbox::own_program(),
    })?;
    Ok((engine, folder))
}

/// Whether the passphrase is known or can be asked for at a terminal.
fn is_anybody_there() -> bool {
    std::env::var_os("WAXWING_PASSPHRASE").is_some() || std::io::stdin().is_terminal()
}

/// Asks for passwords at the terminal, where there is one.
fn asker() -> Option<Asker> {
    std::io::stdin().is_terminal().then(|| {
        Asker::new(|question| {
            let SecretQuestion { account, host, .. } = question;
            let same = if question.may_be_same {
                " (empty: the same)"
            } else {
                ""
            };
            ask(&format!("Password of {account} at {host}{same}: ")).ok()
        })
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
