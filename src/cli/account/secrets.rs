//! What an account signs in with: typed, piped in, or brought by the browser.

use std::io::{BufRead, IsTerminal, Read};

use futures::StreamExt;
use waxwing::engine::{BrowserSignIn, Handle, Passwords};
use waxwing::model::{AccountSettings, AuthMethod, Password, ServerSettings};
use waxwing::{Error, ErrorKind, Result};

use super::super::output::warn;
use super::super::session;

/// How the person gives secrets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given {
    pub(super) password_stdin: bool,
    pub(super) no_browser: bool,
}

/// All the secrets of an account. One sign-in in the browser serves both
/// servers of a provider.
pub(super) async fn gather(
    handle: &Handle,
    settings: &AccountSettings,
    given: Given,
) -> Result<Passwords> {
    let AccountSettings {
        incoming,
        outgoing,
        email,
        ..
    } = settings;
    let mut secrets = typed(settings, given.password_stdin)?;
    let is_browser = |server: &ServerSettings| server.auth == AuthMethod::OAuth2;
    if is_browser(incoming) {
        secrets.incoming = browser(handle, incoming, email, given).await?;
    }
    if is_browser(outgoing) {
        let other = handle.browser_provider(outgoing).await?;
        let is_shared = is_browser(incoming) && handle.browser_provider(incoming).await? == other;
        secrets.outgoing = if is_shared {
            secrets.incoming.clone()
        } else {
            browser(handle, outgoing, email, given).await?
        };
    }
    Ok(secrets)
}

/// Signs in in the browser.
async fn browser(
    handle: &Handle,
    server: &ServerSettings,
    email: &str,
    given: Given,
) -> Result<Password> {
    let mut steps = std::pin::pin!(handle.browser_sign_in(server, email));
    while let Some(step) = steps.next().await {
        match step {
            BrowserSignIn::Open(page) => {
                let opened = !given.no_browser && open::that_detached(&page).is_ok();
                let what = if opened {
                    "Sign in on the page that opens in the browser. If none opens, go to"
                } else {
                    "To sign in, open this page in a browser on this computer:"
                };
                warn("sign-in", &format!("{what} {page}"));
            }
            BrowserSignIn::Done(secret) => return Ok(secret),
            BrowserSignIn::Failed(error) => return Err(error),
        }
    }
    Err(Error::new(ErrorKind::Cancelled, "The sign-in was stopped."))
}

/// The passwords; nothing in place of those that the browser brings.
fn typed(settings: &AccountSettings, from_stdin: bool) -> Result<Passwords> {
    let wants = |server: &ServerSettings| server.auth == AuthMethod::Password;
    let further = settings
        .identities
        .iter()
        .filter_map(|one| one.outgoing.as_ref());
    let mut all = [&settings.incoming, &settings.outgoing]
        .into_iter()
        .chain(further);
    if !all.any(wants) {
        return Ok(Passwords::same(Password::new("")));
    }
    if from_stdin {
        return from_lines(std::io::stdin().lock().take(STDIN_MAX));
    }
    if !std::io::stdin().is_terminal() {
        return Err(Error::new(
            ErrorKind::Input,
            "The account needs its password, and nobody is there to ask.",
        )
        .hint("Give it with --password-stdin."));
    }
    let incoming = if wants(&settings.incoming) {
        session::ask(&format!("Password at {}: ", settings.incoming.host))?
    } else {
        Password::new("")
    };
    let outgoing = if wants(&settings.outgoing) {
        ask_outgoing(settings, &incoming)?
    } else {
        Password::new("")
    };
    Ok(Passwords {
        incoming,
        outgoing,
        identities: of_identities(settings)?,
    })
}

fn ask_outgoing(settings: &AccountSettings, incoming: &Password) -> Result<Password> {
    let host = &settings.outgoing.host;
    if incoming.reveal().is_empty() {
        return session::ask(&format!("Password at {host}: "));
    }
    let outgoing = session::ask(&format!("Password at {host} (empty: the same): "))?;
    Ok(if outgoing.reveal().is_empty() {
        incoming.clone()
    } else {
        outgoing
    })
}

/// Asks for those of identities with an outgoing server of their own.
fn of_identities(settings: &AccountSettings) -> Result<Vec<Password>> {
    let servers = settings
        .identities
        .iter()
        .filter_map(|one| one.outgoing.as_ref());
    servers
        .filter(|server| server.auth != AuthMethod::None)
        .map(|server| session::ask(&format!("Password at {}: ", server.host)))
        .collect()
}

/// So many bytes of stdin are read for passwords; a stdin that never ends must
/// not fill the memory.
const STDIN_MAX: u64 = 64 * 1024;

/// First line incoming, second line outgoing, further lines those of
/// identities' servers; one line is all.
fn from_lines(input: impl BufRead) -> Result<Passwords> {
    let mut lines = input.lines();
    let mut next = || {
        lines.next().transpose().map_err(|cause| {
            Error::new(
                ErrorKind::Input,
                "The password on stdin is not a line of text in UTF-8.",
            )
            .source(cause)
        })
    };
    let incoming = next()?.filter(|line| !line.is_empty()).ok_or_else(|| {
        Error::new(ErrorKind::Input, "There is no password on stdin.")
            .hint("Write the incoming password on the first line.")
    })?;
    if incoming.contains('\0') {
        return Err(Error::new(
            ErrorKind::Input,
            "The password on stdin is not a line of text.",
        )
        .hint("Write the incoming password on the first line."));
    }
    let incoming = Password::new(incoming);
    let outgoing = next()?.filter(|line| !line.is_empty());
    let outgoing = outgoing.map_or_else(|| incoming.clone(), Password::new);
    let mut identities = Vec::new();
    while let Some(line) = next()?.filter(|line| !line.is_empty()) {
        identities.push(Password::new(line));
    }
    Ok(Passwords {
        incoming,
        outgoing,
        identities,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_both_passwords() {
        for (input, incoming, outgoing) in [
            ("one", "one", "one"),
            ("one\n", "one", "one"),
            ("one\r\ntwo\r\n", "one", "two"),
            (" one \ntwo\nthree", " one ", "two"),
        ] {
            let passwords = from_lines(input.as_bytes()).unwrap();
            assert_eq!(passwords.incoming.reveal(), incoming, "{input:?}");
            assert_eq!(passwords.outgoing.reveal(), outgoing, "{input:?}");
        }
        assert!(from_lines("".as_bytes()).is_err());
        assert!(from_lines("\ntwo".as_bytes()).is_err());
        assert!(from_lines("\0\0".as_bytes()).is_err());
    }
}
