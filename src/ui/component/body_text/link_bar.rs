//! The link that was pressed: where it really leads, and what to do with it.
//! Nothing opens before the person saw that.

use iced::widget::{column, container, row, text};
use iced::{Alignment, Length};
use waxwing::engine::{deceptive_link, untracked};
use waxwing::model::Doubt;

use super::Message;
use crate::ui::component::control::text_button;
use crate::ui::component::{icon, icon_button};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space};
use crate::ui::widget::Element;

/// So many letters of an address are shown: its end tells nobody anything.
const SHOWN: usize = 300;

/// A link that was pressed.
#[derive(Debug)]
pub(super) struct LinkBar {
    /// Where it leads.
    target: String,
    /// The same, to be read.
    readable: String,
    /// What is to be asked before it is opened.
    doubt: Option<Doubt>,
    /// The target without what only counts who follows it.
    untracked: Option<String>,
}

impl LinkBar {
    /// One that says `shown`.
    pub(super) fn new(shown: &str, target: String) -> Self {
        Self {
            readable: readable(&target),
            doubt: deceptive_link(shown, &target),
            untracked: untracked(&target),
            target,
        }
    }

    /// Where it leads.
    pub(super) fn target(&self) -> &str {
        &self.target
    }

    /// Leaves out what only counts who follows it.
    pub(super) fn untrack(&mut self) {
        if let Some(untracked) = self.untracked.take() {
            self.readable = readable(&untracked);
            self.target = untracked;
        }
    }

    /// The bar.
    pub(super) fn view(&self) -> Element<'_, Message> {
        let address = text(&self.readable)
            .size(size::SMALL)
            .wrapping(text::Wrapping::Glyph)
            .width(Length::Fill);
        let close = icon_button(Icon::X, "Close", Some(Message::CloseLink));
        let head = |sign, words| {
            row![sign, words, close]
                .spacing(space::S)
                .align_y(Alignment::Center)
        };
        let (lines, style): (_, fn(&_) -> _) = match &self.doubt {
            None => {
                let sign = icon(Icon::Info, 16.0, |t| t.text_weak);
                (column![head(sign, address)], theme::container::notice)
            }
            Some(doubt) => {
                let sign = icon(Icon::ShieldAlert, 18.0, |t| t.danger);
                let words = text(&doubt.message).size(size::LIST).font(font::MEDIUM);
                let more = format!("{} {}", doubt.why, doubt.advice);
                let lines = column![
                    head(sign, words.width(Length::Fill)),
                    text(more).size(size::SMALL),
                    address,
                ];
                (lines, theme::container::alert)
            }
        };
        container(lines.push(self.buttons()).spacing(space::XS))
            .padding([space::XS, space::M])
            .width(Length::Fill)
            .style(style)
            .into()
    }

    fn buttons(&self) -> Element<'_, Message> {
        let mut buttons = match self.doubt {
            None => row![text_button(
                "Open link",
                Kind::Link,
                Some(Message::OpenLink)
            )],
            Some(_) => row![
                text_button("Don’t open", Kind::Secondary, Some(Message::CloseLink)),
                text_button("Open anyway", Kind::Quiet, Some(Message::OpenLink)),
            ],
        };
        if self.untracked.is_some() {
            let untrack = Some(Message::UntrackLink);
            buttons = buttons.push(text_button("Remove tracking", Kind::Quiet, untrack));
        }
        let copy = text_button("Copy link", Kind::Quiet, Some(Message::CopyLink));
        buttons.push(copy).spacing(space::S).wrap().into()
    }
}

/// An address as it is shown: nothing in it turns the others round or hides.
fn readable(target: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut shown: String = target
        .chars()
        .take(SHOWN)
        .map(|c| if is_hidden(c) { '\u{fffd}' } else { c })
        .collect();
    if target.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}
