//! Reaching an account's servers.

use std::sync::Arc;

use super::shared::Shared;
use crate::diagnosis::{self, Around, Case};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Account, AccountSettings, AuthMethod, Password, Security, ServerSettings};
use crate::net::{Connector, NetStream, Quiet, has_way};
use crate::protocol::imap::{self, ImapConn};
use crate::protocol::smtp;
use crate::secrets::Server;

impl Shared {
    /// Connects and signs in to the incoming server.
    pub(super) async fn connect_incoming(self: &Arc<Self>, account: &Account) -> Result<ImapConn> {
        Self::check_enabled(account)?;
        let settings = &account.settings;
        let server = &settings.incoming;
        let mut pass = self.pass(account, Server::Incoming).await?;
        loop {
            let opened = imap::connect(&self.connector, server, &pass.secret, &Quiet).await;
            let Err(error) = opened else {
                return Ok(opened?);
            };
            let error = diagnosed(error.into(), server, settings, Some(&pass.secret));
            pass = self
                .pass_after(account, Server::Incoming, pass, error)
                .await?;
        }
    }

    /// Connects and signs in to the outgoing server of an identity, or to the
    /// account's.
    pub(super) async fn connect_outgoing(
        self: &Arc<Self>,
        account: &Account,
        identity: Option<usize>,
    ) -> Result<smtp::Session> {
        Self::check_enabled(account)?;
        let settings = &account.settings;
        let server = settings.outgoing_server(identity);
        let secret = identity.map_or(Server::Outgoing, Server::OutgoingOf);
        let connector = &self.connector;
        if server.auth == AuthMethod::None {
            let opened = open_outgoing(connector, server).await;
            return opened.map_err(|error| diagnosed(error, server, settings, None));
        }
        let mut pass = self.pass(account, secret).await?;
        loop {
            let opened = sign_in_outgoing(connector, server, pass.secret.clone()).await;
            let Err(error) = opened else {
                return opened;
            };
            let error = diagnosed(error, server, settings, Some(&pass.secret));
            pass = self.pass_after(account, secret, pass, error).await?;
        }
    }
}

/// Connects up to where somebody may sign in.
async fn open_outgoing(connector: &Connector, server: &ServerSettings) -> Result<smtp::Session> {
    let stream = connector.connect(server, &Quiet).await?;
    let limits = smtp::Timeouts::SENDING;
    let session = smtp::Session::start(stream, &server.place(), limits).await?;
    Ok(match upgrade(connector, server) {
        Some(upgrade) => session.start_tls(upgrade).await?,
        None => session,
    })
}

/// Connects and signs in to an outgoing server.
pub(super) async fn sign_in_outgoing(
    connector: &Connector,
    server: &ServerSettings,
    secret: Password,
) -> Result<smtp::Session> {
    let mut session = open_outgoing(connector, server).await?;
    let Some(who) = credentials(server, secret) else {
        return Ok(session);
    };
    match session.sign_in(&who).await {
        Ok(()) => Ok(session),
        Err(error) => {
            session.quit().await;
            Err(error.into())
        }
    }
}

/// A failure at a server of a running account, in the words of its diagnosis.
pub(super) fn diagnosed(
    error: Error,
    server: &ServerSettings,
    settings: &AccountSettings,
    password: Option<&Password>,
) -> Error {
    let case = Case {
        password,
        around: Around {
            network: Some(has_way(server)),
            ..Around::default()
        },
        ..Case::new(server, &settings.email)
    };
    diagnosis::explain(error, &case)
}

/// The same where the failure came later than signing in: then only the line
/// is looked at, for what the server refuses is about single folders.
pub(super) fn diagnosed_later(error: Error, settings: &AccountSettings) -> Error {
    let is_about_the_line = matches!(
        error.kind(),
        ErrorKind::Offline
            | ErrorKind::Timeout
            | ErrorKind::Dns
            | ErrorKind::Refused
            | ErrorKind::Tls
            | ErrorKind::Certificate
    );
    if error.diagnosis().is_some() || !is_about_the_line {
        return error;
    }
    diagnosed(error, &settings.incoming, settings, None)
}

pub(super) fn credentials(server: &ServerSettings, secret: Password) -> Option<smtp::Credentials> {
    (server.auth != AuthMethod::None).then(|| smtp::Credentials {
        username: server.username.clone(),
        secret,
        method: server.auth,
        encrypted: server.security != Security::None,
    })
}

/// What turns a clear connection into TLS after STARTTLS.
pub(super) fn upgrade(connector: &Connector, server: &ServerSettings) -> Option<smtp::Upgrade> {
    if server.security != Security::StartTls {
        return None;
    }
    let (connector, server) = (connector.clone(), server.clone());
    Some(Box::new(move |stream| {
        Box::pin(async move {
            let clear = NetStream::plain(stream, None);
            let stream = connector.upgrade(clear, &server, &Quiet).await?;
            Ok(Box::new(stream) as Box<dyn smtp::Stream>)
        })
    }))
}
