//! Starting and ending.
use super::Handle;
use crate::config::Profile;
use crate::error::{Error, ErrorKind, Result};
use crate::secrets::{Secrets, SecretsChoice};

/// How to start the engine.
#[derive(Debug)]
pub struct Options {
    /// Where everything of the person lies.
    pub profile: Profile,
    /// Where the passwords lie.
    pub secrets: SecretsChoice,
    /// Whether to follow the accounts in the background.
    pub online: bool,
}

/// A running engine.
#[derive(Debug)]
pub struct Engine {
    handle: Handle,
}

impl Engine {
    /// Starts.
    pub fn start(options: Options) -> Result<Self> {
        let _lock = options.profile.lock()?;
        let _secrets = Secrets::open(options.secrets, &options.profile)?;
        let _ = options.online;
        Err(Error::new(ErrorKind::Bug, "Not built yet."))
    }

    /// What a front end talks to.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Ends.
    pub fn shutdown(self) {}
}
