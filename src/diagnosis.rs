//! What is wrong with a server: exactly, in words, and with what mends it.
//!
//! A failure goes through four tables: [`typed`] reads what the layers below
//! ran into, [`phrases`] what the server said, [`words`] tells the person, and
//! [`remedies`] gives the buttons. Between them, what is known of the password,
//! of the provider and of the surroundings makes the fault finer.

mod look;
mod password;
mod phrases;
mod providers;
mod remedies;
mod typed;
mod words;

pub(crate) use look::{Around, answers_to_tls, look_around, other_port_answers};

use providers::Known;
use typed::Told;

use crate::error::{Error, ErrorKind};
use crate::model::entry::{self, PasswordRemark};
use crate::model::{AuthMethod, Diagnosis, Fault, Password, ServerSettings};

/// What is known beside the failure itself.
#[derive(Debug, Clone)]
pub(crate) struct Case<'a> {
    /// The server it happened at.
    pub(crate) server: &'a ServerSettings,
    /// The address of the account.
    pub(crate) email: &'a str,
    /// What was signed in with, where anything was.
    pub(crate) password: Option<&'a Password>,
    /// What a look around told.
    pub(crate) around: Around,
    /// The user name that the server took instead.
    pub(crate) other_name: Option<String>,
}

impl<'a> Case<'a> {
    /// A case of which no more is known.
    pub(crate) fn new(server: &'a ServerSettings, email: &'a str) -> Self {
        Self {
            server,
            email,
            password: None,
            around: Around::default(),
            other_name: None,
        }
    }

    fn provider(&self) -> Option<Known> {
        providers::of(self)
    }
}

/// The fault behind a failure; none where it is not about a server.
pub(crate) fn fault_of(error: &Error, case: &Case<'_>) -> Option<Fault> {
    Some(told_of(error, case)?.fault)
}

fn told_of(error: &Error, case: &Case<'_>) -> Option<Told> {
    let mut told = typed::of(error, case)?;
    told.fault = refine(told.fault, case);
    Some(told)
}

/// The failure in the words of its diagnosis, with its remedies and its class;
/// unchanged where it is not about a server, or has one.
pub(crate) fn explain(error: Error, case: &Case<'_>) -> Error {
    if error.diagnosis().is_some() {
        return error;
    }
    let Some(told) = told_of(&error, case) else {
        return error;
    };
    tracing::info!(place = case.server.place(), fault = told.fault.name(), %error, "diagnosed");
    let kind = kind_of(told.fault).unwrap_or(error.kind());
    error.of_kind(kind).diagnosed(diagnose(&told, case))
}

/// The message and the hint of what is no failure.
pub(crate) fn remark(fault: Fault, case: &Case<'_>) -> String {
    let (message, hint) = words::of(&Told::of(fault), case);
    format!("{message} {hint}")
}

/// Whether a server is one of a provider of which is known how to sign in.
pub(crate) fn knows_provider(server: &ServerSettings) -> bool {
    providers::of_host(&server.host).is_some()
}

/// That no password is kept here for a server.
pub(crate) fn no_password(case: &Case<'_>) -> Error {
    let told = Told::of(Fault::NoPassword);
    let diagnosis = diagnose(&told, case);
    Error::new(ErrorKind::Auth, diagnosis.message.clone()).diagnosed(diagnosis)
}

fn diagnose(told: &Told, case: &Case<'_>) -> Diagnosis {
    let (message, hint) = words::of(told, case);
    Diagnosis {
        fault: told.fault,
        message,
        hint,
        remedies: remedies::of(told, case),
    }
}

/// What the person's own side makes of a fault.
fn refine(fault: Fault, case: &Case<'_>) -> Fault {
    match fault {
        Fault::WrongPassword | Fault::Unexplained if case.other_name.is_some() => {
            Fault::UserNameForm
        }
        Fault::WrongPassword if case.server.auth == AuthMethod::OAuth2 => Fault::OAuthExpired,
        Fault::WrongPassword => refused(case),
        Fault::UnknownHost | Fault::NoNameService | Fault::Silent
            if case.around.network == Some(false) =>
        {
            Fault::NoNetwork
        }
        Fault::Silent if case.around.elsewhere && PORTS_OF_SENDING.contains(&case.server.port) => {
            Fault::PortBlocked
        }
        other => other,
    }
}

/// The ports that networks close against unwanted mail.
const PORTS_OF_SENDING: [u16; 3] = [25, 465, 587];

/// Why a password may have been refused.
fn refused(case: &Case<'_>) -> Fault {
    let Some(password) = case.password else {
        return Fault::WrongPassword;
    };
    let provider = providers::of_host(&case.server.host);
    if entry::password_remark(password).is_some_and(PasswordRemark::is_slip) {
        Fault::InvisibleCharacters
    } else if provider.is_some_and(Known::has_only_browser) {
        Fault::OAuthRequired
    } else if provider.is_some_and(Known::wants_app_password)
        && !password::is_app_password(password)
    {
        Fault::AppPassword
    } else if !password.reveal().is_ascii() {
        Fault::PasswordLetters
    } else {
        Fault::WrongPassword
    }
}

/// The class that a fault belongs to, where it says more than what the layers
/// below saw.
fn kind_of(fault: Fault) -> Option<ErrorKind> {
    match fault {
        Fault::TooManyTries
        | Fault::TooManyConnections
        | Fault::Unavailable
        | Fault::MailboxInUse => Some(ErrorKind::Temporary),
        Fault::UserNameForm
        | Fault::WrongPassword
        | Fault::AppPassword
        | Fault::OAuthRequired
        | Fault::OAuthExpired
        | Fault::WebLogin
        | Fault::AccessOff
        | Fault::Forbidden
        | Fault::SmtpAuthOff
        | Fault::PaidPlan
        | Fault::InvisibleCharacters
        | Fault::PasswordLetters
        | Fault::AccountDisabled
        | Fault::NoPassword => Some(ErrorKind::Auth),
        Fault::NoNetwork => Some(ErrorKind::Offline),
        Fault::MailboxFull => Some(ErrorKind::Quota),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
