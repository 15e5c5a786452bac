//! What servers are told to let us in: passwords, and tokens of a sign-in in
//! the browser, which are renewed here.
//!
//! A token is renewed by one task at a time; who wants it meanwhile waits and
//! takes the new one. The renewal runs to its end whoever drops its call: a
//! provider may take the old token back at that moment, so the new one has to
//! be kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::Utc;
use futures::Stream;
use tokio::sync::{OwnedMutexGuard, mpsc};

use super::Event;
use super::handle::{Handle, Passwords};
use super::reading::blocking;
use super::shared::{Shared, stream_of};
use crate::config::oauth_file;
use crate::discovery::{Discoverer, Unanswered, same_owner};
use crate::error::{Error, ErrorKind, Result};
use crate::model::host::plain_host;
use crate::model::{
    Account, AccountSettings, AuthMethod, BrowserWay, Password, Security, ServerSettings,
};
use crate::oauth::{self, Provider, SignIn, TokenSet};
use crate::secrets::{SecretId, SecretsTrouble, Server};

/// What a sign-in in the browser tells.
#[derive(Debug, Clone)]
pub enum BrowserSignIn {
    /// The page to open in the browser, once.
    Open(String),
    /// Signed in. The secret goes where a password goes: one sign-in serves
    /// the incoming and the outgoing server of a provider.
    Done(Password),
    /// It came to nothing.
    Failed(Error),
}

/// Which tokens are being renewed, and what is known of where.
#[derive(Default)]
pub(super) struct Tokens {
    slots: Mutex<HashMap<SecretId, Arc<tokio::sync::Mutex<()>>>>,
    /// What the owners of mail servers said of their sign-in, by host.
    ways: Mutex<HashMap<String, BrowserWay>>,
}

impl Tokens {
    /// Keeps others from renewing or replacing a set.
    pub(super) async fn lock(&self, id: SecretId) -> OwnedMutexGuard<()> {
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots.entry(id).or_default().clone()
        };
        slot.lock_owned().await
    }

    fn way(&self, host: &str) -> Option<BrowserWay> {
        let ways = self.ways.lock().unwrap_or_else(PoisonError::into_inner);
        ways.get(host).cloned()
    }

    fn note(&self, host: String, way: BrowserWay) {
        let mut ways = self.ways.lock().unwrap_or_else(PoisonError::into_inner);
        ways.insert(host, way);
    }
}

/// What one server is told, and whether a refusal may be the token's age.
pub(super) struct Pass {
    /// The password or the token.
    pub(super) secret: Password,
    renewed: bool,
}

impl Handle {
    /// Signs in to a server in the browser, at its provider's own page. The
    /// front end opens the page; dropping the stream gives up. What comes as
    /// [`BrowserSignIn::Done`] goes where the password goes, for both servers
    /// of the provider.
    pub fn browser_sign_in(
        &self,
        server: &ServerSettings,
        email: &str,
    ) -> impl Stream<Item = BrowserSignIn> + Send + use<> {
        self.shared
            .browser_sign_in(server.clone(), email.to_owned())
    }

    /// The name of the provider that signs people in to a server in the
    /// browser.
    ///
    /// # Errors
    /// When nobody is known who does, or this program is not registered there:
    /// with a diagnosis that names the other ways in.
    pub async fn browser_provider(&self, server: &ServerSettings) -> Result<String> {
        let server = server.clone();
        self.run(async move |shared| shared.browser_provider(&server).await)
            .await
    }
}

impl Shared {
    /// What a server of an account is told to let us in.
    pub(super) async fn pass(self: &Arc<Self>, account: &Account, server: Server) -> Result<Pass> {
        let secret = self.password(account, server).await?;
        Ok(Pass {
            secret,
            renewed: false,
        })
    }

    /// What to try instead after a server said no: a renewed token, once.
    ///
    /// # Errors
    /// `error`, where another try makes no sense.
    pub(super) async fn pass_after(
        self: &Arc<Self>,
        account: &Account,
        server: Server,
        pass: Pass,
        error: Error,
    ) -> Result<Pass> {
        let settings = server_of(&account.settings, server);
        if error.kind() != ErrorKind::Auth || settings.auth != AuthMethod::OAuth2 {
            return Err(error);
        }
        if pass.renewed {
            return Err(oauth::not_taken(error, &settings.host));
        }
        let id = self.secret(account, server);
        let secret = self.token(id, settings, Some(pass.secret)).await?;
        Ok(Pass {
            secret,
            renewed: true,
        })
    }

    /// The token for a server, renewed where its time is over or where it is
    /// the `refused` one.
    pub(super) async fn token(
        self: &Arc<Self>,
        id: SecretId,
        server: &ServerSettings,
        refused: Option<Password>,
    ) -> Result<Password> {
        let (shared, server) = (self.clone(), server.clone());
        let work = async move { shared.token_of(id, &server, refused).await };
        match self.runtime.spawn(work).await {
            Ok(token) => token,
            Err(error) => Err(Error::new(
                ErrorKind::Cancelled,
                "Signing in was stopped: Waxwing is closing.",
            )
            .source(error)),
        }
    }

    async fn token_of(
        self: Arc<Self>,
        id: SecretId,
        server: &ServerSettings,
        refused: Option<Password>,
    ) -> Result<Password> {
        protected(server)?;
        let id = self.owner(id).await?;
        let _renewing = self.tokens.lock(id).await;
        let secret = self.kept(id).await?;
        let absent = || oauth::Error::NotSignedIn {
            host: server.host.clone(),
        };
        let set = secret
            .as_ref()
            .and_then(TokenSet::read)
            .ok_or_else(absent)?;
        let now = Utc::now().timestamp();
        let old = set.access();
        let stale = refused.as_ref().map_or(!set.is_fresh(now), |no| *no == old);
        if !stale && self.is_the_owners(&set.provider, server).await? {
            return Ok(old);
        }
        let provider = self.provider(server).await?;
        if provider.id != set.provider {
            // Another provider's token is not for this server.
            return Err(absent().into());
        }
        if !stale {
            return Ok(old);
        }
        let may_wait = refused.is_none() && set.is_alive(now);
        match self.renew(&provider, &set, may_wait).await? {
            Some(renewed) => {
                self.keep_renewed(id, renewed.to_password()).await;
                Ok(renewed.access())
            }
            None => Ok(old),
        }
    }

    /// Whether an issuer is the server's owner, who alone can have named him:
    /// then nobody need be asked where before a token is renewed.
    async fn is_the_owners(
        self: &Arc<Self>,
        issuer: &str,
        server: &ServerSettings,
    ) -> Result<bool> {
        if !same_owner(issuer, &plain_host(&server.host)) {
            return Ok(false);
        }
        let (shared, server, issuer) = (self.clone(), server.clone(), issuer.to_owned());
        blocking(move || {
            let own = oauth_file::read(&shared.profile)?;
            let known = oauth::find(&server, &own, None, shared.profile.oauth_file());
            let is_nobodys = matches!(known, Err(oauth::Error::NobodyKnown { .. }));
            Ok(is_nobodys && own.contains_key(&issuer))
        })
        .await
    }

    /// A new token set; none where the provider cannot now and the old one
    /// still lasts.
    async fn renew(
        &self,
        provider: &Provider,
        set: &TokenSet,
        may_wait: bool,
    ) -> Result<Option<TokenSet>> {
        tracing::info!(provider = provider.id, "renewing a token");
        match oauth::refresh(&self.http, provider, set).await {
            Ok(renewed) => Ok(Some(renewed)),
            Err(oauth::Error::Http(_) | oauth::Error::Unavailable { .. }) if may_wait => {
                tracing::info!(provider = provider.id, "not now: the old one still lasts");
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps a renewed set, the only one that the provider still takes. Where
    /// it cannot be kept it is used all the same, and a person is told.
    async fn keep_renewed(self: &Arc<Self>, id: SecretId, renewed: Password) {
        let shared = self.clone();
        let kept = blocking(move || shared.secrets.set_in_any_case(id, &renewed)).await;
        if let Err(error) = kept {
            tracing::warn!(%error, "a renewed sign-in could not be kept");
            let name = self.account(id.account).map(|one| one.settings.name);
            self.tell(Event::Problem {
                account: Some(id.account),
                error: SecretsTrouble::unkept(&error, &name.unwrap_or_default()),
            });
        }
    }

    /// Says no where what the browser brought is not meant for a server: a
    /// token is for its provider's servers, over protected lines.
    pub(super) async fn check_token(
        self: &Arc<Self>,
        server: &ServerSettings,
        secret: &Password,
    ) -> Result<()> {
        if server.auth != AuthMethod::OAuth2 {
            return Ok(());
        }
        protected(server)?;
        let Some(set) = TokenSet::read(secret) else {
            return Ok(());
        };
        if self.provider(server).await?.id == set.provider {
            return Ok(());
        }
        Err(oauth::Error::NotSignedIn {
            host: server.host.clone(),
        }
        .into())
    }

    /// Where the set is kept that serves a server.
    async fn owner(self: &Arc<Self>, id: SecretId) -> Result<SecretId> {
        let is_link = self.kept(id).await?.as_ref().is_some_and(oauth::is_link);
        let server = if is_link { Server::Incoming } else { id.server };
        Ok(SecretId { server, ..id })
    }

    /// A secret as it is kept.
    pub(super) async fn kept(self: &Arc<Self>, id: SecretId) -> Result<Option<Password>> {
        let shared = self.clone();
        blocking(move || shared.secrets.get(id)).await
    }

    /// Who signs people in to a server: by what is known, else by what the
    /// server's owner says himself, where somebody registered with him.
    async fn provider(self: &Arc<Self>, server: &ServerSettings) -> Result<Provider> {
        let (asks, provider) = self.known_provider(server, None).await?;
        let Err(nobody @ oauth::Error::NobodyKnown { .. }) = provider else {
            return Ok(provider?);
        };
        if !asks {
            return Err(nobody.into());
        }
        let host = plain_host(&server.host);
        let way = match self.tokens.way(&host) {
            Some(way) => way,
            None => {
                let asked = Discoverer::new(self.connector.clone());
                let told = asked.browser_way(&host).await;
                let told =
                    told.map_err(|Unanswered| oauth::Error::Unasked { host: host.clone() })?;
                let way = told.ok_or(nobody)?;
                self.tokens.note(host, way.clone());
                way
            }
        };
        Ok(self.known_provider(server, Some(way)).await?.1?)
    }

    /// The same of those that are known, and whether others may be asked for.
    /// The file is read anew each time: a person may have just written it.
    async fn known_provider(
        self: &Arc<Self>,
        server: &ServerSettings,
        way: Option<BrowserWay>,
    ) -> Result<(bool, std::result::Result<Provider, oauth::Error>)> {
        let (shared, server) = (self.clone(), server.clone());
        blocking(move || {
            let own = oauth_file::read(&shared.profile)?;
            let file = shared.profile.oauth_file();
            let provider = oauth::find(&server, &own, way.as_ref(), file);
            Ok((oauth::names_issuers(&own), provider))
        })
        .await
    }

    /// The name of the provider, where a sign-in in the browser can be tried.
    pub(super) async fn browser_provider(
        self: &Arc<Self>,
        server: &ServerSettings,
    ) -> Result<String> {
        protected(server)?;
        Ok(self.provider(server).await?.name)
    }

    /// Signs in in the browser; ends when nobody listens any more.
    pub(super) fn browser_sign_in(
        self: &Arc<Self>,
        server: ServerSettings,
        email: String,
    ) -> impl Stream<Item = BrowserSignIn> + Send + use<> {
        let (sender, told) = mpsc::unbounded_channel();
        let shared = self.clone();
        self.runtime.spawn(async move {
            let work = async {
                let outcome = match shared.sign_in(&server, &email, &sender).await {
                    Ok(set) => BrowserSignIn::Done(set.to_password()),
                    Err(error) => BrowserSignIn::Failed(error),
                };
                drop(sender.send(outcome));
            };
            tokio::select! {
                () = work => {}
                () = sender.closed() => {}
            }
        });
        stream_of(told)
    }

    async fn sign_in(
        self: &Arc<Self>,
        server: &ServerSettings,
        email: &str,
        sender: &mpsc::UnboundedSender<BrowserSignIn>,
    ) -> Result<TokenSet> {
        protected(server)?;
        let provider = self.provider(server).await?;
        tracing::info!(provider = provider.id, "signing in in the browser");
        let waiting = SignIn::begin(provider, email).await?;
        drop(sender.send(BrowserSignIn::Open(waiting.page().to_owned())));
        Ok(waiting.finish(&self.http).await?)
    }

    /// A secret as it is kept, for proving the server; a token in it is
    /// renewed where its time is over.
    pub(super) async fn whole_secret(
        self: &Arc<Self>,
        account: &Account,
        server: Server,
    ) -> Result<Password> {
        let pass = self.pass(account, server).await?;
        if server_of(&account.settings, server).auth != AuthMethod::OAuth2 {
            return Ok(pass.secret);
        }
        let id = self.owner(self.secret(account, server)).await?;
        let kept = self.kept(id).await?;
        Ok(kept.unwrap_or_else(|| Password::new("")))
    }
}

/// The server of an account that a secret is for.
pub(super) fn server_of(settings: &AccountSettings, server: Server) -> &ServerSettings {
    match server {
        Server::Incoming => &settings.incoming,
        Server::Outgoing => &settings.outgoing,
        Server::OutgoingOf(identity) => settings.outgoing_server(Some(identity)),
    }
}

/// Secrets as they are kept: a sign-in that serves both servers is kept once.
pub(super) fn kept_once(passwords: Passwords) -> Passwords {
    let is_shared =
        passwords.incoming == passwords.outgoing && TokenSet::read(&passwords.incoming).is_some();
    if is_shared {
        Passwords {
            outgoing: oauth::link(),
            ..passwords
        }
    } else {
        passwords
    }
}

/// Says no to telling a token where others can read it.
fn protected(server: &ServerSettings) -> Result<()> {
    if server.security == Security::None && !server.is_here() {
        return Err(oauth::Error::Unprotected {
            host: server.host.clone(),
        }
        .into());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
