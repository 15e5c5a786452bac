//! What is wrong before anybody can sign in.

use super::super::certificates::Leaf;
use super::{Played, says};
use crate::model::{Fault, Protocol, Security};

/// What is wrong before anybody can sign in.
pub(super) fn foreigners() -> Vec<Played> {
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
    ]
}

/// What is wrong with the encryption.
pub(super) fn protection() -> Vec<Played> {
    use Protocol::{Imap, Pop3, Smtp};
    vec![
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
            "READ\nRAW: 15 03 01 00 02 02 46\nCUT",
        )
        .security(Security::Tls),
    ]
}

/// What is wrong with how a server greets.
pub(super) fn greetings() -> Vec<Played> {
    use Protocol::{Imap, Pop3, Smtp};
    vec![
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

pub(super) fn certificates() -> Vec<Played> {
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
    let worse = |fault, about, leaf| Played {
        trusted: Some("a"),
        ..shows(fault, about, leaf)
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
        worse(
            Fault::CertificateExpired,
            "Another certificate than the one that was trusted, and its time is over",
            Leaf::Expired,
        ),
        worse(
            Fault::CertificateWrongName,
            "Another certificate than the one that was trusted, and it is for another host",
            Leaf::WrongName,
        ),
    ]
}
