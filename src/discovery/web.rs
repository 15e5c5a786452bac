//! What web servers say: autoconfig at the provider, Thunderbird's database,
//! Autodiscover.

use futures::future::join_all;

use super::autoconfig;
use super::autodiscover::{self, NOBODY};
use super::candidate::Origin;
use super::search::{Finding, Search};
use crate::model::{BrowserWay, Candidate, DiscoverySource, owner};
use crate::net::http::{Answer, Request};

/// Thunderbird's public database. It is told the domain.
const ISPDB: &str = "https://autoconfig.thunderbird.net/v1.1/";

/// Nobody who could know was reached.
#[derive(Debug)]
pub(crate) struct Unanswered;

/// A settings file is smaller than this, in bytes.
const MOST_BYTES: usize = 128 * 1024;

impl Search<'_> {
    pub(super) async fn autoconfig(&self) -> Finding {
        self.autoconfig_of(self.mailbox.domain(), DiscoverySource::Autoconfig)
            .await
            .into()
    }

    /// `autoconfig.DOMAIN`. Some servers want an address and get nobody's.
    pub(super) async fn autoconfig_of(
        &self,
        domain: &str,
        source: DiscoverySource,
    ) -> Option<Candidate> {
        let url = format!("https://autoconfig.{domain}/mail/config-v1.1.xml");
        self.asking(&source, &url);
        let answer = self.answer(Request::get(&url)).await?;
        if let Some(found) = self.read(&answer, &url, source.clone()) {
            return Some(found);
        }
        if answer.status >= 500 {
            return None;
        }
        let mail_domain = self.mailbox.domain();
        let asked = format!("{url}?emailaddress={NOBODY}@{mail_domain}");
        let answer = self.answer(Request::get(asked)).await?;
        self.read(&answer, &url, source)
    }

    pub(super) async fn well_known(&self) -> Finding {
        let domain = self.mailbox.domain();
        let url = format!("https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml");
        self.file(url, DiscoverySource::WellKnown).await.into()
    }

    pub(super) async fn ispdb(&self) -> Finding {
        self.ispdb_of(self.mailbox.domain(), DiscoverySource::Ispdb)
            .await
            .into()
    }

    /// A name within a home or a company is nobody else's business.
    pub(super) async fn ispdb_of(
        &self,
        domain: &str,
        source: DiscoverySource,
    ) -> Option<Candidate> {
        if !owner::is_public(domain) {
            return None;
        }
        self.file(format!("{ISPDB}{domain}"), source).await
    }

    /// Anybody on the way can have written it, whatever it redirects to.
    pub(super) async fn plain_http(&self) -> Finding {
        let domain = self.mailbox.domain();
        let urls = [
            format!("http://autoconfig.{domain}/mail/config-v1.1.xml"),
            format!("http://{domain}/.well-known/autoconfig/mail/config-v1.1.xml"),
        ];
        let asked = urls.map(|url| self.file(url, DiscoverySource::PlainHttp));
        join_all(asked)
            .await
            .into_iter()
            .find_map(|found| found)
            .into()
    }

    /// Autodiscover, without a password and without the address.
    pub(super) async fn autodiscover(&self) -> Finding {
        let domain = self.mailbox.domain();
        let hosts = [format!("autodiscover.{domain}"), domain.to_owned()];
        let asked = hosts.map(|host| self.autodiscover_at(host));
        join_all(asked)
            .await
            .into_iter()
            .find_map(|found| found)
            .into()
    }

    async fn autodiscover_at(&self, host: String) -> Option<Candidate> {
        let url = format!("https://{host}/autodiscover/autodiscover.xml");
        self.asking(&DiscoverySource::Autodiscover, &url);
        let question = autodiscover::question(self.mailbox.domain());
        let post = |url: &str| Request::post(url, autodiscover::TYPE, question.clone());
        let mut answer = self.answer(post(&url)).await?;
        // There is nothing secret in the question: it may go elsewhere, once.
        if let Some(next) = answer
            .location
            .take()
            .filter(|next| next.scheme() == "https")
        {
            answer = self.answer(post(next.as_str())).await?;
        }
        if !answer.is_good() {
            return None;
        }
        let servers = autodiscover::read(&answer.body, self.mailbox)
            .inspect_err(|error| tracing::debug!(url, %error, "no Autodiscover answer"))
            .ok()?;
        let origin = Origin {
            source: DiscoverySource::Autodiscover,
            trusted: is_genuine(&answer, &url),
            place: url,
        };
        origin.offer(autoconfig::Config {
            servers,
            ..autoconfig::Config::default()
        })
    }

    /// Where the domain's owner signs people in through the browser, by the
    /// settings files that are trusted. None of them answering is told apart.
    pub(super) async fn browser_way(&self) -> Result<Option<BrowserWay>, Unanswered> {
        let domain = self.mailbox.domain();
        let urls = [
            format!("https://autoconfig.{domain}/mail/config-v1.1.xml"),
            format!("https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml"),
            format!("{ISPDB}{domain}"),
        ];
        let asked = urls.map(|url| async move {
            // Never over plain HTTP, not even on the way.
            let request = Request::get(&url).within(self.patience());
            let answer = self.by.http.send(request.at_most(MOST_BYTES)).await.ok()?;
            // A server in trouble does not say that there is nothing.
            if !answer.is_good() && !matches!(answer.status, 404 | 410) {
                return None;
            }
            let told = answer.is_good() && is_genuine(&answer, &url);
            let way = told.then(|| autoconfig::browser_way(&answer.body));
            Some(way.flatten().filter(|way| owner::same(&way.issuer, domain)))
        });
        let answers: Vec<_> = join_all(asked).await.into_iter().flatten().collect();
        if answers.is_empty() {
            return Err(Unanswered);
        }
        Ok(answers.into_iter().flatten().next())
    }

    async fn file(&self, url: String, source: DiscoverySource) -> Option<Candidate> {
        self.asking(&source, &url);
        let answer = self.answer(Request::get(&url)).await?;
        self.read(&answer, &url, source)
    }

    async fn answer(&self, request: Request) -> Option<Answer> {
        let request = request
            .within(self.patience())
            .at_most(MOST_BYTES)
            .allowing_plain();
        self.by
            .http
            .send(request)
            .await
            .inspect_err(|error| tracing::debug!(%error, "no answer"))
            .ok()
    }

    fn read(&self, answer: &Answer, url: &str, source: DiscoverySource) -> Option<Candidate> {
        if !answer.is_good() {
            return None;
        }
        let mut config = autoconfig::read(&answer.body, self.mailbox)
            .inspect_err(|error| tracing::debug!(url, %error, "no settings file"))
            .ok()?;
        let asked = format!("{NOBODY}@{}", self.mailbox.domain());
        for server in &mut config.servers {
            if server.username.eq_ignore_ascii_case(&asked) {
                self.mailbox.address().clone_into(&mut server.username);
            }
        }
        // Whoever forges MX answers chooses whom we ask.
        let by_name = matches!(source, DiscoverySource::MailExchanger { .. });
        let origin = Origin {
            trusted: !by_name && is_genuine(answer, url),
            source,
            place: url.to_owned(),
        };
        origin.offer(config)
    }
}

/// Whether it is what the owner of the address asked for said: over HTTPS all
/// the way, and nobody else's word.
fn is_genuine(answer: &Answer, url: &str) -> bool {
    let Some(asked) = url.strip_prefix("https://") else {
        return false;
    };
    let host = asked.split('/').next().unwrap_or_default();
    let on_the_way = answer.redirects.iter().chain([&answer.url]);
    on_the_way
        .map(|url| url.host_str().unwrap_or_default())
        .all(|other| owner::same(other, host))
}
