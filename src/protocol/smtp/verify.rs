//! Proving a server without sending anything.

use super::dialogue::{Stream, Timeouts};
use super::error::{Error, Step};
use super::session::{Credentials, Session, Upgrade};

/// What a check tells while it runs. A step that begins and does not end is
/// the one that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Progress {
    /// A step began.
    Begun(Step),
    /// A step went well, and what happened in a sentence.
    Ended(Step, String),
}

/// Greets, turns on TLS where it is asked for, signs in where it is asked for,
/// and tries a harmless command. Where nobody signs in, `sender` is offered as
/// who would write, and taken back at once: nothing is sent.
///
/// # Errors
///
/// What the step that began last ran into.
pub(crate) async fn verify(
    stream: impl Stream + 'static,
    place: &str,
    tls: Option<Upgrade>,
    who: Option<&Credentials>,
    sender: &str,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), Error> {
    tell(Progress::Begun(Step::Greeting));
    let mut session = Session::start(stream, place, Timeouts::CHECKING).await?;
    let greeted = format!("{place} greeted us as a mail server.");
    tell(Progress::Ended(Step::Greeting, greeted));
    if let Some(upgrade) = tls {
        tell(Progress::Begun(Step::Tls));
        session = session.start_tls(upgrade).await?;
        let secured = "The connection is encrypted and the certificate is trusted.".to_owned();
        tell(Progress::Ended(Step::Tls, secured));
    }
    if let Some(who) = who {
        tell(Progress::Begun(Step::SignIn));
        session.sign_in(who).await?;
        let signed_in = format!("Signed in as {}.", who.username);
        tell(Progress::Ended(Step::SignIn, signed_in));
    }
    tell(Progress::Begun(Step::Command));
    if who.is_none() {
        session.offer_sender(sender).await?;
    }
    session.probe().await?;
    let works = match session.size_limit() {
        Some(limit) => format!(
            "The server is ready for mail of up to {} MB.",
            limit / 1_000_000
        ),
        None => "The server is ready for mail.".to_owned(),
    };
    tell(Progress::Ended(Step::Command, works));
    session.quit().await;
    Ok(())
}
