//! `account discover`

use futures::StreamExt;
use serde::Serialize;
use waxwing::engine::mail_domain;
use waxwing::model::discovery::DiscoveryProgress;
use waxwing::model::{
    AuthMethod, Candidate, Discovery, Impossible, Preparation, Protocol, Security, ServerSettings,
};
use waxwing::{Error, ErrorKind, Result};

use super::{Context, text};

/// Prints every candidate, best first; fails where there is none and no reason
/// for it either.
pub(super) async fn run(context: &mut Context, email: &str, offline: bool) -> Result<()> {
    let Some(domain) = mail_domain(email) else {
        return Err(Error::new(
            ErrorKind::Input,
            format!("“{}” is not an e-mail address.", text::line(email)),
        )
        .hint("Give the whole address, such as ann@example.org."));
    };
    let mut progress = std::pin::pin!(context.handle.discover(email, offline));
    let mut found = Discovery::default();
    while let Some(progress) = progress.next().await {
        match progress {
            DiscoveryProgress::Asking { source, place } => {
                tracing::info!(source = source.name(), place, "asking");
            }
            DiscoveryProgress::Found(_) => {}
            DiscoveryProgress::Done(discovery) => found = discovery,
        }
    }
    if let Some(impossible) = &found.impossible {
        let line = Line::impossible(impossible);
        context.out.row(&line, || told_of_impossible(impossible))?;
    }
    for candidate in &found.candidates {
        let line = Line::candidate(candidate);
        context.out.row(&line, || told_of_candidate(candidate))?;
    }
    if found.candidates.is_empty() && found.impossible.is_none() {
        return Err(if offline {
            not_in_the_list(&domain)
        } else {
            context.handle.nothing_found(email).await?
        });
    }
    Ok(())
}

fn not_in_the_list(domain: &str) -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("Waxwing's own list of providers does not have {domain}."),
    )
    .hint("Leave out --offline to ask the network.")
}

/// A row of `account discover`.
#[derive(Debug, Serialize)]
struct Line<'a> {
    source: &'static str,
    place: &'a str,
    trusted: bool,
    provider: Option<&'a str>,
    incoming: Vec<ServerLine<'a>>,
    outgoing: Vec<ServerLine<'a>>,
    /// How one signs in to the first incoming server.
    auth: Option<AuthMethod>,
    preparations: &'a [Preparation],
    impossible: Option<&'a str>,
    url: Option<&'a str>,
}

/// A server in the words of the account file.
#[derive(Debug, Serialize)]
struct ServerLine<'a> {
    protocol: Protocol,
    host: &'a str,
    port: u16,
    security: Security,
    username: &'a str,
    auth: AuthMethod,
}

impl<'a> Line<'a> {
    fn candidate(candidate: &'a Candidate) -> Self {
        Self {
            source: candidate.source.name(),
            place: &candidate.place,
            trusted: candidate.trusted,
            provider: candidate.provider.as_deref(),
            incoming: candidate.incoming.iter().map(ServerLine::new).collect(),
            outgoing: candidate.outgoing.iter().map(ServerLine::new).collect(),
            auth: candidate.incoming.first().map(|server| server.auth),
            preparations: &candidate.preparations,
            impossible: None,
            url: None,
        }
    }

    fn impossible(impossible: &'a Impossible) -> Self {
        Self {
            source: "table",
            place: "",
            trusted: true,
            provider: Some(&impossible.provider),
            incoming: Vec::new(),
            outgoing: Vec::new(),
            auth: None,
            preparations: &[],
            impossible: Some(&impossible.words),
            url: impossible.url.as_deref(),
        }
    }
}

impl<'a> ServerLine<'a> {
    fn new(server: &'a ServerSettings) -> Self {
        Self {
            protocol: server.protocol,
            host: &server.host,
            port: server.port,
            security: server.security,
            username: &server.username,
            auth: server.auth,
        }
    }
}

fn told_of_impossible(impossible: &Impossible) -> String {
    let Impossible { words, url, .. } = impossible;
    let url = url.as_deref().unwrap_or_default();
    text::line(&format!("{words} {url}"))
}

fn told_of_candidate(candidate: &Candidate) -> String {
    let name = candidate.provider.as_deref().unwrap_or("Servers");
    let place = &candidate.place;
    let mut lines = vec![text::line(&format!("{name}, found at {place}"))];
    if !candidate.trusted {
        lines.push("  Look at the servers before you use them: this could be forged.".to_owned());
    }
    let servers = candidate.incoming.iter().chain(&candidate.outgoing);
    lines.extend(servers.map(|server| {
        let auth = match server.auth {
            AuthMethod::Password => "password",
            AuthMethod::OAuth2 => "oauth2",
            AuthMethod::None => "no sign-in",
        };
        let line = format!(
            "{:<4}  {}  {}  {}  {auth}",
            server.protocol.name(),
            server.place(),
            server.security.name(),
            server.username
        );
        format!("  {}", text::line(&line))
    }));
    lines.extend(candidate.preparations.iter().map(|step| {
        let url = step.url.as_deref().unwrap_or_default();
        format!("  {}", text::line(&format!("{} {url}", step.words)))
    }));
    lines.join("\n")
}
