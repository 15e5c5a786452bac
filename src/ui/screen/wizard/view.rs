//! The welcome, and what the pages have in common.

use iced::widget::{column, container, responsive, row, svg, text};
use iced::{Alignment, Length};

use super::form::{Form, Part};
use super::server::Side;
use super::{Message, Page, State};
use crate::ui::app::Context;
use crate::ui::component::control::text_button;
use crate::ui::component::form;
pub(super) use crate::ui::component::sheet::{NARROW, WIDE, foot, page, pair, title};
use crate::ui::component::{icon_text_button, label};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space};
use crate::ui::widget::Element;

/// A window narrower than this has no room for two columns.
const PAIR: f32 = 680.0;
/// Side of the emblem of the welcome.
const EMBLEM: f32 = 80.0;

impl State {
    /// What is drawn.
    pub(crate) fn view<'a>(&'a self, context: &Context<'a>) -> Element<'a, Message> {
        let accounts = context.accounts;
        let content = responsive(move |size| {
            let narrow = size.width < PAIR;
            if let Some(keeping) = &self.keeping {
                return keeping.view().map(Message::Keeping);
            }
            match (&self.page, &self.question) {
                (_, Some(certificate)) => super::trust_view::view(certificate),
                (Page::Welcome, _) => welcome(),
                (Page::Person, _) => self.person_view(),
                (Page::ByHand, _) => self.hand_view(narrow, accounts),
                (Page::Browser(browser), _) => {
                    let side = self.form.browser_side().unwrap_or(Side::Incoming);
                    super::browser_view::view(browser, side)
                }
                (Page::Check(check), _) => self.check_view(check, narrow),
                (Page::SignIn, _) => self.sign_in_view(),
            }
        });
        container(content)
            .width(Length::Fill)
            .height(Length::Fill)
            .style(theme::container::surface)
            .into()
    }
}

fn emblem<'a>(side: f32) -> Element<'a, Message> {
    svg(svg::Handle::from_memory(
        include_bytes!("../../../../assets/icons/app/waxwing.svg").as_slice(),
    ))
    .width(side)
    .height(side)
    .into()
}

fn welcome<'a>() -> Element<'a, Message> {
    let words = column![
        text("Welcome to Waxwing")
            .size(size::WELCOME)
            .font(font::BOLD),
        text(
            "Your mail, kept on this computer and shown without delay. \
              Nothing is loaded from the web unless you ask for it."
        )
        .size(size::BODY)
        .style(theme::text::weak)
        .align_x(Alignment::Center),
    ]
    .spacing(space::S)
    .align_x(Alignment::Center);
    let ways = column![
        icon_text_button(
            Icon::MailPlus,
            "Add your account",
            Kind::Primary,
            Some(Message::AddAccount)
        ),
        text_button(
            "Look around with sample mail",
            Kind::Quiet,
            Some(Message::Demo)
        ),
    ]
    .spacing(space::S)
    .align_x(Alignment::Center);
    container(
        column![emblem(EMBLEM), words, ways]
            .spacing(space::XL)
            .max_width(NARROW)
            .align_x(Alignment::Center),
    )
    .center(Length::Fill)
    .padding(space::XL)
    .into()
}

/// A password field with the eye that shows what is in it, and a word on what
/// is odd about it.
pub(super) fn secret<'a>(name: &'a str, part: Part, typed: &'a Form) -> Element<'a, Message> {
    secret_or(name, "", part, typed)
}

/// As [`secret`], with a word for the empty field.
pub(super) fn secret_or<'a>(
    name: &'a str,
    empty: &str,
    part: Part,
    typed: &'a Form,
) -> Element<'a, Message> {
    let write = move |text: String| {
        let password = waxwing::model::Password::new(text);
        match part {
            Part::OutgoingPassword => Message::OutgoingPassword(password),
            _ => Message::Password(password),
        }
    };
    let field = form::field(part.id(), empty, typed.secret(part).reveal(), write)
        .style(theme::text_input::judged(typed.problem(part).is_some()))
        .on_submit(Message::Submit);
    let line = form::secret(field, typed.revealed, "password", Message::Reveal);
    let remark = typed.password_hint(part).map(|remark| {
        row![
            container(label(remark.words())).width(Length::Fill),
            text_button(remark.offer(), Kind::Link, Some(Message::CleanPassword)),
        ]
        .spacing(space::S)
        .align_y(Alignment::Center)
    });
    // The field keeps its place whatever is said, and with it the keyboard.
    column![form::labelled(name, line, typed.problem(part))]
        .push(remark)
        .into()
}
