//! Asking a provider for tokens (RFC 6749, 4.1.3 and 6).

use futures::future::BoxFuture;
use oauth2::basic::{BasicClient, BasicErrorResponse, BasicErrorResponseType, BasicTokenResponse};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, TokenResponse, TokenUrl,
};

use super::error::Error;
use super::providers::Provider;
use super::tokens::TokenSet;
use crate::net::http::{Http, Request, is_loopback};

/// An answer with tokens is small; more than this is something else.
const ANSWER_MAX: usize = 64 * 1024;

pub(super) type Client =
    BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// The provider in the words of the library.
pub(super) fn client(provider: &Provider) -> Client {
    let client = BasicClient::new(ClientId::new(provider.client_id.clone()))
        .set_auth_uri(AuthUrl::from_url(provider.authorize.clone()))
        .set_token_uri(TokenUrl::from_url(provider.token.clone()))
        // A program on people's computers has nothing to prove itself by.
        .set_auth_type(AuthType::RequestBody);
    match &provider.client_secret {
        Some(secret) => client.set_client_secret(ClientSecret::new(secret.reveal().to_owned())),
        None => client,
    }
}

/// Makes tokens of what the browser brought.
pub(super) async fn redeem(
    http: &Http,
    provider: &Provider,
    code: AuthorizationCode,
    verifier: PkceCodeVerifier,
    redirect: RedirectUrl,
) -> Result<TokenSet, Error> {
    let client = client(provider).set_redirect_uri(redirect);
    let asking = Asking {
        http: http.clone(),
        provider: provider.clone(),
    };
    let answer = client
        .exchange_code(code)
        .set_pkce_verifier(verifier)
        .request_async(&asking)
        .await;
    let answer = answer.map_err(|error| named(provider, error, false))?;
    Ok(set_of(provider, &answer, None))
}

/// Renews a token.
///
/// # Errors
/// [`Error::Expired`] when the person has to sign in again.
pub(crate) async fn refresh(
    http: &Http,
    provider: &Provider,
    set: &TokenSet,
) -> Result<TokenSet, Error> {
    let Some(refresh) = &set.refresh else {
        return Err(Error::Expired {
            provider: provider.name.clone(),
            said: None,
        });
    };
    let client = client(provider);
    let token = RefreshToken::new(refresh.clone());
    let asking = Asking {
        http: http.clone(),
        provider: provider.clone(),
    };
    let answer = client
        .exchange_refresh_token(&token)
        .request_async(&asking)
        .await;
    let answer = answer.map_err(|error| named(provider, error, true))?;
    // A provider that gives no other goes on with the old one (RFC 6749, 6).
    Ok(set_of(provider, &answer, Some(refresh)))
}

fn set_of(provider: &Provider, answer: &BasicTokenResponse, before: Option<&String>) -> TokenSet {
    let refresh = answer.refresh_token().map(RefreshToken::secret).or(before);
    TokenSet {
        provider: provider.id.clone(),
        access: answer.access_token().secret().clone(),
        refresh: refresh.cloned(),
        obtained: chrono::Utc::now().timestamp(),
        lives: answer
            .expires_in()
            .map(|lives| i64::try_from(lives.as_secs()).unwrap_or(i64::MAX)),
    }
}

/// Carries questions of the library to the provider.
struct Asking {
    http: Http,
    provider: Provider,
}

impl<'c> AsyncHttpClient<'c> for Asking {
    type Error = Error;
    type Future = BoxFuture<'c, Result<HttpResponse, Error>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(ask(&self.http, &self.provider, request))
    }
}

async fn ask(http: &Http, provider: &Provider, asked: HttpRequest) -> Result<HttpResponse, Error> {
    let mut request = Request::post(
        provider.token.as_str(),
        "application/x-www-form-urlencoded",
        asked.into_body(),
    )
    .at_most(ANSWER_MAX);
    if is_loopback(&provider.token) {
        request = request.allowing_plain();
    }
    let answer = http.send(request).await?;
    if answer.status == 429 || answer.status >= 500 {
        return Err(Error::Unavailable {
            provider: provider.name.clone(),
            status: answer.status,
        });
    }
    let mut response = HttpResponse::new(answer.body);
    *response.status_mut() = oauth2::http::StatusCode::from_u16(answer.status).unwrap_or_default();
    Ok(response)
}

/// What a failure means. What the library read is dropped: it may hold tokens.
fn named(
    provider: &Provider,
    error: RequestTokenError<Error, BasicErrorResponse>,
    refreshing: bool,
) -> Error {
    let provider = provider.name.clone();
    match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::ServerResponse(refusal) => {
            let said = refusal.error_description().cloned();
            let code = refusal.error().as_ref().to_owned();
            match (refusal.error(), code.as_str()) {
                (BasicErrorResponseType::InvalidGrant, _) if refreshing => {
                    Error::Expired { provider, said }
                }
                // Microsoft's and OpenID Connect's ways of wanting the person.
                (_, "interaction_required" | "login_required" | "consent_required") => {
                    Error::Expired { provider, said }
                }
                (_, "temporarily_unavailable" | "server_error") => Error::Unavailable {
                    provider,
                    status: 400,
                },
                _ => Error::Refused {
                    provider,
                    code,
                    said,
                },
            }
        }
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            Error::Unreadable { provider }
        }
    }
}
