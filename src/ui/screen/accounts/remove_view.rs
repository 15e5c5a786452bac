//! The question whether an account shall go, and what goes with it.

use iced::Length;
use iced::widget::{column, container, text};
use waxwing::model::Account;

use super::{Message, Removal};
use crate::ui::component::control::text_button;
use crate::ui::component::form::{self, Tone};
use crate::ui::component::label;
use crate::ui::component::sheet::{NARROW, foot, page, title};
use crate::ui::font;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{size, space};
use crate::ui::widget::Element;

pub(super) fn view(account: &Account, removal: Removal) -> Element<'_, Message> {
    let settings = &account.settings;
    let local = settings.is_local();
    let what = if local {
        "Its folders and all mail in them are kept on this computer only. They are deleted, and \
         what is no longer on the server is lost for good."
    } else {
        "Its settings, its passwords and the copy of its mail on this computer are deleted. \
         Nothing changes on the server."
    };
    let mut stack = column![
        title(
            format!("Remove {}?", settings.name),
            format!("The account of {}.", settings.email),
        ),
        form::notice(
            if local { Tone::Danger } else { Tone::Warning },
            what,
            Vec::new()
        ),
    ]
    .spacing(space::L);
    if local {
        stack = stack.push(form::tick(
            "Delete the mail that is kept here",
            removal.sure,
            Message::Sure,
        ));
    }
    if !account.disabled {
        stack = stack.push(keep(account));
    }
    let open = !removal.runs && (!local || removal.sure);
    let words = if removal.runs {
        "Removing…"
    } else {
        "Remove the account"
    };
    page(
        stack,
        NARROW,
        foot(
            text_button(
                "Cancel",
                Kind::Secondary,
                (!removal.runs).then_some(Message::Back),
            ),
            [text_button(
                words,
                Kind::Danger,
                open.then_some(Message::ConfirmRemove),
            )],
        ),
    )
}

/// The way to be rid of an account and keep its mail.
fn keep(account: &Account) -> Element<'_, Message> {
    container(
        column![
            column![
                text("Keep the mail instead?")
                    .size(size::BODY)
                    .font(font::SEMIBOLD),
                label(
                    "An account that is switched off asks its servers for nothing. Its mail stays \
                     here and can be read and searched."
                ),
            ]
            .spacing(space::XS),
            text_button(
                "Switch it off and keep the mail",
                Kind::Secondary,
                Some(Message::Enable(account.id, false)),
            ),
        ]
        .spacing(space::M),
    )
    .padding(space::L)
    .width(Length::Fill)
    .style(form::group)
    .into()
}
