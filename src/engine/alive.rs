//! Noticing that a connection died without a word.

use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::error::Error;
use crate::net::Pulse;

/// How soon a server must be heard after the network changed, or a person
/// asked for news.
const PROOF: Duration = Duration::from_secs(5);

/// Why work on a connection came to its end.
#[derive(Debug)]
pub(super) enum Ended {
    /// The network changed or a person asks, and the server was not heard
    /// since: the next connection may be made at once.
    Dead,
    /// It failed.
    Failed(Error),
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Does work on a connection. Whenever the network changes, something must be
/// heard of the server soon: whoever only waits for it has to ask it something
/// then.
///
/// # Errors
///
/// What the work fails with, or [`Ended::Dead`].
pub(super) async fn while_alive<T, E: Into<Error>>(
    network: &mut watch::Receiver<u64>,
    pulse: &Pulse,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, Ended> {
    while_alive_or_asked(network, &Notify::new(), pulse, work).await
}

/// The same, where also a person may ask for a sign of life.
pub(super) async fn while_alive_or_asked<T, E: Into<Error>>(
    network: &mut watch::Receiver<u64>,
    asked: &Notify,
    pulse: &Pulse,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, Ended> {
    while_heard(network, asked, (pulse, PROOF), work).await
}

async fn while_heard<T, E: Into<Error>>(
    network: &mut watch::Receiver<u64>,
    asked: &Notify,
    (pulse, proof): (&Pulse, Duration),
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, Ended> {
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done.map_err(|error| Ended::Failed(error.into())),
            Ok(()) = network.changed() => {}
            () = asked.notified() => {}
        }
        let before = pulse.count();
        tokio::select! {
            done = &mut work => return done.map_err(|error| Ended::Failed(error.into())),
            () = tokio::time::sleep(proof) => {}
        }
        if pulse.count() == before {
            return Err(Ended::Dead);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    type Outcome = Result<(), Error>;

    const SHORT: Duration = Duration::from_millis(100);

    #[tokio::test]
    async fn only_a_silent_server_is_dead_after_a_change() {
        let changes = watch::Sender::new(0);
        let (mut network, pulse) = (changes.subscribe(), Pulse::default());
        let nobody = Notify::new();
        let silent = std::future::pending::<Outcome>;
        let calm = while_heard(&mut network, &nobody, (&pulse, SHORT), silent());
        let calm = tokio::time::timeout(SHORT * 5, calm).await;
        assert!(calm.is_err(), "no change, no proof");

        changes.send_modify(|n| *n += 1);
        let ended = while_heard(&mut network, &nobody, (&pulse, SHORT), silent()).await;
        assert!(matches!(ended, Err(Ended::Dead)), "{ended:?}");

        let heart = pulse.clone();
        let talking = async move {
            for _ in 0..3 {
                tokio::time::sleep(SHORT / 2).await;
                heart.beat();
            }
            tokio::time::sleep(SHORT * 3).await;
            Outcome::Ok(())
        };
        changes.send_modify(|n| *n += 1);
        let ended = while_heard(&mut network, &nobody, (&pulse, SHORT), talking).await;
        assert!(ended.is_ok(), "{ended:?}");
    }

    #[tokio::test]
    async fn a_silent_server_is_dead_when_somebody_asks() {
        let changes = watch::Sender::new(0);
        let (mut network, pulse) = (changes.subscribe(), Pulse::default());
        let asked = Notify::new();
        let (waiting, heart) = (std::future::pending::<Outcome>, pulse.clone());
        let asking = async {
            asked.notify_one();
            // It answers once, and then no more.
            tokio::time::sleep(SHORT / 2).await;
            heart.beat();
            tokio::time::sleep(SHORT * 2).await;
            asked.notify_one();
            std::future::pending::<()>().await;
        };
        let began = tokio::time::Instant::now();
        let ended = tokio::select! {
            ended = while_heard(&mut network, &asked, (&pulse, SHORT), waiting()) => ended,
            () = asking => unreachable!(),
        };
        assert!(matches!(ended, Err(Ended::Dead)), "{ended:?}");
        assert!(began.elapsed() >= SHORT * 3, "the first answer counts");
    }

    #[tokio::test]
    async fn what_the_work_fails_with_is_told() {
        let changes = watch::Sender::new(0);
        let mut network = changes.subscribe();
        changes.send_modify(|n| *n += 1);
        let failing = async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            Err::<(), _>(Error::new(ErrorKind::Temporary, "Not now."))
        };
        let ended = while_alive(&mut network, &Pulse::default(), failing).await;
        assert!(matches!(ended, Err(Ended::Failed(_))), "{ended:?}");
    }
}
