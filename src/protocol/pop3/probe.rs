//! Whether a server is there: greeting, TLS and capabilities, and no sign-in.

use super::connect::secure;
use super::error::Error;
use crate::model::ServerSettings;
use crate::net::{Connector, Quiet};

/// Whether a POP3 server answers with these settings, and one could sign in
/// with a password there. Old servers tell nothing of what they can.
///
/// # Errors
///
/// When a step on the way to it fails.
pub(crate) async fn probe(connector: &Connector, server: &ServerSettings) -> Result<bool, Error> {
    let (mut connection, stamp) = secure(connector, server, &Quiet).await?;
    connection.ask_capabilities().await?;
    let can = &connection.capabilities;
    Ok(!can.is_told() || can.has("USER") || can.has("SASL") || stamp.is_some())
}
