//! The sheet of keys, from the table of commands.

use iced::widget::{column, container, row, scrollable, space, text};
use iced::{Alignment, Length, Size};

use super::{Message, title};
use crate::ui::command::{Chord, UserCommand};
use crate::ui::component::control::text_button;
use crate::ui::component::label;
use crate::ui::font;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::Element;

/// From this width of the window on there are two columns.
const TWO_COLUMNS: f32 = 820.0;

/// What the card has above and below the sheet.
const AROUND: f32 = 196.0;

/// The sheet, in a window of that size.
pub(super) fn view<'a>(room: Size) -> Element<'a, Message> {
    let sections = UserCommand::SECTIONS;
    // The first sections that have half of all lines stand left.
    let lines = |sections: &[(&str, &[UserCommand])]| -> usize {
        let lines = sections
            .iter()
            .map(|(_, commands)| with_keys(commands).count() + 2);
        lines.sum()
    };
    let half = (0..=sections.len())
        .min_by_key(|at| {
            let (left, right) = sections.split_at(*at);
            lines(left).abs_diff(lines(right))
        })
        .unwrap_or_default();
    let (left, right) = sections.split_at(half);
    let sheet: Element<'_, Message> = if room.width < TWO_COLUMNS {
        column![part(left), part(right)].spacing(gap::L).into()
    } else {
        row![part(left), part(right)].spacing(gap::XXL).into()
    };
    column![
        title("Keyboard shortcuts"),
        container(
            scrollable(sheet)
                .style(theme::scrollable::slim)
                .spacing(gap::M)
        )
        .max_height(room.height - AROUND),
        row![
            label("Everything that can be done is listed by Ctrl+K."),
            space().width(Length::Fill),
            text_button("Close", Kind::Secondary, Some(Message::Cancel))
        ]
        .align_y(Alignment::Center),
    ]
    .spacing(gap::L)
    .into()
}

fn part<'a>(sections: &'a [(&'a str, &'a [UserCommand])]) -> Element<'a, Message> {
    let sections = sections.iter().map(|(name, commands)| {
        let heading = text(*name)
            .size(size::SMALL)
            .font(font::SEMIBOLD)
            .style(theme::text::weak);
        let lines = with_keys(commands).map(line);
        column![container(heading).padding([gap::XS, 0.0])]
            .extend(lines)
            .into()
    });
    column(sections).spacing(gap::M).width(Length::Fill).into()
}

fn with_keys(commands: &[UserCommand]) -> impl Iterator<Item = UserCommand> {
    let commands = commands.iter().copied();
    commands.filter(|command| !command.keys().is_empty())
}

fn line<'a>(command: UserCommand) -> Element<'a, Message> {
    let keys = command.keys().iter().copied().map(key);
    row![
        text(command.label())
            .size(size::LIST)
            .wrapping(text::Wrapping::None)
            .width(Length::Fill),
        row(keys).spacing(gap::XS),
    ]
    .spacing(gap::S)
    .align_y(Alignment::Center)
    .height(26)
    .into()
}

fn key<'a>(chord: Chord) -> Element<'a, Message> {
    let words = text(chord.words()).size(size::TINY).font(font::MEDIUM);
    container(words)
        .padding([1.0, 6.0])
        .style(theme::container::chip)
        .into()
}
