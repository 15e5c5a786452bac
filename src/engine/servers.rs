//! Reaching an account's servers.

use std::sync::Arc;

use super::shared::Shared;
use crate::diagnosis::{self, Around, Case};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    Account, AccountSettings, AuthMethod, Password, Preparation, Security, ServerSettings,
};
use crate::net::{Connector, NetStream, Quiet, has_network};
use crate::protocol::imap::{self, ImapConn};
use crate::protocol::smtp;
use crate::secrets::Server;

impl Shared {
    /// Connects and signs in to the incoming server.
    pub(super) async fn connect_incoming(self: &Arc<Self>, account: &Account) -> Result<ImapConn> {
        let settings = &account.settings;
        let password = self
            .password(account.id, Server::Incoming, settings)
            .await?;
        let server = &settings.incoming;
        let connected = imap::connect(&self.connector, server, &password, &Quiet).await;
        connected.map_err(|error| diagnosed(error.into(), server, settings, Some(&password)))
    }

    /// Connects and signs in to the outgoing server of an identity, or to the
    /// account's.
    pub(super) async fn connect_outgoing(
        self: &Arc<Self>,
        account: &Account,
        identity: Option<usize>,
    ) -> Result<smtp::Session> {
        let settings = &account.settings;
        let server = settings.outgoing_server(identity);
        let secret = identity.map_or(Server::Outgoing, Server::OutgoingOf);
        let password = match server.auth {
            AuthMethod::None => Password::new(""),
            _ => self.password(account.id, secret, settings).await?,
        };
        let connected = sign_in_outgoing(&self.connector, server, password.clone()).await;
        connected.map_err(|error| diagnosed(error, server, settings, Some(&password)))
    }
}

/// Connects and signs in to an outgoing server.
pub(super) async fn sign_in_outgoing(
    connector: &Connector,
    server: &ServerSettings,
    password: Password,
) -> Result<smtp::Session> {
    let stream = connector.connect(server, &Quiet).await?;
    let limits = smtp::Timeouts::SENDING;
    let mut session = smtp::Session::start(stream, &server.place(), limits).await?;
    if let Some(upgrade) = upgrade(connector, server) {
        session = session.start_tls(upgrade).await?;
    }
    if let Some(who) = credentials(server, password) {
        session.sign_in(&who).await?;
    }
    Ok(session)
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
            network: Some(has_network()),
            ..Around::default()
        },
        preparation: preparation(server, &settings.email),
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

/// What has to be done at the provider of a server before mail programs may
/// sign in, where that is known.
pub(super) fn preparation(_server: &ServerSettings, _email: &str) -> Option<Preparation> {
    None
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
