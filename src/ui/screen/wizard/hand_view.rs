//! Every field of both servers, by hand; also for an account that is there.

use std::borrow::Cow;

use iced::Length;
use iced::widget::{column, container, text};
use waxwing::model::Account;

use super::form::Part;
use super::server::Side;
use super::view::{WIDE, foot, page, pair, secret_or, title};
use super::{Message, State, person_view};
use crate::ui::component::control::text_button;
use crate::ui::component::form;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space};
use crate::ui::widget::Element;

impl State {
    /// `accounts` are those that are there.
    pub(super) fn hand_view<'a>(
        &'a self,
        narrow: bool,
        accounts: &'a [Account],
    ) -> Element<'a, Message> {
        let mut stack = column![
            title(self.hand_title(), self.hand_sentence()),
            self.who_view(narrow),
            pair(
                narrow,
                self.server_view(Side::Incoming, accounts),
                self.server_view(Side::Outgoing, accounts)
            ),
        ]
        .spacing(space::XL);
        if self.form.needs_a_look() || self.form.problem(Part::Confirmed).is_some() {
            stack = stack.push(self.look_at_them());
        }
        let (back, on) = match &self.form.of {
            Some(_) => ("Cancel", "Check and save"),
            None => ("Back", "Check and add"),
        };
        page(
            stack,
            WIDE,
            foot(
                text_button(back, Kind::Secondary, Some(Message::Back)),
                [text_button(on, Kind::Primary, Some(Message::Submit))],
            ),
        )
    }

    fn hand_title(&self) -> String {
        match &self.form.of {
            Some(account) => format!("Settings of {}", account.settings.name),
            None => "Set up by hand".to_owned(),
        }
    }

    fn hand_sentence(&self) -> Cow<'static, str> {
        let finder = &self.form.finder;
        let words = if self.form.of.is_some() {
            "Nothing changes before both servers have answered."
        } else if self.form.is_by_hand() {
            "Your provider's help pages name both servers."
        } else if finder.best().is_some() {
            "These servers were found. Correct what your provider says otherwise."
        } else if finder.domain.is_empty() {
            "Your provider's help pages name both servers. A whole address such as \
             imaps://mail.example.org can be pasted as well."
        } else if let Some(why) = &finder.nothing {
            return format!(
                "{} These names are guessed; your provider's help pages name the right ones.",
                why.message()
            )
            .into();
        } else {
            "No servers are known for this address, so these names are guessed. Your provider's \
             help pages name the right ones."
        };
        words.into()
    }

    /// Who it is: the same fields as on the first page.
    fn who_view(&self, narrow: bool) -> Element<'_, Message> {
        let typed = &self.form;
        let line = |id, hint, value, to: fn(String) -> Message| {
            form::field(id, hint, value, to).on_submit(Message::Submit)
        };
        let email = form::explained(
            "Address",
            line(
                Part::Email.id(),
                "you@example.org",
                &typed.email,
                Message::Email,
            ),
            typed.problem(Part::Email),
            typed.email_remark.clone(),
        );
        let name = form::labelled(
            "Your name",
            line(
                person_view::NAME,
                "As others see it",
                &typed.name,
                Message::Name,
            ),
            None,
        );
        let first: Element<'_, Message> = pair(narrow, name, email);
        let password = if typed.asks_password(Part::Password) {
            let empty = if typed.of.is_some() { "Unchanged" } else { "" };
            secret_or("Password", empty, Part::Password, typed)
        } else {
            container(
                text("You sign in with the browser; there is no password to type.")
                    .size(size::SMALL)
                    .style(theme::text::weak),
            )
            .width(Length::Fill)
            .into()
        };
        let beside: Element<'_, Message> = if typed.of.is_some() {
            form::labelled(
                "Name of the account",
                line(Part::Label.id(), "", &typed.label, Message::Label),
                typed.problem(Part::Label),
            )
        } else {
            iced::widget::space().width(Length::Fill).into()
        };
        let second = if typed.of.is_some() {
            pair(narrow, beside, password)
        } else {
            pair(narrow, password, beside)
        };
        column![first, second]
            .push(self.meant_view())
            .spacing(space::L)
            .into()
    }
}
