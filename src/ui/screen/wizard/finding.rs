//! What is found out about the servers of an address, as it comes in.

use waxwing::model::entry::AddressEntry;
use waxwing::model::host::is_same_host;
use waxwing::model::{
    AuthMethod, Candidate, DiscoveryProgress, DiscoverySource, Impossible, Protocol, Security,
    ServerSettings,
};
use waxwing::{Error, ErrorKind};

/// How far the search is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// There is no whole domain yet.
    Idle,
    /// The domain may still be typed on.
    Waiting,
    /// It is looked for.
    Asking,
    /// Nothing more comes.
    Ended,
}

/// What has to be done after the address changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing.
    Nothing,
    /// What is looked for is not wanted any more.
    Stop,
    /// Look for it, once the person pauses.
    Pause,
}

/// What is found for the address.
#[derive(Debug, Clone)]
pub(super) struct Finder {
    /// The address it is for.
    email: String,
    pub(super) domain: String,
    pub(super) phase: Phase,
    /// Who is asked just now.
    pub(super) asked: Option<String>,
    candidates: Vec<Candidate>,
    pub(super) impossible: Option<Impossible>,
    /// Why nothing was found.
    pub(super) nothing: Option<Error>,
    /// The domain that was probably meant.
    meant: Option<String>,
    /// Whether the person went on although another domain was probably meant.
    pub(super) insists: bool,
    /// Which of the candidates the person chose: where it was found.
    chosen: Option<(DiscoverySource, String)>,
    /// The way mail comes in that the person chose.
    protocol: Option<Protocol>,
    /// The way to sign in that the person chose.
    auth: Option<AuthMethod>,
    /// Whether the person looked at servers that may be forged.
    pub(super) confirmed: bool,
}

impl Finder {
    pub(super) fn new() -> Self {
        Self {
            email: String::new(),
            domain: String::new(),
            phase: Phase::Idle,
            asked: None,
            candidates: Vec::new(),
            impossible: None,
            nothing: None,
            meant: None,
            insists: false,
            chosen: None,
            protocol: None,
            auth: None,
            confirmed: false,
        }
    }

    /// The address it is for.
    pub(super) fn email(&self) -> &str {
        &self.email
    }

    /// The address is another one, or none.
    pub(super) fn address(&mut self, entry: Option<&AddressEntry>) -> Next {
        let whole = entry.filter(|entry| entry.has_whole_domain());
        let Some(entry) = whole else {
            let was = self.phase;
            *self = Self::new();
            return match was {
                Phase::Idle => Next::Nothing,
                _ => Next::Stop,
            };
        };
        let domain = entry.domain().to_lowercase();
        if domain == self.domain {
            self.rename(&entry.address);
            return Next::Nothing;
        }
        *self = Self {
            email: entry.address.clone(),
            domain,
            phase: Phase::Waiting,
            ..Self::new()
        };
        Next::Pause
    }

    /// The same provider, another name there.
    fn rename(&mut self, email: &str) {
        let before = std::mem::replace(&mut self.email, email.to_owned());
        let local = |email: &str| email.rsplit_once('@').map(|(local, _)| local.to_owned());
        let servers = self
            .candidates
            .iter_mut()
            .flat_map(|found| found.incoming.iter_mut().chain(&mut found.outgoing));
        for server in servers {
            if server.username == before {
                email.clone_into(&mut server.username);
            } else if Some(&server.username) == local(&before).as_ref() {
                server.username = local(email).unwrap_or_default();
            }
        }
    }

    /// What was probably meant instead of the address.
    pub(super) fn likely_meant(&mut self, address: &str) {
        self.meant = address
            .rsplit_once('@')
            .map(|(_, domain)| domain.to_owned());
    }

    /// The address that was probably meant, until the person decides.
    pub(super) fn meant(&self) -> Option<String> {
        let (local, _) = self.email.rsplit_once('@')?;
        let domain = self.meant.as_ref()?;
        Some(format!("{local}@{domain}"))
    }

    /// That address, once it may be shown: a domain that is typed half often
    /// looks like another.
    pub(super) fn offered(&self) -> Option<String> {
        let typed_on = self.phase == Phase::Waiting && !self.insists;
        self.meant().filter(|_| !typed_on)
    }

    /// The address is right as it is.
    pub(super) fn is_meant(&mut self) {
        self.meant = None;
    }

    /// Whether the search ended and nobody knows anything.
    pub(super) fn knows_nothing(&self) -> bool {
        self.phase == Phase::Ended && self.best().is_none() && self.impossible.is_none()
    }

    /// The search begins: for which address.
    pub(super) fn begin(&mut self) -> Option<String> {
        (self.phase == Phase::Waiting).then(|| {
            self.phase = Phase::Asking;
            self.email.clone()
        })
    }

    /// Whether nobody could be asked: there was no network.
    pub(super) fn was_offline(&self) -> bool {
        let why = self.nothing.as_ref();
        self.knows_nothing() && why.is_some_and(|why| why.kind() == ErrorKind::Offline)
    }

    /// Nobody could be asked: the search may begin once more.
    pub(super) fn look_again(&mut self) {
        if self.was_offline() {
            self.nothing = None;
            self.phase = Phase::Waiting;
        }
    }

    pub(super) fn seen(&mut self, seen: DiscoveryProgress) {
        self.look_again_at_others(|finder| finder.take_in(seen));
    }

    /// The tick was for the servers that were shown.
    fn look_again_at_others(&mut self, change: impl FnOnce(&mut Self)) {
        let looked_at = self.pick().map(places);
        change(self);
        if self.pick().map(places) != looked_at {
            self.confirmed = false;
        }
    }

    fn take_in(&mut self, seen: DiscoveryProgress) {
        match seen {
            DiscoveryProgress::Asking { place, .. } => {
                self.asked = Some(host_of(&place).to_owned());
            }
            DiscoveryProgress::Found(found) => self.candidates.push(found),
            DiscoveryProgress::Done(all) => {
                self.candidates = all.candidates;
                self.impossible = all.impossible;
                self.phase = Phase::Ended;
            }
        }
    }

    /// Nothing more comes.
    pub(super) fn end(&mut self) {
        if self.phase == Phase::Asking {
            self.phase = Phase::Ended;
        }
    }

    /// Whether an answer may still come.
    pub(super) fn is_looking(&self) -> bool {
        matches!(self.phase, Phase::Waiting | Phase::Asking)
    }

    /// The best that was found, or what the person chose instead.
    pub(super) fn best(&self) -> Option<&Candidate> {
        let is_chosen = |found: &&Candidate| {
            let chosen = self.chosen.as_ref();
            chosen.is_some_and(|(source, place)| found.source == *source && found.place == *place)
        };
        let mut usable = self.candidates.iter().filter(|found| found.is_complete());
        usable.clone().find(is_chosen).or_else(|| usable.next())
    }

    /// All that leads to different servers, best first, with these.
    pub(super) fn choices(&self) -> Vec<(&Candidate, Pair<'_>)> {
        let usable = self.candidates.iter().filter(|found| found.is_complete());
        let mut choices: Vec<(&Candidate, Pair<'_>)> = Vec::new();
        for found in usable {
            let Some(pair) = self.pick_of(found) else {
                continue;
            };
            let same = choices
                .iter_mut()
                .find(|(_, known)| places(*known) == places(pair));
            match same {
                // The one in use stands for those that say the same.
                Some(same) if self.best() == Some(found) => *same = (found, pair),
                Some(_) => {}
                None => choices.push((found, pair)),
            }
        }
        choices
    }

    /// The person wants what was found there.
    pub(super) fn take(&mut self, source: DiscoverySource, place: String) {
        self.look_again_at_others(|finder| finder.chosen = Some((source, place)));
    }

    /// Whether the person has to look at the servers before a password goes
    /// there.
    pub(super) fn needs_a_look(&self) -> bool {
        !self.confirmed && self.best().is_some_and(|found| !found.trusted)
    }

    /// Both servers, as far as they are known and chosen.
    pub(super) fn pick(&self) -> Option<Pair<'_>> {
        self.pick_of(self.best()?)
    }

    fn pick_of<'a>(&self, found: &'a Candidate) -> Option<Pair<'a>> {
        let ways = protocols(found);
        let wanted = self
            .protocol
            .filter(|wanted| ways.contains(wanted))
            .or_else(|| ways.first().copied())?;
        let fits = |server: &&ServerSettings| server.protocol == wanted;
        let incoming = self
            .auth
            .and_then(|auth| found.incoming.iter().filter(fits).find(|s| s.auth == auth))
            .or_else(|| found.incoming.iter().find(fits))?;
        let outgoing = found
            .outgoing
            .iter()
            .find(|server| server.auth == incoming.auth)
            .or_else(|| found.outgoing.first())?;
        Some((incoming, outgoing))
    }

    /// The ways mail can come in, that of the server first.
    pub(super) fn protocols(&self) -> Vec<Protocol> {
        self.best().map(protocols).unwrap_or_default()
    }

    /// The person wants mail to come in that way.
    pub(super) fn choose(&mut self, protocol: Protocol) {
        self.protocol = Some(protocol);
    }

    /// The person wants to sign in that way.
    pub(super) fn sign_in_by(&mut self, auth: AuthMethod) {
        self.auth = Some(auth);
    }

    /// Whether a server lets people in that way, as far as anybody said: of one
    /// that nobody spoke of, anything may be.
    pub(super) fn takes(&self, protocol: Protocol, host: &str, auth: AuthMethod) -> bool {
        let told = self.best().into_iter();
        let told = told.flat_map(|found| found.incoming.iter().chain(&found.outgoing));
        let same: Vec<AuthMethod> = told
            .filter(|one| one.protocol == protocol && is_same_host(&one.host, host))
            .map(|one| one.auth)
            .collect();
        same.is_empty() || same.contains(&auth)
    }

    /// Whether the chosen way of mail can be had both in the browser and with
    /// a password.
    pub(super) fn has_both_ways_in(&self) -> bool {
        let Some((incoming, _)) = self.pick() else {
            return false;
        };
        let has = |auth| {
            let mut all = self.best().into_iter().flat_map(|found| &found.incoming);
            all.any(|server| server.protocol == incoming.protocol && server.auth == auth)
        };
        has(AuthMethod::OAuth2) && has(AuthMethod::Password)
    }
}

/// The incoming and the outgoing server.
pub(super) type Pair<'a> = (&'a ServerSettings, &'a ServerSettings);

/// Where both servers are, and how one is protected on the way to them.
fn places((incoming, outgoing): Pair<'_>) -> [(String, u16, Security); 2] {
    [incoming, outgoing].map(|server| (server.host.clone(), server.port, server.security))
}

fn protocols(found: &Candidate) -> Vec<Protocol> {
    [Protocol::Imap, Protocol::Pop3]
        .into_iter()
        .filter(|wanted| found.incoming.iter().any(|s| s.protocol == *wanted))
        .collect()
}

/// The host of an address that was asked.
fn host_of(place: &str) -> &str {
    let (_, bare) = place.split_once("://").unwrap_or(("", place));
    bare.split(['/', '?']).next().unwrap_or(bare)
}

/// Where servers were found, in a sentence.
pub(super) fn found_where(found: &Candidate, domain: &str) -> String {
    let place = host_of(&found.place);
    match &found.source {
        DiscoverySource::Table => "Found in Waxwing's list of providers.".to_owned(),
        DiscoverySource::Autoconfig | DiscoverySource::WellKnown => {
            format!("The provider names them itself, at {place}.")
        }
        DiscoverySource::Ispdb => "Found in Thunderbird's public list of providers.".to_owned(),
        DiscoverySource::MailExchanger { host } => {
            format!("Found by way of {host}, which takes the mail for {domain}.")
        }
        DiscoverySource::Srv => format!("The name service names them for {domain}."),
        DiscoverySource::Autodiscover => {
            format!("The provider's Exchange server names them, at {place}.")
        }
        DiscoverySource::Probe => "Found by trying the usual names.".to_owned(),
        DiscoverySource::PlainHttp => {
            format!("{place} names them, over an unprotected connection.")
        }
    }
}
