//! Starting and stopping the three servers.

use std::future::Future;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::mailstore::{self, Mailstore};
use super::sample::SampleMessage;
use super::{imap, pop3, smtp};
use crate::model::{
    AccountSettings, AuthMethod, PrefetchPolicy, Protocol, Security, ServerSettings,
};

/// The two people of the demonstration.
const USERS: [Person; 2] = [
    Person {
        name: "wren",
        password: "wren",
        display_name: "Wren Castellan",
    },
    Person {
        name: "robin",
        password: "robin",
        display_name: "Robin Achterberg",
    },
];

struct Person {
    name: &'static str,
    password: &'static str,
    display_name: &'static str,
}

/// Where the servers listen on 127.0.0.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    /// IMAP4rev1 (RFC 3501).
    pub imap: u16,
    /// POP3 (RFC 1939).
    pub pop3: u16,
    /// SMTP submission (RFC 6409).
    pub smtp: u16,
}

/// The running mail provider. Dropping it ends all its tasks and connections.
#[derive(Debug)]
pub struct DemoServer {
    ports: Ports,
    tasks: JoinSet<()>,
}

impl DemoServer {
    /// Starts the servers on free ports of 127.0.0.1 with these messages in
    /// the mailboxes. Needs a tokio runtime around it.
    ///
    /// # Errors
    /// When no port can be listened on.
    pub async fn start(messages: Vec<SampleMessage>) -> io::Result<Self> {
        let users: Vec<_> = USERS.iter().map(|p| (p.name, p.password)).collect();
        let store = Arc::new(Mailstore::new(&users, messages));
        let imap = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let pop3 = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let smtp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let ports = Ports {
            imap: imap.local_addr()?.port(),
            pop3: pop3.local_addr()?.port(),
            smtp: smtp.local_addr()?.port(),
        };
        let mut tasks = JoinSet::new();
        tasks.spawn(listen(imap, Arc::clone(&store), imap::serve));
        tasks.spawn(listen(pop3, Arc::clone(&store), pop3::serve));
        tasks.spawn(listen(smtp, store, smtp::serve));
        Ok(Self { ports, tasks })
    }

    /// Where the servers listen.
    #[must_use]
    pub fn ports(&self) -> Ports {
        self.ports
    }

    /// Address and password of everyone who can sign in.
    #[must_use]
    pub fn users(&self) -> Vec<(String, &'static str)> {
        USERS
            .iter()
            .map(|person| (mailstore::address(person.name), person.password))
            .collect()
    }

    /// The IMAP account of `user` (an address or the part before the `@`),
    /// ready to be added to a profile; nothing for a stranger.
    #[must_use]
    pub fn settings_for(&self, user: &str) -> Option<AccountSettings> {
        let person = USERS
            .iter()
            .find(|person| person.name == user || mailstore::address(person.name) == user)?;
        let email = mailstore::address(person.name);
        let server = |protocol, port| ServerSettings {
            protocol,
            host: Ipv4Addr::LOCALHOST.to_string(),
            port,
            security: Security::None,
            username: email.clone(),
            auth: AuthMethod::Password,
        };
        Some(AccountSettings {
            name: person.display_name.to_owned(),
            email: email.clone(),
            display_name: person.display_name.to_owned(),
            incoming: server(Protocol::Imap, self.ports.imap),
            pop3: None,
            outgoing: server(Protocol::Smtp, self.ports.smtp),
            prefetch: PrefetchPolicy::default(),
            identities: Vec::new(),
            connections: None,
        })
    }

    /// Ends the servers and cuts all connections.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}

/// Accepts connections for ever, each in its own task. The tasks end with this
/// future, because a dropped [`JoinSet`] aborts what it holds.
async fn listen<F>(
    listener: TcpListener,
    store: Arc<Mailstore>,
    serve: impl Fn(TcpStream, Arc<Mailstore>) -> F,
) where
    F: Future<Output = io::Result<()>> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // Short answers must not wait for each other; without it
                    // all works the same, only slower.
                    let _ = stream.set_nodelay(true);
                    let connection = serve(stream, Arc::clone(&store));
                    connections.spawn(async move {
                        if let Err(error) = connection.await {
                            tracing::debug!(%error, "a demo client was lost");
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "the demo server could not accept a connection");
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}
