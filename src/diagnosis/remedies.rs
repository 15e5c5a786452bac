//! The buttons that mend a fault, best first.

use super::Case;
use super::look::usual;
use super::providers::Known;
use super::typed::Told;
use crate::model::{
    AuthMethod, Fault, Remedy, Security, ServerSettings, TrustedCertificate, owner,
};
use crate::net::CertificateProblem;

/// A kind of button; what it does depends on the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cure {
    /// The usual ports of the protocol.
    UsualPorts,
    /// TLS on the same port.
    Tls,
    /// STARTTLS on the same port.
    StartTls,
    /// The host name that the certificate is for.
    HostName,
    /// The user name that the server took.
    UserName,
    /// Signing in with the password of the account.
    SignIn,
    /// Where an app password is made.
    AppPasswordPage,
    /// Where IMAP and POP3 are switched on.
    AccessPage,
    /// Where sending is switched on.
    SendingPage,
    /// What a paid plan brings.
    PlansPage,
    /// The provider's mail in the browser.
    WebPage,
    Trust,
    Browser,
    TypePassword,
    CleanPassword,
    TryAgain,
    ByHand,
}

/// The buttons of a fault.
fn cures(fault: Fault) -> &'static [Cure] {
    use Cure as C;
    match fault {
        Fault::NoNetwork
        | Fault::TooManyTries
        | Fault::TooManyConnections
        | Fault::Unavailable
        | Fault::MailboxInUse
        | Fault::Dropped
        | Fault::Impostor => &[C::TryAgain],
        Fault::NoNameService | Fault::CaptivePortal => &[C::TryAgain, C::ByHand],
        Fault::UnknownHost | Fault::GreetingRefused => &[C::ByHand, C::TryAgain],
        Fault::Refused | Fault::Silent | Fault::PortBlocked => {
            &[C::UsualPorts, C::TryAgain, C::ByHand]
        }
        Fault::OtherProtocol => &[C::UsualPorts, C::ByHand],
        Fault::ClearOnTlsPort => &[C::StartTls, C::UsualPorts, C::ByHand],
        Fault::TlsOnClearPort => &[C::Tls, C::ByHand],
        Fault::NoStartTls | Fault::PasswordNeedsTls | Fault::NoCommonMethod => {
            &[C::UsualPorts, C::ByHand]
        }
        Fault::OldTls | Fault::Nonsense => &[C::TryAgain, C::ByHand],
        Fault::CertificateNotYetValid => &[C::TryAgain, C::Trust],
        Fault::CertificateWrongName => &[C::HostName, C::ByHand, C::Trust],
        Fault::CertificateExpired
        | Fault::CertificateSelfSigned
        | Fault::CertificateUnknownIssuer
        | Fault::CertificateChanged
        | Fault::CertificateUnusable => &[C::TryAgain, C::Trust],
        Fault::UserNameForm => &[C::UserName, C::ByHand],
        Fault::WrongPassword => &[
            C::TypePassword,
            C::AppPasswordPage,
            C::AccessPage,
            C::ByHand,
        ],
        Fault::AppPassword => &[C::AppPasswordPage, C::TypePassword, C::Browser],
        Fault::OAuthRequired | Fault::OAuthExpired => &[C::Browser, C::WebPage],
        Fault::WebLogin => &[C::WebPage, C::TryAgain],
        Fault::AccessOff => &[C::AccessPage, C::WebPage, C::TryAgain],
        Fault::Forbidden | Fault::AccountDisabled | Fault::MailboxFull | Fault::NoInbox => {
            &[C::WebPage, C::TryAgain]
        }
        Fault::SmtpAuthOff => &[C::SendingPage, C::WebPage, C::TryAgain],
        Fault::PaidPlan => &[C::PlansPage, C::WebPage, C::TryAgain],
        Fault::SignInRequired => &[C::SignIn, C::ByHand],
        Fault::SenderRefused => &[C::ByHand],
        Fault::InvisibleCharacters => &[C::CleanPassword, C::TypePassword],
        Fault::PasswordLetters => &[C::TypePassword, C::WebPage],
        Fault::NoUidl => &[],
        Fault::NoPassword => &[C::TypePassword],
        Fault::Unexplained => &[C::TryAgain, C::TypePassword, C::WebPage],
    }
}

/// The remedies of a fault in this case.
pub(super) fn of(told: &Told, case: &Case<'_>) -> Vec<Remedy> {
    let mut remedies = Vec::new();
    for cure in cures(told.fault) {
        for remedy in make(*cure, told, case) {
            if !remedies.contains(&remedy) {
                remedies.push(remedy);
            }
        }
    }
    remedies
}

fn make(cure: Cure, told: &Told, case: &Case<'_>) -> Vec<Remedy> {
    let server = case.server;
    let provider = case.provider();
    let one = match cure {
        Cure::UsualPorts => return usual_ports(case),
        Cure::Tls => Some(secured(server, Security::Tls)),
        Cure::StartTls => Some(secured(server, Security::StartTls)),
        Cure::HostName => host_name(told, server),
        Cure::UserName => case.other_name.as_ref().map(|name| Remedy::Change {
            words: format!("Sign in as “{name}”"),
            server: ServerSettings {
                username: name.clone(),
                ..server.clone()
            },
        }),
        Cure::SignIn => Some(with_sign_in(case)),
        Cure::AppPasswordPage => page(
            "Make an app password",
            provider.and_then(Known::password_page),
        ),
        Cure::AccessPage => page(
            "Switch it on at the provider",
            provider.and_then(Known::access_page),
        ),
        Cure::SendingPage => page("Switch on sending", provider.and_then(Known::sending_page)),
        Cure::PlansPage => page(
            "See the provider's plans",
            provider.and_then(Known::plans_page),
        ),
        Cure::WebPage => page(
            "Open the provider's page",
            provider.and_then(Known::web_page),
        ),
        Cure::Trust => trust(told, server),
        Cure::Browser => browser(told.fault, provider),
        Cure::TypePassword => Some(Remedy::TypePassword),
        Cure::CleanPassword => Some(Remedy::CleanPassword),
        Cure::TryAgain => Some(Remedy::TryAgain),
        Cure::ByHand => Some(Remedy::SetUpByHand),
    };
    one.into_iter().collect()
}

/// The sign-in in the browser, where the provider knows it, and where nobody
/// knows the provider and nothing else is left.
fn browser(fault: Fault, provider: Option<Known>) -> Option<Remedy> {
    let knows = provider.map_or(fault != Fault::AppPassword, Known::has_browser);
    knows.then_some(Remedy::SignInWithBrowser)
}

/// The protocol's usual ports that are not those of the settings, and open as
/// far as anybody looked.
fn usual_ports(case: &Case<'_>) -> Vec<Remedy> {
    let server = case.server;
    let open = |port: &u16| {
        let open = case.around.open.as_ref();
        open.is_none_or(|open| open.contains(port))
    };
    let others = usual(server.protocol)
        .into_iter()
        .filter(|(port, _)| *port != server.port && open(port));
    others
        .map(|(port, security)| Remedy::Change {
            words: format!("Use port {port} with {}", security.name()),
            server: ServerSettings {
                port,
                security,
                ..server.clone()
            },
        })
        .collect()
}

fn secured(server: &ServerSettings, security: Security) -> Remedy {
    Remedy::Change {
        words: format!("Use {} on port {}", security.name(), server.port),
        server: ServerSettings {
            security,
            ..server.clone()
        },
    }
}

fn with_sign_in(case: &Case<'_>) -> Remedy {
    let mut server = case.server.clone();
    server.auth = AuthMethod::Password;
    if server.username.is_empty() {
        case.email.clone_into(&mut server.username);
    }
    Remedy::Change {
        words: "Sign in to the outgoing server".to_owned(),
        server,
    }
}

/// A page at the provider.
fn page(words: &str, url: Option<String>) -> Option<Remedy> {
    let url = url.filter(|url| url.starts_with("https://"))?;
    Some(Remedy::OpenPage {
        words: words.to_owned(),
        url,
    })
}

/// The certificate's own host name, where it is of the same domain: another
/// may be anybody's.
fn host_name(told: &Told, server: &ServerSettings) -> Option<Remedy> {
    let (_, presented) = told.certificate.as_ref()?;
    // Below some suffixes (duckdns.org, gouv.fr) every name is somebody else's.
    let same = |name: &&String| owner::is_registered(name) && owner::same(name, &server.host);
    let plain = |name: &&String| !name.contains('*');
    let name = presented.names.iter().filter(plain).find(same)?;
    Some(Remedy::Change {
        words: format!("Use the server {name}"),
        server: ServerSettings {
            host: name.clone(),
            ..server.clone()
        },
    })
}

/// Trust in the certificate that was shown; never in one that was called back.
fn trust(told: &Told, server: &ServerSettings) -> Option<Remedy> {
    let (problem, presented) = told.certificate.as_ref()?;
    let fits = !matches!(
        problem,
        CertificateProblem::Revoked | CertificateProblem::Other
    );
    (fits && !presented.sha256.is_empty()).then(|| {
        Remedy::TrustCertificate(TrustedCertificate {
            host: server.host.clone(),
            port: server.port,
            sha256: presented.sha256.clone(),
        })
    })
}
