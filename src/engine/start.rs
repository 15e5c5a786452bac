//! Starting and ending.

use std::sync::{Arc, Weak};

use super::shared::{Parts, Shared};
use super::{AccountState, Handle};
use crate::config::{Accounts, Certificates, Profile, Settings};
use crate::error::{Error, ErrorKind, Result};
use crate::net::{Changes, Connector};
use crate::secrets::{Secrets, SecretsChoice};
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
        } = options;
        let lock = profile.lock()?;
        let accounts = Accounts::load(&profile);
        if let Some(report) = accounts.report {
            return Err(report);
        }
        let accounts = accounts.value;
        let settings = Settings::load(&profile);
        if let Some(report) = settings.report {
            // Preferences are no reason not to show mail.
            tracing::warn!(%report, "the settings could not be read");
        }
        let certificates = Certificates::load(&profile);
        if let Some(report) = certificates.report {
            // Without them a server is refused, and says why.
            tracing::warn!(%report, "the trusted certificates could not be read");
        }
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
            settings: settings.value,
            certificates: certificates.value,
            online,
        }));
        // Named on disk before anything is stored under it, and only then: on
        // a full disk the mail must still open.
        if !shared.profile.accounts_file().exists() {
            shared.change_accounts(|_| Ok(()))?;
        }
        let all = shared.accounts().all().to_vec();
        for account in all {
            let id = account.id;
            // There unless somebody took the store away: then as good as new.
            if let Err(error) = runtime.block_on(shared.settle_folders(&account)) {
                tracing::warn!(%error, account = %id, "its folders could not be made");
            }
            // Known from the last time the program ran.
            if let Some(when) =
                runtime.block_on(shared.store.read(move |r| r.account_checked(id)))?
            {
                shared.set_state(id, AccountState::UpToDate(when));
            }
            shared.follow(account);
        }
        shared.keep_index();
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
    pub fn shutdown(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let shared = &self.handle.shared;
        shared.stop.cancel();
        shared.store.close();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(std::time::Duration::from_secs(2));
        }
    }
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
        self.end();
    }
}
