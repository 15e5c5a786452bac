//! Whether a server is there: greeting, TLS and capabilities, and no sign-in.

use super::connect::secure;
use super::error::Error;
use crate::model::ServerSettings;
use crate::net::{Connector, Quiet};

/// Whether an IMAP server answers with these settings, and one could sign in
/// with a password there.
///
/// # Errors
///
/// When a step on the way to it fails.
pub(crate) async fn probe(connector: &Connector, server: &ServerSettings) -> Result<bool, Error> {
    let conn = secure(connector, server, &Quiet).await?;
    let can = &conn.capabilities;
    Ok(can.has("AUTH=PLAIN") || !can.has("LOGINDISABLED"))
}
