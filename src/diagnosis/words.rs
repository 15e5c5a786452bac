//! What a person reads: what happened, to which server, and what to do.

use chrono::{DateTime, Utc};

use super::Case;
use super::providers::Known;
use super::typed::Told;
use crate::model::{Fault, Protocol, Security};
use crate::net::CertificateProblem;

/// What happened, and what to do. Words in braces stand for what is the case.
type Row = (&'static str, &'static str);

/// The message and the hint of a fault.
pub(super) fn of(told: &Told, case: &Case<'_>) -> (String, String) {
    let (message, hint) = row(told, case);
    let mut hint = fill(hint, told, case);
    if told.fault != Fault::CertificateChanged
        && let Some((_, presented)) = &told.certificate
        && presented.is_another
    {
        hint.push_str(" It is not the one that you trusted, either.");
    }
    if told.fault == Fault::WrongPassword
        && let Some(preparation) = case.provider().and_then(Known::preparation)
    {
        hint.push(' ');
        hint.push_str(&preparation.words);
    }
    (fill(message, told, case), hint)
}

fn row(told: &Told, case: &Case<'_>) -> Row {
    match told.fault {
        Fault::NoNetwork
        | Fault::NoNameService
        | Fault::UnknownHost
        | Fault::Refused
        | Fault::Silent
        | Fault::PortBlocked
        | Fault::OtherProtocol
        | Fault::CaptivePortal
        | Fault::Dropped
        | Fault::Nonsense => of_the_way(told.fault, case),
        Fault::ClearOnTlsPort
        | Fault::TlsOnClearPort
        | Fault::NoStartTls
        | Fault::OldTls
        | Fault::PasswordNeedsTls
        | Fault::Impostor => of_protection(told.fault),
        Fault::CertificateExpired
        | Fault::CertificateNotYetValid
        | Fault::CertificateWrongName
        | Fault::CertificateSelfSigned
        | Fault::CertificateUnknownIssuer
        | Fault::CertificateChanged
        | Fault::CertificateUnusable => of_certificates(told),
        Fault::UserNameForm
        | Fault::WrongPassword
        | Fault::InvisibleCharacters
        | Fault::PasswordLetters
        | Fault::NoPassword
        | Fault::OAuthExpired
        | Fault::NoCommonMethod
        | Fault::Unexplained => of_signing_in(told),
        Fault::AppPassword
        | Fault::OAuthRequired
        | Fault::WebLogin
        | Fault::AccessOff
        | Fault::Forbidden
        | Fault::SmtpAuthOff
        | Fault::PaidPlan
        | Fault::AccountDisabled => of_the_provider(told.fault),
        Fault::TooManyTries
        | Fault::TooManyConnections
        | Fault::Unavailable
        | Fault::MailboxInUse
        | Fault::MailboxFull
        | Fault::NoInbox
        | Fault::NoUidl
        | Fault::SignInRequired
        | Fault::SenderRefused
        | Fault::GreetingRefused => of_the_server(told.fault),
    }
}

fn of_the_way(fault: Fault, case: &Case<'_>) -> Row {
    match fault {
        Fault::NoNetwork => (
            "This computer has no network, so {host} cannot be reached.",
            "Connect to a network, then try again.",
        ),
        Fault::NoNameService => (
            "The name service of this network does not answer, so {host} cannot be found.",
            "Check the network connection. In a hotel or a café open a web page first: the network may want you to sign in.",
        ),
        Fault::UnknownHost => (
            "No server named {host} is known.",
            "Check the name for a typing error. A filter on this network may also hide it.",
        ),
        Fault::Refused => (
            "{place} refused the connection: nothing listens on port {port}.",
            "Check the port: {protocol} usually has {usual}.",
        ),
        Fault::PortBlocked => (
            "This network lets nobody out to port {port}: {place} is silent, while other servers answer.",
            "Many public networks close the ports of sending. Use another port, or another network.",
        ),
        Fault::OtherProtocol => (
            "{place} does not speak {protocol}: {other} answers there.",
            "Change the port: {protocol} usually has {usual}.",
        ),
        Fault::CaptivePortal => (
            "A web page answers at {place}, where a mail server should.",
            "This network may want you to sign in first: open any page in the browser, then try again. Else this is the port of a web server.",
        ),
        Fault::Nonsense => (
            "{place} gave an answer that makes no sense.",
            "Try again. If it goes on, check the server's name and port, or ask whoever runs it.",
        ),
        Fault::Dropped => (
            "The connection to {place} broke.",
            "Try again. If it goes on, a firewall or a virus scanner may stand between, or the port is another's.",
        ),
        _ if case.around.elsewhere => (
            "{place} does not answer, though the server does on another port.",
            "Change the port: {protocol} usually has {usual}.",
        ),
        _ => (
            "{place} does not answer.",
            "Check the server's name and its port. A firewall on the way may also swallow the connection.",
        ),
    }
}

fn of_protection(fault: Fault) -> Row {
    match fault {
        Fault::ClearOnTlsPort => (
            "{place} does not begin with TLS: the server speaks clear text there.",
            "Nothing was sent to it. Use STARTTLS on this port, or the port for TLS.",
        ),
        Fault::TlsOnClearPort => (
            "{place} begins with TLS, and the settings say otherwise.",
            "Nothing was sent to it. Change the security to TLS.",
        ),
        Fault::OldTls => (
            "{place} offers no encryption that is safe today, only what is older than TLS 1.2.",
            "Nothing was sent to it. Ask whoever runs the server to bring it up to date.",
        ),
        Fault::PasswordNeedsTls => (
            "{place} takes passwords on protected connections only.",
            "Change the security to TLS or STARTTLS.",
        ),
        Fault::Impostor => (
            "{place} could not prove that it knows your password: it may not be the server it says it is.",
            "Your password was not told to it. Try another network, or ask your provider.",
        ),
        _ => (
            "{place} does not offer STARTTLS, so the connection would not be protected.",
            "Nothing was sent to it. Use TLS from the start.",
        ),
    }
}

fn of_certificates(told: &Told) -> Row {
    let certificate = told.certificate.as_ref();
    let is_trusted = certificate.is_some_and(|(_, presented)| presented.is_trusted);
    match told.fault {
        Fault::CertificateExpired => (
            "The certificate of {place} expired{when}.",
            "Nothing was sent to it. If this computer's date ({today}) is right, whoever runs the server has to renew it.",
        ),
        Fault::CertificateNotYetValid => (
            "The certificate of {place} is not valid yet{when}.",
            "Nothing was sent to it. This computer believes that today is {today}: set its clock if that is wrong.",
        ),
        Fault::CertificateWrongName => (
            "The certificate of {place} is for {names} and not for {host}.",
            "Nothing was sent to it. Check the server's name: it must be one of the certificate's. On a public network somebody may stand between.",
        ),
        Fault::CertificateSelfSigned => (
            "The server at {place} signed its certificate itself: nobody else vouches for it.",
            "Nothing was sent to it. Trust it only if the server is your own, or if whoever runs it told you the fingerprint.",
        ),
        Fault::CertificateUnknownIssuer => (
            "The certificate of {place} comes from an issuer that this computer does not know.",
            "Nothing was sent to it. A company or a virus scanner may have an issuer of its own: ask for its fingerprint before you trust it.",
        ),
        Fault::CertificateChanged if is_trusted => (
            "The certificate of {place} is another than the one you trusted.",
            "Nothing was sent to it. This computer trusts the issuer of the new one, so it may have been renewed; ask whoever runs the server.",
        ),
        Fault::CertificateChanged => (
            "The certificate of {place} is another than the one you trusted.",
            "Nothing was sent to it: somebody may stand between. Ask whoever runs the server before you trust the new one.",
        ),
        _ => of_useless_certificates(certificate.map(|(problem, _)| *problem)),
    }
}

fn of_useless_certificates(problem: Option<CertificateProblem>) -> Row {
    match problem {
        Some(CertificateProblem::Authority) => (
            "The certificate of {place} is one for issuing certificates, which may not stand for a server.",
            "Nothing was sent to it. If the server is your own, give it a certificate made with basicConstraints=CA:FALSE.",
        ),
        Some(CertificateProblem::Revoked) => (
            "The certificate of {place} was called back by its issuer.",
            "Nothing was sent to it. Ask whoever runs the server.",
        ),
        _ => (
            "The certificate of {place} is of no use.",
            "Nothing was sent to it. Ask whoever runs the server to check it.",
        ),
    }
}

fn of_signing_in(told: &Told) -> Row {
    match told.fault {
        Fault::UserNameForm => (
            "{place} knows you as “{name}” and not as “{user}”.",
            "Use that user name; the password is right.",
        ),
        Fault::WrongPassword => (
            "{place} refused the name “{user}” or its password.",
            "Check name and password.",
        ),
        Fault::InvisibleCharacters => (
            "{place} refused the password, which has blanks or invisible characters in it.",
            "They may have come along when it was copied. Try it without them.",
        ),
        Fault::PasswordLetters => (
            "{place} refused the password, which has letters that many servers cannot read.",
            "Check the password. If it is right, set one of plain letters, digits and signs at the provider.",
        ),
        Fault::NoPassword => (
            "The password of {user} at {host} is not kept on this computer.",
            "Type it once more.",
        ),
        Fault::OAuthExpired => (
            "{place} no longer takes what the sign-in in the browser gave.",
            "Sign in there once more.",
        ),
        Fault::NoCommonMethod if told.other.is_empty() => (
            "{place} offers no way of signing in with a password.",
            "Check the port: it may be one for other servers. Else ask the provider which ways it knows.",
        ),
        Fault::NoCommonMethod => (
            "{place} offers only ways of signing in that Waxwing does not know ({other}).",
            "Ask the provider how other mail programs sign in.",
        ),
        _ => (
            "{place} refused to let {user} in, and does not say that name or password are wrong.",
            "What the server said may tell more; else ask the provider.",
        ),
    }
}

fn of_the_provider(fault: Fault) -> Row {
    match fault {
        Fault::AppPassword => (
            "{provider} does not take your usual password from a mail program, but one made for it (app password).",
            "Make one at the provider, and type it here.",
        ),
        Fault::OAuthRequired => (
            "{provider} takes no password from mail programs, only its own sign-in in the browser.",
            "Sign in with the browser.",
        ),
        Fault::WebLogin => (
            "{provider} wants you to sign in on its web page before it lets this program in.",
            "Sign in there, confirm that it was you, then try again.",
        ),
        Fault::AccessOff => (
            "{protocol} is switched off for your mailbox at {provider}.",
            "Switch it on in the settings of your mailbox on the web, then try again.",
        ),
        Fault::Forbidden => (
            "{provider} does not let mail programs into this mailbox: a rule of your organisation or family forbids it.",
            "Ask whoever manages the mailbox. Your password is not the reason.",
        ),
        Fault::SmtpAuthOff => (
            "Sending from mail programs is switched off for your mailbox at {provider}.",
            "Switch on “Authenticated SMTP” there, or ask whoever manages the mailbox. Your password is not the reason.",
        ),
        Fault::PaidPlan => (
            "{provider} opens your mailbox to mail programs only with a paid plan.",
            "Take such a plan, or read the mail on its web page.",
        ),
        _ => (
            "{provider} says that this mailbox is disabled, suspended or closed.",
            "Sign in on the provider's web page to see why.",
        ),
    }
}

fn of_the_server(fault: Fault) -> Row {
    match fault {
        Fault::TooManyTries => (
            "{place} lets nobody sign in to this mailbox for a while: it counted too many tries.",
            "Wait a quarter of an hour before you try again. Each further try makes it longer.",
        ),
        Fault::TooManyConnections => (
            "{place} has more connections from you than it allows.",
            "Close other mail programs, or wait some minutes and try again.",
        ),
        Fault::Unavailable => (
            "{place} is out of order for now.",
            "This is not about name and password. Try again in some minutes.",
        ),
        Fault::MailboxInUse => (
            "Another mail program has the mailbox at {place} open.",
            "POP3 lets in one at a time. Close the other one, or wait some minutes.",
        ),
        Fault::MailboxFull => (
            "The mailbox at {place} is full, and the server lets nobody in until there is room.",
            "Delete mail on the provider's web page, or ask for more room.",
        ),
        Fault::NoInbox => (
            "{place} let you in and shows no inbox.",
            "A new mailbox may need a first sign-in on the provider's web page. Else ask the provider.",
        ),
        Fault::NoUidl => (
            "It has no names for them (UIDL).",
            "They are told apart by what is in them, so there is nothing to do.",
        ),
        Fault::SignInRequired => (
            "{place} takes no mail from somebody who did not sign in.",
            "Turn on the sign-in of the outgoing server.",
        ),
        Fault::SenderRefused => (
            "{place} does not let mail from {email} through.",
            "Check the address of the account, or ask the provider which addresses you may send from.",
        ),
        _ => (
            "{place} turns this computer away before anybody can sign in.",
            "The network you are in may be barred: try another one, or ask your provider.",
        ),
    }
}

/// Puts what is the case into the words.
fn fill(words: &str, told: &Told, case: &Case<'_>) -> String {
    let server = case.server;
    let mut out = words.to_owned();
    let mut put = |name: &str, what: &dyn Fn() -> String| {
        if out.contains(name) {
            out = out.replace(name, &what());
        }
    };
    put("{place}", &|| server.place());
    put("{host}", &|| server.host.clone());
    put("{port}", &|| server.port.to_string());
    put("{protocol}", &|| server.protocol.name().to_owned());
    put("{usual}", &|| usual(server.protocol));
    put("{user}", &|| server.username.clone());
    put("{email}", &|| case.email.to_owned());
    put("{name}", &|| case.other_name.clone().unwrap_or_default());
    put("{provider}", &|| {
        let known = case.provider().map(Known::name);
        known.unwrap_or(&server.host).to_owned()
    });
    put("{other}", &|| told.other.clone());
    put("{names}", &|| names(told));
    put("{when}", &|| when(told));
    put("{today}", &|| day(Utc::now()));
    out
}

fn usual(protocol: Protocol) -> String {
    let tls = protocol.default_port(Security::Tls);
    let other = protocol.default_port(Security::StartTls);
    format!("{tls} with TLS, or {other} with STARTTLS")
}

/// The most names of a certificate that are told.
const NAMES: usize = 3;

fn names(told: &Told) -> String {
    let presented = told.certificate.as_ref().map(|(_, presented)| presented);
    let names = presented.map_or(&[][..], |presented| &presented.names);
    if names.is_empty() {
        return "another server".to_owned();
    }
    let mut listed = names.iter().take(NAMES).cloned().collect::<Vec<_>>();
    if names.len() > NAMES {
        listed.push("others".to_owned());
    }
    listed.join(", ")
}

fn when(told: &Told) -> String {
    let presented = told.certificate.as_ref().map(|(_, presented)| presented);
    let seconds = presented.and_then(|presented| presented.time);
    let time =
        seconds.and_then(|seconds| DateTime::from_timestamp(i64::try_from(seconds).ok()?, 0));
    match (time, told.fault) {
        (Some(time), Fault::CertificateExpired) => format!(" on {}", day(time)),
        (Some(time), _) => format!(", but from {} on", day(time)),
        (None, _) => String::new(),
    }
}

fn day(time: DateTime<Utc>) -> String {
    time.format("%-d %B %Y").to_string()
}
