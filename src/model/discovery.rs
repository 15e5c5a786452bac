//! What is found out about the servers of an address.

use serde::{Deserialize, Serialize};

use super::ServerSettings;

/// Where settings were found, best first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DiscoverySource {
    /// In the table of providers that comes with the program.
    Table,
    /// At the provider, over HTTPS (`autoconfig.…`).
    Autoconfig,
    /// At the provider, over HTTPS (`/.well-known/autoconfig/…`).
    WellKnown,
    /// In Thunderbird's public database (ISPDB).
    Ispdb,
    /// By the host that takes the domain's mail (MX), in one of the above.
    MailExchanger {
        /// That host.
        host: String,
    },
    /// In the name service (SRV, RFC 6186).
    Srv,
    /// At the provider's Exchange Autodiscover, asked without a password.
    Autodiscover,
    /// By trying the usual names and ports.
    Probe,
    /// At the provider over plain HTTP: anybody on the way may have written it.
    PlainHttp,
}

impl DiscoverySource {
    /// The stable name in the headless commands.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Autoconfig => "autoconfig",
            Self::WellKnown => "well-known",
            Self::Ispdb => "ispdb",
            Self::MailExchanger { .. } => "mx",
            Self::Srv => "srv",
            Self::Autodiscover => "autodiscover",
            Self::Probe => "probe",
            Self::PlainHttp => "plain-http",
        }
    }
}

/// Something a person must do at the provider before a mail program may sign
/// in, such as making an app password.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Preparation {
    /// What to do, in one or two sentences.
    pub words: String,
    /// The page where it is done or explained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Settings for both servers, from one source.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Candidate {
    /// Where they were found.
    pub source: DiscoverySource,
    /// The address, host or file asked, for the person to judge.
    pub place: String,
    /// Whether nobody on the way can have forged it; otherwise the person is to
    /// look at the servers before a password goes there.
    pub trusted: bool,
    /// The provider's name, where known.
    pub provider: Option<String>,
    /// IMAP and POP3 servers, best first; user names are filled in.
    pub incoming: Vec<ServerSettings>,
    /// SMTP servers, best first; user names are filled in.
    pub outgoing: Vec<ServerSettings>,
    /// What to do before, in order.
    pub preparations: Vec<Preparation>,
}

impl Candidate {
    /// Whether there are servers for both directions.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.incoming.is_empty() && !self.outgoing.is_empty()
    }

    /// Whether it has every server of another one, ways of signing in
    /// included.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let has = |mine: &[ServerSettings], theirs: &[ServerSettings]| {
            theirs.iter().all(|server| mine.contains(server))
        };
        has(&self.incoming, &other.incoming) && has(&self.outgoing, &other.outgoing)
    }
}

/// Where a provider signs people in through the browser, as its own settings
/// file says (`oAuth2` in autoconfig).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BrowserWay {
    /// The provider's name for its sign-in: a host of its own.
    pub issuer: String,
    /// Its page for signing in.
    pub authorize: String,
    /// Where it gives tokens.
    pub token: String,
    /// What is asked for, in one go.
    pub scopes: Vec<String>,
}

/// A provider that lets no mail program in, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Impossible {
    /// The provider's name.
    pub provider: String,
    /// Why, and the way round, in sentences.
    pub words: String,
    /// Where it is explained.
    pub url: Option<String>,
}

/// All that was found for an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Discovery {
    /// What was found, best first; what lacks a direction comes last. Each has
    /// a server that none before it has.
    pub candidates: Vec<Candidate>,
    /// That the provider lets no mail program in.
    pub impossible: Option<Impossible>,
}

impl Discovery {
    /// The best settings, with servers for both directions.
    #[must_use]
    pub fn best(&self) -> Option<&Candidate> {
        self.complete().next()
    }

    /// The other settings that were found, best first, each with servers for
    /// both directions: for a person with whom the best do not work.
    pub fn others(&self) -> impl Iterator<Item = &Candidate> {
        self.complete().skip(1)
    }

    fn complete(&self) -> impl Iterator<Item = &Candidate> {
        self.candidates.iter().filter(|one| one.is_complete())
    }
}

/// How finding the servers of an address goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiscoveryProgress {
    /// Somebody is asked.
    Asking {
        /// What kind of source.
        source: DiscoverySource,
        /// The address or host that is asked.
        place: String,
    },
    /// Somebody knew. Better ones may follow.
    Found(Candidate),
    /// The end: all that was found.
    Done(Discovery),
}

/// A provider of the table that comes with the program.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KnownProvider {
    /// The name people know it by.
    pub name: String,
    /// The settings for the address that was asked about.
    pub candidate: Option<Candidate>,
    /// That it lets no mail program in.
    pub impossible: Option<Impossible>,
    /// How to get a password for mail programs, where it wants one.
    pub app_password: Option<Preparation>,
    /// Where mail programs are let in, where they are not by themselves.
    pub switch_on: Option<Preparation>,
}
