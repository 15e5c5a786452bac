//! How the settings of one server look.

use iced::Length;
use iced::widget::{column, container, row, text};
use waxwing::model::{Account, AuthMethod, Protocol, Security};

use super::form::Part;
use super::pop3::{self, Stay};
use super::server::{Change, ServerForm, Side};
use super::view::secret;
use super::{Message, State};
use crate::ui::component::form::{self, Tone};
use crate::ui::component::label;
use crate::ui::font;
use crate::ui::theme::{self, size, space};
use crate::ui::widget::Element;

/// Width of a port.
const PORT: f32 = 88.0;
/// Width of the choice between IMAP and POP3.
const PROTOCOLS: f32 = 144.0;
/// Width of a number of days or megabytes.
const NUMBER: f32 = 72.0;

impl State {
    /// `accounts` are those that are there.
    pub(super) fn server_view<'a>(
        &'a self,
        side: Side,
        accounts: &'a [Account],
    ) -> Element<'a, Message> {
        let server = self.form.server(side);
        let mut stack = column![self.head(server)].spacing(space::L);
        stack = stack
            .push(self.place(server))
            .push(security(server))
            .push(form::labelled("Sign-in", sign_in(server), None));
        if server.auth != AuthMethod::None {
            stack = stack.push(form::labelled(
                "User name",
                self.line(Part::Username(side), &server.username, Change::Username),
                self.form.problem(Part::Username(side)),
            ));
        }
        if side == Side::Outgoing {
            stack = stack.push(self.outgoing_password());
        } else if self.form.is_pop3() {
            stack = stack.push(self.rules()).push(self.home_view(accounts));
        }
        container(stack)
            .padding(space::L)
            .width(Length::Fill)
            .style(form::group)
            .into()
    }

    /// Its name, and what it speaks. An account stays of its kind.
    fn head<'a>(&self, server: &'a ServerForm) -> Element<'a, Message> {
        let choice = |name, protocol| {
            let message = Message::Server(Side::Incoming, Change::Protocol(protocol));
            (name, server.protocol == protocol, Some(message))
        };
        let speaks: Element<'_, Message> =
            if server.side == Side::Incoming && self.form.of.is_none() {
                form::segments([
                    choice("IMAP", Protocol::Imap),
                    choice("POP3", Protocol::Pop3),
                ])
            } else {
                label(server.protocol.name())
            };
        let words = match server.protocol {
            Protocol::Imap => "Mail stays on the server, the same on all your devices.",
            Protocol::Pop3 => "Mail is fetched to this computer; folders are kept here only.",
            Protocol::Smtp => "The way your mail leaves.",
        };
        column![
            row![
                container(
                    text(server.side.name())
                        .size(size::HEADING)
                        .font(font::SEMIBOLD)
                )
                .width(Length::Fill),
                container(speaks).max_width(PROTOCOLS),
            ]
            .height(theme::row::CONTROL)
            .align_y(iced::Alignment::Center),
            label(words),
        ]
        .spacing(space::XS)
        .into()
    }

    fn line<'a>(
        &self,
        part: Part,
        value: &'a str,
        to: fn(String) -> Change,
    ) -> Element<'a, Message> {
        let side = match part {
            Part::Host(side) | Part::Port(side) | Part::Username(side) => side,
            _ => Side::Incoming,
        };
        form::field(part.id(), "", value, move |text| {
            Message::Server(side, to(text))
        })
        .style(theme::text_input::judged(self.form.problem(part).is_some()))
        .on_submit(Message::Submit)
        .into()
    }

    fn place<'a>(&'a self, server: &'a ServerForm) -> Element<'a, Message> {
        let side = server.side;
        let fields = row![
            form::labelled(
                "Server",
                self.line(Part::Host(side), &server.host, Change::Host),
                self.form.problem(Part::Host(side)),
            ),
            container(form::labelled(
                "Port",
                self.line(Part::Port(side), &server.port, Change::Port),
                self.form.problem(Part::Port(side)),
            ))
            .width(PORT),
        ]
        .spacing(space::S);
        let told = self.form.problem(Part::Host(side)).is_some();
        let hint = server.host_hint().filter(|_| !told);
        column![fields]
            .push(hint.map(label))
            .spacing(space::XS)
            .into()
    }

    /// The password of the outgoing server, where it has one of its own.
    pub(super) fn outgoing_password(&self) -> Option<Element<'_, Message>> {
        let typed = &self.form;
        let by_password = |side| typed.server(side).auth == AuthMethod::Password;
        if !by_password(Side::Outgoing) {
            return None;
        }
        let same = by_password(Side::Incoming).then(|| {
            form::tick(
                "Same password as for the incoming server",
                typed.same_password,
                Message::SamePassword,
            )
        });
        let own = typed.asks_password(Part::OutgoingPassword).then(|| {
            secret(
                "Password of the outgoing server",
                Part::OutgoingPassword,
                typed,
            )
        });
        Some(column![].push(same).push(own).spacing(space::M).into())
    }

    /// Whose folders take the mail of a POP3 account. Settled once: mail that
    /// is here does not move house.
    fn home_view<'a>(&'a self, accounts: &'a [Account]) -> Option<Element<'a, Message>> {
        let home = self.form.rules.deliver_to.as_deref();
        let name = text("Where mail goes here")
            .size(size::SMALL)
            .font(font::MEDIUM);
        if self.form.of.is_some() {
            let words = home.map(|home| label(format!("Into the inbox of {home}.")))?;
            return Some(column![name, words].spacing(space::XS).into());
        }
        let takers = accounts.iter().map(|account| &account.settings);
        let mut takers = takers.filter(|settings| settings.takes_mail()).peekable();
        takers.peek()?;
        let to = |home| Message::Rules(pop3::Change::DeliverTo(home));
        let own = form::option(
            "Into folders of its own",
            "An inbox beside the others",
            home.is_none(),
            to(None),
        );
        let others = takers.map(|taker| {
            form::option(
                format!("Into the inbox of {}", taker.name),
                "Both accounts share its folders; settled for good",
                home == Some(&taker.name),
                to(Some(taker.name.clone())),
            )
        });
        let all = column![name, own].extend(others).spacing(space::S);
        Some(all.into())
    }

    /// What happens to mail on a POP3 server.
    fn rules(&self) -> Element<'_, Message> {
        let rules = &self.form.rules;
        let stay = |name, sentence, stay| {
            let message = Message::Rules(pop3::Change::Stay(stay));
            form::option(name, sentence, rules.stay == stay, message)
        };
        let mut stack = column![
            text("Mail on the server")
                .size(size::SMALL)
                .font(font::MEDIUM),
            stay(
                "Leave it there",
                "Other devices can still fetch it",
                Stay::Always
            ),
            stay(
                "Remove it after some days",
                "Once it is safely on this computer",
                Stay::Days
            ),
        ]
        .spacing(space::S);
        if rules.stay == Stay::Days {
            stack = stack.push(number(
                Part::Days,
                "After",
                &rules.days,
                "days",
                pop3::Change::Days,
                self.form.problem(Part::Days),
            ));
        }
        stack = stack.push(stay(
            "Remove it once it is here",
            "This computer then has the only copy",
            Stay::Never,
        ));
        if rules.stay != Stay::Never {
            stack = stack.push(form::tick(
                "What I take out of the inbox goes from the server too",
                rules.remove_too,
                |on| Message::Rules(pop3::Change::RemoveToo(on)),
            ));
        }
        stack = stack.push(form::tick(
            "Fetch large messages only when I open them",
            rules.limit,
            |on| Message::Rules(pop3::Change::Limit(on)),
        ));
        if rules.limit {
            stack = stack.push(number(
                Part::Megabytes,
                "Larger than",
                &rules.megabytes,
                "MB",
                pop3::Change::Megabytes,
                self.form.problem(Part::Megabytes),
            ));
        }
        stack.into()
    }
}

/// A number amid words.
fn number<'a>(
    part: Part,
    before: &'a str,
    value: &str,
    behind: &'a str,
    to: fn(String) -> pop3::Change,
    problem: Option<&'a str>,
) -> Element<'a, Message> {
    let field = form::field(part.id(), "", value, move |text| Message::Rules(to(text)))
        .style(theme::text_input::judged(problem.is_some()))
        .on_submit(Message::Submit)
        .width(NUMBER);
    let line = row![
        text(before).size(size::LIST),
        field,
        text(behind).size(size::LIST)
    ]
    .spacing(space::S)
    .align_y(iced::Alignment::Center);
    let stack = column![line].spacing(space::XS);
    stack
        .push(problem.map(|words| text(words).size(size::SMALL).style(theme::text::danger)))
        .padding(iced::Padding::default().left(space::XL + space::XS))
        .into()
}

fn security(server: &ServerForm) -> Element<'_, Message> {
    let choices = [
        (Security::Tls, "TLS"),
        (Security::StartTls, "STARTTLS"),
        (Security::None, "None"),
    ]
    .map(|(security, name)| {
        let message = Message::Server(server.side, Change::Security(security));
        (name, server.security == security, Some(message))
    });
    let field = form::labelled("Security", form::segments(choices), None);
    let mut stack = column![field].spacing(space::XS);
    if server.security == Security::None {
        stack = stack.spacing(space::S).push(form::notice(
            Tone::Warning,
            "Password and mail would travel readable for everyone on the way.",
            Vec::new(),
        ));
    }
    stack.push(server.security_hint().map(label)).into()
}

fn sign_in(server: &ServerForm) -> Element<'_, Message> {
    let side = server.side;
    let choice = |name, auth| {
        let message = Message::Server(side, Change::Auth(auth));
        (name, server.auth == auth, Some(message))
    };
    let mut choices = vec![
        choice("Password", AuthMethod::Password),
        choice("Browser", AuthMethod::OAuth2),
    ];
    if side == Side::Outgoing {
        choices.push(choice("None", AuthMethod::None));
    }
    form::segments(choices)
}
