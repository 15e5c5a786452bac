//! What is wrong with a server, and what mends it.

use super::{ServerSettings, host};

/// What went wrong on the way to a working account, as finely as it can be
/// told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Fault {
    /// This computer has no network.
    NoNetwork,
    /// The name service does not answer.
    NoNameService,
    /// The name service does not know the host.
    UnknownHost,
    /// The host is there, and nothing listens on the port.
    Refused,
    /// The host does not answer on this port.
    Silent,
    /// This network lets nobody out to the port (25, 465, 587).
    PortBlocked,
    /// Another mail protocol answers on the port.
    OtherProtocol,
    /// A web page answers: a network that wants a sign-in first.
    CaptivePortal,
    /// TLS from the start is set, and the port begins in clear text.
    ClearOnTlsPort,
    /// Clear text or STARTTLS is set, and the port begins with TLS.
    TlsOnClearPort,
    /// STARTTLS is set, and the server does not offer it.
    NoStartTls,
    /// The server speaks only TLS older than 1.2.
    OldTls,
    /// The certificate's time is over.
    CertificateExpired,
    /// The certificate's time has not come.
    CertificateNotYetValid,
    /// The certificate is another host's.
    CertificateWrongName,
    /// The certificate was signed by the server itself.
    CertificateSelfSigned,
    /// The certificate's issuer is not trusted here.
    CertificateUnknownIssuer,
    /// The certificate is not the one the person settled on.
    CertificateChanged,
    /// The certificate was revoked, or is of no use in another way.
    CertificateUnusable,
    /// The server wants another form of the user name.
    UserNameForm,
    /// Name and password were refused, and the server says no more.
    WrongPassword,
    /// The provider wants a password made for mail programs.
    AppPassword,
    /// The provider takes no passwords, only its own sign-in in the browser.
    OAuthRequired,
    /// What the browser sign-in gave is not taken any more.
    OAuthExpired,
    /// The provider wants a sign-in on its web page first.
    WebLogin,
    /// IMAP or POP3 is switched off at the provider.
    AccessOff,
    /// A company, a school or a parent has forbidden it.
    Forbidden,
    /// Sending through SMTP is switched off at the provider.
    SmtpAuthOff,
    /// The plan does not include mail programs.
    PaidPlan,
    /// Too many tries: locked for a while.
    TooManyTries,
    /// More connections than the server allows one person.
    TooManyConnections,
    /// The server is out of order for now.
    Unavailable,
    /// No way of signing in that both know.
    NoCommonMethod,
    /// The server takes passwords on protected connections only.
    PasswordNeedsTls,
    /// The server sends nothing on without a sign-in.
    SignInRequired,
    /// The server does not let this sender address through.
    SenderRefused,
    /// The server does not like how this computer greets.
    GreetingRefused,
    /// Blanks or invisible characters at the password's ends or in it.
    InvisibleCharacters,
    /// The password has letters that the server does not take.
    PasswordLetters,
    /// There is no inbox among the folders.
    NoInbox,
    /// POP3 without names of messages (UIDL): a remark, no failure.
    NoUidl,
    /// Another program has the POP3 mailbox open.
    MailboxInUse,
    /// The server could not prove that it knows the password.
    Impostor,
    /// The mailbox or the account is locked or gone.
    AccountDisabled,
    /// The mailbox is full.
    MailboxFull,
    /// No password is kept here.
    NoPassword,
    /// The connection broke in the middle.
    Dropped,
    /// The server said what makes no sense.
    Nonsense,
    /// The server said no, and nobody knows why.
    Unexplained,
}

impl Fault {
    /// Every one, in the order of a sign-in.
    pub const ALL: [Self; 49] = [
        Self::NoNetwork,
        Self::NoNameService,
        Self::UnknownHost,
        Self::Refused,
        Self::Silent,
        Self::PortBlocked,
        Self::OtherProtocol,
        Self::CaptivePortal,
        Self::ClearOnTlsPort,
        Self::TlsOnClearPort,
        Self::NoStartTls,
        Self::OldTls,
        Self::CertificateExpired,
        Self::CertificateNotYetValid,
        Self::CertificateWrongName,
        Self::CertificateSelfSigned,
        Self::CertificateUnknownIssuer,
        Self::CertificateChanged,
        Self::CertificateUnusable,
        Self::UserNameForm,
        Self::WrongPassword,
        Self::AppPassword,
        Self::OAuthRequired,
        Self::OAuthExpired,
        Self::WebLogin,
        Self::AccessOff,
        Self::Forbidden,
        Self::SmtpAuthOff,
        Self::PaidPlan,
        Self::TooManyTries,
        Self::TooManyConnections,
        Self::Unavailable,
        Self::NoCommonMethod,
        Self::PasswordNeedsTls,
        Self::SignInRequired,
        Self::SenderRefused,
        Self::GreetingRefused,
        Self::InvisibleCharacters,
        Self::PasswordLetters,
        Self::NoInbox,
        Self::NoUidl,
        Self::MailboxInUse,
        Self::Impostor,
        Self::AccountDisabled,
        Self::MailboxFull,
        Self::NoPassword,
        Self::Dropped,
        Self::Nonsense,
        Self::Unexplained,
    ];

    /// The stable name in the headless commands.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NoNetwork => "no-network",
            Self::NoNameService => "no-name-service",
            Self::UnknownHost => "unknown-host",
            Self::Refused => "refused",
            Self::Silent => "silent",
            Self::PortBlocked => "port-blocked",
            Self::OtherProtocol => "other-protocol",
            Self::CaptivePortal => "captive-portal",
            Self::ClearOnTlsPort => "clear-on-tls-port",
            Self::TlsOnClearPort => "tls-on-clear-port",
            Self::NoStartTls => "no-starttls",
            Self::OldTls => "old-tls",
            Self::CertificateExpired => "certificate-expired",
            Self::CertificateNotYetValid => "certificate-not-yet-valid",
            Self::CertificateWrongName => "certificate-wrong-name",
            Self::CertificateSelfSigned => "certificate-self-signed",
            Self::CertificateUnknownIssuer => "certificate-unknown-issuer",
            Self::CertificateChanged => "certificate-changed",
            Self::CertificateUnusable => "certificate-unusable",
            Self::UserNameForm => "user-name-form",
            Self::WrongPassword => "wrong-password",
            Self::AppPassword => "app-password",
            Self::OAuthRequired => "oauth-required",
            Self::OAuthExpired => "oauth-expired",
            Self::WebLogin => "web-login",
            Self::AccessOff => "access-off",
            Self::Forbidden => "forbidden",
            Self::SmtpAuthOff => "smtp-auth-off",
            Self::PaidPlan => "paid-plan",
            Self::TooManyTries => "too-many-tries",
            Self::TooManyConnections => "too-many-connections",
            Self::Unavailable => "unavailable",
            Self::NoCommonMethod => "no-common-method",
            Self::PasswordNeedsTls => "password-needs-tls",
            Self::SignInRequired => "sign-in-required",
            Self::SenderRefused => "sender-refused",
            Self::GreetingRefused => "greeting-refused",
            Self::InvisibleCharacters => "invisible-characters",
            Self::PasswordLetters => "password-letters",
            Self::NoInbox => "no-inbox",
            Self::NoUidl => "no-uidl",
            Self::MailboxInUse => "mailbox-in-use",
            Self::Impostor => "impostor",
            Self::AccountDisabled => "account-disabled",
            Self::MailboxFull => "mailbox-full",
            Self::NoPassword => "no-password",
            Self::Dropped => "dropped",
            Self::Nonsense => "nonsense",
            Self::Unexplained => "unexplained",
        }
    }
}

/// What mends a fault: a button and what it does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Remedy {
    /// Other settings for this server ("Use port 993 with TLS").
    Change {
        /// The words on the button.
        words: String,
        /// All settings of the server, with the change.
        server: ServerSettings,
    },
    /// A page to visit ("Make an app password").
    OpenPage {
        /// The words on the button.
        words: String,
        /// The page, `https` only.
        url: String,
    },
    /// Trusting this one certificate for this one server and port.
    TrustCertificate(TrustedCertificate),
    /// The provider's sign-in in the browser.
    SignInWithBrowser,
    /// The password, typed again.
    TypePassword,
    /// The password without blanks and invisible characters.
    CleanPassword,
    /// The same once more.
    TryAgain,
    /// Every field by hand.
    SetUpByHand,
}

impl Remedy {
    /// The words on the button.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Change { words, .. } | Self::OpenPage { words, .. } => words,
            Self::TrustCertificate(_) => "Trust this certificate",
            Self::SignInWithBrowser => "Sign in with the browser",
            Self::TypePassword => "Type the password again",
            Self::CleanPassword => "Remove blanks and invisible characters",
            Self::TryAgain => "Try again",
            Self::SetUpByHand => "Set up by hand",
        }
    }

    /// The stable name of its kind in the headless commands.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Change { .. } => "change",
            Self::OpenPage { .. } => "open-page",
            Self::TrustCertificate(_) => "trust-certificate",
            Self::SignInWithBrowser => "sign-in-with-browser",
            Self::TypePassword => "type-password",
            Self::CleanPassword => "clean-password",
            Self::TryAgain => "try-again",
            Self::SetUpByHand => "set-up-by-hand",
        }
    }
}

/// What is wrong, why, and what mends it, for a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Diagnosis {
    /// The case.
    pub fault: Fault,
    /// What happened, to which server, and why: one or two sentences.
    pub message: String,
    /// What to do, in a sentence.
    pub hint: String,
    /// The buttons, best first.
    pub remedies: Vec<Remedy>,
}

/// A certificate that a person trusts although the system does not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct TrustedCertificate {
    /// The server it is for.
    pub host: String,
    /// The port it is for.
    pub port: u16,
    /// SHA-256 of the certificate (DER), 64 hexadecimal digits in lower case.
    pub sha256: String,
}

impl TrustedCertificate {
    /// Whether it is for that server and port, however the server's name is
    /// written.
    #[must_use]
    pub fn is_for(&self, host: &str, port: u16) -> bool {
        self.port == port && host::is_same_host(&self.host, host)
    }

    /// `host:port`, for sentences; an IPv6 address in brackets.
    #[must_use]
    pub fn place(&self) -> String {
        host::place(&self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_fault_has_a_name_of_its_own() {
        let names: BTreeSet<_> = Fault::ALL.iter().map(|fault| fault.name()).collect();
        let faults: BTreeSet<_> = Fault::ALL.iter().collect();
        assert_eq!(names.len(), Fault::ALL.len());
        assert_eq!(faults.len(), Fault::ALL.len());
    }

    #[test]
    fn a_certificate_is_for_one_server_and_one_port() {
        let trusted = TrustedCertificate {
            host: "mail.example.org".to_owned(),
            port: 993,
            sha256: String::new(),
        };
        assert!(trusted.is_for("Mail.Example.org.", 993));
        assert!(!trusted.is_for("mail.example.org", 465));
        let umlaut = TrustedCertificate {
            host: "mail.bücher.example".to_owned(),
            ..trusted.clone()
        };
        assert!(umlaut.is_for("MAIL.xn--bcher-kva.example.", 993));
        assert!(!trusted.is_for("mail.example.net", 993));
    }
}
