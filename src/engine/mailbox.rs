//! POP3 accounts: their folders, which are here, and their mailbox, which is
//! not.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use tokio::time::sleep;

use super::servers::diagnosed;
use super::shared::Shared;
use crate::config::Accounts;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Account, AccountId, AccountSettings, Password, PlacementId, Protocol};
use crate::net::Quiet;
use crate::protocol::pop3;
use crate::secrets::Server;
use crate::store::Durability;
use crate::sync::{FolderReport, Mailbox};

/// How long a command waits for a mailbox that another program has open: the
/// pauses between its tries, in seconds.
const UNTIL_FREE: [u64; 4] = [1, 3, 6, 10];

fn explained(error: pop3::Error, account: &Account, password: &Password) -> Error {
    let settings = &account.settings;
    diagnosed(error.into(), &settings.incoming, settings, Some(password))
}

impl Shared {
    /// Connects and signs in to a POP3 server.
    pub(super) async fn connect_pop3(
        self: &Arc<Self>,
        account: &Account,
    ) -> Result<pop3::Connection> {
        let connected = self.try_connect_pop3(account).await?;
        connected.map_err(|(error, password)| explained(error, account, &password))
    }

    async fn try_connect_pop3(
        self: &Arc<Self>,
        account: &Account,
    ) -> Result<std::result::Result<pop3::Connection, (pop3::Error, Password)>> {
        Self::check_enabled(account)?;
        let server = &account.settings.incoming;
        let mut pass = self.pass(account, Server::Incoming).await?;
        loop {
            let opened = pop3::connect(&self.connector, server, &pass.secret, &Quiet).await;
            match opened {
                Err(error) if error.is_about_who() => {
                    let error = explained(error, account, &pass.secret);
                    pass = self
                        .pass_after(account, Server::Incoming, pass, error)
                        .await?;
                }
                opened => return Ok(opened.map_err(|error| (error, pass.secret))),
            }
        }
    }

    /// The mailbox of a POP3 account as it is looked at now.
    pub(super) fn mailbox(self: &Arc<Self>, account: &Account, headers_only: bool) -> Mailbox {
        Mailbox {
            store: self.store.clone(),
            account: account.id,
            policy: account.settings.pop3.clone().unwrap_or_default(),
            headers_only,
            tell: self.teller(account.id),
            now: Utc::now(),
        }
    }

    /// One look for a front end that does not stay. Waits a while for a mailbox
    /// that is open elsewhere.
    pub(super) async fn look_once(
        self: &Arc<Self>,
        account: &Account,
        headers_only: bool,
    ) -> Result<(String, FolderReport)> {
        let mut pauses = UNTIL_FREE.into_iter();
        let conn = loop {
            match (self.try_connect_pop3(account).await?, pauses.next()) {
                (Ok(conn), _) => break conn,
                (Err((error, _)), Some(pause)) if error.is_in_use() => {
                    tracing::info!(
                        place = error.place,
                        "the mailbox is open elsewhere: waiting"
                    );
                    sleep(Duration::from_secs(pause)).await;
                }
                (Err((error, password)), _) => return Err(explained(error, account, &password)),
            }
        };
        Ok(self.mailbox(account, headers_only).look(conn).await?)
    }

    /// Fetches a message whole of which only the header is here, from whichever
    /// server has it.
    pub(super) async fn fetch_pop3(self: &Arc<Self>, id: PlacementId) -> Result<()> {
        let source = self.store.read(move |r| r.pop3_source(id)).await?;
        // Of what only is here nothing more can come.
        let Some((account, _)) = source else {
            return Ok(());
        };
        let account = self.account(account)?;
        let conn = self.connect_pop3(&account).await?;
        Ok(self.mailbox(&account, false).body(conn, id).await?)
    }

    /// Sees to it that a POP3 account has the folders its mail goes into.
    pub(super) async fn settle_folders(self: &Arc<Self>, account: &Account) -> Result<()> {
        if !account.settings.is_local() {
            return Ok(());
        }
        let (id, home) = (account.id, home_of(&self.accounts(), account));
        let settled = self.store.read(move |r| {
            Ok(r.is_local(id)? && r.home_of(id)? == home && !r.folders(Some(home))?.is_empty())
        });
        if settled.await? {
            return Ok(());
        }
        let write = self.store.write(Durability::PowerCut, move |w| {
            w.set_local(home, home)?;
            w.set_local(id, home)
        });
        Ok(write.await?)
    }

    /// Says no to removing an account with which mail of others would go.
    pub(super) async fn check_unused(&self, id: AccountId) -> Result<()> {
        let others = self.store.read(move |r| r.pop3_only_with(id)).await?;
        check_unused(&self.accounts(), id, &others)
    }

    /// The account in whose folders the mail of this one is.
    pub(super) fn home(&self, id: AccountId) -> AccountId {
        let accounts = self.accounts();
        accounts
            .find(id)
            .map_or(id, |account| home_of(&accounts, account))
    }
}

/// The account in whose folders the mail of this one is: another one where it
/// says so and that one is there, else itself.
fn home_of(accounts: &Accounts, account: &Account) -> AccountId {
    let home = account.settings.deliver_to();
    match home.map(|name| accounts.named(name)) {
        Some(Ok(home)) if home.settings.takes_mail() => home.id,
        _ => account.id,
    }
}

/// Says no to a new account whose mail would have no place to go.
pub(super) fn check_home(accounts: &Accounts, settings: &AccountSettings) -> Result<()> {
    let Some(name) = settings.deliver_to() else {
        return Ok(());
    };
    if settings.incoming.protocol != Protocol::Pop3 || !accounts.named(name)?.settings.takes_mail()
    {
        return Err(Error::new(
            ErrorKind::Config,
            format!("“{name}” cannot take the mail of {}.", settings.name),
        )
        .hint("deliver_to names a POP3 account that has folders of its own."));
    }
    Ok(())
}

/// Says no to removing an account whose folders take another's mail, or hold
/// mail that `others` have nowhere else.
fn check_unused(accounts: &Accounts, id: AccountId, others: &[AccountId]) -> Result<()> {
    let uses = |one: &&Account| one.id != id && home_of(accounts, one) == id;
    if let Some(user) = accounts.all().iter().find(uses) {
        return Err(Error::new(
            ErrorKind::Conflict,
            format!("{} has its mail in this account.", user.settings.name),
        )
        .hint(format!("Remove {} first.", user.settings.name)));
    }
    if let Some(other) = others.iter().find_map(|id| accounts.find(*id)) {
        return Err(Error::new(
            ErrorKind::Conflict,
            format!(
                "Mail of {} lies in this account and on no server any more.",
                other.settings.name
            ),
        )
        .hint("Move it to another account, or delete it, then remove this one."));
    }
    Ok(())
}
