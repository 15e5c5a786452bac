//! Whether a server is there: greeting, TLS and extensions, and no sign-in.

use super::dialogue::{Stream, Timeouts};
use super::session::{Session, Upgrade};
use crate::model::{Security, ServerSettings};
use crate::net::{Connector, NetStream, Quiet};

/// Whether a server for outgoing mail answers with these settings, and lets
/// people sign in.
///
/// # Errors
///
/// When a step on the way to it fails.
pub(crate) async fn probe(connector: &Connector, server: &ServerSettings) -> crate::Result<bool> {
    let stream = connector.connect(server, &Quiet).await?;
    let mut session = Session::start(stream, &server.place(), Timeouts::CHECKING).await?;
    if server.security == Security::StartTls {
        session = session.start_tls(upgrade(connector, server)).await?;
    }
    Ok(!session.features.auth.is_empty())
}

fn upgrade(connector: &Connector, server: &ServerSettings) -> Upgrade {
    let (connector, server) = (connector.clone(), server.clone());
    Box::new(move |stream| {
        Box::pin(async move {
            let clear = NetStream::plain(stream, None);
            let stream = connector.upgrade(clear, &server, &Quiet).await?;
            Ok(Box::new(stream) as Box<dyn Stream>)
        })
    })
}
