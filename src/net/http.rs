//! A small HTTPS client (RFC 9110): for finding servers and for signing in
//! through the browser.
//!
//! It trusts what mail connections trust, keeps no cookies, tells nothing of
//! this machine, reads no more than it is asked for, and never goes from HTTPS
//! to plain HTTP. Neither requests nor answers are logged: they may hold
//! tokens.

mod fault;

use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, LOCATION};
use tokio::sync::OnceCell;
use tokio::time::timeout;
use url::Host;

use super::connect::Connector;
use super::names::Names;
use super::timeout as limits;
pub(crate) use fault::Error;
pub(crate) use url::Url;

/// The most bytes of an answer, unless told otherwise.
const USUAL_SIZE: usize = 256 * 1024;

/// How many redirections of one request are followed.
const MOST_REDIRECTS: usize = 3;

/// Asks web servers. Cheap to clone; all clones share their settings.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    connector: Connector,
    client: Arc<OnceCell<reqwest::Client>>,
}

/// One question. Bodies may hold secrets, so it has no `Debug`.
pub(crate) struct Request {
    url: String,
    post: Option<(&'static str, Vec<u8>)>,
    within: Duration,
    most: usize,
    plain: bool,
    follow: bool,
}

/// What came back, whatever its status. Has no `Debug`: it may hold tokens.
pub(crate) struct Answer {
    /// The status code, such as 200.
    pub(crate) status: u16,
    /// Where the answer came from, after redirections.
    pub(crate) url: Url,
    /// The addresses that redirected on the way, first one first.
    pub(crate) redirects: Vec<Url>,
    /// Where a redirection that was not followed leads.
    pub(crate) location: Option<Url>,
    /// The type of the body as the server calls it.
    pub(crate) content_type: Option<String>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Whether the server says that this is what was asked for (2xx).
    pub(crate) fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Request {
    /// Asks for `url`, and follows redirections to HTTPS.
    pub(crate) fn get(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            post: None,
            within: limits::HTTP,
            most: USUAL_SIZE,
            plain: false,
            follow: true,
        }
    }

    /// Sends `body` to `url`. A redirection is reported and never followed:
    /// who gets the body is the caller's to decide.
    pub(crate) fn post(
        url: impl Into<String>,
        content_type: &'static str,
        body: impl Into<Vec<u8>>,
    ) -> Self {
        Self {
            post: Some((content_type, body.into())),
            follow: false,
            ..Self::get(url)
        }
    }

    /// All of it, look-up and redirections included, takes at most this long.
    pub(crate) fn within(mut self, limit: Duration) -> Self {
        self.within = limit;
        self
    }

    /// A longer body than this many bytes is an error.
    pub(crate) fn at_most(mut self, bytes: usize) -> Self {
        self.most = bytes;
        self
    }

    /// Lets the first address be plain HTTP. Redirections lead to HTTPS all
    /// the same.
    pub(crate) fn allowing_plain(mut self) -> Self {
        self.plain = true;
        self
    }

    /// Reports a redirection instead of following it.
    pub(crate) fn not_following(mut self) -> Self {
        self.follow = false;
        self
    }
}

impl Http {
    /// A client that trusts what `connector` trusts.
    pub(crate) fn new(connector: Connector) -> Self {
        Self {
            connector,
            client: Arc::default(),
        }
    }

    /// Asks. An answer with any status is a success.
    ///
    /// # Errors
    ///
    /// When the address is unusable or not HTTPS, no answer comes in time, or
    /// it is too long.
    pub(crate) async fn send(&self, request: Request) -> Result<Answer, Error> {
        let url = usable(&request.url, request.plain)?;
        let place = place(&url);
        tracing::debug!(place, "asking a web server");
        let within = request.within;
        match timeout(within, Box::pin(self.follow(url, request))).await {
            Ok(outcome) => outcome,
            Err(_) => Err(super::Error::Timeout {
                place,
                doing: "while asking a web page",
            }
            .into()),
        }
    }

    async fn follow(&self, mut url: Url, mut request: Request) -> Result<Answer, Error> {
        let client = self.client().await?;
        let post = request.post.take();
        let mut redirects = Vec::new();
        loop {
            let asked = match &post {
                None => client.get(url.clone()),
                Some((kind, body)) => client
                    .post(url.clone())
                    .header(CONTENT_TYPE, *kind)
                    .body(body.clone()),
            };
            let response = asked.send().await.map_err(|e| fault::named(&url, e))?;
            let location = location_of(&response, &url);
            match location {
                Some(next) if request.follow => {
                    if redirects.len() == MOST_REDIRECTS {
                        let place = place(&url);
                        return Err(Error::Redirects { place });
                    }
                    let next = usable(next.as_str(), false)?;
                    redirects.push(std::mem::replace(&mut url, next));
                }
                location => {
                    let mut answer = read(response, url, request.most).await?;
                    answer.redirects = redirects;
                    answer.location = location;
                    return Ok(answer);
                }
            }
        }
    }

    async fn client(&self) -> Result<&reqwest::Client, Error> {
        let build = async {
            let tls = self.connector.config().await?;
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.as_ref().clone())
                .user_agent("Waxwing")
                .referer(false)
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .dns_resolver(LookUp(self.connector.names().clone()))
                // Mail goes without a proxy as well.
                .no_proxy()
                .connect_timeout(limits::CONNECT)
                .pool_max_idle_per_host(0)
                .build()
                .map_err(|cause| Error::Setup {
                    source: cause.without_url(),
                })
        };
        self.client.get_or_try_init(|| build).await
    }
}

/// Looks hosts up as mail connections do.
struct LookUp(Names);

impl Resolve for LookUp {
    fn resolve(&self, name: Name) -> Resolving {
        let names = self.0.clone();
        Box::pin(async move {
            // The port is filled in from the URL.
            let found = names.addresses(name.as_str(), 0).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The address, if it may be asked.
fn usable(url: &str, plain: bool) -> Result<Url, Error> {
    let parsed = Url::parse(url.trim()).map_err(|_| Error::BadUrl)?;
    if parsed.host_str().is_none_or(str::is_empty) {
        return Err(Error::BadUrl);
    }
    match parsed.scheme() {
        "https" => Ok(parsed),
        "http" if plain => Ok(parsed),
        _ => Err(Error::NotHttps {
            place: place(&parsed),
        }),
    }
}

/// Whether the address is on this computer, where nobody listens in.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    }
}

/// Host and port, for sentences: no path and no query, which may be secret.
fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Where the answer points, if it is a redirection.
fn location_of(response: &reqwest::Response, from: &Url) -> Option<Url> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let words = response.headers().get(LOCATION)?.to_str().ok()?;
    from.join(words).ok()
}

async fn read(mut response: reqwest::Response, url: Url, most: usize) -> Result<Answer, Error> {
    let too_large = || Error::TooLarge {
        place: place(&url),
        most,
    };
    let told = response.content_length().unwrap_or_default();
    if usize::try_from(told).is_ok_and(|told| told > most) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|e| fault::named(&url, e))? {
        if body.len() + piece.len() > most {
            return Err(too_large());
        }
        body.extend_from_slice(&piece);
    }
    let kind = response.headers().get(CONTENT_TYPE);
    Ok(Answer {
        status: response.status().as_u16(),
        content_type: kind.and_then(|kind| kind.to_str().ok()).map(str::to_owned),
        url,
        redirects: Vec::new(),
        location: None,
        body,
    })
}

#[cfg(test)]
mod tests;
