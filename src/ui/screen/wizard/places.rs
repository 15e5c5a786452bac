//! Where passwords are kept, where the place in use is in trouble.

use waxwing::Error;
use waxwing::config::settings::SecretsPlace;
use waxwing::engine::{Keeping, SecretsTrouble};

use super::effect::Effect;
use super::form::Part;
use super::{Page, State};
use crate::ui::screen::keeping;

impl State {
    /// Asks where passwords are to be kept, where that is the trouble.
    pub(super) fn keep_elsewhere(&mut self) -> Vec<Effect> {
        let trouble = match &self.page {
            Page::Check(check) => check.failure.as_ref(),
            Page::SignIn => self.refused.as_ref(),
            _ => None,
        };
        match trouble.filter(|error| SecretsTrouble::of(error).is_some()) {
            Some(error) => vec![Effect::AskKeeping(error.clone())],
            None => Vec::new(),
        }
    }

    pub(super) fn troubled(&mut self, error: Error, keeping: Keeping) -> Vec<Effect> {
        let state = keeping::State::new(keeping, Some(error));
        let field = state.first_field().map(Effect::Focus);
        self.keeping = Some(state);
        field.into_iter().collect()
    }

    pub(super) fn keeping(&mut self, message: keeping::Message) -> Vec<Effect> {
        let Some(state) = &mut self.keeping else {
            return Vec::new();
        };
        match state.follow(message) {
            keeping::Outcome::Stay => Vec::new(),
            keeping::Outcome::Focus(id) => vec![Effect::Focus(id)],
            keeping::Outcome::Use(choice) => vec![Effect::Keep(choice)],
            keeping::Outcome::Left => {
                self.keeping = None;
                Vec::new()
            }
            keeping::Outcome::Settled(place) => {
                let same = state.was_at(place);
                self.keeping = None;
                self.go_on_with(place, same)
            }
        }
    }

    /// What the trouble held up goes on.
    fn go_on_with(&mut self, place: SecretsPlace, same: bool) -> Vec<Effect> {
        match &self.page {
            Page::Check(check) if check.could_not_save => self.save_anyway(),
            Page::Check(_) => self.prove(),
            // What lies where it always lay is there again, and the engine goes
            // on by itself.
            Page::SignIn if same && place != SecretsPlace::Ask => vec![
                Effect::Tell("Passwords can be had again. Signing in…".to_owned()),
                Effect::Leave,
            ],
            Page::SignIn => {
                self.refused = None;
                vec![Effect::Focus(Part::Password.id())]
            }
            _ => Vec::new(),
        }
    }
}
