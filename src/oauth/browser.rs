//! One sign-in: a page for the browser, its answer, tokens.

use std::borrow::Cow;

use oauth2::{
    AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
};
use zeroize::Zeroizing;

use super::error::Error;
use super::exchange;
use super::loopback::{Came, Door};
use super::providers::{Provider, Redirect};
use super::tokens::TokenSet;
use crate::net::http::Http;

/// A sign-in that waits for the browser. Dropped, its port closes.
pub(crate) struct SignIn {
    provider: Provider,
    door: Door,
    page: String,
    redirect: RedirectUrl,
    state: CsrfToken,
    verifier: PkceCodeVerifier,
}

impl SignIn {
    /// Opens the way back and makes the page's address. `email` is who wants to
    /// sign in, for the page to know.
    ///
    /// # Errors
    /// When no port can be opened.
    pub(crate) async fn begin(provider: Provider, email: &str) -> Result<Self, Error> {
        let door = match &provider.redirect {
            Redirect::AnyPort(_) => Door::open(None).await,
            Redirect::Exactly(url) => Door::open(url.port()).await,
        };
        let door = door.map_err(Error::Listen)?;
        let address = match &provider.redirect {
            Redirect::AnyPort(host) => format!("http://{host}:{}", door.port()),
            Redirect::Exactly(url) => url.to_string(),
        };
        let redirect = RedirectUrl::new(address).map_err(|_| Error::BadEntry {
            provider: provider.id.clone(),
            field: "redirect",
        })?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = exchange::client(&provider);
        let scopes = provider.scopes.iter().cloned().map(Scope::new);
        let mut page = client
            .authorize_url(CsrfToken::new_random)
            .set_redirect_uri(Cow::Borrowed(&redirect))
            .set_pkce_challenge(challenge)
            .add_scopes(scopes);
        for (name, value) in provider.extra {
            page = page.add_extra_param(*name, *value);
        }
        if !email.is_empty() {
            page = page.add_extra_param("login_hint", email);
        }
        let (page, state) = page.url();
        Ok(Self {
            door,
            page: page.to_string(),
            redirect,
            state,
            verifier,
            provider,
        })
    }

    /// The page to open in the browser.
    pub(crate) fn page(&self) -> &str {
        &self.page
    }

    /// Waits for the person, at most five minutes, and gets the tokens.
    ///
    /// # Errors
    /// When nobody comes, somebody says no, or what comes is no answer to this
    /// sign-in.
    pub(crate) async fn finish(self, http: &Http) -> Result<TokenSet, Error> {
        let name = self.provider.name.clone();
        let path = self.redirect.url().path().to_owned();
        let came = self.door.wait(&path, self.state.secret()).await;
        let code = match came {
            None => return Err(Error::TimedOut { provider: name }),
            Some(Came::Stranger) => return Err(Error::WrongState { provider: name }),
            Some(Came::Refusal { code, .. }) if code == "access_denied" => {
                return Err(Error::Denied { provider: name });
            }
            Some(Came::Refusal { code, .. }) if code == "temporarily_unavailable" => {
                return Err(Error::Unavailable {
                    provider: name,
                    status: 503,
                });
            }
            Some(Came::Refusal { code, said }) => {
                return Err(Error::Refused {
                    provider: name,
                    code,
                    said,
                });
            }
            Some(Came::Code(code)) => code,
        };
        let code: Zeroizing<String> = code;
        let code = AuthorizationCode::new(code.to_string());
        exchange::redeem(http, &self.provider, code, self.verifier, self.redirect).await
    }
}
