//! What happens to mail on a POP3 server, as it is chosen.

use waxwing::model::Pop3Policy;

/// How long mail stays on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stay {
    /// Until it is removed here, or for ever.
    Always,
    /// For some days.
    Days,
    /// Until it was fetched.
    Never,
}

/// A change of the rules.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// How long mail stays there.
    Stay(Stay),
    /// For how many days.
    Days(String),
    /// Whether removing it here removes it there.
    RemoveToo(bool),
    /// Whether large messages stay there until they are opened.
    Limit(bool),
    /// From how many MB a message is large.
    Megabytes(String),
    /// The account whose folders take the mail; its own without one.
    DeliverTo(Option<String>),
}

/// The rules.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) stay: Stay,
    pub(super) days: String,
    pub(super) remove_too: bool,
    pub(super) limit: bool,
    pub(super) megabytes: String,
    /// The account whose folders take the mail; its own without one.
    pub(super) deliver_to: Option<String>,
}

impl Default for Rules {
    fn default() -> Self {
        Self::of(&Pop3Policy::default())
    }
}

impl Rules {
    pub(super) fn of(policy: &Pop3Policy) -> Self {
        let number = |number: Option<u32>, usual: &str| {
            number.map_or_else(|| usual.to_owned(), |number| number.to_string())
        };
        Self {
            stay: match (policy.leave_on_server, policy.delete_after_days) {
                (false, _) => Stay::Never,
                (true, None) => Stay::Always,
                (true, Some(_)) => Stay::Days,
            },
            days: number(policy.delete_after_days, "14"),
            remove_too: policy.delete_when_removed,
            limit: policy.headers_only_over_mb.is_some(),
            megabytes: number(policy.headers_only_over_mb, "10"),
            deliver_to: policy.deliver_to.clone(),
        }
    }

    pub(super) fn change(&mut self, change: Change) {
        match change {
            Change::Stay(stay) => self.stay = stay,
            Change::Days(days) => self.days = days,
            Change::RemoveToo(remove) => self.remove_too = remove,
            Change::Limit(limit) => self.limit = limit,
            Change::Megabytes(megabytes) => self.megabytes = megabytes,
            Change::DeliverTo(home) => self.deliver_to = home,
        }
    }

    /// What is wrong with the number of days.
    pub(super) fn days_problem(&self) -> Option<&'static str> {
        (self.stay == Stay::Days && counted(&self.days, 3650).is_none())
            .then_some("A number of days, 1 to 3650.")
    }

    /// What is wrong with the size.
    pub(super) fn megabytes_problem(&self) -> Option<&'static str> {
        (self.limit && counted(&self.megabytes, 10_000).is_none())
            .then_some("A size in MB, 1 to 10000.")
    }

    /// The rules, once nothing is wrong with them.
    pub(super) fn policy(&self) -> Pop3Policy {
        Pop3Policy {
            leave_on_server: self.stay != Stay::Never,
            delete_after_days: (self.stay == Stay::Days)
                .then(|| counted(&self.days, 3650))
                .flatten(),
            delete_when_removed: self.remove_too,
            headers_only_over_mb: self
                .limit
                .then(|| counted(&self.megabytes, 10_000))
                .flatten(),
            deliver_to: self.deliver_to.clone(),
        }
    }
}

fn counted(text: &str, most: u32) -> Option<u32> {
    let number = text.trim().parse().ok()?;
    (1..=most).contains(&number).then_some(number)
}
