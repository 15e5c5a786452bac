//! Marking messages for deletion (DELE).

use super::conn::Connection;
use super::error::{Error, Fault, Refusal};
use super::listing::Number;

/// What became of a [`Connection::delete`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Marked {
    /// These go when [`Connection::quit`] says so, and not before.
    pub(crate) marked: Vec<Number>,
    /// These stay.
    pub(crate) refused: Vec<(Number, Refusal)>,
}

impl Connection {
    /// Marks messages (DELE). They are there until [`Connection::quit`] was
    /// answered with yes.
    ///
    /// # Errors
    ///
    /// When the connection is lost: then all of them stay.
    pub(crate) async fn delete(&mut self, numbers: &[Number]) -> Result<Marked, Error> {
        self.begin("DELE")?;
        let outcome = self.delete_now(numbers).await;
        self.settle(outcome)
    }

    async fn delete_now(&mut self, numbers: &[Number]) -> Result<Marked, Fault> {
        let window = self.window();
        let mut told = Marked::default();
        let mut waiting = numbers.iter();
        let mut asked = 0;
        for (answered, &number) in numbers.iter().enumerate() {
            if asked - answered <= window / 2 {
                for next in waiting.by_ref().take(window - (asked - answered)) {
                    self.wire.queue(&format!("DELE {next}"));
                    asked += 1;
                }
            }
            self.wire.arm(self.patience.answer);
            match self.verdict().await? {
                Ok(()) => told.marked.push(number),
                Err(refusal) => told.refused.push((number, refusal)),
            }
        }
        Ok(told)
    }
}
