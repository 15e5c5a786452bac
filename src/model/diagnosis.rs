//! What is wrong with a server, and what mends it.

use super::ServerSettings;

/// What went wrong on the way to a working account, as finely as it can be
/// told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Fault {
    /// This computer has no network.
    NoNetwork,
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
