//! How an address field looks.

use iced::widget::{button, column, container, row, scrollable, text, text_input};
use iced::{Alignment, Length};

use super::entry::Entry as TextBox;
use super::flow::Flow;
use super::{Entry, Message, State};
use crate::ui::component::control::{icon, tip};
use crate::ui::icon::Icon;
use crate::ui::theme::{self, size, space};
use crate::ui::widget::Element;

/// Height of a chip.
const CHIP: f32 = 26.0;
/// Above this a list of addresses scrolls: four lines of chips.
const MOST: f32 = 4.0 * CHIP + 3.0 * space::XS;
/// The text box keeps at least this width beside the chips.
const NARROWEST: f32 = 160.0;
/// Names longer than this are cut in a chip; the tooltip has all of it.
const NAME_MAX: usize = 36;
/// An average letter, as a part of the text size.
const LETTER: f32 = 0.62;

impl State {
    /// The chips with the text box behind them, and what is wrong below.
    pub(crate) fn view<'a>(&'a self, placeholder: &'a str) -> Element<'a, Message> {
        let chips = self
            .entries
            .iter()
            .enumerate()
            .map(|(index, entry)| chip(index, entry));
        let flow = Flow::new(self.text_box(placeholder), chips, space::XS);
        let field = container(
            scrollable(container(flow).width(Length::Fill))
                .style(theme::scrollable::slim)
                .spacing(space::XS)
                .anchor_bottom(),
        )
        .max_height(MOST);
        let problems = self.problems().map(|words| {
            text(words)
                .size(size::SMALL)
                .style(theme::text::danger)
                .into()
        });
        column![field, column(problems).spacing(space::XS)]
            .spacing(space::XS)
            .into()
    }

    fn text_box<'a>(&'a self, placeholder: &'a str) -> Element<'a, Message> {
        let hint = if self.entries.is_empty() {
            placeholder
        } else {
            ""
        };
        let letters = u16::try_from(self.input.chars().count()).unwrap_or(u16::MAX);
        let width = f32::from(letters) * size::BODY * LETTER + space::L;
        let input = text_input(hint, &self.input)
            .id(self.id.clone())
            .on_input(Message::Input)
            .on_submit_maybe((!self.input.trim().is_empty()).then_some(Message::Commit))
            .padding([space::XS, 0.0])
            .size(size::BODY)
            .width(width.max(NARROWEST))
            .style(theme::text_input::bare);
        TextBox::new(input, self.input.is_empty()).into()
    }
}

fn chip(index: usize, entry: &Entry) -> Element<'_, Message> {
    let (shown, full, wrong) = match &entry.address {
        Ok(address) => (address.short(), address.to_string(), false),
        Err(wrong) => (
            entry.typed.as_str(),
            format!("“{}” {wrong}.", entry.typed),
            true,
        ),
    };
    let name = text(cut(shown)).size(size::LIST);
    let face = if wrong {
        row![
            icon(Icon::CircleAlert, 14.0, |t| t.danger),
            name.style(theme::text::danger)
        ]
    } else {
        row![name]
    }
    .spacing(space::XS)
    .align_y(Alignment::Center);
    // Not reached by Tab, which leads from field to field: Backspace takes the
    // last chip back.
    let edit = tip(
        button(container(face).center_y(Length::Fill))
            .padding(iced::Padding::default().left(space::S).right(space::XS))
            .height(CHIP)
            .style(theme::button::Kind::Quiet.style())
            .on_press(Message::Edit(index)),
        full,
    );
    container(row![edit, remove_button(Message::Remove(index))])
        .style(if wrong {
            theme::container::alert
        } else {
            theme::container::chip
        })
        .into()
}

/// The small cross at the end of a chip.
pub(crate) fn remove_button<'a, Message: Clone + 'a>(message: Message) -> Element<'a, Message> {
    button(container(icon(Icon::X, 12.0, |t| t.text_weak)).center_y(Length::Fill))
        .padding([0.0, space::XS])
        .height(CHIP)
        .style(theme::button::Kind::Quiet.style())
        .on_press(message)
        .into()
}

fn cut(name: &str) -> String {
    if name.chars().count() <= NAME_MAX {
        return name.to_owned();
    }
    let mut short: String = name.chars().take(NAME_MAX).collect();
    short.push('…');
    short
}
