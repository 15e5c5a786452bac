//! The servers, one for each fault, in the words that such servers use.

use std::io;

use super::certificates::Leaf;
use crate::diagnosis::Around;
use crate::error::Error;
use crate::model::{AuthMethod, Fault, Protocol, Security};
use crate::net;
use crate::protocol::imap;

/// A server that is played.
pub(super) struct Played {
    pub(super) fault: Fault,
    pub(super) about: &'static str,
    pub(super) protocol: Protocol,
    pub(super) security: Security,
    pub(super) auth: AuthMethod,
    pub(super) leaf: Option<Leaf>,
    /// The port the settings would name, if not the protocol's own.
    pub(super) port: Option<u16>,
    /// A digit: the certificate trusted here has 64 of it as its fingerprint.
    pub(super) trusted: Option<&'static str>,
    pub(super) email: &'static str,
    pub(super) password: &'static str,
    pub(super) script: String,
}

impl Played {
    fn new(fault: Fault, about: &'static str, protocol: Protocol, script: String) -> Self {
        Self {
            fault,
            about,
            protocol,
            security: Security::None,
            auth: AuthMethod::Password,
            leaf: None,
            port: None,
            trusted: None,
            email: "jane@example.org",
            password: "secret",
            script,
        }
    }

    fn email(self, email: &'static str) -> Self {
        Self { email, ..self }
    }

    fn password(self, password: &'static str) -> Self {
        Self { password, ..self }
    }

    fn auth(self, auth: AuthMethod) -> Self {
        Self { auth, ..self }
    }

    fn port(self, port: u16) -> Self {
        Self {
            port: Some(port),
            ..self
        }
    }

    fn security(self, security: Security) -> Self {
        Self { security, ..self }
    }

    fn tls(self, leaf: Leaf) -> Self {
        Self {
            leaf: Some(leaf),
            security: Security::Tls,
            ..self
        }
    }
}

const IMAP_READY: &str = "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\n";
const POP3_READY: &str = "S: +OK ready\nC: CAPA\nS: +OK\nS: USER\nS: UIDL\nS: .\n";
const SMTP_READY: &str = "S: 220 mail ESMTP\nC: EHLO\nS: 250-mail\nS: 250 AUTH PLAIN\n";

/// An IMAP server that answers to a sign-in like this.
fn imap(fault: Fault, about: &'static str, answer: &str) -> Played {
    let script = format!("{IMAP_READY}C: AUTHENTICATE PLAIN\nS: {{tag}} {answer}");
    Played::new(fault, about, Protocol::Imap, script)
}

/// The same of a POP3 server.
fn pop3(fault: Fault, about: &'static str, answer: &str) -> Played {
    let script = format!("{POP3_READY}C: USER\nS: +OK\nC: PASS\nS: {answer}");
    Played::new(fault, about, Protocol::Pop3, script)
}

/// The same of an SMTP server.
fn smtp(fault: Fault, about: &'static str, answer: &str) -> Played {
    let script = format!("{SMTP_READY}C: AUTH PLAIN\nS: {answer}");
    Played::new(fault, about, Protocol::Smtp, script)
}

/// A server that says something else.
fn says(fault: Fault, about: &'static str, protocol: Protocol, script: &str) -> Played {
    Played::new(fault, about, protocol, script.to_owned())
}

pub(super) fn played() -> Vec<Played> {
    let mut all = ports();
    all.extend(certificates());
    all.extend(refusals());
    all.extend(providers());
    all.extend(sending());
    all
}

/// What is wrong before anybody can sign in.
fn ports() -> Vec<Played> {
    use Protocol::{Imap, Pop3, Smtp};
    vec![
        says(
            Fault::OtherProtocol,
            "A POP3 server on the port for IMAP",
            Imap,
            "S: +OK POP3 ready",
        )
        .port(110),
        says(
            Fault::OtherProtocol,
            "An IMAP server on the port for POP3",
            Pop3,
            "S: * OK IMAP4rev1 ready",
        )
        .port(143),
        says(
            Fault::OtherProtocol,
            "A server for sending on the port for IMAP, where TLS is set",
            Imap,
            "S: 220 mail ESMTP",
        )
        .security(Security::Tls)
        .port(587),
        says(
            Fault::OtherProtocol,
            "A POP3 server on the port for sending",
            Smtp,
            "S: +OK POP3 ready",
        )
        .port(110),
        says(
            Fault::OtherProtocol,
            "Something that is no mail server at all",
            Imap,
            "S: SSH-2.0-OpenSSH_9.2",
        )
        .port(22),
        says(
            Fault::CaptivePortal,
            "A network that wants a sign-in first answers with a web page",
            Imap,
            "READ\nS: HTTP/1.1 302 Found\nS: Location: http://portal.example/\nS:\nCUT",
        )
        .security(Security::Tls),
        says(
            Fault::CaptivePortal,
            "The same where STARTTLS is set",
            Smtp,
            "READ\nS: HTTP/1.1 400 Bad Request\nS:\nCUT",
        )
        .security(Security::StartTls),
        says(
            Fault::ClearOnTlsPort,
            "TLS is set, and the port begins in clear text",
            Imap,
            "S: * OK IMAP4rev1 ready",
        )
        .security(Security::Tls)
        .port(143),
        says(
            Fault::ClearOnTlsPort,
            "TLS is set, and the port hangs up on it: in clear text it greets",
            Pop3,
            "READ\nCUT\n---\nS: +OK ready",
        )
        .security(Security::Tls)
        .port(110),
        says(
            Fault::TlsOnClearPort,
            "STARTTLS is set, and the port begins with TLS",
            Imap,
            "TLS\nS: * OK IMAP4rev1 ready",
        )
        .tls(Leaf::SelfSigned)
        .security(Security::StartTls)
        .port(993),
        says(
            Fault::NoStartTls,
            "STARTTLS is set, and the server does not know it",
            Imap,
            "S: * OK [CAPABILITY IMAP4rev1] ready\nC: STARTTLS\nS: {tag} BAD unknown command",
        )
        .security(Security::StartTls),
        says(
            Fault::NoStartTls,
            "The same of a server for sending",
            Smtp,
            "S: 220 mail ESMTP\nC: EHLO\nS: 250 mail\nC: QUIT\nS: 221 bye",
        )
        .security(Security::StartTls),
        says(
            Fault::OldTls,
            "The server knows only TLS 1.1 and older",
            Imap,
            "READ\nRAW: 15030100020246\nCUT",
        )
        .security(Security::Tls),
        says(
            Fault::Dropped,
            "The server hangs up without a word",
            Pop3,
            "CUT",
        ),
        says(
            Fault::Nonsense,
            "The server says what makes no sense",
            Smtp,
            "S: 220 mail ESMTP\nC: EHLO\nS: 250-mail\nS: 999 what",
        ),
        says(
            Fault::Unavailable,
            "The server says good-bye instead of a greeting",
            Imap,
            "S: * BYE Server is temporarily shutting down",
        ),
        says(
            Fault::GreetingRefused,
            "A server for sending that bars this network",
            Smtp,
            "S: 554 5.7.1 Service refused; client host blocked",
        ),
        says(
            Fault::GreetingRefused,
            "A server for sending that takes no greeting",
            Smtp,
            "S: 220 mail ESMTP\nC: EHLO\nS: 550 5.7.1 no\nC: HELO\nS: 550 Helo command rejected",
        ),
    ]
}

fn certificates() -> Vec<Played> {
    let shows = |fault, about, leaf| {
        says(fault, about, Protocol::Imap, "TLS\nS: * OK IMAP4rev1 ready").tls(leaf)
    };
    let expired = "A certificate whose time is over";
    let early = "A certificate whose time has not come";
    let changed = Played {
        trusted: Some("a"),
        ..shows(
            Fault::CertificateChanged,
            "Another certificate than the one that was trusted, by an unknown issuer",
            Leaf::UnknownIssuer,
        )
    };
    let renewed = Played {
        trusted: Some("a"),
        ..shows(
            Fault::CertificateChanged,
            "Another certificate than the one that was trusted, by a known issuer",
            Leaf::Good,
        )
    };
    vec![
        shows(Fault::CertificateExpired, expired, Leaf::Expired),
        shows(Fault::CertificateNotYetValid, early, Leaf::NotYetValid),
        shows(
            Fault::CertificateWrongName,
            "A certificate for another host",
            Leaf::WrongName,
        ),
        shows(
            Fault::CertificateSelfSigned,
            "A certificate that the server made itself",
            Leaf::SelfSigned,
        ),
        shows(
            Fault::CertificateUnknownIssuer,
            "A certificate by somebody this computer does not know",
            Leaf::UnknownIssuer,
        ),
        shows(
            Fault::CertificateUnusable,
            "A certificate for issuing certificates",
            Leaf::Authority,
        ),
        changed,
        renewed,
        says(
            Fault::CertificateExpired,
            "The same after STARTTLS",
            Protocol::Smtp,
            "S: 220 mail ESMTP\nC: EHLO\nS: 250-mail\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nTLS",
        )
        .tls(Leaf::Expired)
        .security(Security::StartTls),
    ]
}

/// What any server may say to a sign-in.
fn refusals() -> Vec<Played> {
    let second = format!(
        "{IMAP_READY}C: AUTHENTICATE PLAIN\nS: {{tag}} NO [AUTHENTICATIONFAILED] no\n---\n\
         {IMAP_READY}C: AUTHENTICATE PLAIN\nS: {{tag}} OK [CAPABILITY IMAP4rev1] in\n\
         C: LOGOUT\nS: * BYE\nS: {{tag}} OK"
    );
    let empty = format!(
        "{IMAP_READY}C: AUTHENTICATE PLAIN\nS: {{tag}} OK [CAPABILITY IMAP4rev1] in\n\
         C: LIST\nS: {{tag}} OK nothing\nC: LSUB\nS: {{tag}} OK nothing\nC: SELECT\nS: {{tag}} NO Mailbox does not exist"
    );
    vec![
        imap(
            Fault::WrongPassword,
            "A refusal by code",
            "NO [AUTHENTICATIONFAILED] Authentication failed.",
        ),
        pop3(
            Fault::WrongPassword,
            "A refusal in words",
            "-ERR Login failed.",
        ),
        smtp(
            Fault::WrongPassword,
            "A refusal by number",
            "535 5.7.8 Error: authentication failed",
        ),
        imap(
            Fault::Unexplained,
            "A refusal without a reason",
            "NO [ALERT] Sorry, not today",
        ),
        pop3(Fault::Unexplained, "The same without a word", "-ERR"),
        Played::new(
            Fault::UserNameForm,
            "The server wants what stands before the @ as the user name",
            Protocol::Imap,
            second,
        ),
        imap(
            Fault::InvisibleCharacters,
            "A refused password with a blank at its end",
            "NO [AUTHENTICATIONFAILED] Authentication failed.",
        )
        .password("secret "),
        imap(
            Fault::PasswordLetters,
            "A refused password with letters beyond A to Z",
            "BAD 8-bit data in a string",
        )
        .password("gehëim"),
        imap(
            Fault::TooManyTries,
            "Too many tries",
            "NO [UNAVAILABLE] Too many login failures, try again later",
        ),
        imap(
            Fault::TooManyConnections,
            "Too many connections",
            "NO [LIMIT] Maximum number of connections from user+IP exceeded",
        ),
        imap(
            Fault::Unavailable,
            "A server that is out of order",
            "NO [UNAVAILABLE] Temporary authentication failure.",
        ),
        imap(
            Fault::Forbidden,
            "A server that wants one to ask an administrator",
            "NO [CONTACTADMIN] Not allowed",
        ),
        imap(
            Fault::AccountDisabled,
            "A closed account",
            "NO [AUTHENTICATIONFAILED] This account has been suspended",
        ),
        imap(
            Fault::MailboxFull,
            "A full mailbox",
            "NO [OVERQUOTA] Quota exceeded",
        ),
        says(
            Fault::PasswordNeedsTls,
            "A server that takes passwords inside TLS only",
            Protocol::Imap,
            "S: * OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready",
        ),
        says(
            Fault::NoCommonMethod,
            "A server that knows only Kerberos",
            Protocol::Smtp,
            "TLS\nS: 220 mail ESMTP\nC: EHLO\nS: 250-mail\nS: 250 AUTH GSSAPI",
        )
        .tls(Leaf::Good)
        .port(465),
        pop3(
            Fault::MailboxInUse,
            "A POP3 mailbox that another program has open",
            "-ERR [IN-USE] Mailbox is locked",
        ),
        Played::new(
            Fault::NoInbox,
            "A mailbox without an inbox",
            Protocol::Imap,
            empty,
        ),
    ]
}

/// What well-known providers say.
fn providers() -> Vec<Played> {
    vec![
        imap(
            Fault::AppPassword,
            "Gmail wants an app password",
            "NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)",
        )
        .email("jane@gmail.com"),
        smtp(
            Fault::AppPassword,
            "Gmail wants an app password for sending",
            "534 5.7.9 Application-specific password required. https://support.google.com/mail/?p=InvalidSecondFactor",
        )
        .email("jane@gmail.com"),
        imap(
            Fault::WebLogin,
            "Gmail wants a look at its web page",
            "NO [ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)",
        )
        .email("jane@gmail.com"),
        pop3(
            Fault::AccessOff,
            "Gmail's POP3 is switched off",
            "-ERR [SYS/PERM] Your account is not enabled for POP access. Please visit your Gmail settings page.",
        )
        .email("jane@gmail.com"),
        imap(
            Fault::Forbidden,
            "A school has switched off IMAP at Google",
            "NO [ALERT] IMAP access is disabled for your domain. Please contact your domain administrator for questions about this feature. (Failure)",
        ),
        imap(
            Fault::TooManyConnections,
            "Gmail counts connections",
            "NO [ALERT] Too many simultaneous connections. (Failure)",
        )
        .email("jane@gmail.com"),
        imap(
            Fault::WrongPassword,
            "Yahoo refuses",
            "NO [AUTHENTICATIONFAILED] (#MBR1212) Incorrect username or password.",
        )
        .email("jane@yahoo.com"),
        smtp(
            Fault::TooManyTries,
            "Yahoo counts tries",
            "535 5.7.0 (#AUTH005) Too many bad auth attempts.",
        )
        .email("jane@yahoo.com"),
        imap(
            Fault::AppPassword,
            "Fastmail wants an app password",
            "NO [AUTHENTICATIONFAILED] Normal passwords are not valid for use with third party clients",
        )
        .email("jane@fastmail.com"),
        smtp(
            Fault::OAuthRequired,
            "Outlook.com takes no passwords",
            "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
        )
        .email("jane@outlook.com"),
        says(
            Fault::OAuthRequired,
            "A server that offers the sign-in in the browser and nothing else",
            Protocol::Imap,
            "S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2] ready",
        )
        .email("jane@outlook.com"),
        imap(
            Fault::AccessOff,
            "Outlook.com's IMAP is switched off",
            "BAD User is authenticated but not connected.",
        )
        .email("jane@outlook.com"),
        smtp(
            Fault::SmtpAuthOff,
            "Microsoft 365 does not let mail programs send",
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.",
        )
        .email("jane@outlook.com"),
        smtp(
            Fault::Forbidden,
            "A company's rules at Microsoft 365",
            "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy.",
        ),
        imap(
            Fault::PaidPlan,
            "mail.com opens mailboxes to mail programs for money",
            "NO [AUTHORIZATIONFAILED] IMAP is a feature of Premium accounts",
        )
        .email("jane@mail.com"),
        smtp(
            Fault::AppPassword,
            "Mail.ru wants a password for applications",
            "535 5.7.0 NEOBHODIM parol prilozheniya. Application password is REQUIRED",
        )
        .email("jane@mail.ru"),
    ]
}

/// What only concerns sending.
fn sending() -> Vec<Played> {
    let sender = |fault, about, answer: &str| {
        let script = format!("S: 220 mail ESMTP\nC: EHLO\nS: 250 mail\nC: MAIL FROM\nS: {answer}");
        Played::new(fault, about, Protocol::Smtp, script).auth(AuthMethod::None)
    };
    let token = "S: 220 mail ESMTP\nC: EHLO\nS: 250-mail\nS: 250 AUTH XOAUTH2\nC: AUTH XOAUTH2\n\
        S: 334 eyJzdGF0dXMiOiI0MDEifQ==\nC:\nS: 535 5.7.8 Username and Password not accepted.";
    vec![
        sender(
            Fault::SignInRequired,
            "No sign-in is set, and the server wants one",
            "530 5.7.0 Authentication required",
        ),
        sender(
            Fault::SignInRequired,
            "The same in other words",
            "550 5.7.1 Unable to relay",
        ),
        sender(
            Fault::SenderRefused,
            "The server does not take the sender's address",
            "553 5.7.1 Sender address rejected: not owned by user",
        ),
        sender(
            Fault::PasswordNeedsTls,
            "The server wants an encrypted connection first",
            "530 5.7.0 Must issue a STARTTLS command first",
        ),
        says(
            Fault::OAuthExpired,
            "What the sign-in in the browser gave is no longer taken",
            Protocol::Smtp,
            token,
        )
        .auth(AuthMethod::OAuth2)
        .password(
            r#"{"oauth2":"google","access":"token","refresh":null,"obtained":0,"lives":null}"#,
        )
        .email("jane@gmail.com"),
        says(
            Fault::Impostor,
            "A server that cannot prove that it knows the password",
            Protocol::Smtp,
            "S: 220 mail ESMTP\nC: EHLO\nS: 250-mail\nS: 250 AUTH SCRAM-SHA-256\n\
             C: AUTH SCRAM-SHA-256\nSCRAM\nS: 235 dj1BQUFB",
        ),
    ]
}

/// What is made of what the system would say.
pub(super) struct Reckoned {
    pub(super) fault: Fault,
    pub(super) about: &'static str,
    pub(super) protocol: Protocol,
    pub(super) host: &'static str,
    pub(super) port: u16,
    pub(super) email: &'static str,
    pub(super) password: &'static str,
    pub(super) error: Error,
    pub(super) around: Around,
}

pub(super) fn reckoned() -> Vec<Reckoned> {
    let row = |fault, about, error: net::Error| Reckoned {
        fault,
        about,
        protocol: Protocol::Imap,
        host: "localhost",
        port: 993,
        email: "jane@example.org",
        password: "secret",
        error: error.into(),
        around: Around::default(),
    };
    let unknown = || net::Error::Lookup {
        host: "localhost".to_owned(),
        source: io::Error::other("failed to lookup address information: Name or service not known"),
    };
    let silent = || net::Error::Timeout {
        place: "localhost:993".to_owned(),
        doing: "while connecting",
    };
    let no_network = Around {
        network: Some(false),
        ..Around::default()
    };
    let elsewhere = Around {
        network: Some(true),
        elsewhere: true,
        open: Some(vec![465]),
        ..Around::default()
    };
    vec![
        Reckoned {
            around: no_network,
            ..row(Fault::NoNetwork, "No network at all", unknown())
        },
        row(
            Fault::NoNameService,
            "No name service",
            net::Error::Lookup {
                host: "localhost".to_owned(),
                source: io::Error::other("Temporary failure in name resolution"),
            },
        ),
        row(Fault::UnknownHost, "A name that nobody knows", unknown()),
        row(
            Fault::Refused,
            "A port on which nothing listens",
            net::Error::Refused {
                place: "localhost:993".to_owned(),
                source: io::ErrorKind::ConnectionRefused.into(),
            },
        ),
        row(Fault::Silent, "A host that does not answer", silent()),
        Reckoned {
            protocol: Protocol::Smtp,
            port: 587,
            around: elsewhere,
            ..row(
                Fault::PortBlocked,
                "A network that closes the ports of sending",
                silent(),
            )
        },
        Reckoned {
            host: "imap.mail.me.com",
            email: "jane@icloud.com",
            error: imap::Error {
                place: "imap.mail.me.com:993".to_owned(),
                fault: imap::Fault::SignIn {
                    code: Some("AUTHENTICATIONFAILED".to_owned()),
                    said: "Authentication Failed".to_owned(),
                },
            }
            .into(),
            ..row(
                Fault::AppPassword,
                "iCloud refuses the usual password, and does not say why",
                silent(),
            )
        },
        Reckoned {
            error: crate::diagnosis::no_password(&crate::diagnosis::Case::new(
                &super::settings(Protocol::Imap, Security::Tls, 993),
                "jane@example.org",
            )),
            ..row(Fault::NoPassword, "No password is kept here", silent())
        },
    ]
}
