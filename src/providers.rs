//! The mail providers this program knows by heart: for their addresses the
//! network is asked nothing.
//!
//! The table is `assets/providers.toml`. It is read once, when it is first
//! asked, and checked by the tests.

mod mailbox;
mod near;
mod table;
mod words;

use crate::model::{
    AuthMethod, Candidate, DiscoverySource, Impossible, KnownProvider, Preparation, Protocol,
    ServerSettings,
};
pub(crate) use mailbox::{Mailbox, ascii_domain};
pub(crate) use near::is_slip;
use table::{Form, Place, Row, Table};
pub(crate) use words::StepKind;

/// A provider of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Provider(&'static Row);

/// The provider of a mail domain (in ASCII and lower case).
pub(crate) fn of_domain(domain: &str) -> Option<Provider> {
    Table::get().of_domain(domain).map(Provider)
}

/// The provider whose hosts take a domain's mail, by the name of such a host.
pub(crate) fn of_mail_exchanger(host: &str) -> Option<Provider> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    Table::get().of_mail_exchanger(&host).map(Provider)
}

/// A provider with this IMAP, POP3 or SMTP server.
pub(crate) fn of_server(host: &str) -> Option<Provider> {
    Table::get()
        .of_server(&host.to_ascii_lowercase())
        .map(Provider)
}

/// The domain of the table that was probably meant by one that nobody has:
/// all but a slip of the fingers is the same.
pub(crate) fn near(domain: &str) -> Option<&'static str> {
    // Short names are near to too many.
    const SHORTEST: usize = 6;
    let table = Table::get();
    if table.of_domain(domain).is_some() || domain.len() < SHORTEST {
        return None;
    }
    table.domains().find(|known| near::is_slip(domain, known))
}

impl Provider {
    /// The name people know it by.
    pub(crate) fn name(self) -> &'static str {
        &self.0.name
    }

    /// The settings for an address, where a mail program can get in at all.
    pub(crate) fn candidate(self, mailbox: &Mailbox) -> Option<Candidate> {
        let row = self.0;
        let ask = |protocol, places: &[Place]| self.servers(mailbox, protocol, places);
        let mut incoming = ask(Protocol::Imap, &row.imap);
        incoming.extend(ask(Protocol::Pop3, &row.pop3));
        let outgoing = ask(Protocol::Smtp, &row.smtp);
        (!incoming.is_empty() && !outgoing.is_empty()).then(|| Candidate {
            source: DiscoverySource::Table,
            place: "Waxwing's own list of providers".to_owned(),
            trusted: true,
            provider: Some(row.name.clone()),
            incoming,
            outgoing,
            preparations: self.preparations(),
        })
    }

    /// Every server with every way of signing in, the best way first.
    fn servers(
        self,
        mailbox: &Mailbox,
        protocol: Protocol,
        places: &[Place],
    ) -> Vec<ServerSettings> {
        let row = self.0;
        let form = match protocol {
            Protocol::Smtp => row.username,
            _ => row.incoming_username.unwrap_or(row.username),
        };
        let username = match form {
            Form::Address => mailbox.address(),
            Form::Local => mailbox.local(),
        };
        let with = |auth: AuthMethod| {
            places.iter().map(move |place| ServerSettings {
                protocol,
                host: place.host.clone(),
                port: place.port_for(protocol),
                security: place.security,
                username: username.to_owned(),
                auth,
            })
        };
        row.auth.iter().flat_map(|auth| with(*auth)).collect()
    }

    /// Whether a mail program can sign in there in this way.
    pub(crate) fn signs_in_with(self, method: AuthMethod) -> bool {
        self.0.auth.contains(&method)
    }

    /// What to do before, in order.
    pub(crate) fn preparations(self) -> Vec<Preparation> {
        let steps = self.0.prepare.iter();
        steps.map(|step| step.preparation(self.name())).collect()
    }

    /// The first step of a kind, where there is one.
    pub(crate) fn step(self, kind: StepKind) -> Option<Preparation> {
        let mut steps = self.0.prepare.iter();
        let step = steps.find(|step| step.kind == kind)?;
        Some(step.preparation(self.name()))
    }

    /// That no mail program gets in, where that is so.
    pub(crate) fn impossible(self) -> Option<Impossible> {
        let words = self.0.impossible.clone()?;
        Some(Impossible {
            provider: self.0.name.clone(),
            words,
            url: self.0.url.clone(),
        })
    }

    /// All that is known, for an address of its own or of a domain there.
    pub(crate) fn known(self, mailbox: Option<&Mailbox>) -> KnownProvider {
        KnownProvider {
            name: self.0.name.clone(),
            candidate: mailbox.and_then(|mailbox| self.candidate(mailbox)),
            impossible: self.impossible(),
            app_password: self.step(StepKind::AppPassword),
            switch_on: self.step(StepKind::SwitchOn),
        }
    }
}

#[cfg(test)]
mod tests;
