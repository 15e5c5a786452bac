//! Who signs people in through the browser, where, and how this program is
//! known there.

use std::path::PathBuf;

use super::error::Error;
use crate::config::oauth_file::{Registration, Registrations};
use crate::model::host::plain_host;
use crate::model::{BrowserWay, Password, ServerSettings};
use crate::net::http::{Url, is_loopback};

/// What a person can do while this program is not registered with a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Otherwise {
    /// Make a password for mail programs, on that page.
    AppPassword(&'static str),
    /// Use the ordinary password, once that page allows it.
    Password(&'static str),
    /// Nothing: the provider takes no passwords from mail programs.
    Nothing,
}

/// A provider this program knows by itself.
struct Known {
    id: &'static str,
    name: &'static str,
    /// The ends of its mail servers' names.
    hosts: &'static [&'static str],
    authorize: &'static str,
    token: &'static str,
    /// For IMAP, POP3 and SMTP, all in one go.
    scopes: &'static [&'static str],
    extra: &'static [(&'static str, &'static str)],
    /// The loopback address as the provider wants it written.
    host: &'static str,
    client_id: Option<&'static str>,
    client_secret: Option<&'static str>,
    otherwise: Otherwise,
}

/// The table. Endpoints and scopes are those the providers publish.
const KNOWN: [Known; 8] = [
    Known {
        id: "google",
        name: "Google",
        hosts: &["gmail.com", "googlemail.com", "google.com"],
        authorize: "https://accounts.google.com/o/oauth2/v2/auth",
        token: "https://oauth2.googleapis.com/token",
        scopes: &["https://mail.google.com/"],
        // Without these a second sign-in brings nothing to refresh with.
        extra: &[("access_type", "offline"), ("prompt", "consent")],
        host: "127.0.0.1",
        client_id: option_env!("WAXWING_OAUTH_GOOGLE_CLIENT_ID"),
        client_secret: option_env!("WAXWING_OAUTH_GOOGLE_CLIENT_SECRET"),
        otherwise: Otherwise::AppPassword("https://myaccount.google.com/apppasswords"),
    },
    Known {
        id: "microsoft",
        name: "Microsoft",
        hosts: &["outlook.com", "office365.com", "hotmail.com", "live.com"],
        authorize: "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        token: "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        scopes: &[
            "https://outlook.office.com/IMAP.AccessAsUser.All",
            "https://outlook.office.com/POP.AccessAsUser.All",
            "https://outlook.office.com/SMTP.Send",
            "offline_access",
        ],
        extra: &[],
        host: "localhost",
        client_id: option_env!("WAXWING_OAUTH_MICROSOFT_CLIENT_ID"),
        client_secret: option_env!("WAXWING_OAUTH_MICROSOFT_CLIENT_SECRET"),
        otherwise: Otherwise::Nothing,
    },
    Known {
        id: "yahoo",
        name: "Yahoo",
        hosts: &["yahoo.com", "att.net"],
        authorize: "https://api.login.yahoo.com/oauth2/request_auth",
        token: "https://api.login.yahoo.com/oauth2/get_token",
        scopes: &["mail-w"],
        extra: &[],
        host: "127.0.0.1",
        client_id: option_env!("WAXWING_OAUTH_YAHOO_CLIENT_ID"),
        client_secret: option_env!("WAXWING_OAUTH_YAHOO_CLIENT_SECRET"),
        otherwise: Otherwise::AppPassword("https://login.yahoo.com/account/security"),
    },
    Known {
        id: "aol",
        name: "AOL",
        hosts: &["aol.com"],
        authorize: "https://api.login.aol.com/oauth2/request_auth",
        token: "https://api.login.aol.com/oauth2/get_token",
        scopes: &["mail-w"],
        extra: &[],
        host: "127.0.0.1",
        client_id: option_env!("WAXWING_OAUTH_AOL_CLIENT_ID"),
        client_secret: option_env!("WAXWING_OAUTH_AOL_CLIENT_SECRET"),
        otherwise: Otherwise::AppPassword("https://login.aol.com/account/security"),
    },
    Known {
        id: "fastmail",
        name: "Fastmail",
        hosts: &["fastmail.com", "messagingengine.com"],
        authorize: "https://api.fastmail.com/oauth/authorize",
        token: "https://api.fastmail.com/oauth/refresh",
        scopes: &[
            "https://www.fastmail.com/dev/protocol-imap",
            "https://www.fastmail.com/dev/protocol-pop",
            "https://www.fastmail.com/dev/protocol-smtp",
        ],
        extra: &[],
        host: "127.0.0.1",
        client_id: option_env!("WAXWING_OAUTH_FASTMAIL_CLIENT_ID"),
        client_secret: option_env!("WAXWING_OAUTH_FASTMAIL_CLIENT_SECRET"),
        otherwise: Otherwise::AppPassword("https://app.fastmail.com/settings/security"),
    },
    Known {
        id: "comcast",
        name: "Xfinity",
        hosts: &["comcast.net"],
        authorize: "https://oauth.xfinity.com/oauth/authorize",
        token: "https://oauth.xfinity.com/oauth/token",
        scopes: &["https://email.comcast.net/", "profile", "openid"],
        extra: &[],
        host: "127.0.0.1",
        client_id: option_env!("WAXWING_OAUTH_COMCAST_CLIENT_ID"),
        client_secret: option_env!("WAXWING_OAUTH_COMCAST_CLIENT_SECRET"),
        otherwise: Otherwise::Password("https://www.xfinity.com/support"),
    },
    Known {
        id: "yandex",
        name: "Yandex",
        hosts: &["yandex.com", "yandex.ru"],
        authorize: "https://oauth.yandex.com/authorize",
        token: "https://oauth.yandex.com/token",
        scopes: &["mail:imap_full", "mail:smtp"],
        extra: &[],
        host: "127.0.0.1",
        client_id: option_env!("WAXWING_OAUTH_YANDEX_CLIENT_ID"),
        client_secret: option_env!("WAXWING_OAUTH_YANDEX_CLIENT_SECRET"),
        otherwise: Otherwise::AppPassword("https://id.yandex.com/security/app-passwords"),
    },
    Known {
        id: "mailru",
        name: "Mail.ru",
        hosts: &["mail.ru"],
        authorize: "https://o2.mail.ru/login",
        token: "https://o2.mail.ru/token",
        scopes: &["mail.imap"],
        extra: &[],
        host: "127.0.0.1",
        client_id: option_env!("WAXWING_OAUTH_MAILRU_CLIENT_ID"),
        client_secret: option_env!("WAXWING_OAUTH_MAILRU_CLIENT_SECRET"),
        otherwise: Otherwise::AppPassword("https://account.mail.ru/user/2-step-auth/passwords"),
    },
];

/// A provider that can be asked.
#[derive(Debug, Clone)]
pub(crate) struct Provider {
    /// Its short name, as in `oauth.toml`.
    pub(crate) id: String,
    /// Its name for people.
    pub(crate) name: String,
    pub(super) authorize: Url,
    pub(super) token: Url,
    pub(super) scopes: Vec<String>,
    pub(super) extra: &'static [(&'static str, &'static str)],
    pub(super) redirect: Redirect,
    pub(super) client_id: String,
    pub(super) client_secret: Option<Password>,
}

/// Where the browser comes back to: always a port of this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Redirect {
    /// Any free port of this computer, by this name of it.
    AnyPort(&'static str),
    /// The one address the provider knows.
    Exactly(Url),
}

/// The provider that signs people in to a mail server.
///
/// The server's name decides, never the address: a token must not reach a
/// server that is not the provider's.
///
/// # Errors
/// When nobody is known for the server, this program is not registered there,
/// or `oauth.toml` says something unusable. `file` is its place, for words;
/// `way` is what the server's owner says, for one that is registered under the
/// issuer's name.
pub(crate) fn find(
    server: &ServerSettings,
    own: &Registrations,
    way: Option<&BrowserWay>,
    file: PathBuf,
) -> Result<Provider, Error> {
    let host = plain_host(&server.host);
    let named = own
        .iter()
        .find(|(_, one)| one.hosts.iter().any(|end| is_of(&host, end)));
    if let Some((id, registration)) = named {
        let known = KNOWN.iter().find(|known| known.id == id);
        return registered(id, known, registration);
    }
    let known = KNOWN
        .iter()
        .find(|known| known.hosts.iter().any(|end| is_of(&host, end)));
    let Some(known) = known else {
        let mine = way.and_then(|way| Some((way, own.get(&way.issuer)?)));
        let (way, mine) = mine.ok_or(Error::NobodyKnown { host, file })?;
        return registered(&way.issuer, None, &completed(mine, way));
    };
    let built_in = known.client_id.map(|id| Registration {
        client_id: id.to_owned(),
        client_secret: known.client_secret.map(str::to_owned),
        ..Registration::default()
    });
    match own.get(known.id).or(built_in.as_ref()) {
        Some(registration) => registered(known.id, Some(known), registration),
        None => Err(Error::NotRegistered {
            provider: known.name.to_owned(),
            id: known.id,
            otherwise: known.otherwise,
            file,
        }),
    }
}

/// Whether a registration names an issuer, whose addresses its own settings
/// file tells.
pub(crate) fn names_issuers(own: &Registrations) -> bool {
    own.keys().any(|name| name.contains('.'))
}

/// A registration with what the provider says of itself where the person does
/// not.
fn completed(own: &Registration, way: &BrowserWay) -> Registration {
    let or = |own: &Option<String>, told: &str| own.clone().or_else(|| Some(told.to_owned()));
    Registration {
        authorize: or(&own.authorize, &way.authorize),
        token: or(&own.token, &way.token),
        scopes: if own.scopes.is_empty() {
            way.scopes.clone()
        } else {
            own.scopes.clone()
        },
        ..own.clone()
    }
}

/// Whether a host is `end` or below it.
fn is_of(host: &str, end: &str) -> bool {
    let end = plain_host(end.trim_start_matches('.'));
    let above = host.strip_suffix(&end);
    !end.is_empty() && above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
}

fn registered(id: &str, known: Option<&Known>, own: &Registration) -> Result<Provider, Error> {
    let bad = |field| Error::BadEntry {
        provider: id.to_owned(),
        field,
    };
    if own.client_id.trim().is_empty() {
        return Err(bad("client_id"));
    }
    let page = |given: &Option<String>, usual: Option<&str>, field| {
        let words = given.as_deref().or(usual).unwrap_or_default();
        let url = Url::parse(words).map_err(|_| bad(field))?;
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        if is_safe { Ok(url) } else { Err(bad(field)) }
    };
    let scopes = match known {
        Some(known) if own.scopes.is_empty() => {
            known.scopes.iter().map(ToString::to_string).collect()
        }
        _ => own.scopes.clone(),
    };
    if scopes.is_empty() {
        return Err(bad("scopes"));
    }
    let redirect = match &own.redirect {
        None => Redirect::AnyPort(known.map_or("127.0.0.1", |known| known.host)),
        Some(words) => Redirect::Exactly(loopback(words).ok_or_else(|| bad("redirect"))?),
    };
    let name = own.name.as_deref().or(known.map(|known| known.name));
    Ok(Provider {
        id: id.to_owned(),
        name: name.unwrap_or(id).to_owned(),
        authorize: page(
            &own.authorize,
            known.map(|known| known.authorize),
            "authorize",
        )?,
        token: page(&own.token, known.map(|known| known.token), "token")?,
        scopes,
        extra: known.map_or(&[], |known| known.extra),
        redirect,
        client_id: own.client_id.trim().to_owned(),
        client_secret: own.client_secret.as_deref().map(Password::new),
    })
}

/// An address of this computer with a port, in clear text: nobody else can
/// listen in.
fn loopback(words: &str) -> Option<Url> {
    let url = Url::parse(words).ok()?;
    // The port is opened on 127.0.0.1 only.
    let is_here = matches!(url.host_str(), Some("127.0.0.1" | "localhost"));
    (url.scheme() == "http" && is_here && url.port().is_some()).then_some(url)
}

#[cfg(test)]
mod tests;
