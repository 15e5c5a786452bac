//! `account`

mod change;
mod secrets;

use std::path::PathBuf;

use chrono::Local;
use clap::Subcommand;
use futures::{Stream, StreamExt};
use waxwing::Result;
use waxwing::config::{account_file, accounts::named};
use waxwing::engine::{CheckProgress, Passwords};
use waxwing::model::{Account, AccountSettings, Protocol, Security, TrustedCertificate};
use waxwing::{Error, ErrorKind};

use super::output::{AccountLine, AddedLine, CheckLine, warn};
use super::{Context, discover, text};
use secrets::Given;

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
        /// Print the address of the provider's page and open no browser
        /// (`auth = "oauth2"`)
        #[arg(long)]
        no_browser: bool,
    },
    /// Sign in again: with a new password, or in the browser
    SignIn {
        /// Its name
        name: String,
        /// The passwords on stdin, as for `add`
        #[arg(long)]
        password_stdin: bool,
        /// Print the address of the provider's page and open no browser
        #[arg(long)]
        no_browser: bool,
    },
    /// Find the servers of an address, in order of trust
    Discover {
        /// The address; only its domain leaves this computer
        email: String,
        /// Look into Waxwing's own list of providers only
        #[arg(long)]
        offline: bool,
    },
    /// List the accounts
    List,
    /// Forget an account and all its mail here. Mail of a POP3 account that no
    /// server has any more goes only with `--delete-mail` (`export` keeps it;
    /// `disable` keeps the account)
    Remove {
        /// Its name
        name: String,
        /// Delete also the mail that is here and nowhere else
        #[arg(long)]
        delete_mail: bool,
    },
    /// Give an account the settings of an account file, signing in first
    Edit {
        /// Its name
        name: String,
        /// The account file (TOML); another `name` in it renames the account
        #[arg(value_name = "FILE.toml")]
        file: PathBuf,
        /// New passwords on stdin, as for `account add`; without it the saved
        /// ones stay
        #[arg(long)]
        password_stdin: bool,
        /// Save it without signing in
        #[arg(long)]
        no_verify: bool,
    },
    /// Use an account that was switched off again
    Enable {
        /// Its name
        name: String,
    },
    /// Switch an account off: its servers are asked for nothing, its mail stays
    Disable {
        /// Its name
        name: String,
    },
    /// Put the accounts in this order
    Order {
        /// Their names; those not named come after them
        #[arg(required = true)]
        names: Vec<String>,
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
            no_browser,
        } => {
            let settings = account_file::read(&file)?;
            warn_of_open_lines(&settings);
            let given = Given {
                password_stdin,
                no_browser,
            };
            let passwords = secrets::gather(&context.handle, &settings, given).await?;
            add(context, settings, passwords, !no_verify).await
        }
        Command::SignIn {
            name,
            password_stdin,
            no_browser,
        } => {
            let account = named(&context.handle.accounts().await?, &name)?.clone();
            let given = Given {
                password_stdin,
                no_browser,
            };
            sign_in(context, account, given).await
        }
        Command::Discover { email, offline } => discover::run(context, &email, offline).await,
        Command::List => {
            for account in context.handle.accounts().await? {
                print(context, &account).await?;
            }
            Ok(())
        }
        Command::Remove { name, delete_mail } => change::remove(context, &name, delete_mail).await,
        Command::Edit {
            name,
            file,
            password_stdin,
            no_verify,
        } => {
            let settings = account_file::read(&file)?;
            warn_of_open_lines(&settings);
            let given = Given {
                password_stdin,
                no_browser: false,
            };
            let passwords = if password_stdin {
                Some(secrets::gather(&context.handle, &settings, given).await?)
            } else {
                None
            };
            change::edit(context, &name, settings, passwords, !no_verify).await
        }
        Command::Enable { name } => change::switch(context, &name, true).await,
        Command::Disable { name } => change::switch(context, &name, false).await,
        Command::Order { names } => change::order(context, &names).await,
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

/// Proves new passwords, then keeps them in place of the old ones.
async fn sign_in(context: &mut Context, account: Account, given: Given) -> Result<()> {
    let passwords = secrets::gather(&context.handle, &account.settings, given).await?;
    prove(context, account.settings.clone(), passwords.clone()).await?;
    context.handle.set_passwords(account.id, passwords).await?;
    let line = AddedLine {
        account: account.settings.name,
        verified: true,
    };
    let name = text::line(&line.account);
    context.out.row(&line, || format!("{name} signed in"))
}

async fn prove(context: &Context, settings: AccountSettings, passwords: Passwords) -> Result<()> {
    proven(context.handle.check(settings, passwords), note).await
}

async fn add(
    context: &mut Context,
    settings: AccountSettings,
    passwords: Passwords,
    verify: bool,
) -> Result<()> {
    if verify {
        prove(context, settings.clone(), passwords.clone()).await?;
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

/// A step of a check that is not what was asked for.
fn note(line: &CheckLine) -> Result<()> {
    tracing::info!("{}", line.text());
    Ok(())
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
        let off = if account.disabled {
            "  switched off"
        } else {
            ""
        };
        format!("{name} {:<5} {email}{off}{checked}", line.protocol)
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
    for server in servers {
        if server.security == Security::None && !server.is_here() {
            let place = server.place();
            warn(
                "warning",
                &format!("the line to {place} is not encrypted: others can read password and mail"),
            );
        }
    }
}
