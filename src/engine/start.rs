//! Starting and ending.

use std::path::PathBuf;
use std::sync::{Arc, Weak};

use super::shared::{Parts, Shared};
use super::{AccountState, Handle};
use crate::config::{Accounts, Certificates, Loaded, Profile, Settings};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Account;
use crate::net::{Changes, Connector};
use crate::secrets::{Secrets, SecretsChoice, SecretsTrouble};
use crate::store::Store;
use crate::sync::outbox;

/// How to start the engine.
#[derive(Debug)]
pub struct Options {
    /// Where everything of the person lies.
    pub profile: Profile,
    /// Where the passwords lie.
    pub secrets: SecretsChoice,
    /// Whether to follow the accounts in the background. A single command
    /// does not.
    pub online: bool,
    /// The program that confined children are started from
    /// ([`crate::sandbox::own_program`]); it hands them to
    /// [`super::serve_child`]. Without one, what needs a child is left undone.
    pub program: Option<PathBuf>,
}

/// A running engine. Ends when dropped; [`Engine::shutdown`] waits for it.
#[derive(Debug)]
pub struct Engine {
    handle: Handle,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Engine {
    /// Starts the engine on a profile that no other process uses. Blocks for
    /// as long as opening files takes.
    ///
    /// # Errors
    /// `Busy` when another process has the profile, `Config` when the account
    /// list cannot be read, `Storage` or `DiskFull` for the store, `Secrets`
    /// for the password file.
    pub fn start(options: Options) -> Result<Self> {
        let Options {
            profile,
            secrets,
            online,
            program,
        } = options;
        let lock = profile.lock()?;
        let accounts = Accounts::load(&profile);
        if let Some(report) = accounts.report {
            return Err(report);
        }
        let accounts = accounts.value;
        // Preferences are no reason not to show mail; without the trusted
        // certificates a server is refused, and says why.
        let settings = as_far_as_readable(Settings::load(&profile));
        let certificates = as_far_as_readable(Certificates::load(&profile));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .thread_name("engine")
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|error| {
                Error::new(ErrorKind::Bug, "Waxwing could not start its tasks.").source(error)
            })?;
        let store = Store::open(profile.data_dir())?;
        runtime.block_on(outbox::settle_interrupted(&store))?;
        let shared = Arc::new(Shared::new(Parts {
            secrets: Secrets::open(secrets, &profile)?,
            connector: Connector::new(),
            runtime: runtime.handle().clone(),
            profile,
            lock,
            store,
            accounts,
            settings,
            certificates,
            online,
            program,
        }));
        // Named on disk before anything is stored under it, and only then: on
        // a full disk the mail must still open.
        if !shared.profile.accounts_file().exists() {
            shared.change_accounts(|_| Ok(()))?;
        }
        let all = shared.accounts().all().to_vec();
        for account in all {
            runtime.block_on(take_up(&shared, account))?;
        }
        shared.keep_index();
        shared.keep_documents();
        shared.keep_house();
        if online {
            let weak = Arc::downgrade(&shared);
            runtime.spawn(follow_network(weak));
        }
        Ok(Self {
            handle: Handle { shared },
            runtime: Some(runtime),
        })
    }

    /// What a front end talks to.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Ends the engine: connections close, everything written is on disk.
    ///
    /// # Errors
    /// `Secrets` when a renewed sign-in could not be kept even now: the next
    /// start asks for it.
    pub fn shutdown(mut self) -> Result<()> {
        self.end()
    }

    fn end(&mut self) -> Result<()> {
        let shared = &self.handle.shared;
        shared.stop.cancel();
        shared.opened.close();
        shared.store.close();
        let Some(runtime) = self.runtime.take() else {
            return Ok(());
        };
        runtime.shutdown_timeout(std::time::Duration::from_secs(2));
        let kept = shared.secrets.keep_rest();
        kept.map_err(|error| SecretsTrouble::lost(&error))
    }
}

fn as_far_as_readable<T>(loaded: Loaded<T>) -> T {
    if let Some(report) = loaded.report {
        tracing::warn!(%report, "a file of settings could not be read");
    }
    loaded.value
}

/// Goes on with an account where the last run of the program left it.
async fn take_up(shared: &Arc<Shared>, account: Account) -> Result<()> {
    let id = account.id;
    // There unless somebody took the store away: then as good as new.
    if let Err(error) = shared.settle_folders(&account).await {
        tracing::warn!(%error, account = %id, "its folders could not be made");
    }
    if let Err(error) = shared.note_own_addresses(id).await {
        tracing::warn!(%error, account = %id, "its addresses could not be noted");
    }
    let checked = shared.store.read(move |r| r.account_checked(id)).await?;
    if let Some(when) = checked {
        shared.set_state(id, AccountState::UpToDate(when));
    }
    shared.follow(account);
    Ok(())
}

/// Tells everybody when the network changed or the machine slept.
async fn follow_network(shared: Weak<Shared>) {
    let mut changes = Changes::new();
    loop {
        let change = changes.next().await;
        let Some(shared) = shared.upgrade() else {
            return;
        };
        tracing::info!(?change, "the network may have changed");
        shared.network_changed();
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            tracing::warn!(%error, "a renewed sign-in is lost");
        }
    }
}
