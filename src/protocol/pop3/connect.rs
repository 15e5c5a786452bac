//! From settings to a signed-in connection.

use tokio::time::timeout;

use super::auth;
use super::conn::Connection;
use super::error::{Code, Error, Fault};
use super::reply::Reply;
use crate::model::{CheckStepKind, Password, Security, ServerSettings};
use crate::net::{Connector, StepObserver, observed};

/// Connects, secures and signs in.
///
/// # Errors
///
/// When a step fails; nothing secret is sent before TLS stands, unless the
/// settings say that there is none.
pub(crate) async fn connect(
    connector: &Connector,
    server: &ServerSettings,
    password: &Password,
    observer: &dyn StepObserver,
) -> Result<Connection, Error> {
    let (mut connection, stamp) = secure(connector, server, observer).await?;
    let signing_in = enter(&mut connection, server, password, stamp.as_deref());
    observed(observer, CheckStepKind::SignIn, signing_in, |()| {
        format!("Signed in as {}.", server.username)
    })
    .await?;
    Ok(connection)
}

/// A signed-in connection over a stream that stands, as `u` with the password
/// `p`: for tests that play the server.
#[cfg(test)]
pub(crate) async fn signed_in(stream: tokio::io::DuplexStream) -> Result<Connection, Error> {
    let stream = crate::net::NetStream::plain(stream, None);
    let mut connection = Connection::new(stream, "mail.example.test:995");
    let stamp = connection.greeting().await?;
    let server = ServerSettings {
        protocol: crate::model::Protocol::Pop3,
        host: "mail.example.test".to_owned(),
        port: 995,
        security: Security::Tls,
        username: "u".to_owned(),
        auth: crate::model::AuthMethod::Password,
    };
    enter(
        &mut connection,
        &server,
        &Password::new("p"),
        stamp.as_deref(),
    )
    .await?;
    Ok(connection)
}

/// Connects up to the greeting, inside TLS where the settings want it. Gives
/// the greeting's stamp too, where it can be believed.
pub(super) async fn secure(
    connector: &Connector,
    server: &ServerSettings,
    observer: &dyn StepObserver,
) -> Result<(Connection, Option<String>), Error> {
    let place = server.place();
    let broken = |doing| {
        let place = place.clone();
        move |error: crate::net::Error| Error {
            place,
            doing,
            fault: error.into(),
        }
    };
    let stream = connector.connect(server, observer).await;
    let mut connection = Connection::new(stream.map_err(broken("connecting"))?, &place);
    let greeting = connection.greeting();
    let stamp = observed(observer, CheckStepKind::Greeting, greeting, |_| {
        format!("{place} speaks POP3.")
    })
    .await?;
    if server.security != Security::StartTls {
        return Ok((connection, stamp));
    }
    let clear = connection.start_tls().await?;
    let stream = connector.upgrade(clear, server, observer).await;
    // A new connection: nothing said before TLS counts (RFC 2595, 4), nor does
    // the stamp of the greeting.
    let connection = Connection::new(stream.map_err(broken("TLS"))?, &place);
    Ok((connection, None))
}

/// From the greeting to where mail can be asked for.
async fn enter(
    connection: &mut Connection,
    server: &ServerSettings,
    password: &Password,
    stamp: Option<&str>,
) -> Result<(), Error> {
    connection.ask_capabilities().await?;
    connection.speak_utf8().await?;
    connection.sign_in(server, password, stamp).await?;
    // A server may be able to do other things for somebody it knows.
    connection.ask_capabilities_along().await
}

impl Connection {
    /// Reads the greeting. Gives the stamp for APOP, where it has one.
    pub(super) async fn greeting(&mut self) -> Result<Option<String>, Error> {
        self.begin("greeting")?;
        let limit = self.patience.greeting;
        self.wire.arm(limit);
        // The whole line has a limit too: it may come byte by byte.
        let outcome = match timeout(limit, self.reply()).await {
            Ok(Ok(Reply::Ok(words))) => Ok(auth::stamp(&words)),
            Ok(Ok(Reply::No(mut refusal))) => {
                // It does not know us yet: it is about the server.
                refusal.code.get_or_insert(Code::SysTemp);
                Err(Fault::Refused(refusal))
            }
            Ok(Ok(Reply::More { .. })) => Err(Fault::Nonsense("it does not greet")),
            Ok(Err(fault)) => Err(fault),
            Err(_) => Err(Fault::Timeout),
        };
        self.settle(outcome)
    }

    /// Asks for TLS (RFC 2595, 4) and gives the stream to put it on.
    pub(super) async fn start_tls(mut self) -> Result<crate::net::NetStream, Error> {
        self.begin("STLS")?;
        let outcome = match self.ask("STLS").await {
            Err(Fault::Refused(_)) => Err(Fault::NotOffered("STLS")),
            outcome => outcome.map(drop),
        };
        self.settle(outcome)?;
        Ok(self.wire.into_stream())
    }

    /// Lets messages with addresses in UTF-8 come as they are; a server has to
    /// rewrite them otherwise (RFC 6856, 2). One that refuses is none the worse
    /// for it.
    async fn speak_utf8(&mut self) -> Result<(), Error> {
        if !self.capabilities.has("UTF8") {
            return Ok(());
        }
        self.begin("UTF8")?;
        let outcome = self.ask("UTF8").await.map(drop);
        match self.settle(outcome) {
            Err(error) if !error.is_refusal() => Err(error),
            _ => Ok(()),
        }
    }
}
