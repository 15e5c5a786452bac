//! What servers say, and what it means: the words of well-known providers and
//! servers. All pieces of a row must be there; the first row that fits counts.

use crate::model::Fault;

/// One row: pieces in lower case, and what they mean together.
type Row = (&'static [&'static str], Fault);

/// Words that say more than any code.
const SPECIAL: &[Row] = &[
    // Microsoft
    (
        &["smtpclientauthentication is disabled"],
        Fault::SmtpAuthOff,
    ),
    (&["client smtp", "disabled"], Fault::SmtpAuthOff),
    (&["smtp auth", "disabled"], Fault::SmtpAuthOff),
    (&["not enabled for smtp"], Fault::SmtpAuthOff),
    (&["smtp access is disabled"], Fault::SmtpAuthOff),
    (&["security defaults"], Fault::Forbidden),
    (&["conditional access"], Fault::Forbidden),
    (&["basic authentication is disabled"], Fault::OAuthRequired),
    (&["basicauthblocked"], Fault::OAuthRequired),
    (&["basic auth", "blocked"], Fault::OAuthRequired),
    (&["modern authentication"], Fault::OAuthRequired),
    (&["legacy authentication"], Fault::OAuthRequired),
    (&["oauth", "required"], Fault::OAuthRequired),
    (&["please use oauth"], Fault::OAuthRequired),
    (&["authenticated but not connected"], Fault::AccessOff),
    // Passwords made for mail programs: Google, Apple, Fastmail, Zoho, Mail.ru,
    // QQ and 163 (“authorization code”)
    (&["application-specific password"], Fault::AppPassword),
    (&["application specific password"], Fault::AppPassword),
    (&["app-specific password"], Fault::AppPassword),
    (&["app specific password"], Fault::AppPassword),
    (&["invalidsecondfactor"], Fault::AppPassword),
    (&["application password"], Fault::AppPassword),
    (&["app password"], Fault::AppPassword),
    (&["apppassword"], Fault::AppPassword),
    (&["normal password", "third"], Fault::AppPassword),
    (&["device password"], Fault::AppPassword),
    (&["parol prilozheniya"], Fault::AppPassword),
    (&["authorization code"], Fault::AppPassword),
    // Rules of others
    (&["domain administrator"], Fault::Forbidden),
    (&["disabled for your domain"], Fault::Forbidden),
    (&["your administrator"], Fault::Forbidden),
    (&["organization", "policy"], Fault::Forbidden),
    (&["parental"], Fault::Forbidden),
    (&["child account"], Fault::Forbidden),
    (&["supervised account"], Fault::Forbidden),
    // The web page first: Google, Yahoo, NetEase
    (&["via your web browser"], Fault::WebLogin),
    (&["with your web browser"], Fault::WebLogin),
    (&["web login required"], Fault::WebLogin),
    (&["webloginrequired"], Fault::WebLogin),
    (&["continuesignin"], Fault::WebLogin),
    (&["mbr1216"], Fault::WebLogin),
    (&["verify your account"], Fault::WebLogin),
    (&["unusual activity"], Fault::WebLogin),
    (&["suspicious"], Fault::WebLogin),
    (&["captcha"], Fault::WebLogin),
    (&["unsafe login"], Fault::WebLogin),
    // Plans
    (&["premium"], Fault::PaidPlan),
    (&["upgrade your"], Fault::PaidPlan),
    (&["upgrade to"], Fault::PaidPlan),
    (&["paid"], Fault::PaidPlan),
    (&["your plan"], Fault::PaidPlan),
    (&["your subscription"], Fault::PaidPlan),
    (&["not available for free"], Fault::PaidPlan),
    // Switched off
    (&["not enabled for imap"], Fault::AccessOff),
    (&["not enabled for pop"], Fault::AccessOff),
    (&["imap access is disabled"], Fault::AccessOff),
    (&["imap access disabled"], Fault::AccessOff),
    (&["pop access is disabled"], Fault::AccessOff),
    (&["pop3 access is disabled"], Fault::AccessOff),
    (&["imap is not enabled"], Fault::AccessOff),
    (&["pop is not enabled"], Fault::AccessOff),
    (&["pop3 is not enabled"], Fault::AccessOff),
    (&["enable imap"], Fault::AccessOff),
    (&["enable pop"], Fault::AccessOff),
    (&["access rights to this service"], Fault::AccessOff),
    (&["not activated", "imap"], Fault::AccessOff),
    (&["not activated", "pop"], Fault::AccessOff),
    (&["protocol disabled"], Fault::AccessOff),
    (&["service is not open"], Fault::AccessOff),
    (&["service is not enabled"], Fault::AccessOff),
    // Connections, and tries
    (&["too many", "connection"], Fault::TooManyConnections),
    (&["too many", "session"], Fault::TooManyConnections),
    (
        &["maximum number of connections"],
        Fault::TooManyConnections,
    ),
    (&["connection", "limit"], Fault::TooManyConnections),
    (&["concurrent connections"], Fault::TooManyConnections),
    (&["too many"], Fault::TooManyTries),
    (&["temporarily locked"], Fault::TooManyTries),
    (&["temporarily blocked"], Fault::TooManyTries),
    // Before “lock”, which is in it.
    (&["account", "blocked"], Fault::AccountDisabled),
    (&["account", "lock"], Fault::TooManyTries),
    (&["locked out"], Fault::TooManyTries),
    (&["rate limit"], Fault::TooManyTries),
    (&["throttl"], Fault::TooManyTries),
    (&["login frequency"], Fault::TooManyTries),
    // The account
    (&["account", "disabled"], Fault::AccountDisabled),
    (&["account", "suspended"], Fault::AccountDisabled),
    (&["account", "deactivated"], Fault::AccountDisabled),
    (&["account", "inactive"], Fault::AccountDisabled),
    (&["mailbox", "disabled"], Fault::AccountDisabled),
    (&["over quota"], Fault::MailboxFull),
    (&["quota exceeded"], Fault::MailboxFull),
    (&["mailbox is full"], Fault::MailboxFull),
    // Postfix says 535 when it cannot ask whether a password is right.
    (&["lost to authentication server"], Fault::Unavailable),
    // Dovecot and others
    (&["plaintext", "disallowed"], Fault::PasswordNeedsTls),
];

/// Words that are heard where no code says more.
const USUAL: &[Row] = &[
    (&["starttls"], Fault::PasswordNeedsTls),
    (&["encryption required"], Fault::PasswordNeedsTls),
    (&["secure connection"], Fault::PasswordNeedsTls),
    (&["cleartext", "not allowed"], Fault::PasswordNeedsTls),
    (&["ssl required"], Fault::PasswordNeedsTls),
    (&["tls required"], Fault::PasswordNeedsTls),
    (&["requires ssl"], Fault::PasswordNeedsTls),
    (&["temporar"], Fault::Unavailable),
    (&["try again later"], Fault::Unavailable),
    (&["try later"], Fault::Unavailable),
    (&["unavailable"], Fault::Unavailable),
    (&["internal error"], Fault::Unavailable),
    (&["internal server error"], Fault::Unavailable),
    (&["overloaded"], Fault::Unavailable),
    (&["server busy"], Fault::Unavailable),
    (&["server is busy"], Fault::Unavailable),
    (&["maintenance"], Fault::Unavailable),
    (&["shutting down"], Fault::Unavailable),
    (&["mechanism", "not supported"], Fault::NoCommonMethod),
    (&["unsupported", "mechanism"], Fault::NoCommonMethod),
    (&["unrecognized authentication"], Fault::NoCommonMethod),
    (&["credentials"], Fault::WrongPassword),
    (&["authentication fail"], Fault::WrongPassword),
    (&["authentication unsuccessful"], Fault::WrongPassword),
    (&["authentication rejected"], Fault::WrongPassword),
    (&["auth fail"], Fault::WrongPassword),
    (&["authorization fail"], Fault::WrongPassword),
    (&["login fail"], Fault::WrongPassword),
    (&["logon fail"], Fault::WrongPassword),
    (&["sign in fail"], Fault::WrongPassword),
    (&["incorrect"], Fault::WrongPassword),
    (&["invalid login"], Fault::WrongPassword),
    (&["invalid user"], Fault::WrongPassword),
    (&["invalid", "passw"], Fault::WrongPassword),
    (&["bad user"], Fault::WrongPassword),
    (&["bad login"], Fault::WrongPassword),
    (&["bad passw"], Fault::WrongPassword),
    (&["wrong", "passw"], Fault::WrongPassword),
    (&["wrong", "user"], Fault::WrongPassword),
    (&["unknown user"], Fault::WrongPassword),
    (&["user unknown"], Fault::WrongPassword),
    (&["no such user"], Fault::WrongPassword),
    (&["password not accepted"], Fault::WrongPassword),
];

/// What words say that outdo any code.
pub(super) fn special(said: &str) -> Option<Fault> {
    find(SPECIAL, said)
}

/// What words say where there is no code.
pub(super) fn usual(said: &str) -> Option<Fault> {
    find(USUAL, said)
}

fn find(rows: &[Row], said: &str) -> Option<Fault> {
    let said = said.to_lowercase();
    let fits = |(pieces, _): &&Row| pieces.iter().all(|piece| said.contains(piece));
    rows.iter().find(fits).map(|(_, fault)| *fault)
}
