//! The question whether one certificate is right.

use iced::Length;
use iced::widget::{column, container, text};
use waxwing::model::TrustedCertificate;

use super::Message;
use super::view::{NARROW, foot, page, title};
use crate::ui::component::control::text_button;
use crate::ui::component::form::{self, Tone};
use crate::ui::component::{fingerprint, label};
use crate::ui::font;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{size, space};
use crate::ui::widget::Element;

pub(super) fn view(certificate: &TrustedCertificate) -> Element<'_, Message> {
    let facts = column![
        fact("Server", certificate.host.clone()),
        fact("Port", certificate.port.to_string()),
        column![
            label("Fingerprint (SHA-256)"),
            fingerprint::view(&certificate.sha256)
        ]
        .spacing(space::XS),
    ]
    .spacing(space::M);
    let stack = column![
        title(
            "Trust this certificate?",
            "This computer cannot tell by itself whether this is the right server. Compare the \
             fingerprint with the one its owner tells you, by phone or on paper.",
        ),
        container(facts)
            .padding(space::L)
            .width(Length::Fill)
            .style(form::group),
        form::notice(
            Tone::Warning,
            "If it is not the same, somebody on the way may be reading along.",
            Vec::new(),
        ),
        label(
            "Waxwing will trust this one certificate for this server and port only, and stop when \
             it changes. It can be taken back on the page of accounts.",
        ),
    ]
    .spacing(space::L);
    let no = text_button(
        "Do not trust it",
        Kind::Secondary,
        Some(Message::Trust(false)),
    );
    let yes = text_button(
        "It is the same: trust it",
        Kind::Danger,
        Some(Message::Trust(true)),
    );
    page(stack, NARROW, foot(no, [yes]))
}

fn fact<'a>(name: &'a str, value: String) -> Element<'a, Message> {
    column![label(name), text(value).size(size::BODY).font(font::MEDIUM)]
        .spacing(space::XS)
        .into()
}
