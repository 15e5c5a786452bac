//! How the page of accounts looks.

use std::collections::BTreeMap;

use iced::widget::{Id, button, column, container, responsive, row, text};
use iced::{Alignment, Border, Length, Theme};
use waxwing::engine::{AccountState, Keeping, SecretsTrouble};
use waxwing::model::{Account, AccountId, AuthMethod, TrustedCertificate};

use super::{Message, State};
use crate::ui::app::Context;
use crate::ui::component::avatar::avatar;
use crate::ui::component::control::{icon_text_button, text_button};
use crate::ui::component::form::{self, Tone};
use crate::ui::component::sheet::{WIDE, foot, heading, page, title};
use crate::ui::component::{fingerprint, icon, icon_button, label};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::screen::{keeping, mail::status};
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space, tokens};
use crate::ui::widget::Element;

/// A window narrower than this puts the buttons of an account below it.
const ROOM: f32 = 620.0;
/// Side of an account's disc.
const DISC: f32 = 40.0;

type States = BTreeMap<AccountId, AccountState>;

impl State {
    /// The page; `states` says how each account is doing.
    pub(crate) fn view<'a>(
        &'a self,
        context: &Context<'a>,
        states: &'a States,
    ) -> Element<'a, Message> {
        let context = *context;
        let content = responsive(move |size| {
            if let Some(elsewhere) = &self.elsewhere {
                return elsewhere.view().map(Message::Keeping);
            }
            match self.asked(context.accounts) {
                Some((account, removal)) => super::remove_view::view(account, removal),
                None => self.list_view(&context, states, size.width < ROOM),
            }
        });
        container(content)
            .width(Length::Fill)
            .height(Length::Fill)
            .style(theme::container::surface)
            .into()
    }

    fn list_view<'a>(
        &'a self,
        context: &Context<'a>,
        states: &'a States,
        narrow: bool,
    ) -> Element<'a, Message> {
        let last = context.accounts.len().saturating_sub(1);
        let accounts = context.accounts.iter().enumerate().map(|(place, account)| {
            let ways = Ways {
                up: place > 0,
                down: place < last,
                narrow,
            };
            self.account_view(account, states.get(&account.id), context, ways)
        });
        let sentence = if last > 0 {
            "In the order in which the folders show them. Alt and an arrow key moves the one that \
             is marked."
        } else {
            "How it is doing, and what can be changed about it."
        };
        let stack = column![
            title("Accounts", sentence),
            column(accounts).spacing(space::M),
        ]
        .push(self.keeping.as_ref().map(keeping_view))
        .push(way(
            "Reading",
            "When mail counts as read, and whose pictures are fetched from elsewhere.",
            "Change it",
            Message::Reading,
        ))
        .push(way(
            "Storage",
            "How much each folder takes, what of it is kept here, and a backup of everything.",
            "Look at it",
            Message::Storage,
        ))
        .push(self.certificates_view(narrow))
        .spacing(space::XL);
        page(
            stack,
            WIDE,
            foot(
                text_button("Back to the mail", Kind::Secondary, Some(Message::Back)),
                [icon_text_button(
                    Icon::Plus,
                    "Add account",
                    Kind::Primary,
                    Some(Message::Add),
                )],
            ),
        )
    }

    fn account_view<'a>(
        &'a self,
        account: &'a Account,
        state: Option<&'a AccountState>,
        context: &Context<'a>,
        ways: Ways,
    ) -> Element<'a, Message> {
        let settings = &account.settings;
        let id = account.id;
        let at = self.at == Some(id);
        let name = text(&settings.name)
            .size(size::BODY)
            .font(font::SEMIBOLD)
            .wrapping(text::Wrapping::None);
        let mut lines = column![container(name).clip(true).width(Length::Fill)]
            .spacing(space::XS / 2.0)
            .width(Length::Fill);
        let place = format!(
            "{} · {}",
            settings.incoming.protocol.name(),
            settings.incoming.host
        );
        lines = lines.push(label(if settings.email == settings.name {
            place
        } else {
            format!("{} · {place}", settings.email)
        }));
        lines = lines.push(doing(account, state, context));
        let head = row![avatar(&settings.identity(), DISC), lines]
            .spacing(space::M)
            .align_y(Alignment::Center)
            .width(Length::Fill);
        let tools = tools(account, ways);
        let mut stack = if ways.narrow {
            column![head, tools]
        } else {
            column![
                row![head, tools]
                    .spacing(space::M)
                    .align_y(Alignment::Center)
            ]
        }
        .spacing(space::M);
        if let Some(wrong) = state.filter(|_| !account.disabled).and_then(trouble) {
            let words = mends(state);
            stack = stack.push(form::notice(
                Tone::Danger,
                wrong,
                vec![text_button(
                    words,
                    Kind::Secondary,
                    Some(Message::SignIn(id)),
                )],
            ));
        }
        let press = button(stack)
            .padding(space::L)
            .width(Length::Fill)
            .style(theme::button::option(at))
            .on_press(Message::At(id));
        container(press).id(card_id(id)).into()
    }

    fn certificates_view(&self, narrow: bool) -> Element<'_, Message> {
        let mut stack = column![heading(
            "Trusted certificates",
            "Certificates you vouched for yourself, each for one server and port. All others are \
             judged by this computer.",
        )]
        .spacing(space::M);
        if let Some(error) = &self.failure {
            return stack
                .push(form::notice(Tone::Danger, error.to_string(), Vec::new()))
                .into();
        }
        if self.certificates.is_empty() {
            return stack.push(label("There are none.")).into();
        }
        for certificate in &self.certificates {
            stack = stack.push(certificate_view(certificate, narrow));
        }
        stack.into()
    }
}

/// Where passwords are kept.
fn keeping_view(keeping: &Keeping) -> Element<'_, Message> {
    let words = if keeping.is_locked {
        "Type the passphrase"
    } else {
        "Keep them elsewhere"
    };
    way(
        "Passwords",
        keeping::words(keeping),
        words,
        Message::KeepElsewhere,
    )
}

/// The way to another page.
fn way<'a>(
    name: &'a str,
    sentence: &'a str,
    words: &'a str,
    message: Message,
) -> Element<'a, Message> {
    let open = text_button(words, Kind::Secondary, Some(message));
    row![container(heading(name, sentence)).width(Length::Fill), open]
        .spacing(space::M)
        .align_y(Alignment::Center)
        .into()
}

/// The name of an account's card.
pub(super) fn card_id(id: AccountId) -> Id {
    Id::from(format!("account-{id}"))
}

/// What can be done to an account where it is.
#[derive(Debug, Clone, Copy)]
struct Ways {
    up: bool,
    down: bool,
    narrow: bool,
}

fn tools<'a>(account: &Account, ways: Ways) -> Element<'a, Message> {
    let id = account.id;
    let toggle = if account.disabled {
        text_button(
            "Switch on",
            Kind::Secondary,
            Some(Message::Enable(id, true)),
        )
    } else {
        text_button("Switch off", Kind::Quiet, Some(Message::Enable(id, false)))
    };
    row![
        toggle,
        icon_button(
            Icon::ChevronUp,
            "Move up (Alt+↑)",
            ways.up.then_some(Message::Move(id, -1)),
        ),
        icon_button(
            Icon::ChevronDown,
            "Move down (Alt+↓)",
            ways.down.then_some(Message::Move(id, 1)),
        ),
        icon_button(
            Icon::Pencil,
            "Change settings (Enter)",
            Some(Message::Edit(id))
        ),
        icon_button(
            Icon::Trash2,
            "Remove the account (Delete)",
            Some(Message::Remove(id))
        ),
    ]
    .spacing(space::XS)
    .align_y(Alignment::Center)
    .into()
}

/// How an account is doing, with its dot.
fn doing<'a>(
    account: &Account,
    state: Option<&AccountState>,
    context: &Context<'_>,
) -> Element<'a, Message> {
    let (colour, words): (fn(&theme::Tokens) -> iced::Color, String) = match state {
        _ if account.disabled => (
            |t| t.placeholder,
            "Switched off. Its mail can still be read.".to_owned(),
        ),
        Some(state) => (status::colour(state), status::words(state, context)),
        None => (|t| t.placeholder, "Not checked yet".to_owned()),
    };
    let dot = container(iced::widget::space().width(8).height(8)).style(move |theme: &Theme| {
        container::Style::default()
            .background(colour(tokens(theme)))
            .border(Border::default().rounded(4))
    });
    let mut line = row![dot, container(label(words)).width(Length::Fill)]
        .spacing(space::S)
        .align_y(Alignment::Center);
    if account.settings.incoming.auth == AuthMethod::OAuth2 {
        line = line.push(icon(Icon::KeyRound, 12.0, |t| t.text_weak));
    }
    line.into()
}

/// What a person has to mend.
fn trouble(state: &AccountState) -> Option<String> {
    match state {
        AccountState::NeedsPassword(error) | AccountState::Broken(error) => {
            Some(error.message().to_owned())
        }
        // What passes by itself needs nobody.
        AccountState::Offline { error, .. } if error.diagnosis().is_some() => {
            Some(error.message().to_owned())
        }
        _ => None,
    }
}

/// The words on the button that mends it.
pub(super) fn mends(state: Option<&AccountState>) -> &'static str {
    let Some(AccountState::NeedsPassword(error)) = state else {
        return "Mend it";
    };
    let ways = SecretsTrouble::of(error).map_or(&[][..], SecretsTrouble::ways);
    ways.first().map_or("Sign in", |way| way.words())
}

fn certificate_view(certificate: &TrustedCertificate, narrow: bool) -> Element<'_, Message> {
    let facts = column![
        text(certificate.place())
            .size(size::BODY)
            .font(font::MEDIUM),
        fingerprint::view(&certificate.sha256),
    ]
    .spacing(space::S)
    .width(Length::Fill);
    let message = Message::Distrust(certificate.clone());
    let away = text_button("Stop trusting it", Kind::Secondary, Some(message));
    let content: Element<'_, Message> = if narrow {
        column![facts, away].spacing(space::M).into()
    } else {
        row![facts, away]
            .spacing(space::M)
            .align_y(Alignment::Center)
            .into()
    };
    container(content)
        .padding(space::L)
        .width(Length::Fill)
        .style(form::group)
        .into()
}
