//! The page on which a person says where passwords are kept. The wizard and the
//! page of accounts show it in front of themselves.

#[cfg(test)]
mod tests;
mod view;

use iced::Task;
use iced::keyboard::key::Named;
use waxwing::config::settings::SecretsPlace;
use waxwing::engine::{Handle, Keeping, SecretsChoice, SecretsTrouble, SecretsWay};
use waxwing::model::Password;
use waxwing::{Error, Result};

use crate::ui::command::Press;

/// The field of the passphrase, and the one that repeats it.
const PASSPHRASE: &str = "keeping-passphrase";
const AGAIN: &str = "keeping-again";

/// What is chosen and typed.
#[derive(Debug)]
pub(crate) struct State {
    /// How it is now.
    keeping: Keeping,
    /// Why the place in use is of no use.
    trouble: Option<Error>,
    /// Why the place that was chosen could not be used.
    failure: Option<Error>,
    choice: SecretsPlace,
    passphrase: Password,
    again: Password,
    revealed: bool,
    /// Whether problems are shown: not before the person was done once.
    tried: bool,
    /// Whether the new place is being opened.
    runs: bool,
}

/// What happens on the page.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// Another place is chosen.
    Choose(SecretsPlace),
    /// The passphrase of the file.
    Passphrase(Password),
    /// The same once more, for a new file.
    Again(Password),
    /// Whether both can be read.
    Reveal,
    /// Passwords go there.
    Submit,
    /// They are there now, or not.
    Answered(Result<()>),
    /// All stays as it is.
    Back,
}

/// What comes of it, for whoever shows the page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing yet.
    Stay,
    /// The keyboard goes to that field.
    Focus(&'static str),
    /// Passwords are to be kept there; the answer is [`Message::Answered`].
    Use(SecretsChoice),
    /// They are kept there from now on.
    Settled(SecretsPlace),
    /// The person thought better of it.
    Left,
}

/// Has passwords kept elsewhere.
pub(crate) fn keep(engine: Handle, choice: SecretsChoice) -> Task<Message> {
    let work = async move { engine.use_secrets(choice).await };
    Task::perform(work, Message::Answered)
}

/// Where passwords are, in a sentence.
pub(crate) fn words(keeping: &Keeping) -> &'static str {
    match keeping.place {
        SecretsPlace::Keyring => "Kept in the keyring of your desktop.",
        SecretsPlace::File if keeping.is_locked => {
            "Kept in a file that its passphrase has yet to open."
        }
        SecretsPlace::File => "Kept in a file on this computer that your passphrase protects.",
        SecretsPlace::Ask => "Kept nowhere: each is asked for once while Waxwing runs.",
    }
}

impl State {
    /// The page, with what is wrong with the place in use.
    pub(crate) fn new(keeping: Keeping, trouble: Option<Error>) -> Self {
        let mut state = Self {
            keeping,
            trouble,
            failure: None,
            choice: keeping.place,
            passphrase: Password::new(""),
            again: Password::new(""),
            revealed: false,
            tried: false,
            runs: false,
        };
        if let Some(best) = state.places().first() {
            state.choice = *best;
        }
        state
    }

    /// Where the keyboard begins, if anywhere.
    pub(crate) fn first_field(&self) -> Option<&'static str> {
        (self.choice == SecretsPlace::File).then_some(PASSPHRASE)
    }

    /// Whether passwords were kept there all along.
    pub(crate) fn was_at(&self, place: SecretsPlace) -> bool {
        self.keeping.place == place
    }

    /// The places there are, best first: what helps in a trouble, else the one
    /// in use.
    fn places(&self) -> Vec<SecretsPlace> {
        let trouble = self.trouble.as_ref().and_then(SecretsTrouble::of);
        let mut places: Vec<SecretsPlace> = match trouble {
            Some(trouble) => trouble.ways().iter().filter_map(place).collect(),
            None => vec![self.keeping.place],
        };
        for place in [SecretsPlace::Keyring, SecretsPlace::File, SecretsPlace::Ask] {
            if !places.contains(&place) {
                places.push(place);
            }
        }
        places
    }

    /// Whether a passphrase is made up, not one that is there.
    fn is_new_file(&self) -> bool {
        !self.keeping.has_file
    }

    /// What is wrong with the passphrase.
    fn problem(&self) -> Option<&str> {
        if !self.tried || self.choice != SecretsPlace::File {
            return None;
        }
        if self.passphrase.reveal().is_empty() {
            return Some("The passphrase is missing.");
        }
        let failure = self.failure.as_ref()?;
        let wrong = SecretsTrouble::of(failure) == Some(SecretsTrouble::WrongPassphrase);
        wrong.then(|| failure.message())
    }

    /// What is wrong with its repetition.
    fn repetition_problem(&self) -> Option<&'static str> {
        let differs = self.is_new_file() && self.passphrase != self.again;
        (self.tried && self.choice == SecretsPlace::File && differs)
            .then_some("The two are not the same.")
    }

    /// What a key means that no widget took.
    pub(crate) fn key_means(press: &Press) -> Option<Message> {
        if press.is(Named::Escape) {
            return Some(Message::Back);
        }
        press.is(Named::Enter).then_some(Message::Submit)
    }

    /// Follows what happened.
    pub(crate) fn follow(&mut self, message: Message) -> Outcome {
        match message {
            Message::Choose(place) if !self.runs => {
                self.choice = place;
                self.failure = None;
                self.tried = false;
                return self.first_field().map_or(Outcome::Stay, Outcome::Focus);
            }
            Message::Passphrase(passphrase) => {
                self.passphrase = passphrase;
                self.failure = None;
            }
            Message::Again(again) => self.again = again,
            Message::Reveal => self.revealed = !self.revealed,
            Message::Submit if !self.runs => return self.submit(),
            Message::Answered(answer) => return self.answered(answer),
            Message::Back if !self.runs => return Outcome::Left,
            Message::Choose(_) | Message::Submit | Message::Back => {}
        }
        Outcome::Stay
    }

    fn submit(&mut self) -> Outcome {
        self.tried = true;
        self.failure = None;
        if self.problem().is_some() {
            return Outcome::Focus(PASSPHRASE);
        }
        if self.repetition_problem().is_some() {
            return Outcome::Focus(AGAIN);
        }
        self.runs = true;
        Outcome::Use(match self.choice {
            SecretsPlace::Keyring => SecretsChoice::Keyring,
            SecretsPlace::File => SecretsChoice::File {
                passphrase: self.passphrase.clone(),
            },
            SecretsPlace::Ask => SecretsChoice::Ask(None),
        })
    }

    fn answered(&mut self, answer: Result<()>) -> Outcome {
        self.runs = false;
        match answer {
            Ok(()) => Outcome::Settled(self.choice),
            Err(error) => {
                self.failure = Some(error);
                self.first_field().map_or(Outcome::Stay, Outcome::Focus)
            }
        }
    }
}

/// The place that a way on leads to.
fn place(way: &SecretsWay) -> Option<SecretsPlace> {
    match way {
        SecretsWay::TryAgain => Some(SecretsPlace::Keyring),
        SecretsWay::Unlock | SecretsWay::File => Some(SecretsPlace::File),
        SecretsWay::Ask => Some(SecretsPlace::Ask),
        _ => None,
    }
}
