//! What the layers below ran into, as a fault.

use super::{Case, phrases};
use crate::error::Error;
use crate::model::{AuthMethod, Fault, Protocol, Security};
use crate::net::{self, CertificateProblem, Presented};
use crate::protocol::imap::{self, FrameError};
use crate::protocol::pop3::{self, Code};
use crate::protocol::smtp::{self, Step};

/// A fault, and what the failure tells beyond it.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) fault: Fault,
    /// What answers instead of the protocol; what a server offers.
    pub(super) other: String,
    /// The certificate that was refused.
    pub(super) certificate: Option<(CertificateProblem, Presented)>,
}

impl Told {
    pub(super) fn of(fault: Fault) -> Self {
        Self {
            fault,
            other: String::new(),
            certificate: None,
        }
    }

    fn with(fault: Fault, other: impl Into<String>) -> Self {
        Self {
            other: other.into(),
            ..Self::of(fault)
        }
    }
}

/// What the failure is about; none where it is not about a server.
pub(super) fn of(error: &Error, case: &Case<'_>) -> Option<Told> {
    let source = std::error::Error::source(error)?;
    if let Some(error) = source.downcast_ref::<net::Error>() {
        return of_net(error, case);
    }
    if let Some(error) = source.downcast_ref::<imap::Error>() {
        return of_imap(error, case);
    }
    if let Some(error) = source.downcast_ref::<pop3::Error>() {
        return Some(of_pop3(error, case));
    }
    of_smtp(source.downcast_ref::<smtp::Error>()?, case)
}

fn of_net(error: &net::Error, case: &Case<'_>) -> Option<Told> {
    use net::Error as E;
    Some(match error {
        E::Lookup { source, .. } if is_for_now(source) => Told::of(Fault::NoNameService),
        E::Lookup { .. } | E::NoAddress { .. } | E::BadHost { .. } => Told::of(Fault::UnknownHost),
        E::Refused { .. } => Told::of(Fault::Refused),
        E::Unreachable { .. } => Told::of(Fault::Silent),
        E::Timeout { .. } => match &case.around.clear {
            Some(line) => in_clear(line, case),
            None => silent(case),
        },
        E::NotTls { heard, .. } => in_clear(case.around.clear.as_deref().unwrap_or(heard), case),
        E::Tls { .. } => match &case.around.clear {
            Some(line) => in_clear(line, case),
            None => Told::of(Fault::Dropped),
        },
        E::OldTls { .. } => Told::of(Fault::OldTls),
        E::Certificate {
            problem, presented, ..
        } => Told {
            certificate: Some((*problem, (**presented).clone())),
            ..Told::of(of_certificate(*problem))
        },
        E::Setup { .. } => return None,
    })
}

/// Whether the name service did not answer, rather than not know the name.
fn is_for_now(source: &std::io::Error) -> bool {
    let words = source.to_string().to_ascii_lowercase();
    source.kind() == std::io::ErrorKind::TimedOut
        || words.contains("temporary failure")
        || words.contains("try again")
}

fn of_certificate(problem: CertificateProblem) -> Fault {
    match problem {
        CertificateProblem::Expired => Fault::CertificateExpired,
        CertificateProblem::NotYetValid => Fault::CertificateNotYetValid,
        CertificateProblem::WrongName => Fault::CertificateWrongName,
        CertificateProblem::SelfSigned => Fault::CertificateSelfSigned,
        CertificateProblem::UnknownIssuer => Fault::CertificateUnknownIssuer,
        CertificateProblem::Changed => Fault::CertificateChanged,
        CertificateProblem::Authority | CertificateProblem::Revoked | CertificateProblem::Other => {
            Fault::CertificateUnusable
        }
    }
}

/// A line in clear text where TLS was expected.
fn in_clear(line: &str, case: &Case<'_>) -> Told {
    match speaker(line) {
        Some(Speaker::Web) => Told::of(Fault::CaptivePortal),
        Some(Speaker::Mail(protocol)) if protocol != case.server.protocol => {
            Told::with(Fault::OtherProtocol, protocol.name())
        }
        Some(Speaker::Other(name)) => Told::with(Fault::OtherProtocol, name),
        _ => Told::of(Fault::ClearOnTlsPort),
    }
}

/// A line that is not of the protocol.
fn foreign(line: &str) -> Told {
    match speaker(line) {
        Some(Speaker::Web) => Told::of(Fault::CaptivePortal),
        Some(Speaker::Mail(protocol)) => Told::with(Fault::OtherProtocol, protocol.name()),
        Some(Speaker::Other(name)) => Told::with(Fault::OtherProtocol, name),
        None => Told::with(Fault::OtherProtocol, "something else"),
    }
}

/// Who says a first line.
enum Speaker {
    Mail(Protocol),
    Web,
    Other(&'static str),
}

fn speaker(line: &str) -> Option<Speaker> {
    let line = line.trim_start().to_ascii_lowercase();
    let begins = |starts: &[&str]| starts.iter().any(|start| line.starts_with(start));
    Some(if begins(&["http/", "<!doctype", "<html"]) {
        Speaker::Web
    } else if begins(&["* ok", "* preauth", "* bye"]) {
        Speaker::Mail(Protocol::Imap)
    } else if begins(&["+ok", "-err"]) {
        Speaker::Mail(Protocol::Pop3)
    } else if begins(&["220", "421", "554"]) && line.contains("ftp") {
        Speaker::Other("a file server (FTP)")
    } else if begins(&["220", "421", "554"]) {
        Speaker::Mail(Protocol::Smtp)
    } else if begins(&["ssh-"]) {
        Speaker::Other("a remote login (SSH)")
    } else {
        return None;
    })
}

/// Whether a web server says so.
pub(super) fn is_web(line: &str) -> bool {
    matches!(speaker(line), Some(Speaker::Web))
}

/// Nothing was heard from the greeting on, in clear text.
fn silent(case: &Case<'_>) -> Told {
    match &case.around.inside {
        Some(net::TlsAnswer::Speaks) => Told::of(Fault::TlsOnClearPort),
        Some(net::TlsAnswer::Clear(line)) => match speaker(line) {
            // It greets after all, only late.
            Some(Speaker::Mail(protocol)) if protocol == case.server.protocol => {
                Told::of(Fault::Silent)
            }
            _ => foreign(line),
        },
        _ => Told::of(Fault::Silent),
    }
}

fn of_imap(error: &imap::Error, case: &Case<'_>) -> Option<Told> {
    use imap::Fault as F;
    Some(match &error.fault {
        F::Net(error) => return of_net(error, case),
        F::Lost { said, .. } => Told::of(lost(said.as_deref())),
        F::Timeout { .. } => silent(case),
        F::Unreadable(FrameError::NotImap(line)) => foreign(line),
        F::Unreadable(_) | F::Nonsense(_) | F::Unnumbered => Told::of(Fault::Nonsense),
        F::No { code, said, .. } => {
            let code = code.as_deref().unwrap_or_default();
            Told::of(of_imap_refusal(code, said, Fault::Unexplained))
        }
        F::Bad { command, said } => Told::of(of_imap_bad(command, said, case)),
        F::SignIn { code, said } => {
            let code = code.as_deref().unwrap_or_default();
            Told::of(of_imap_refusal(code, said, Fault::WrongPassword))
        }
        F::NotOffered("STARTTLS") | F::SignedInBeforeTls => Told::of(Fault::NoStartTls),
        F::NotOffered(_) => Told::of(Fault::NoCommonMethod),
        F::NoInbox => Told::of(Fault::NoInbox),
        F::NoMechanism { offered } => no_mechanism(offered, case),
        F::Poisoned => Told::of(Fault::Dropped),
    })
}

/// A refusal by its code (RFC 5530, RFC 9051 7.1) and its words. `usual`: what
/// words about name and password mean here.
fn of_imap_refusal(code: &str, said: &str, usual: Fault) -> Fault {
    if let Some(fault) = phrases::special(said) {
        return fault;
    }
    match code {
        "AUTHENTICATIONFAILED" => Fault::WrongPassword,
        "PRIVACYREQUIRED" => Fault::PasswordNeedsTls,
        "WEBALERT" | "EXPIRED" => Fault::WebLogin,
        "AUTHORIZATIONFAILED" | "CONTACTADMIN" | "NOPERM" => Fault::Forbidden,
        "UNAVAILABLE" | "INUSE" | "SERVERBUG" => Fault::Unavailable,
        "LIMIT" => Fault::TooManyConnections,
        "THROTTLED" => Fault::TooManyTries,
        "OVERQUOTA" => Fault::MailboxFull,
        _ => by_words(said, usual),
    }
}

fn by_words(said: &str, usual: Fault) -> Fault {
    match phrases::usual(said) {
        Some(Fault::WrongPassword) => usual,
        Some(fault) => fault,
        None => Fault::Unexplained,
    }
}

/// A command that was not understood: to a password, some say so.
fn of_imap_bad(command: &str, said: &str, case: &Case<'_>) -> Fault {
    if let Some(fault) = phrases::special(said) {
        return fault;
    }
    if !matches!(command, "LOGIN" | "AUTHENTICATE") {
        return Fault::Nonsense;
    }
    let ascii = case
        .password
        .is_none_or(|password| password.reveal().is_ascii());
    if ascii {
        by_words(said, Fault::WrongPassword)
    } else {
        Fault::PasswordLetters
    }
}

/// A connection that ended; `said`: the server's farewell.
fn lost(said: Option<&str>) -> Fault {
    let said = said.unwrap_or_default();
    let known = phrases::special(said).or_else(|| phrases::usual(said));
    known.unwrap_or(Fault::Dropped)
}

fn no_mechanism(offered: &str, case: &Case<'_>) -> Told {
    let browser = ["XOAUTH2", "OAUTHBEARER"];
    let has_browser = offered.split(' ').any(|name| browser.contains(&name));
    if has_browser && case.server.auth != AuthMethod::OAuth2 {
        Told::of(Fault::OAuthRequired)
    } else if case.server.security == Security::None {
        Told::of(Fault::PasswordNeedsTls)
    } else {
        Told::with(Fault::NoCommonMethod, offered)
    }
}

fn of_pop3(error: &pop3::Error, case: &Case<'_>) -> Told {
    use pop3::Fault as F;
    match &error.fault {
        F::Net(error) => of_net(error, case).unwrap_or(Told::of(Fault::Unexplained)),
        F::Lost { said, .. } => Told::of(lost(said.as_deref())),
        F::Timeout if error.doing == "greeting" => silent(case),
        F::Timeout => Told::of(Fault::Silent),
        F::NotPop3 { said } => foreign(said),
        F::Nonsense(_) => Told::of(Fault::Nonsense),
        F::Refused(refusal) => Told::of(of_pop3_refusal(refusal, true)),
        F::SignIn { refusal, told } => Told::of(of_pop3_refusal(refusal, *told)),
        F::NotOffered("STLS") => Told::of(Fault::NoStartTls),
        F::NotOffered(_) => no_mechanism("", case),
        F::Unsendable => Told::of(Fault::InvisibleCharacters),
        F::GivenUp => Told::of(Fault::Dropped),
    }
}

fn of_pop3_refusal(refusal: &pop3::Refusal, told: bool) -> Fault {
    if refusal.code == Some(Code::InUse) {
        return Fault::MailboxInUse;
    }
    if let Some(fault) = phrases::special(&refusal.said) {
        return fault;
    }
    match refusal.code {
        Some(Code::LoginDelay) => Fault::TooManyTries,
        Some(Code::SysTemp) => Fault::Unavailable,
        Some(Code::Auth) if told => Fault::WrongPassword,
        _ => by_words(&refusal.said, Fault::WrongPassword),
    }
}

fn of_smtp(error: &smtp::Error, case: &Case<'_>) -> Option<Told> {
    use smtp::Error as E;
    Some(match error {
        E::Lost { .. } => Told::of(Fault::Dropped),
        E::Timeout {
            step: Step::Greeting,
            ..
        } => silent(case),
        E::Timeout { .. } => Told::of(Fault::Silent),
        E::Protocol { said, .. } => match speaker(said) {
            Some(Speaker::Mail(Protocol::Smtp)) => Told::of(Fault::Nonsense),
            None if is_reply(said) => Told::of(Fault::Nonsense),
            _ => foreign(said),
        },
        E::Refused {
            step, code, text, ..
        } => Told::of(of_smtp_refusal(*step, *code, text)),
        E::Auth { code, text, .. } => Told::of(of_smtp_sign_in(*code, text)),
        E::Impostor { .. } => Told::of(Fault::Impostor),
        E::NoMechanism { starttls: true, .. } if case.server.security == Security::None => {
            Told::of(Fault::PasswordNeedsTls)
        }
        E::NoMechanism { offered, .. } => no_mechanism(offered, case),
        E::NoStartTls { .. } => Told::of(Fault::NoStartTls),
        E::Handshake(_)
        | E::TooLarge { .. }
        | E::NeedsUtf8 { .. }
        | E::Needs8Bit { .. }
        | E::BadAddress(_) => return None,
    })
}

/// Whether a line begins as those of a mail server do: with three digits.
fn is_reply(line: &str) -> bool {
    let digits = line.bytes().take_while(u8::is_ascii_digit);
    digits.count() == 3
}

/// A refused sign-in (RFC 4954, 6; RFC 5321, 4.2.3).
fn of_smtp_sign_in(code: u16, text: &str) -> Fault {
    if let Some(fault) = phrases::special(text) {
        return fault;
    }
    match code {
        535 => Fault::WrongPassword,
        530 | 538 => Fault::PasswordNeedsTls,
        500..=504 | 534 => Fault::NoCommonMethod,
        _ => by_words(text, Fault::WrongPassword),
    }
}

fn of_smtp_refusal(step: Step, code: u16, text: &str) -> Fault {
    if let Some(fault) = phrases::special(text) {
        return fault;
    }
    match (step, code) {
        (Step::Tls, _) => Fault::NoStartTls,
        (_, 400..=499) => Fault::Unavailable,
        (Step::Greeting, _) => Fault::GreetingRefused,
        (_, 530) => match phrases::usual(text) {
            Some(Fault::PasswordNeedsTls) => Fault::PasswordNeedsTls,
            _ => Fault::SignInRequired,
        },
        (Step::Sending, _) if wants_sign_in(text) => Fault::SignInRequired,
        (Step::Sending, _) => Fault::SenderRefused,
        _ => by_words(text, Fault::WrongPassword),
    }
}

/// Whether a refused sender was refused as somebody nobody knows.
fn wants_sign_in(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["authenti", "relay", "log in", "sign in", "login"]
        .iter()
        .any(|word| text.contains(word))
}
