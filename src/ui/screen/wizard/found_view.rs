//! What was found about an address, and what has to be done before.

use iced::widget::{column, container, row, text};
use iced::{Alignment, Color, Length};
use waxwing::ErrorKind;
use waxwing::model::{AuthMethod, Preparation, Protocol, Security, ServerSettings};

use super::finding::{Phase, found_where};
use super::form::Part;
use super::{Message, State};
use crate::ui::component::control::{fold, icon, label, text_button};
use crate::ui::component::form::{self, Tone};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, Tokens, size, space};
use crate::ui::widget::Element;

/// Width of "Incoming" and "Outgoing".
const SIDE: f32 = 72.0;

type Colour = fn(&Tokens) -> Color;

impl State {
    /// The line below the address.
    pub(super) fn found_words(&self) -> (Icon, Colour, String) {
        let finder = &self.form.finder;
        let domain = &finder.domain;
        if self.form.is_by_hand() {
            let words = "The servers are those you set up by hand.".to_owned();
            return (Icon::Server, |t| t.text_weak, words);
        }
        if let Some(found) = finder.best() {
            let name = found.provider.as_deref().unwrap_or(domain);
            return if found.trusted {
                let words = format!("The servers of {name} are known.");
                (Icon::CircleCheck, |t| t.success, words)
            } else {
                let words = format!("Servers of {name} were found. Please look at them.");
                (Icon::TriangleAlert, |t| t.warning, words)
            };
        }
        if let Some(shut) = &finder.impossible {
            let words = format!("{} lets no mail program in.", shut.provider);
            return (Icon::CircleAlert, |t| t.danger, words);
        }
        match finder.phase {
            Phase::Idle => (
                Icon::Server,
                |t| t.text_weak,
                "Waxwing finds the servers from the address.".to_owned(),
            ),
            Phase::Waiting => (Icon::LoaderCircle, |t| t.accent, looking(domain, None)),
            Phase::Asking => (
                Icon::LoaderCircle,
                |t| t.accent,
                looking(domain, finder.asked.as_deref()),
            ),
            Phase::Ended => self.nothing_words(),
        }
    }

    /// Why nothing was found.
    fn nothing_words(&self) -> (Icon, Colour, String) {
        let finder = &self.form.finder;
        match &finder.nothing {
            Some(why) if why.kind() == ErrorKind::Dns => (
                Icon::TriangleAlert,
                |t| t.warning,
                format!("{} Check what stands after the @.", why.message()),
            ),
            Some(why) if why.kind() == ErrorKind::Offline => {
                (Icon::WifiOff, |t| t.warning, why.message().to_owned())
            }
            _ => (
                Icon::Info,
                |t| t.text_weak,
                format!(
                    "No servers are known for {}. The next page asks for them.",
                    finder.domain
                ),
            ),
        }
    }

    /// The address that was probably meant, to take or to leave.
    pub(super) fn meant_view(&self) -> Option<Element<'_, Message>> {
        let meant = self.form.finder.offered()?;
        Some(form::notice(
            Tone::Warning,
            format!("Did you mean {meant}?"),
            vec![
                text_button("No", Kind::Quiet, Some(Message::Meant(false))),
                text_button("Yes", Kind::Secondary, Some(Message::Meant(true))),
            ],
        ))
    }

    /// What has to be known before a password is typed.
    pub(super) fn before_view(&self) -> Vec<Element<'_, Message>> {
        let finder = &self.form.finder;
        if let Some(shut) = finder
            .impossible
            .as_ref()
            .filter(|_| finder.best().is_none())
        {
            return vec![told(
                Tone::Danger,
                shut.words.clone(),
                shut.url.as_ref().map(|url| ("Read more", url)),
            )];
        }
        let steps = finder.best().map_or(&[][..], |found| &found.preparations);
        // An app password is not needed by one who signs in with the browser.
        if self.form.needs_browser() {
            return vec![form::notice(
                Tone::Plain,
                "The provider signs you in on its own page, in your browser. There is no password \
                 to type here.",
                Vec::new(),
            )];
        }
        steps.iter().map(preparation).collect()
    }

    /// The servers, where they were found, and what can be chosen.
    pub(super) fn found_view(&self) -> Option<Element<'_, Message>> {
        let typed = &self.form;
        let finder = &typed.finder;
        if typed.is_by_hand() {
            return Some(self.by_hand_summary());
        }
        let found = finder.best()?;
        let (incoming, outgoing) = finder.pick()?;
        let name = found.provider.as_deref().unwrap_or(&finder.domain);
        let mut stack = column![
            column![
                text(name).size(size::BODY).font(font::SEMIBOLD),
                label(found_where(found, &finder.domain)),
            ]
            .spacing(space::XS),
            servers(incoming, outgoing),
        ]
        .spacing(space::M);
        if finder.protocols().len() > 1 {
            stack = stack.push(way_in(incoming.protocol));
        } else {
            stack = stack.push(label(match incoming.protocol {
                Protocol::Pop3 => "Mail is fetched to this computer.",
                _ => "Mail stays on the server, the same on all your devices.",
            }));
        }
        if finder.has_both_ways_in() {
            stack = stack.push(sign_in_way(incoming.auth));
        }
        if !found.trusted {
            stack = stack.push(self.look_at_them());
        }
        Some(card(stack.push(self.others_view())))
    }

    /// What else was found, folded.
    fn others_view(&self) -> Option<Element<'_, Message>> {
        let finder = &self.form.finder;
        let choices = finder.choices();
        if choices.len() < 2 {
            return None;
        }
        let head = fold("All servers that were found", self.others, Message::Others);
        let used = finder.best();
        let choices = choices.into_iter().map(|(found, (incoming, outgoing))| {
            form::option(
                format!("{} · {}", short_place(incoming), short_place(outgoing)),
                found_where(found, &finder.domain),
                used == Some(found),
                Message::Take(found.source.clone(), found.place.clone()),
            )
        });
        let all = self.others.then(|| column(choices).spacing(space::S));
        Some(column![head].push(all).spacing(space::S).into())
    }

    pub(super) fn look_at_them(&self) -> Element<'_, Message> {
        let mut stack = column![
            form::notice(
                Tone::Warning,
                "These servers were found through an unprotected connection; are they right?",
                Vec::new(),
            ),
            form::named_tick(
                Part::Confirmed.id(),
                "Yes, these are my provider's servers",
                self.form.finder.confirmed,
                Message::Confirmed,
            ),
        ]
        .spacing(space::S);
        if let Some(problem) = self.form.problem(Part::Confirmed) {
            stack = stack.push(text(problem).size(size::SMALL).style(theme::text::danger));
        }
        stack.into()
    }

    fn by_hand_summary(&self) -> Element<'_, Message> {
        let place = |server: &super::server::ServerForm| {
            line(
                if server.side == super::server::Side::Incoming {
                    "Incoming"
                } else {
                    "Outgoing"
                },
                server.host.clone(),
                format!(
                    "{} · port {} · {}",
                    server.protocol.name(),
                    server.port,
                    server.security.name()
                ),
            )
        };
        let mut stack = column![
            text("Set up by hand").size(size::BODY).font(font::SEMIBOLD),
            column![place(&self.form.incoming), place(&self.form.outgoing)].spacing(space::S),
        ]
        .spacing(space::M);
        if self.form.needs_a_look() || self.form.finder.confirmed {
            stack = stack.push(self.look_at_them());
        }
        if self.form.finder.best().is_some() {
            stack = stack.push(text_button(
                "Use what was found instead",
                Kind::Secondary,
                Some(Message::AsFound),
            ));
        }
        card(stack)
    }
}

fn looking(domain: &str, asked: Option<&str>) -> String {
    match asked {
        Some(place) if place != domain => {
            format!("Looking for the servers of {domain}: asking {place}…")
        }
        _ => format!("Looking for the servers of {domain}…"),
    }
}

fn card<'a>(content: impl Into<Element<'a, Message>>) -> Element<'a, Message> {
    container(content)
        .padding(space::L)
        .width(Length::Fill)
        .style(form::group)
        .into()
}

fn servers<'a>(incoming: &ServerSettings, outgoing: &ServerSettings) -> Element<'a, Message> {
    let ways = |server: &ServerSettings| {
        let usual = server.protocol.default_port(server.security) == server.port;
        if usual {
            format!("{} · {}", server.protocol.name(), server.security.name())
        } else {
            format!(
                "{} · port {} · {}",
                server.protocol.name(),
                server.port,
                server.security.name()
            )
        }
    };
    column![
        line("Incoming", incoming.host.clone(), ways(incoming)),
        line("Outgoing", outgoing.host.clone(), ways(outgoing)),
    ]
    .spacing(space::S)
    .into()
}

/// A server's name, with the port where that is not the usual one.
fn short_place(server: &ServerSettings) -> String {
    if server.port == server.protocol.default_port(Security::Tls) {
        server.host.clone()
    } else {
        format!("{}:{}", server.host, server.port)
    }
}

fn line<'a>(side: &'a str, host: String, ways: String) -> Element<'a, Message> {
    row![
        container(label(side)).width(SIDE),
        container(
            row![text(host).size(size::LIST).font(font::MEDIUM), label(ways)]
                .spacing(space::S)
                .align_y(Alignment::Center)
                .wrap()
        )
        .width(Length::Fill),
    ]
    .align_y(Alignment::Center)
    .into()
}

fn way_in<'a>(chosen: Protocol) -> Element<'a, Message> {
    column![
        text("Where mail is kept")
            .size(size::SMALL)
            .font(font::MEDIUM),
        form::option(
            "Keep mail on the server",
            "The same on all your devices (IMAP)",
            chosen == Protocol::Imap,
            Message::Choose(Protocol::Imap),
        ),
        form::option(
            "Fetch mail to this computer",
            "Folders are kept here only (POP3)",
            chosen == Protocol::Pop3,
            Message::Choose(Protocol::Pop3),
        ),
    ]
    .spacing(space::S)
    .into()
}

fn sign_in_way<'a>(chosen: AuthMethod) -> Element<'a, Message> {
    column![
        text("How you sign in").size(size::SMALL).font(font::MEDIUM),
        form::option(
            "Sign in with the browser",
            "On the provider's own page",
            chosen == AuthMethod::OAuth2,
            Message::SignInBy(AuthMethod::OAuth2),
        ),
        form::option(
            "Use a password for mail programs",
            "An app password, made on the provider's page",
            chosen == AuthMethod::Password,
            Message::SignInBy(AuthMethod::Password),
        ),
    ]
    .spacing(space::S)
    .into()
}

fn preparation(step: &Preparation) -> Element<'_, Message> {
    let link = step.url.as_ref().map(|url| ("Open the page", url));
    told(Tone::Warning, step.words.clone(), link)
}

/// Sentences with a page to read below them.
fn told<'a>(
    tone: Tone,
    words: String,
    link: Option<(&'a str, &'a String)>,
) -> Element<'a, Message> {
    let (sign, colour): (Icon, Colour) = match tone {
        Tone::Danger => (Icon::CircleAlert, |t| t.danger),
        Tone::Warning => (Icon::KeyRound, |t| t.accent),
        Tone::Plain => (Icon::Info, |t| t.text_weak),
    };
    let mut stack = column![text(words).size(size::LIST)]
        .spacing(space::S)
        .width(Length::Fill);
    if let Some((name, url)) = link {
        stack = stack.push(text_button(
            name,
            Kind::Secondary,
            Some(Message::Open(url.clone())),
        ));
    }
    container(row![icon(sign, 16.0, colour), stack].spacing(space::M))
        .padding(space::M)
        .width(Length::Fill)
        .style(if tone == Tone::Danger {
            theme::container::alert
        } else {
            theme::container::chip
        })
        .into()
}
