//! The account file: an account as a person writes it down for `account add`.

use std::net::IpAddr;
use std::path::Path;

use serde::Deserialize;

use super::load::describe;
use crate::error::{Error, ErrorKind, Result};
use crate::model::entry::is_host;
use crate::model::{
    AccountSettings, Address, AuthMethod, Identity, Pop3Policy, Prefetch, PrefetchPolicy, Protocol,
    Security, ServerSettings,
};

// Unknown keys are refused: one of them may be a password, or a misspelt
// `leave_on_server` that costs mail.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountFile {
    name: Option<String>,
    email: Option<String>,
    #[serde(default)]
    display_name: String,
    incoming: Option<IncomingTable>,
    outgoing: Option<OutgoingTable>,
    #[serde(default)]
    identity: Vec<IdentityTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IdentityTable {
    address: Option<String>,
    #[serde(default)]
    name: String,
    reply_to: Option<String>,
    #[serde(default)]
    signature: String,
    outgoing: Option<OutgoingTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IncomingTable {
    protocol: Option<Protocol>,
    host: Option<String>,
    port: Option<u16>,
    security: Option<Security>,
    username: Option<String>,
    auth: Option<AuthMethod>,
    pop3: Option<Pop3Table>,
    imap: Option<ImapTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OutgoingTable {
    host: Option<String>,
    port: Option<u16>,
    security: Option<Security>,
    username: Option<String>,
    auth: Option<AuthMethod>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pop3Table {
    leave_on_server: Option<bool>,
    delete_after_days: Option<u32>,
    delete_when_removed: Option<bool>,
    headers_only_over_mb: Option<u32>,
    deliver_to: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ImapTable {
    prefetch: Option<String>,
    prefetch_largest_mb: Option<u32>,
    connections: Option<u8>,
}

/// Reads an account file.
///
/// # Errors
/// `Input` when there is no such file or it does not describe an account,
/// naming the line or the field.
pub fn read(path: &Path) -> Result<AccountSettings> {
    let place = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|cause| {
        Error::new(
            ErrorKind::Input,
            format!("The account file {place} cannot be read: {cause}."),
        )
        .source(cause)
    })?;
    parse(&text, &place)
}

/// Reads the text of an account file; `place` names it in errors.
///
/// # Errors
/// `Input`, naming the line or the field.
pub fn parse(text: &str, place: &str) -> Result<AccountSettings> {
    let file: AccountFile = toml::from_str(text).map_err(|cause| {
        Error::new(
            ErrorKind::Input,
            format!("{}.", describe(place, text, &cause)),
        )
        .source(cause)
    })?;
    settle(file).map_err(|fault| {
        Error::new(
            ErrorKind::Input,
            format!("{place}: `{}` {}.", fault.field, fault.why),
        )
    })
}

/// A field and what is wrong with it.
struct Fault {
    field: String,
    why: &'static str,
}

fn fault<T>(field: impl Into<String>, why: &'static str) -> Result<T, Fault> {
    Err(Fault {
        field: field.into(),
        why,
    })
}

fn settle(file: AccountFile) -> Result<AccountSettings, Fault> {
    let Some(email) = file.email else {
        return fault("email", "is missing");
    };
    if !Address::new("", &email).is_deliverable() {
        return fault("email", "is not an address like name@example.org");
    }
    let name = file.name.unwrap_or_else(|| email.clone());
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        return fault("name", "must have visible characters");
    }
    if file.display_name.chars().any(char::is_control) {
        return fault("display_name", "must not hold control characters");
    }
    let Some(incoming) = file.incoming else {
        return fault("[incoming]", "is missing");
    };
    let Some(outgoing) = file.outgoing else {
        return fault("[outgoing]", "is missing");
    };
    let protocol = match incoming.protocol {
        Some(Protocol::Smtp) => return fault("incoming.protocol", "must be imap or pop3"),
        Some(protocol) => protocol,
        None => return fault("incoming.protocol", "is missing: imap or pop3"),
    };
    let pop3 = policy(protocol, incoming.pop3)?;
    let imap = imap(protocol, incoming.imap)?;
    let connections = connections(&imap)?;
    let prefetch = prefetch(imap)?;
    if incoming.auth == Some(AuthMethod::None) {
        return fault(
            "incoming.auth",
            "must be password: mailboxes want a sign-in",
        );
    }
    let incoming = OutgoingTable {
        host: incoming.host,
        port: incoming.port,
        security: incoming.security,
        username: incoming.username,
        auth: incoming.auth,
    };
    let mut identities = Vec::with_capacity(file.identity.len());
    for table in file.identity {
        identities.push(identity(table)?);
    }
    Ok(AccountSettings {
        identities,
        incoming: server("incoming", protocol, incoming, &email)?,
        outgoing: server("outgoing", Protocol::Smtp, outgoing, &email)?,
        pop3,
        prefetch,
        connections,
        name,
        email,
        display_name: file.display_name,
    })
}

fn identity(table: IdentityTable) -> Result<Identity, Fault> {
    let Some(address) = table.address else {
        return fault("identity.address", "is missing");
    };
    if !Address::new("", &address).is_deliverable() {
        return fault(
            "identity.address",
            "is not an address like name@example.org, or *@example.org for all of them",
        );
    }
    let reply_to = table.reply_to;
    if reply_to
        .as_ref()
        .is_some_and(|to| !Address::new("", to).is_deliverable())
    {
        return fault(
            "identity.reply_to",
            "is not an address like name@example.org",
        );
    }
    if table.name.chars().any(char::is_control) {
        return fault("identity.name", "must not hold control characters");
    }
    let outgoing = table
        .outgoing
        .map(|table| server("identity.outgoing", Protocol::Smtp, table, &address))
        .transpose()?;
    Ok(Identity {
        address,
        name: table.name,
        reply_to,
        signature: table.signature,
        outgoing,
    })
}

fn policy(protocol: Protocol, table: Option<Pop3Table>) -> Result<Option<Pop3Policy>, Fault> {
    match (protocol, table) {
        (Protocol::Pop3, None) => Ok(Some(Pop3Policy::default())),
        (Protocol::Pop3, Some(table)) => {
            if table.delete_after_days == Some(0) {
                return fault(
                    "incoming.pop3.delete_after_days",
                    "must be at least 1; to delete at once, set leave_on_server = false",
                );
            }
            if table.headers_only_over_mb == Some(0) {
                return fault("incoming.pop3.headers_only_over_mb", "must be at least 1");
            }
            if table
                .deliver_to
                .as_ref()
                .is_some_and(|name| name.trim().is_empty())
            {
                return fault(
                    "incoming.pop3.deliver_to",
                    "must be the name of another POP3 account",
                );
            }
            let default = Pop3Policy::default();
            Ok(Some(Pop3Policy {
                leave_on_server: table.leave_on_server.unwrap_or(default.leave_on_server),
                delete_after_days: table.delete_after_days,
                delete_when_removed: table
                    .delete_when_removed
                    .unwrap_or(default.delete_when_removed),
                headers_only_over_mb: table.headers_only_over_mb,
                deliver_to: table.deliver_to,
            }))
        }
        (_, None) => Ok(None),
        (_, Some(_)) => fault("[incoming.pop3]", "is for protocol = \"pop3\" only"),
    }
}

fn imap(protocol: Protocol, table: Option<ImapTable>) -> Result<ImapTable, Fault> {
    if protocol != Protocol::Imap && table.is_some() {
        return fault("[incoming.imap]", "is for protocol = \"imap\" only");
    }
    Ok(table.unwrap_or_default())
}

fn connections(table: &ImapTable) -> Result<Option<u8>, Fault> {
    if table.connections == Some(0) {
        return fault(
            "incoming.imap.connections",
            "must be at least 1; without it there are up to 3",
        );
    }
    Ok(table.connections)
}

fn prefetch(table: ImapTable) -> Result<PrefetchPolicy, Fault> {
    let Ok(what) = table
        .prefetch
        .map_or(Ok(Prefetch::default()), |p| p.parse())
    else {
        return fault(
            "incoming.imap.prefetch",
            "must be \"all\", \"headers\" or a number of months like \"12 months\"",
        );
    };
    if table.prefetch_largest_mb == Some(0) {
        return fault(
            "incoming.imap.prefetch_largest_mb",
            "must be at least 1; to fetch no message, set prefetch = \"headers\"",
        );
    }
    Ok(PrefetchPolicy {
        what,
        largest_mb: table.prefetch_largest_mb,
    })
}

fn server(
    table: &str,
    protocol: Protocol,
    given: OutgoingTable,
    email: &str,
) -> Result<ServerSettings, Fault> {
    let field = |name: &str| format!("{table}.{name}");
    let Some(host) = given.host else {
        return fault(field("host"), "is missing");
    };
    let Some(host) = clean_host(&host) else {
        return fault(
            field("host"),
            "must be the bare name or address of a server, without scheme, port or path",
        );
    };
    let security = given.security.unwrap_or(Security::Tls);
    let port = given
        .port
        .unwrap_or_else(|| protocol.default_port(security));
    if port == 0 {
        return fault(field("port"), "must be from 1 to 65535");
    }
    let username = given.username.unwrap_or_else(|| email.to_owned());
    if username.is_empty() || username.chars().any(char::is_control) {
        return fault(field("username"), "must have visible characters");
    }
    let auth = given.auth.unwrap_or_default();
    let server = ServerSettings {
        protocol,
        host,
        port,
        security,
        username,
        auth,
    };
    if auth == AuthMethod::OAuth2 && security == Security::None && !server.is_here() {
        return fault(
            field("security"),
            "must be tls or starttls: a sign-in of the provider must not be read on its way",
        );
    }
    Ok(server)
}

/// The host without the brackets of an IPv6 address, unless it is none.
fn clean_host(host: &str) -> Option<String> {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    if bare.parse::<IpAddr>().is_ok() {
        return Some(bare.to_owned());
    }
    is_host(host).then(|| host.to_owned())
}

#[cfg(test)]
mod tests;
