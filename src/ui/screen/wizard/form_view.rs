//! How the form of a new account looks.

use iced::widget::{column, container, row, rule, text};
use iced::{Alignment, Length};
use waxwing::model::{Protocol, Security};

use super::Message;
use super::account::{Form, Part};
use super::server::{Change, ServerForm, Side};
use super::view::{foot, page, pair, secret, title};
use crate::ui::component::control::text_button;
use crate::ui::component::form::{self, Tone};
use crate::ui::component::{icon, label};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space};
use crate::ui::widget::Element;

/// The first field.
pub(super) const NAME: &str = "wizard-name";
/// Width of the page.
const WIDE: f32 = 760.0;
/// Width of a port.
const PORT: f32 = 88.0;

/// The page.
pub(super) fn view(form: &Form, can_leave: bool, narrow: bool) -> Element<'_, Message> {
    let back = if can_leave { "Cancel" } else { "Back" };
    page(
        column![
            title(
                "Add your account",
                "The password stays on this computer. Nothing is saved before both servers answered."
            ),
            person(form, narrow),
            by_hand(form, narrow),
            foot(
                text_button(back, Kind::Quiet, Some(Message::Back)),
                [text_button(
                    "Check and add",
                    Kind::Primary,
                    Some(Message::Submit)
                )],
            ),
        ]
        .spacing(space::XL),
        WIDE,
    )
}

fn person(form: &Form, narrow: bool) -> Element<'_, Message> {
    let name =
        form::field(NAME, "As others see it", &form.name, Message::Name).on_submit(Message::Submit);
    let email = form::field(
        Part::Email.id(),
        "you@example.org",
        &form.email,
        Message::Email,
    )
    .on_submit(Message::Submit);
    column![
        pair(
            narrow,
            form::labelled("Your name", name, None),
            form::labelled("Address", email, form.problem(Part::Email)),
        ),
        pair(
            narrow,
            secret(
                "Password",
                Part::Password,
                form.password.reveal(),
                form.revealed,
                form.problem(Part::Password),
            ),
            container(label(
                "Some providers want an app password here, made on their web site."
            ))
            .width(Length::Fill)
            .padding(iced::Padding::default().top(if narrow {
                0.0
            } else {
                space::XL + space::XS
            })),
        ),
    ]
    .spacing(space::L)
    .into()
}

fn by_hand(form: &Form, narrow: bool) -> Element<'_, Message> {
    let heading = row![
        icon(Icon::Server, 16.0, |t| t.text_weak),
        text("Set up by hand")
            .size(size::HEADING)
            .font(font::SEMIBOLD),
    ]
    .spacing(space::S)
    .align_y(Alignment::Center);
    let guessed = Side::BOTH
        .into_iter()
        .any(|side| form.server(side).is_guess());
    let explained = if guessed {
        "The servers are guessed from your address. Correct what your provider says otherwise."
    } else {
        "Your provider's help pages name both servers."
    };
    column![
        rule::horizontal(1).style(theme::rule),
        column![heading, label(explained)].spacing(space::XS),
        pair(
            narrow,
            server(form, &form.incoming),
            server(form, &form.outgoing)
        ),
    ]
    .spacing(space::L)
    .into()
}

fn server<'a>(typed: &'a Form, server: &'a ServerForm) -> Element<'a, Message> {
    let side = server.side;
    let change = move |change| Message::Server(side, change);
    let line = |part: Part, value: &'a str, to: fn(String) -> Change| {
        form::field(part.id(), "", value, move |text| change(to(text))).on_submit(Message::Submit)
    };
    let place = row![
        form::labelled(
            "Server",
            line(Part::Host(side), &server.host, Change::Host),
            typed.problem(Part::Host(side)),
        ),
        container(form::labelled(
            "Port",
            line(Part::Port(side), &server.port, Change::Port),
            typed.problem(Part::Port(side)),
        ))
        .width(PORT),
    ]
    .spacing(space::S);
    let securities = [
        (Security::Tls, "TLS"),
        (Security::StartTls, "STARTTLS"),
        (Security::None, "None"),
    ]
    .map(|(security, name)| {
        let message = change(Change::Security(security));
        (name, server.security == security, Some(message))
    });
    let mut stack = column![
        text(side.name()).size(size::BODY).font(font::SEMIBOLD),
        protocol(server),
        place,
        form::labelled("Security", form::segments(securities), None),
    ]
    .spacing(space::M);
    if server.security == Security::None {
        stack = stack.push(form::notice(
            Tone::Warning,
            "Password and mail would travel readable for everyone on the way.",
            Vec::new(),
        ));
    }
    stack = stack.push(form::labelled(
        "User name",
        line(Part::Username(side), &server.username, Change::Username),
        typed.problem(Part::Username(side)),
    ));
    if side == Side::Outgoing {
        stack = stack.push(form::tick(
            "Same password as for the incoming server",
            typed.same_password,
            Message::SamePassword,
        ));
        if !typed.same_password {
            stack = stack.push(secret(
                "Password of the outgoing server",
                Part::OutgoingPassword,
                typed.outgoing_password.reveal(),
                typed.revealed,
                typed.problem(Part::OutgoingPassword),
            ));
        }
    }
    container(stack)
        .padding(space::L)
        .width(Length::Fill)
        .style(form::group)
        .into()
}

fn protocol(server: &ServerForm) -> Element<'_, Message> {
    let change = |change| Some(Message::Server(Side::Incoming, change));
    match server.side {
        Side::Incoming => {
            let choice = |name, protocol| {
                let message = change(Change::Protocol(protocol));
                (name, server.protocol == protocol, message)
            };
            let choices = form::segments([
                choice("IMAP", Protocol::Imap),
                choice("POP3", Protocol::Pop3),
            ]);
            let more: Element<'_, Message> = if server.protocol == Protocol::Pop3 {
                form::tick(
                    "Leave mail on the server until it is removed here",
                    server.leave,
                    |leave| Message::Server(Side::Incoming, Change::Leave(leave)),
                )
            } else {
                label("Mail and folders stay on the server.")
            };
            column![choices, more].spacing(space::XS).into()
        }
        Side::Outgoing => column![
            form::segments([("SMTP", true, None)]),
            label("The way mail leaves."),
        ]
        .spacing(space::XS)
        .into(),
    }
}
