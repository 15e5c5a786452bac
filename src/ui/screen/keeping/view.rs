//! How the page looks.

use iced::widget::{column, row, text};
use iced::{Alignment, Length};
use waxwing::config::settings::SecretsPlace;
use waxwing::engine::SecretsTrouble;
use waxwing::model::Password;

use super::{AGAIN, Message, PASSPHRASE, State};
use crate::ui::component::control::text_button;
use crate::ui::component::form::{self, Tone};
use crate::ui::component::sheet::{NARROW, foot, page, title};
use crate::ui::component::{icon, label};
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space};
use crate::ui::widget::Element;

impl State {
    /// What is drawn.
    pub(crate) fn view(&self) -> Element<'_, Message> {
        let mut stack = column![title(self.title(), self.sentence())].spacing(space::L);
        let wrong = self.failure.as_ref().filter(|_| self.problem().is_none());
        if let Some(wrong) = wrong.or(self.trouble.as_ref()) {
            stack = stack.push(form::notice(Tone::Danger, wrong.message(), Vec::new()));
        }
        let places = self.places();
        let places = places.into_iter().map(|place| self.place_view(place));
        stack = stack.push(column(places).spacing(space::S));
        let back = (!self.runs).then_some(Message::Back);
        let foot = foot(text_button("Back", Kind::Secondary, back), self.ways_on());
        page(stack, NARROW, foot)
    }

    fn title(&self) -> &'static str {
        if self.keeping.is_locked {
            "Open the file with your passwords"
        } else {
            "Where passwords are kept"
        }
    }

    fn sentence(&self) -> &'static str {
        if self.keeping.is_locked {
            "Its passphrase is needed once while Waxwing runs."
        } else {
            "For all accounts alike; never in the settings."
        }
    }

    /// One place; with its fields, where it is chosen and has some.
    fn place_view(&self, place: SecretsPlace) -> Element<'_, Message> {
        let trouble = self.trouble.as_ref().and_then(SecretsTrouble::of);
        let (name, sentence) = match place {
            SecretsPlace::Keyring if self.keeping.place == place && trouble.is_some() => (
                "Try the keyring again",
                "After you unlocked it or let Waxwing in",
            ),
            SecretsPlace::Keyring => (
                "The keyring of your desktop",
                "Opened together with your desktop",
            ),
            SecretsPlace::File if self.keeping.has_file => {
                ("The protected file", "Opened by its passphrase")
            }
            SecretsPlace::File => (
                "A protected file",
                "You type its passphrase each time Waxwing starts",
            ),
            SecretsPlace::Ask => ("Nowhere", "You type each password each time Waxwing starts"),
        };
        let option = form::option(name, sentence, self.choice == place, Message::Choose(place));
        let fields =
            (place == SecretsPlace::File && self.choice == place).then(|| self.passphrase_view());
        column![option].push(fields).spacing(space::M).into()
    }

    fn passphrase_view(&self) -> Element<'_, Message> {
        let field = |id, typed: &Password, judged, to: fn(Password) -> Message| {
            let field = form::field(id, "", typed.reveal(), move |text| to(Password::new(text)));
            let field = field
                .style(theme::text_input::judged(judged))
                .on_submit(Message::Submit);
            form::secret(field, self.revealed, "passphrase", Message::Reveal)
        };
        let problem = self.problem();
        let first = field(
            PASSPHRASE,
            &self.passphrase,
            problem.is_some(),
            Message::Passphrase,
        );
        let first = form::labelled("Passphrase", first, problem);
        let repeats = self.is_new_file().then(|| {
            let problem = self.repetition_problem();
            let again = field(AGAIN, &self.again, problem.is_some(), Message::Again);
            form::labelled("The same once more", again, problem)
        });
        let lost = "If it is lost, nobody can open the file any more.";
        let inset = iced::Padding::default()
            .left(space::XL + space::XS)
            .bottom(space::S);
        column![first]
            .push(repeats)
            .push(label(lost))
            .spacing(space::M)
            .padding(inset)
            .into()
    }

    fn ways_on(&self) -> Vec<Element<'_, Message>> {
        if self.runs {
            let waits = match self.choice {
                SecretsPlace::Keyring => "Asking the keyring…",
                SecretsPlace::File => "Opening the file…",
                SecretsPlace::Ask => "One moment…",
            };
            let waits = row![
                icon(Icon::LoaderCircle, 16.0, |t| t.accent),
                text(waits).size(size::LIST),
            ];
            let waits = waits.spacing(space::S).align_y(Alignment::Center);
            return vec![waits.width(Length::Shrink).into()];
        }
        let words = match self.choice {
            SecretsPlace::Keyring if self.trouble.is_some() => "Try again",
            SecretsPlace::Keyring => "Use the keyring",
            SecretsPlace::File if self.keeping.has_file => "Open the file",
            SecretsPlace::File => "Use the file",
            SecretsPlace::Ask => "Ask me each time",
        };
        vec![text_button(words, Kind::Primary, Some(Message::Submit))]
    }
}
