//! From settings to a signed-in connection.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::capability::Capabilities;
use super::code::Code;
use super::command::Command;
use super::compress;
use super::conn::{Done, Greeting, ImapConn, Step, Untagged};
use super::error::{Error, Fault};
use super::frame::Limits;
use super::own::Own;
use super::quirks;
use crate::model::{AuthMethod, CheckStepKind, Password, Security, ServerSettings};
use crate::net::{Connector, StepObserver, observed};
use crate::protocol::bearer;

/// Connects, secures and signs in.
///
/// # Errors
///
/// When a step fails; nothing secret is sent before TLS stands, unless the
/// settings say that there is none.
pub(crate) async fn connect(
    connector: &Connector,
    server: &ServerSettings,
    password: &Password,
    observer: &dyn StepObserver,
) -> Result<ImapConn, Error> {
    let mut conn = secure(connector, server, observer).await?;
    observed(
        observer,
        CheckStepKind::SignIn,
        conn.sign_in_as(server, password),
        |()| format!("Signed in as {}.", server.username),
    )
    .await?;
    conn.after_sign_in().await?;
    Ok(conn)
}

/// The dialogue of [`connect`] on a connection that stands.
#[cfg(test)]
pub(super) async fn greet_and_sign_in(
    conn: &mut ImapConn,
    user: &str,
    password: &Password,
) -> Result<(), Error> {
    let greeting = conn.greeting().await?;
    conn.welcome(greeting).await?;
    conn.sign_in(user, password).await?;
    conn.after_sign_in().await
}

/// A signed-in connection over a stream that stands: for tests that play the
/// server.
#[cfg(test)]
pub(crate) async fn signed_in(stream: tokio::io::DuplexStream) -> Result<ImapConn, Error> {
    let stream = crate::net::NetStream::plain(stream, None);
    let mut conn = ImapConn::new(stream, "mail.example.test:993", Limits::default());
    greet_and_sign_in(&mut conn, "u", &Password::new("p")).await?;
    Ok(conn)
}

/// Connects up to the greeting, inside TLS where the settings want it, and
/// learns what the server can do.
pub(super) async fn secure(
    connector: &Connector,
    server: &ServerSettings,
    observer: &dyn StepObserver,
) -> Result<ImapConn, Error> {
    let place = server.place();
    let broken = |error: crate::net::Error| Error {
        place: place.clone(),
        fault: error.into(),
    };
    let stream = connector.connect(server, observer).await.map_err(broken)?;
    let mut conn = ImapConn::new(stream, &place, Limits::default());
    let greeting = observed(observer, CheckStepKind::Greeting, conn.greeting(), |_| {
        format!("{place} speaks IMAP.")
    })
    .await?;
    if server.security != Security::StartTls {
        conn.welcome(greeting).await?;
        return Ok(conn);
    }
    conn.start_tls(&greeting).await?;
    let stream = connector
        .upgrade(conn.into_stream(), server, observer)
        .await
        .map_err(broken)?;
    // A new connection: nothing said before TLS counts (RFC 9051, 6.2.1).
    let mut conn = ImapConn::new(stream, &place, Limits::default());
    conn.ask_capabilities().await?;
    Ok(conn)
}

impl ImapConn {
    /// Takes what the greeting says.
    async fn welcome(&mut self, greeting: Greeting) -> Result<(), Error> {
        self.preauth = greeting.preauth;
        match greeting.capabilities {
            Some(capabilities) => self.capabilities = capabilities,
            None => self.ask_capabilities().await?,
        }
        Ok(())
    }

    /// Asks for STARTTLS (RFC 9051, 6.2.1).
    pub(super) async fn start_tls(&mut self, greeting: &Greeting) -> Result<(), Error> {
        if greeting.preauth {
            return Err(self.fail(Fault::SignedInBeforeTls));
        }
        match self.run_plain(Command::new("STARTTLS")).await {
            Ok(_) => Ok(()),
            Err(Error {
                fault: Fault::No { .. } | Fault::Bad { .. },
                ..
            }) => Err(self.fail(Fault::NotOffered("STARTTLS"))),
            Err(error) => Err(error),
        }
    }

    /// Asks what the server can do.
    async fn ask_capabilities(&mut self) -> Result<(), Error> {
        let mut names = None;
        self.run(Command::new("CAPABILITY"), &mut |untagged| {
            if let Untagged::Own(Own::Capability(list)) = untagged {
                names = Some(list);
            }
        })
        .await?;
        self.capabilities = names.unwrap_or_default().into_iter().collect();
        Ok(())
    }

    /// Signs in as the settings say: with a password or a token.
    async fn sign_in_as(
        &mut self,
        server: &ServerSettings,
        secret: &Password,
    ) -> Result<(), Error> {
        match server.auth {
            AuthMethod::OAuth2 => self.sign_in_with_token(server, secret).await,
            AuthMethod::Password | AuthMethod::None => self.sign_in(&server.username, secret).await,
        }
    }

    /// Signs in with a token (RFC 7628; XOAUTH2), once.
    pub(super) async fn sign_in_with_token(
        &mut self,
        server: &ServerSettings,
        token: &Password,
    ) -> Result<(), Error> {
        if self.preauth {
            return Ok(());
        }
        let (user, secret) = (server.username.as_str(), token.reveal());
        let (mechanism, words, end) = if self.capabilities.has("AUTH=OAUTHBEARER") {
            let place = (server.host.as_str(), server.port);
            let words = bearer::oauth_bearer(user, Some(place), secret);
            ("OAUTHBEARER", words, bearer::OAUTHBEARER_END)
        } else if self.capabilities.has("AUTH=XOAUTH2") {
            (
                "XOAUTH2",
                bearer::xoauth2(user, secret),
                bearer::XOAUTH2_END,
            )
        } else {
            return Err(self.fail(Fault::NotOffered(
                "signing in with the provider's own page (OAuth2)",
            )));
        };
        self.told_capabilities = None;
        let outcome = self.authenticate(mechanism, &words, end).await;
        self.conclude_sign_in(outcome).await
    }

    /// Signs in (RFC 9051, 6.2.2 and 6.2.3; RFC 4616; RFC 4959).
    pub(super) async fn sign_in(&mut self, user: &str, password: &Password) -> Result<(), Error> {
        if self.preauth {
            return Ok(());
        }
        if user.contains('\0') || password.reveal().contains('\0') {
            return Err(self.fail(Fault::SignIn {
                code: None,
                said: String::new(),
            }));
        }
        self.told_capabilities = None;
        let outcome = if self.capabilities.has("AUTH=PLAIN") {
            self.authenticate_plain(user, password).await
        } else if self.capabilities.has("LOGINDISABLED") {
            let offered = self.capabilities.mechanisms();
            return Err(self.fail(Fault::NoMechanism { offered }));
        } else {
            self.login(user, password).await
        };
        self.conclude_sign_in(outcome).await
    }

    /// What the end of a sign-in means.
    async fn conclude_sign_in(&mut self, outcome: Result<Done, Error>) -> Result<(), Error> {
        match outcome {
            Ok(done) => self.renew_capabilities(done).await,
            Err(Error {
                fault: Fault::No { code, said, .. },
                ..
            }) => Err(self.fail(Fault::SignIn { code, said })),
            Err(error) => Err(error),
        }
    }

    async fn login(&mut self, user: &str, password: &Password) -> Result<Done, Error> {
        let command = Command::new("LOGIN").string(user).string(password.reveal());
        self.run_plain(command).await
    }

    async fn authenticate_plain(&mut self, user: &str, password: &Password) -> Result<Done, Error> {
        let plain = Zeroizing::new(format!("\0{user}\0{}", password.reveal()));
        self.authenticate("PLAIN", &plain, "*").await
    }

    /// Says one message in one mechanism (RFC 9051, 6.2.2; RFC 4959), and
    /// `end` to a server that wants to hear more: it has refused.
    async fn authenticate(
        &mut self,
        mechanism: &str,
        message: &str,
        end: &str,
    ) -> Result<Done, Error> {
        const NAME: &str = "AUTHENTICATE";
        let mut secret = Zeroizing::new(STANDARD.encode(message));
        let command = Command::new(NAME).words(mechanism);
        let tag = if self.capabilities.sasl_ir() {
            self.begin(command.words(&secret), &mut |_| {}).await?
        } else {
            let tag = self.begin(command, &mut |_| {}).await?;
            if let Step::Done(done) = self.challenge(NAME, &tag).await? {
                return Ok(done);
            }
            secret.push_str("\r\n");
            self.send(NAME, secret.as_bytes()).await?;
            tag
        };
        if let Step::Done(done) = self.challenge(NAME, &tag).await? {
            return Ok(done);
        }
        let end = match end {
            "*" => "*\r\n".to_owned(),
            end => format!("{}\r\n", STANDARD.encode(end)),
        };
        self.send(NAME, end.as_bytes()).await?;
        match self.challenge(NAME, &tag).await? {
            Step::Done(done) => Ok(done),
            Step::Got(_) => Err(self.fail(Fault::Nonsense("it asks for more and more"))),
        }
    }

    /// A server can do other things for somebody it knows: what it said
    /// before is void.
    async fn renew_capabilities(&mut self, done: Done) -> Result<(), Error> {
        match done.code {
            Some(Code::Capability(names)) => {
                self.capabilities = names.into_iter().collect::<Capabilities>();
                Ok(())
            }
            // Gmail says it in an answer of its own before the OK.
            _ => match self.told_capabilities.take() {
                Some(names) => {
                    self.capabilities = names.into_iter().collect();
                    Ok(())
                }
                None => self.ask_capabilities().await,
            },
        }
    }

    /// Tells the program's name where the server wants to know it (RFC 2971),
    /// and nothing else: some servers open folders only after it. Turns on
    /// what is used. Costs no round trip: the answers come with those of the
    /// next command.
    async fn after_sign_in(&mut self) -> Result<(), Error> {
        quirks::apply(&self.place, &mut self.capabilities);
        let mut commands = Vec::new();
        if self.capabilities.has("ID") {
            commands.push(Command::new("ID").words("(\"name\" \"Waxwing\")"));
        }
        if self.capabilities.object_id() || self.capabilities.gmail() {
            self.keep_ids();
        }
        let wanted = self.capabilities.to_enable();
        if !wanted.is_empty() {
            commands.push(Command::new("ENABLE").words(&wanted.join(" ")));
        }
        if self.capabilities.namespace() {
            commands.push(Command::new("NAMESPACE"));
        }
        if compress::pays(&self.capabilities, self.peer) {
            self.compress_after(commands).await?;
            return Ok(());
        }
        self.send_early(commands).await
    }

    /// Asks for nothing, so that the server tells its news and does not hang
    /// up. Whether messages came or went.
    ///
    /// # Errors
    ///
    /// When the connection is lost.
    pub(crate) async fn noop(&mut self) -> Result<bool, Error> {
        let mut flags = false;
        self.run(Command::new("NOOP"), &mut |untagged| {
            flags |= super::idle::is_news(&untagged);
        })
        .await?;
        Ok(self.take_changed() || flags)
    }

    /// Opens the inbox, to find out whether there is one.
    ///
    /// # Errors
    ///
    /// When there is none, and when the connection is lost.
    pub(crate) async fn need_inbox(&mut self) -> Result<(), Error> {
        match self.select("INBOX").await {
            Ok(_) => Ok(()),
            Err(error) if error.is_refusal() => Err(self.fail(Fault::NoInbox)),
            Err(error) => Err(error),
        }
    }

    /// Says good-bye. What the server makes of it does not matter.
    pub(crate) async fn logout(mut self) {
        let goodbye = self.run_plain(Command::new("LOGOUT"));
        let limit = std::time::Duration::from_secs(3);
        let _ = tokio::time::timeout(limit, goodbye).await;
    }
}
