//! What servers say to a sign-in, and to who wants to send.

use super::super::certificates::Leaf;
use super::{IMAP_READY, Played, imap, pop3, says, smtp};
use crate::model::{AuthMethod, Fault, Protocol};

/// What any server may say to a sign-in.
pub(super) fn passwords() -> Vec<Played> {
    let second = format!(
        "{IMAP_READY}C: AUTHENTICATE PLAIN\nS: {{tag}} NO [AUTHENTICATIONFAILED] no\n---\n\
         {IMAP_READY}C: AUTHENTICATE PLAIN\nS: {{tag}} OK [CAPABILITY IMAP4rev1] in\n\
         C: LOGOUT\nS: * BYE\nS: {{tag}} OK"
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
    ]
}

/// What a server may say about the mailbox and about itself.
pub(super) fn states() -> Vec<Played> {
    let empty = format!(
        "{IMAP_READY}C: AUTHENTICATE PLAIN\nS: {{tag}} OK [CAPABILITY IMAP4rev1] in\n\
         C: LIST\nS: {{tag}} OK nothing\nC: LSUB\nS: {{tag}} OK nothing\nC: SELECT\nS: {{tag}} NO Mailbox does not exist"
    );
    vec![
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
pub(super) fn providers() -> Vec<Played> {
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
    ]
}

/// What others say.
pub(super) fn more_providers() -> Vec<Played> {
    vec![
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
pub(super) fn sending() -> Vec<Played> {
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
