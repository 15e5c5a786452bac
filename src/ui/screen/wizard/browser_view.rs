//! How waiting for a sign-in in the browser looks.

use iced::widget::{column, container, row, text};
use iced::{Alignment, Length};

use super::Message;
use super::browser::Browser;
use super::failure_view::failure;
use super::server::Side;
use super::view::{NARROW, foot, page, title};
use crate::ui::component::control::{icon, text_button};
use crate::ui::component::form;
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{size, space};
use crate::ui::widget::Element;

pub(super) fn view(browser: &Browser, side: Side) -> Element<'_, Message> {
    let back = text_button("Cancel", Kind::Secondary, Some(Message::Back));
    if let Some(error) = &browser.failure {
        let stack = column![
            title(
                "Sign in with the browser",
                "It did not come to a sign-in. Nothing was saved."
            ),
            failure(side, error, true),
        ]
        .spacing(space::XL);
        let again = text_button("Try again", Kind::Primary, Some(Message::Submit));
        return page(stack, NARROW, foot(back, [again]));
    }
    let host = browser.host().unwrap_or("the provider's page");
    let waits = row![
        icon(Icon::LoaderCircle, 20.0, |t| t.accent),
        text(match &browser.page {
            Some(_) => format!("Waiting for you to sign in at {host}…"),
            None => "Getting the page of the provider…".to_owned(),
        })
        .size(size::BODY),
    ]
    .spacing(space::M)
    .align_y(Alignment::Center);
    let mut card = column![waits].spacing(space::L);
    if let Some(url) = &browser.page {
        card = card.push(
            row![
                text_button(
                    "Open the page again",
                    Kind::Secondary,
                    Some(Message::Open(url.clone()))
                ),
                text_button(
                    "Copy its address",
                    Kind::Quiet,
                    Some(Message::Copy(url.clone()))
                ),
            ]
            .spacing(space::S),
        );
    }
    let stack = column![
        title(
            "Sign in with the browser",
            "Your browser shows the provider's own page. Waxwing never sees the password you type \
             there. This page goes on by itself.",
        ),
        container(card)
            .padding(space::L)
            .width(Length::Fill)
            .style(form::group),
    ]
    .spacing(space::XL);
    page(stack, NARROW, foot(back, []))
}
