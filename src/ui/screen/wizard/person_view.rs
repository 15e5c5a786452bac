//! The first page: name, address, password, and what is found meanwhile.

use iced::widget::{column, container, row, text};
use iced::{Alignment, Length};

use super::form::Part;
use super::view::{NARROW, foot, page, secret, title};
use super::{Message, State};
use crate::ui::component::control::text_button;
use crate::ui::component::form;
use crate::ui::component::icon;
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space};
use crate::ui::widget::Element;

/// The first field.
pub(super) const NAME: &str = "wizard-name";
/// The line below the address keeps its place whatever it says.
const STATUS: f32 = 20.0;

impl State {
    pub(super) fn person_view(&self) -> Element<'_, Message> {
        let typed = &self.form;
        let name = form::field(NAME, "As others see it", &typed.name, Message::Name)
            .on_submit(Message::Submit);
        let mut stack = column![
            title(
                "Add your account",
                "Your name, address and password are enough. Nothing is saved before both \
                 servers have answered.",
            ),
            form::labelled("Your name", name, None),
            self.where_view(),
        ]
        .spacing(space::L);
        if typed.asks_password(Part::Password) && !self.is_shut() {
            stack = stack.push(secret("Password", Part::Password, typed));
        }
        if let Some(found) = self.found_view() {
            stack = stack.push(found);
        }
        page(stack, NARROW, self.person_foot())
    }

    /// The address and what is known of it. One place in the page, whatever is
    /// found: the password below keeps the keyboard.
    fn where_view(&self) -> Element<'_, Message> {
        let before = if self.form.is_by_hand() {
            Vec::new()
        } else {
            self.before_view()
        };
        let mut stack = column![self.address_view()]
            .push(self.meant_view())
            .push(self.status_view())
            .spacing(space::S);
        if !before.is_empty() {
            let told = column(before).spacing(space::S);
            stack = stack.push(container(told).padding(iced::Padding::default().top(space::S)));
        }
        stack.into()
    }

    fn address_view(&self) -> Element<'_, Message> {
        let typed = &self.form;
        let email = form::field(
            Part::Email.id(),
            "you@example.org",
            &typed.email,
            Message::Email,
        )
        .style(theme::text_input::judged(
            typed.problem(Part::Email).is_some(),
        ))
        .on_submit(Message::Submit);
        let hint = typed
            .email_remark
            .clone()
            .or_else(|| typed.email_hint().map(str::to_owned));
        form::explained("Address", email, typed.problem(Part::Email), hint)
    }

    fn status_view(&self) -> Element<'_, Message> {
        let (sign, colour, words) = self.found_words();
        let finder = &self.form.finder;
        let again = (finder.was_offline() && !self.form.is_by_hand())
            .then(|| text_button("Try again", Kind::Quiet, Some(Message::SearchAgain)));
        container(
            row![
                icon(sign, 16.0, colour),
                container(text(words).size(size::SMALL).style(theme::text::weak))
                    .width(Length::Fill),
            ]
            .push(again)
            .spacing(space::S)
            .align_y(Alignment::Center),
        )
        .height(iced::Length::Shrink)
        .padding([(STATUS - 16.0) / 2.0, 0.0])
        .into()
    }

    fn person_foot(&self) -> Element<'_, Message> {
        let way = |words, kind, message| text_button(words, kind, Some(message));
        if self.goes_on {
            let waits = row![
                icon(Icon::LoaderCircle, 16.0, |t| t.accent),
                text("Looking for the servers…").size(size::LIST),
            ]
            .spacing(space::S)
            .align_y(Alignment::Center);
            let stop = way("Stop", Kind::Secondary, Message::Cancel);
            return foot(stop, [waits.into()]);
        }
        let back = if self.can_leave { "Cancel" } else { "Back" };
        let back = way(back, Kind::Secondary, Message::Back);
        if self.is_shut() {
            let by_hand = way("Set up by hand", Kind::Primary, Message::ByHand);
            return foot(back, [by_hand]);
        }
        let on = if self.form.needs_browser() {
            "Sign in with the browser"
        } else {
            "Continue"
        };
        foot(
            back,
            [
                way("Set up by hand", Kind::Quiet, Message::ByHand),
                way(on, Kind::Primary, Message::Submit),
            ],
        )
    }
}
