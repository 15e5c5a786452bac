//! `account`

use std::io::{BufRead, IsTerminal, Read};
use std::path::PathBuf;

use chrono::Local;
use clap::Subcommand;
use futures::{Stream, StreamExt};
use waxwing::config::{account_file, accounts::named};
use waxwing::engine::{CheckProgress, Passwords};
use waxwing::model::{
    Account, AccountSettings, AuthMethod, Password, Protocol, Security, TrustedCertificate,
};
use waxwing::{Error, ErrorKind, Result};

use super::output::{AccountLine, AddedLine, CheckLine, warn};
use super::{Context, session, text};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Sign in to both servers of an account file, then keep the account
    Add {
        /// The account file (TOML)
        #[arg(value_name = "FILE.toml")]
        file: PathBuf,
        /// First line of stdin: the incoming password; second line: the
        /// outgoing one, if another; further lines: those of identities with
        /// an outgoing server of their own
        #[arg(long)]
        password_stdin: bool,
        /// Keep it without signing in
        #[arg(long)]
        no_verify: bool,
    },
    /// List the accounts
    List,
    /// Forget an account and what was fetched; the server keeps everything
    Remove {
        /// Its name
        name: String,
    },
    /// Sign in to both servers, step by step
    Check {
        /// Its name
        name: String,
    },
    /// List the certificates that are trusted for one server and port each
    Certificates {
        /// Trust none for this server any more
        #[arg(long, value_name = "HOST:PORT")]
        remove: Option<String>,
        /// Trust the one with this fingerprint for this server, and no other
        #[arg(long, num_args = 2, value_names = ["HOST:PORT", "SHA256"], conflicts_with = "remove")]
        trust: Vec<String>,
    },
}

pub(super) async fn run(context: &mut Context, command: Command) -> Result<()> {
    match command {
        Command::Add {
            file,
            password_stdin,
            no_verify,
        } => {
            let settings = account_file::read(&file)?;
            warn_of_open_lines(&settings);
            let passwords = passwords(&settings, password_stdin)?;
            add(context, settings, passwords, !no_verify).await
        }
        Command::List => {
            for account in context.handle.accounts().await? {
                print(context, &account).await?;
            }
            Ok(())
        }
        Command::Remove { name } => {
            let account = named(&context.handle.accounts().await?, &name)?.clone();
            context.handle.remove_account(account.id).await?;
            print(context, &account).await
        }
        Command::Check { name } => {
            let account = named(&context.handle.accounts().await?, &name)?.clone();
            let steps = context.handle.check_account(account.id).await?;
            proven(steps, |line| context.out.row(line, || line.text())).await
        }
        Command::Certificates { remove, trust } => certificates(context, remove, trust).await,
    }
}

async fn certificates(
    context: &mut Context,
    remove: Option<String>,
    trust: Vec<String>,
) -> Result<()> {
    if let Some(place) = remove {
        let (host, port) = host_and_port(&place)?;
        context.handle.distrust_certificate(host, port).await?;
    }
    if let [place, sha256] = trust.as_slice() {
        let (host, port) = host_and_port(place)?;
        let sha256 = sha256.clone();
        let certificate = TrustedCertificate { host, port, sha256 };
        context.handle.trust_certificate(certificate).await?;
    }
    for certificate in context.handle.trusted_certificates().await? {
        context.out.row(&certificate, || {
            let place = text::line(&certificate.place());
            format!("{place}  SHA-256 {}", certificate.sha256)
        })?;
    }
    Ok(())
}

/// Takes `mail.example.org:993` or `[::1]:993` apart.
fn host_and_port(place: &str) -> Result<(String, u16)> {
    let parts = place.rsplit_once(':');
    let read = parts.and_then(|(host, port)| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        Some((host.to_owned(), port.parse().ok()?))
    });
    read.filter(|(host, _)| !host.is_empty()).ok_or_else(|| {
        Error::new(
            ErrorKind::Input,
            format!("“{place}” does not name a server and its port."),
        )
        .hint("Write it as in mail.example.org:993.")
    })
}

async fn add(
    context: &mut Context,
    settings: AccountSettings,
    passwords: Passwords,
    verify: bool,
) -> Result<()> {
    if verify {
        let steps = context.handle.check(settings.clone(), passwords.clone());
        proven(steps, |line| {
            tracing::info!("{}", line.text());
            Ok(())
        })
        .await?;
    }
    let account = context.handle.add_account(settings, passwords).await?;
    let line = AddedLine {
        account: account.settings.name,
        verified: verify,
    };
    context.out.row(&line, || {
        let how = if verify {
            "checked and added"
        } else {
            "added unchecked"
        };
        format!("{} {how}", text::line(&line.account))
    })
}

/// Follows a check to its end. Where both servers fail, the incoming one's
/// failure is the result, whichever came first, and the other is a warning.
async fn proven(
    steps: impl Stream<Item = CheckProgress>,
    mut tell: impl FnMut(&CheckLine) -> Result<()>,
) -> Result<()> {
    let mut steps = std::pin::pin!(steps);
    let mut failures = Vec::new();
    while let Some(progress) = steps.next().await {
        let CheckProgress::Ended(step) = progress else {
            continue;
        };
        tell(&CheckLine::new(&step))?;
        if let Some(error) = step.error {
            failures.push((step.server == Protocol::Smtp, error));
        }
    }
    failures.sort_by_key(|(is_outgoing, _)| *is_outgoing);
    let mut failures = failures.into_iter().map(|(_, error)| error);
    let Some(first) = failures.next() else {
        return Ok(());
    };
    failures.for_each(|error| warn("warning", &error));
    Err(first)
}

async fn print(context: &mut Context, account: &Account) -> Result<()> {
    let checked = context.handle.checked(account.id).await?;
    let line = AccountLine::new(account, checked);
    context.out.row(&line, || {
        let name = text::name(&line.account, 24);
        let email = text::line(&line.email);
        let checked = checked.map_or_else(String::new, |when| {
            format!(
                "  checked {}",
                when.with_timezone(&Local).format("%F %H:%M")
            )
        });
        format!("{name} {:<5} {email}{checked}", line.protocol)
    })
}

/// Says where password and mail can be read on their way.
fn warn_of_open_lines(settings: &AccountSettings) {
    let further = settings
        .identities
        .iter()
        .filter_map(|one| one.outgoing.as_ref());
    let servers = [&settings.incoming, &settings.outgoing]
        .into_iter()
        .chain(further);
    let is_here = |host: &str| {
        let address = host.parse::<std::net::IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    };
    for server in servers {
        if server.security == Security::None && !is_here(&server.host) {
            let place = server.place();
            warn(
                "warning",
                &format!("the line to {place} is not encrypted: others can read password and mail"),
            );
        }
    }
}

fn passwords(settings: &AccountSettings, from_stdin: bool) -> Result<Passwords> {
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
    let incoming = session::ask(&format!("Password at {}: ", settings.incoming.host))?;
    if settings.outgoing.auth == AuthMethod::None {
        return Ok(Passwords {
            incoming,
            outgoing: Password::new(""),
            identities: of_identities(settings)?,
        });
    }
    let question = format!("Password at {} (empty: the same): ", settings.outgoing.host);
    let outgoing = session::ask(&question)?;
    let outgoing = if outgoing.reveal().is_empty() {
        incoming.clone()
    } else {
        outgoing
    };
    Ok(Passwords {
        incoming,
        outgoing,
        identities: of_identities(settings)?,
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
