//! What is to be known of the sender: doubts, leaving its list, telling it that
//! the message was read. Nothing here happens by itself.

use iced::widget::{Column, column, container, row, text};
use iced::{Alignment, Length};
use waxwing::Result;
use waxwing::engine::Unsubscribed;
use waxwing::model::{
    CheckedSignature, Doubt, PlacementId, SenderNotes, SignatureVerdict, Unsubscribe,
};

use super::super::Message as Screen;
use crate::ui::app::{Action, Query};
use crate::ui::component::control::text_button;
use crate::ui::component::toast::Toast;
use crate::ui::component::{icon, label};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::Element;

/// What is known, and what of it is open.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    known: SenderNotes,
    /// Whether anything is known yet.
    is_known: bool,
    /// Whether doubts are explained.
    explained: bool,
    /// Whether the person is asked about leaving the list.
    leaving: bool,
    /// Whether its signatures are being checked.
    checking: bool,
}

/// What a person does with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Message {
    /// Why, and what to do; or no more of that.
    Explain,
    /// Whether to ask about leaving the list.
    Ask(bool),
    /// Leave it.
    Leave,
    /// Tell the sender that the message was read, or not.
    Receipt(bool),
    /// Check its signatures.
    CheckSignatures,
}

impl Notes {
    /// Takes in what the engine says of the message shown; asks for a check of
    /// its signatures where the person wants that of all such messages.
    pub(super) fn know(
        &mut self,
        known: SenderNotes,
        epoch: u64,
        shown: Option<PlacementId>,
    ) -> Action<Screen> {
        self.known = known;
        self.is_known = true;
        match shown.filter(|_| self.known.checks_signatures) {
            Some(id) => self.check(epoch, id, false),
            None => Action::None,
        }
    }

    fn check(&mut self, epoch: u64, id: PlacementId, asked: bool) -> Action<Screen> {
        self.checking = true;
        Action::Ask(Query::CheckSignatures(epoch, id, asked))
    }

    /// Takes in what came of checking its signatures.
    pub(super) fn checked(&mut self, answer: Result<Box<SenderNotes>>) -> Action<Screen> {
        self.checking = false;
        match answer {
            Ok(known) => {
                self.known = *known;
                Action::None
            }
            Err(error) => Action::Toast(Toast::error(error.to_string())),
        }
    }

    /// Follows the person.
    pub(super) fn update(
        &mut self,
        message: Message,
        epoch: u64,
        shown: Option<PlacementId>,
    ) -> Action<Screen> {
        let Some(id) = shown else {
            return Action::None;
        };
        match message {
            Message::Explain => self.explained = !self.explained,
            Message::Ask(asks) => self.leaving = asks,
            Message::Leave => {
                self.leaving = false;
                return Action::Ask(Query::Unsubscribe(id));
            }
            Message::CheckSignatures => return self.check(epoch, id, true),
            Message::Receipt(agreed) => {
                self.known.receipt_to = None;
                return Action::Ask(Query::AnswerReceipt(id, agreed));
            }
        }
        Action::None
    }

    /// Puts everything there is to say below the head of the message.
    pub(super) fn push_to<'a>(&'a self, mut page: Column<'a, Screen>) -> Column<'a, Screen> {
        let warnings: Vec<&Doubt> = self
            .known
            .doubts
            .iter()
            .filter(|d| d.is_warning())
            .collect();
        if let Some((first, others)) = warnings.split_first() {
            page = page.push(self.warning(first, others));
        }
        if let Some(to) = &self.known.receipt_to {
            page = page.push(question(
                format!("{} asks to hear that you read this.", to.short()),
                [
                    ("Tell them", Message::Receipt(true)),
                    ("Don’t", Message::Receipt(false)),
                ],
            ));
        }
        match (&self.known.unsubscribe, self.leaving) {
            (Some(way), true) => page.push(question(
                words(way),
                [
                    ("Unsubscribe", Message::Leave),
                    ("Stay", Message::Ask(false)),
                ],
            )),
            _ => match self.aside() {
                Some(aside) => page.push(aside),
                None => page,
            },
        }
    }

    /// What is known of its signatures, for the details of the message.
    pub(super) fn signature(&self) -> Option<Element<'_, Screen>> {
        let words = |words: String| text(words).size(size::SMALL).width(Length::Fill);
        if !self.is_known {
            return None;
        }
        if self.checking {
            return Some(words("Checking…".to_owned()).into());
        }
        let button = |label| {
            let check = Screen::Notes(Message::CheckSignatures);
            text_button(label, Kind::Secondary, Some(check))
        };
        let check = match &self.known.signatures {
            Some(check) => check,
            None if self.known.signed_by.is_empty() => {
                return Some(words("None".to_owned()).into());
            }
            None => {
                let signers = self.known.signed_by.join(", ");
                let told = words(format!("By {signers}. Nobody has checked that here."));
                let cost = label(format!(
                    "For a check, {signers} is asked for the key, and can learn that you read this."
                ));
                let told = column![told, cost, button("Check the signature")];
                return Some(told.spacing(gap::S).into());
            }
        };
        let mut told = column(
            check
                .sentences()
                .into_iter()
                .map(|s| words(s.to_owned()).into()),
        );
        let is_silent = |one: &CheckedSignature| one.verdict == SignatureVerdict::NoAnswer;
        if check.signatures.iter().any(is_silent) {
            told = told.push(button("Check again"));
        }
        Some(told.spacing(gap::S).into())
    }

    fn warning<'a>(&'a self, first: &'a Doubt, others: &[&'a Doubt]) -> Element<'a, Screen> {
        let words = if self.explained { "Less" } else { "Details" };
        let bar = row![
            icon(Icon::ShieldAlert, 18.0, |t| t.danger),
            text(&first.message)
                .size(size::LIST)
                .font(font::MEDIUM)
                .width(Length::Fill),
            text_button(words, Kind::Quiet, Some(Screen::Notes(Message::Explain))),
        ];
        let mut lines = column![bar.spacing(gap::M).align_y(Alignment::Center)].spacing(gap::S);
        if self.explained {
            lines = lines.push(explanation(first));
            for doubt in others {
                let heading = text(&doubt.message).size(size::LIST).font(font::MEDIUM);
                lines = lines.push(heading).push(explanation(doubt));
            }
        } else if !others.is_empty() {
            lines = lines.push(label(match others.len() {
                1 => "There is one more thing to look at.".to_owned(),
                more => format!("There are {more} more things to look at."),
            }));
        }
        container(lines)
            .padding([gap::S, gap::M])
            .width(Length::Fill)
            .style(theme::container::alert)
            .into()
    }

    /// What is no cause for alarm: one quiet line.
    fn aside(&self) -> Option<Element<'_, Screen>> {
        let quiet = self.known.doubts.iter().find(|doubt| !doubt.is_warning());
        let list = self
            .known
            .list
            .as_ref()
            .map(|list| format!("By the list {list}"));
        let words: Vec<String> = quiet
            .map(|d| d.message.trim_end_matches('.').to_owned())
            .into_iter()
            .chain(list)
            .collect();
        let leave = self.known.unsubscribe.is_some().then(|| {
            text_button(
                "Unsubscribe…",
                Kind::Weak,
                Some(Screen::Notes(Message::Ask(true))),
            )
        });
        if words.is_empty() && leave.is_none() {
            return None;
        }
        let line = row![container(label(words.join(" · "))).width(Length::Fill)].push(leave);
        Some(line.spacing(gap::M).align_y(Alignment::Center).into())
    }
}

/// What becomes of leaving a list, told.
pub(in crate::ui::screen::mail) fn left(answer: Result<Unsubscribed>) -> Action<Screen> {
    match answer {
        Ok(Unsubscribed::Done(host)) => Action::Toast(Toast::done(format!(
            "{host} says that you are off the list."
        ))),
        Ok(Unsubscribed::Asked(item)) => {
            let to = item
                .recipients
                .first()
                .map_or("the list", |to| to.address.as_str());
            Action::Toast(Toast::done(format!(
                "A message to {to} asks to take you off."
            )))
        }
        Ok(Unsubscribed::OnPage(page)) => Action::OpenPage(page),
        Err(error) => Action::Toast(Toast::error(error.to_string())),
    }
}

/// What the sender hears of a message that was read, told.
pub(in crate::ui::screen::mail) fn answered(answer: Result<bool>) -> Action<Screen> {
    match answer {
        Ok(true) => Action::Toast(Toast::done("The sender hears that you read it.")),
        Ok(false) => Action::None,
        Err(error) => Action::Toast(Toast::error(error.to_string())),
    }
}

/// What is asked before a list is left: what will be done.
fn words(way: &Unsubscribe) -> String {
    let host = |url: &str| {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        rest.split(['/', '?']).next().unwrap_or(rest).to_owned()
    };
    match way {
        Unsubscribe::OneClick { url } => {
            format!(
                "Ask {} to take you off the list? It learns that you read its mail.",
                host(url)
            )
        }
        Unsubscribe::Mail { to, .. } => {
            format!(
                "Send a message to {} that asks to take you off the list?",
                to.address
            )
        }
        Unsubscribe::Browser { url } => {
            format!(
                "Open a page at {} in your browser, to leave the list there?",
                host(url)
            )
        }
    }
}

fn question<'a>(words: String, buttons: [(&'a str, Message); 2]) -> Element<'a, Screen> {
    let [(yes, agree), (no, refuse)] = buttons;
    container(
        row![
            icon(Icon::Info, 16.0, |t| t.text_weak),
            text(words).size(size::LIST).width(Length::Fill),
            text_button(yes, Kind::Secondary, Some(Screen::Notes(agree))),
            text_button(no, Kind::Quiet, Some(Screen::Notes(refuse))),
        ]
        .spacing(gap::M)
        .align_y(Alignment::Center),
    )
    .padding([gap::XS, gap::M])
    .style(theme::container::notice)
    .into()
}

fn explanation(doubt: &Doubt) -> Element<'_, Screen> {
    text(format!("{} {}", doubt.why, doubt.advice))
        .size(size::SMALL)
        .into()
}
