//! The settings file of autoconfig (draft-ietf-mailmaint-autoconfig, and what
//! is found in the wild).
//!
//! What nobody knows is passed over; a server that makes no sense is left out
//! and nothing else; a document that makes no sense is an error.

use roxmltree::{Document, Node};

use super::text;
use crate::model::{AuthMethod, BrowserWay, Preparation, Protocol, Security, owner};
use crate::net::http::Url;
use crate::providers::{Mailbox, ascii_domain};

/// More servers than this are nobody's.
const MOST_SERVERS: usize = 32;

/// The longest name of a provider that is shown, in characters.
const NAME_MAX: usize = 60;

/// The longest instruction that is shown, in characters.
const INSTRUCTION_MAX: usize = 400;

/// What a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Config {
    /// The provider's name.
    pub(super) provider: Option<String>,
    /// All servers that make sense, in the file's order.
    pub(super) servers: Vec<Server>,
    /// What to do before, in order.
    pub(super) preparations: Vec<Preparation>,
}

/// A server with all the ways of signing in that we know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) protocol: Protocol,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) username: String,
    /// At least one, in the file's order.
    pub(super) auth: Vec<AuthMethod>,
}

/// Reads a file for an address.
///
/// # Errors
///
/// When it is no such file.
pub(super) fn read(file: &[u8], mailbox: &Mailbox) -> Result<Config, text::NotXml> {
    let file = text::decode(file);
    let document = text::parse(&file)?;
    let root = document.root_element();
    if !is(root, "clientConfig") {
        return Err(text::NotXml::Other);
    }
    let Some(provider) = provider_for(&document, mailbox.domain()) else {
        return Err(text::NotXml::Other);
    };
    let servers = children(provider)
        .filter(|node| is(*node, "incomingServer") || is(*node, "outgoingServer"))
        .filter_map(|node| server(node, mailbox))
        .take(MOST_SERVERS)
        .collect();
    // Both places are in use.
    let enable = children(provider).chain(children(root));
    Ok(Config {
        provider: child(provider, "displayName")
            .map(|name| text::line(content(name), NAME_MAX))
            .filter(|name| !name.is_empty()),
        servers,
        preparations: enable
            .filter(|node| is(*node, "enable"))
            .filter_map(preparation)
            .collect(),
    })
}

/// Where a file says that people are signed in through the browser. All of it
/// belongs to the owner of `issuer`, over HTTPS, or none counts: a page of
/// somebody else's could be there to take what people get at the issuer's.
pub(super) fn browser_way(file: &[u8]) -> Option<BrowserWay> {
    let file = text::decode(file);
    let document = text::parse(&file).ok()?;
    let root = document.root_element();
    if !is(root, "clientConfig") {
        return None;
    }
    // Both places are in use.
    let providers = children(root).filter(|node| is(*node, "emailProvider"));
    let mut ways = children(root)
        .chain(providers.flat_map(children))
        .filter(|node| is(*node, "oAuth2"));
    ways.find_map(way)
}

fn way(node: Node<'_, '_>) -> Option<BrowserWay> {
    let issuer = ascii_domain(told(node, "issuer")?)?;
    let page = |name| {
        let page = text::page(told(node, name)?)?;
        let host = Url::parse(&page).ok()?.host_str()?.to_owned();
        owner::same(&host, &issuer).then_some(page)
    };
    Some(BrowserWay {
        authorize: page("authURL")?,
        token: page("tokenURL")?,
        scopes: told(node, "scope")?
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        issuer,
    })
}

/// The section for the domain where one names it, else the first.
fn provider_for<'a>(document: &'a Document<'_>, domain: &str) -> Option<Node<'a, 'a>> {
    let providers = || children(document.root_element()).filter(|node| is(*node, "emailProvider"));
    let names_it = |provider: &Node<'_, '_>| {
        children(*provider)
            .filter(|node| is(*node, "domain"))
            .any(|node| content(node).trim().eq_ignore_ascii_case(domain))
    };
    providers().find(names_it).or_else(|| providers().next())
}

fn server(node: Node<'_, '_>, mailbox: &Mailbox) -> Option<Server> {
    let outgoing = is(node, "outgoingServer");
    let kind = node.attribute("type").unwrap_or_default();
    let protocol = match kind.trim().to_ascii_lowercase().as_str() {
        "imap" if !outgoing => Protocol::Imap,
        "pop3" if !outgoing => Protocol::Pop3,
        "smtp" if outgoing => Protocol::Smtp,
        _ => return None,
    };
    let security = match told(node, "socketType")?.to_ascii_uppercase().as_str() {
        "SSL" => Security::Tls,
        "STARTTLS" => Security::StartTls,
        "PLAIN" => Security::None,
        _ => return None,
    };
    let host = ascii_domain(&filled(told(node, "hostname")?, mailbox))?;
    let port = match told(node, "port") {
        Some(port) => filled(port, mailbox)
            .parse()
            .ok()
            .filter(|port| *port > 0)?,
        None => protocol.default_port(security),
    };
    let auth = ways(node, outgoing);
    (!auth.is_empty()).then(|| Server {
        protocol,
        host,
        port,
        security,
        username: told(node, "username").map_or_else(
            || mailbox.address().to_owned(),
            |form| text::line(&filled(form, mailbox), 320),
        ),
        auth,
    })
}

/// The ways of signing in that we know, in the file's order.
fn ways(server: Node<'_, '_>, outgoing: bool) -> Vec<AuthMethod> {
    let mut ways = Vec::new();
    let mut any = false;
    for node in children(server).filter(|node| is(*node, "authentication")) {
        any = true;
        let way = match content(node).trim().to_ascii_lowercase().as_str() {
            // How it is encrypted is settled with the server itself.
            "password-cleartext" | "plain" | "password-encrypted" | "secure" => {
                AuthMethod::Password
            }
            "oauth2" => AuthMethod::OAuth2,
            "none" | "client-ip-address" | "smtp-after-pop" if outgoing => AuthMethod::None,
            _ => continue,
        };
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    if !any {
        ways.push(AuthMethod::Password);
    }
    ways
}

/// A step that a person must take before: its instruction in English, or the
/// first.
fn preparation(enable: Node<'_, '_>) -> Option<Preparation> {
    let instructions = || children(enable).filter(|node| is(*node, "instruction"));
    let language = |node: &Node<'_, '_>| node.attribute("lang").unwrap_or("en").starts_with("en");
    let node = instructions().find(language);
    let node = node.or_else(|| instructions().next())?;
    let words = text::line(content(node), INSTRUCTION_MAX);
    let url = enable.attribute("visiturl").and_then(text::page);
    (!words.is_empty()).then_some(Preparation { words, url })
}

/// Puts the address into a template. Names whose `%` at the end was forgotten
/// count too, and what is no name stays as it is.
fn filled(template: &str, mailbox: &Mailbox) -> String {
    let names = [
        ("EMAILADDRESS", mailbox.address()),
        ("EMAILLOCALPART", mailbox.local()),
        ("EMAILDOMAIN", mailbox.domain()),
    ];
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('%') {
        filled.push_str(before);
        let known = names.iter().find_map(|(name, value)| {
            let rest = after.strip_prefix(name)?;
            Some((value, rest.strip_prefix('%').unwrap_or(rest)))
        });
        match known {
            Some((value, after)) => {
                filled.push_str(value);
                rest = after;
            }
            None => {
                filled.push('%');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

fn told<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    let words = content(child(node, name)?).trim();
    (!words.is_empty()).then_some(words)
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    children(node).find(|child| is(*child, name))
}

fn children<'a, 'i>(node: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(Node::is_element)
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.tag_name().name().eq_ignore_ascii_case(name)
}

fn content<'a>(node: Node<'a, '_>) -> &'a str {
    node.text().unwrap_or_default()
}
