//! The welcome, and the page each step is laid out on.

use iced::widget::{column, container, responsive, row, scrollable, space as gap, svg, text};
use iced::{Alignment, Length};

use super::account::Part;
use super::sign_in::SignIn;
use super::{Message, Page, State};
use crate::ui::app::Context;
use crate::ui::component::control::text_button;
use crate::ui::component::form::{self, Tone};
use crate::ui::component::icon_text_button;
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space};
use crate::ui::widget::Element;

/// Width of a page with one column.
const NARROW: f32 = 420.0;
/// A window narrower than this has no room for two columns.
const PAIR: f32 = 640.0;
/// Side of the emblem.
const EMBLEM: f32 = 72.0;

impl State {
    /// What is drawn.
    pub(crate) fn view<'a>(&'a self, _context: &Context<'a>) -> Element<'a, Message> {
        let content = responsive(|size| {
            let narrow = size.width < PAIR;
            match &self.page {
                Page::Welcome => welcome(),
                Page::Form(form) => super::form_view::view(form, self.can_leave, narrow),
                Page::Check(form, check) => super::check_view::view(form, check, narrow),
                Page::SignIn(sign_in) => sign_in_again(sign_in),
            }
        });
        container(content)
            .width(Length::Fill)
            .height(Length::Fill)
            .style(theme::container::surface)
            .into()
    }
}

/// A page in the middle of the window that scrolls where the window is small.
pub(super) fn page<'a>(
    content: impl Into<Element<'a, Message>>,
    widest: f32,
) -> Element<'a, Message> {
    scrollable(
        container(container(content).max_width(widest))
            .center_x(Length::Fill)
            .padding([space::XXL, space::XL]),
    )
    .style(theme::scrollable::slim)
    .width(Length::Fill)
    .height(Length::Fill)
    .into()
}

/// Two things side by side, or one below the other where it is narrow.
pub(super) fn pair<'a>(
    narrow: bool,
    one: impl Into<Element<'a, Message>>,
    other: impl Into<Element<'a, Message>>,
) -> Element<'a, Message> {
    if narrow {
        column![one.into(), other.into()].spacing(space::L).into()
    } else {
        row![one.into(), other.into()].spacing(space::L).into()
    }
}

/// The title of a page with a sentence below it.
pub(super) fn title<'a>(
    words: impl text::IntoFragment<'a>,
    sentence: impl text::IntoFragment<'a>,
) -> Element<'a, Message> {
    column![
        text(words).size(size::TITLE).font(font::BOLD),
        text(sentence).size(size::BODY).style(theme::text::weak),
    ]
    .spacing(space::XS)
    .into()
}

/// The buttons at the foot of a page: the way back left, the way on right.
pub(super) fn foot<'a>(
    back: Element<'a, Message>,
    on: impl IntoIterator<Item = Element<'a, Message>>,
) -> Element<'a, Message> {
    row![back, gap().width(Length::Fill)]
        .extend(on)
        .spacing(space::S)
        .align_y(Alignment::Center)
        .into()
}

fn welcome<'a>() -> Element<'a, Message> {
    let emblem = svg(svg::Handle::from_memory(
        include_bytes!("../../../../assets/icons/app/waxwing.svg").as_slice(),
    ))
    .width(EMBLEM)
    .height(EMBLEM);
    let words = column![
        text("Welcome to Waxwing")
            .size(size::TITLE)
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
        column![emblem, words, ways]
            .spacing(space::XL)
            .max_width(NARROW)
            .align_x(Alignment::Center),
    )
    .center(Length::Fill)
    .padding(space::XL)
    .into()
}

fn sign_in_again(sign_in: &SignIn) -> Element<'_, Message> {
    let settings = &sign_in.account.settings;
    let mut stack = column![title(
        "Sign in again",
        format!("The password for {} is needed.", settings.email),
    )]
    .spacing(space::L);
    if let Some(refused) = &sign_in.refused {
        stack = stack.push(failure(refused));
    }
    stack = stack
        .push(secret(
            "Password",
            Part::Password,
            sign_in.password.reveal(),
            sign_in.revealed,
            sign_in.problem.as_deref(),
        ))
        .push(form::tick(
            "The outgoing server takes the same password",
            sign_in.same_password,
            Message::SamePassword,
        ));
    if !sign_in.same_password {
        stack = stack.push(secret(
            "Password of the outgoing server",
            Part::OutgoingPassword,
            sign_in.outgoing_password.reveal(),
            sign_in.revealed,
            None,
        ));
    }
    let words = if sign_in.saving {
        "Saving…"
    } else {
        "Sign in"
    };
    let stack = stack.push(foot(
        text_button("Back", Kind::Quiet, Some(Message::Back)),
        [text_button(
            words,
            Kind::Primary,
            (!sign_in.saving).then_some(Message::Submit),
        )],
    ));
    page(stack, NARROW)
}

/// What failed: the sentence, the server's words, what to do.
pub(super) fn failure(error: &waxwing::Error) -> Element<'_, Message> {
    let mut stack =
        column![form::notice(Tone::Danger, error.message(), Vec::new())].spacing(space::S);
    if let Some(words) = error.words_of_server() {
        stack = stack.push(
            text(format!("The server said: “{words}”"))
                .size(size::SMALL)
                .style(theme::text::weak),
        );
    }
    if let Some(remedy) = error.remedy() {
        stack = stack.push(text(remedy).size(size::LIST));
    }
    stack.into()
}

/// A password field with the eye that shows what is in it.
pub(super) fn secret<'a>(
    name: &'a str,
    part: Part,
    value: &str,
    revealed: bool,
    problem: Option<&'a str>,
) -> Element<'a, Message> {
    let typed = move |text: String| {
        let password = waxwing::model::Password::new(text);
        match part {
            Part::OutgoingPassword => Message::OutgoingPassword(password),
            _ => Message::Password(password),
        }
    };
    let field = form::field(part.id(), "", value, typed)
        .secure(!revealed)
        .on_submit(Message::Submit);
    let (eye, words) = if revealed {
        (Icon::EyeOff, "Hide the password")
    } else {
        (Icon::Eye, "Show the password")
    };
    let line = row![
        field,
        crate::ui::component::icon_button(eye, words, Some(Message::Reveal))
    ]
    .spacing(space::XS)
    .align_y(Alignment::Center);
    form::labelled(name, line, problem)
}
