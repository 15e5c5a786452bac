//! Exchange Autodiscover (MS-OXDSCLI), asked without a password and without
//! the address: many hosters answer all the same. What it says of Exchange
//! itself is passed over.

use roxmltree::Node;

use super::autoconfig::Server;
use super::text;
use crate::model::{AuthMethod, Protocol, Security};
use crate::providers::{Mailbox, ascii_domain};

/// Stands for the person in what is sent: only the domain leaves this machine.
pub(super) const NOBODY: &str = "user";

/// The type of the question, letter by letter as outlook.com wants it.
pub(super) const TYPE: &str = "text/xml; charset=utf-8";

/// The question about a domain.
pub(super) fn question(domain: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006\">\
         <Request><EMailAddress>{NOBODY}@{domain}</EMailAddress>\
         <AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema>\
         </Request></Autodiscover>\n"
    )
}

/// Reads an answer: the IMAP, POP3 and SMTP servers it names.
///
/// # Errors
///
/// When it is no such answer.
pub(super) fn read(answer: &[u8], mailbox: &Mailbox) -> Result<Vec<Server>, text::NotXml> {
    let answer = text::decode(answer);
    let document = text::parse(&answer)?;
    if !is(document.root_element(), "Autodiscover") {
        return Err(text::NotXml::Other);
    }
    let protocols = document.descendants().filter(|node| is(*node, "Protocol"));
    let servers = protocols.filter_map(|node| server(node, mailbox)).take(16);
    Ok(servers.collect())
}

fn server(node: Node<'_, '_>, mailbox: &Mailbox) -> Option<Server> {
    let protocol = match told(node, "Type")?.to_ascii_uppercase().as_str() {
        "IMAP" => Protocol::Imap,
        "POP3" => Protocol::Pop3,
        "SMTP" => Protocol::Smtp,
        _ => return None,
    };
    let port = told(node, "Port").map_or(Some(None), |port| port.parse().ok().map(Some))?;
    let security = security(node, protocol, port)?;
    let auth = match told(node, "AuthRequired") {
        Some(word) if is_off(word) && protocol == Protocol::Smtp => AuthMethod::None,
        _ => AuthMethod::Password,
    };
    Some(Server {
        protocol,
        host: ascii_domain(told(node, "Server")?)?,
        port: port.unwrap_or_else(|| protocol.default_port(security)),
        security,
        username: username(told(node, "LoginName"), mailbox),
        auth: vec![auth],
    })
}

/// Encrypted, or not offered: without the word of the server's own port, clear
/// text is not taken from here.
fn security(node: Node<'_, '_>, protocol: Protocol, port: Option<u16>) -> Option<Security> {
    let encryption = told(node, "Encryption").map(str::to_ascii_uppercase);
    let implicit = protocol.default_port(Security::Tls);
    match encryption.as_deref() {
        Some("SSL") => return Some(Security::Tls),
        Some("TLS") if port != Some(implicit) => return Some(Security::StartTls),
        Some("NONE") => return None,
        _ => {}
    }
    if told(node, "SSL").is_some_and(is_off) {
        return None;
    }
    match port {
        None => Some(Security::Tls),
        Some(port) if port == implicit => Some(Security::Tls),
        Some(_) => Some(Security::StartTls),
    }
}

/// The name to sign in with, as the answer means it.
fn username(told: Option<&str>, mailbox: &Mailbox) -> String {
    let asked = format!("{NOBODY}@{}", mailbox.domain());
    match told.map(|told| text::line(told, 320)) {
        Some(name) if name.eq_ignore_ascii_case(NOBODY) => mailbox.local().to_owned(),
        Some(name) if !name.is_empty() && !name.eq_ignore_ascii_case(&asked) => name,
        _ => mailbox.address().to_owned(),
    }
}

fn is_off(word: &str) -> bool {
    word.eq_ignore_ascii_case("off") || word.eq_ignore_ascii_case("false")
}

fn told<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    let mut children = node.children();
    let words = children.find(|child| is(*child, name))?.text()?.trim();
    (!words.is_empty()).then_some(words)
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.tag_name().name().eq_ignore_ascii_case(name)
}
