//! The proof of both servers, and saving what is proven.

use waxwing::engine::CheckProgress;
use waxwing::model::{Account, Remedy};
use waxwing::{Error, Result};

use super::check::{Check, Phase};
use super::effect::Effect;
use super::form::Part;
use super::server::Side;
use super::{Page, State};

impl State {
    /// Has both servers checked, after a sign-in in the browser where that is
    /// the way in.
    pub(super) fn prove(&mut self) -> Vec<Effect> {
        if self.form.needs_browser() {
            return match self.form.judge_first() {
                Ok(()) => self.begin_browser(),
                Err(part) => vec![Effect::Focus(part.id())],
            };
        }
        match self.form.submit() {
            Err(part) => self.show_field(part),
            Ok((settings, passwords)) => {
                self.epoch += 1;
                // The search that goes on would change what is being proven.
                self.search += 1;
                self.form.finder.end();
                self.details = false;
                self.question = None;
                self.page = Page::Check(Box::new(Check::new()));
                let settings = Box::new(settings);
                let check = match (passwords, &self.form.of) {
                    (Some(passwords), _) => Effect::Check(self.epoch, settings, passwords),
                    (None, Some(account)) => Effect::CheckKept(self.epoch, account.id, settings),
                    (None, None) => return Vec::new(),
                };
                vec![Effect::Stop, check]
            }
        }
    }

    /// The proof that runs, unless the answer is of an older one.
    fn running_check(&mut self, epoch: u64) -> Option<&mut Check> {
        match &mut self.page {
            Page::Check(check) if epoch == self.epoch && check.phase == Phase::Running => {
                Some(check)
            }
            _ => None,
        }
    }

    pub(super) fn progress(&mut self, epoch: u64, progress: CheckProgress) -> Vec<Effect> {
        if let Some(check) = self.running_check(epoch) {
            check.progress(progress);
        }
        Vec::new()
    }

    pub(super) fn checked(&mut self, epoch: u64) -> Vec<Effect> {
        let Some(check) = self.running_check(epoch) else {
            return Vec::new();
        };
        if check.ended(false) {
            return self.save();
        }
        match self.password_to_type() {
            Some(part) => vec![Effect::Focus(part.id())],
            None => Vec::new(),
        }
    }

    /// The password that is the first thing to mend.
    fn password_to_type(&self) -> Option<Part> {
        let Page::Check(check) = &self.page else {
            return None;
        };
        let first = |side: &Side| {
            let first = check.lane(*side).remedies().first();
            self.form.takes_password(*side) && first == Some(&Remedy::TypePassword)
        };
        let side = Side::BOTH.into_iter().find(first)?;
        Some(self.form.password_of(side))
    }

    pub(super) fn save_anyway(&mut self) -> Vec<Effect> {
        match &mut self.page {
            Page::Check(check) if check.is_stopped() => {
                check.phase = Phase::Saving;
                self.save()
            }
            _ => Vec::new(),
        }
    }

    fn save(&mut self) -> Vec<Effect> {
        let Page::Check(check) = &mut self.page else {
            return Vec::new();
        };
        check.failure = None;
        let (settings, passwords) = match self.form.submit() {
            Ok(submitted) => submitted,
            Err(part) => {
                check.phase = Phase::Stopped { by_person: false };
                return self.show_field(part);
            }
        };
        let settings = Box::new(settings);
        match (&self.form.of, passwords) {
            (None, Some(passwords)) => vec![Effect::Add(settings, passwords)],
            (None, None) => Vec::new(),
            (Some(account), None) if account.settings == *settings => {
                vec![Effect::TryAgain, Effect::Leave]
            }
            (Some(account), Some(passwords)) if account.settings == *settings => {
                vec![Effect::SavePasswords(account.id, passwords)]
            }
            (Some(account), passwords) => vec![Effect::Change(account.id, settings, passwords)],
        }
    }

    pub(super) fn added(&mut self, answer: Result<Box<Account>>) -> Vec<Effect> {
        match answer {
            Ok(account) => vec![
                Effect::Tell(format!("{} was added.", account.settings.email)),
                Effect::Leave,
            ],
            Err(error) => self.not_saved(error),
        }
    }

    pub(super) fn saved(&mut self, answer: Result<()>) -> Vec<Effect> {
        match answer {
            Ok(()) => vec![Effect::Tell("Saved. Signing in…".to_owned()), Effect::Leave],
            Err(error) => self.not_saved(error),
        }
    }

    fn not_saved(&mut self, error: Error) -> Vec<Effect> {
        if let Page::Check(check) = &mut self.page {
            check.could_not_save = check.phase == Phase::Saving;
            check.phase = Phase::Stopped { by_person: false };
            check.failure = Some(error);
        }
        self.keep_elsewhere()
    }
}
