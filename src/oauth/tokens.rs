//! What a provider gives, and for how long it is good.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::error::Error;
use crate::model::{AuthMethod, Password, ServerSettings};

/// Before so many seconds of its life are left, a token is renewed.
const MARGIN: i64 = 300;

/// Says that a secret is the one of the incoming server: one sign-in serves
/// both, and its tokens are renewed in one place.
const LINK: &str = r#"{"oauth2":"as for the incoming server"}"#;

/// The tokens of one sign-in. Kept and passed around as a [`Password`].
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct TokenSet {
    /// The short name of the provider that gave it.
    #[serde(rename = "oauth2")]
    pub(crate) provider: String,
    /// Said to mail servers.
    pub(super) access: String,
    /// Said to the provider for a new token; not all give one.
    pub(super) refresh: Option<String>,
    /// When it came, in seconds since 1970 by this computer's clock.
    pub(super) obtained: i64,
    /// The life the provider gave it, in seconds; until it is refused without.
    pub(super) lives: Option<i64>,
}

impl TokenSet {
    /// The set in a secret, unless that is something else.
    pub(crate) fn read(secret: &Password) -> Option<Self> {
        serde_json::from_str(secret.reveal()).ok()
    }

    /// The set as a secret.
    pub(crate) fn to_password(&self) -> Password {
        let refresh = self.refresh.as_ref().map_or(0, String::len);
        // Room for everything at once: growing would leave copies behind. JSON
        // escapes make of one byte six at most.
        let room = 6 * (self.provider.len() + self.access.len() + refresh) + 128;
        let mut json = Zeroizing::new(Vec::with_capacity(room));
        // Neither strings nor numbers can fail.
        let _ = serde_json::to_writer(&mut *json, self);
        Password::new(String::from_utf8(std::mem::take(&mut *json)).unwrap_or_default())
    }

    /// What is said to mail servers.
    pub(crate) fn access(&self) -> Password {
        Password::new(self.access.clone())
    }

    /// Whether the token is good for a while. A clock that was set back says
    /// nothing, so that counts as no.
    pub(crate) fn is_fresh(&self, now: i64) -> bool {
        let margin = self.lives.map_or(0, |lives| MARGIN.min(lives / 10));
        self.lasts(now, margin)
    }

    /// Whether its time is not over.
    pub(crate) fn is_alive(&self, now: i64) -> bool {
        self.lasts(now, 0)
    }

    fn lasts(&self, now: i64, margin: i64) -> bool {
        self.lives.is_none_or(|lives| {
            let end = self.obtained.saturating_add(lives) - margin;
            (self.obtained..end).contains(&now)
        })
    }
}

/// The secret of an outgoing server that shares the incoming one's sign-in.
pub(crate) fn link() -> Password {
    Password::new(LINK)
}

/// Whether a secret is such a link.
pub(crate) fn is_link(secret: &Password) -> bool {
    secret.reveal() == LINK
}

/// What is said to a server to sign in, of a secret that was just typed or
/// brought by the browser. A token set as a whole never goes to a server.
///
/// # Errors
/// When a token is wanted and the secret holds none that is good.
pub(crate) fn presented(
    server: &ServerSettings,
    secret: &Password,
    now: i64,
) -> Result<Password, Error> {
    if server.auth != AuthMethod::OAuth2 {
        // What the browser brought is no password, whatever the settings say
        // by now.
        if TokenSet::read(secret).is_some() {
            return Err(Error::NotSignedIn {
                host: server.host.clone(),
            });
        }
        return Ok(secret.clone());
    }
    match TokenSet::read(secret) {
        Some(set) if set.is_alive(now) => Ok(set.access()),
        _ => Err(Error::NotSignedIn {
            host: server.host.clone(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(obtained: i64, lives: Option<i64>) -> TokenSet {
        TokenSet {
            provider: "google".to_owned(),
            access: "acc\"ess".to_owned(),
            refresh: Some("refresh".to_owned()),
            obtained,
            lives,
        }
    }

    #[test]
    fn a_set_travels_as_a_password() {
        let password = set(5, Some(3600)).to_password();
        let back = TokenSet::read(&password).unwrap();
        assert_eq!(back.access().reveal(), "acc\"ess");
        assert_eq!(back.refresh.as_deref(), Some("refresh"));
        assert_eq!((back.obtained, back.lives), (5, Some(3600)));
        assert!(TokenSet::read(&Password::new("hunter2")).is_none());
        assert!(TokenSet::read(&link()).is_none());
        assert!(is_link(&link()) && !is_link(&password));
    }

    #[test]
    fn a_token_is_renewed_before_its_end_and_when_the_clock_ran_back() {
        for (lives, now, fresh, alive) in [
            (Some(3600), 1000, true, true),
            (Some(3600), 1000 + 3299, true, true),
            (Some(3600), 1000 + 3300, false, true),
            (Some(3600), 1000 + 3600, false, false),
            (Some(3600), 999, false, false),
            (Some(60), 1000 + 53, true, true),
            (Some(60), 1000 + 54, false, true),
            (Some(0), 1000, false, false),
            (Some(i64::MAX), 2000, true, true),
            (None, 1, true, true),
        ] {
            let set = set(1000, lives);
            assert_eq!(set.is_fresh(now), fresh, "{lives:?} {now}");
            assert_eq!(set.is_alive(now), alive, "{lives:?} {now}");
        }
    }
}
