//! A message as it came: its header fields, and its bytes as text.

use iced::widget::{column, container, row, rule, scrollable, space, text, text_editor};
use iced::{Alignment, Font, Length};
use waxwing::engine::Source;

use crate::ui::app::Action;
use crate::ui::component::control::text_button;
use crate::ui::component::{bytes, label};
use crate::ui::font;
use crate::ui::theme::button::{Kind, option};
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::Element;

/// Which of the two is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    /// The header fields, decoded.
    Fields,
    /// The bytes.
    Source,
}

/// What happens in the window.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// Show that.
    Tab(Tab),
    /// In the text; it can be selected and not changed.
    Text(text_editor::Action),
    /// Put all that is shown on the clipboard.
    Copy,
}

/// A window with the source of a message.
#[derive(Debug)]
pub(crate) struct State {
    tab: Tab,
    headers: Vec<(String, String)>,
    text: text_editor::Content,
    /// How large the message is, and how much of it is shown.
    size: String,
}

impl State {
    pub(crate) fn new(source: Source) -> Self {
        let size = if source.cut {
            format!(
                "{}; the beginning is shown, the file has all of it",
                bytes(source.size)
            )
        } else {
            bytes(source.size)
        };
        Self {
            tab: Tab::Fields,
            headers: source.headers,
            text: text_editor::Content::with_text(&source.text),
            size,
        }
    }

    /// Follows what happened.
    pub(crate) fn update(&mut self, message: Message) -> Action<Message> {
        match message {
            Message::Tab(tab) => self.tab = tab,
            Message::Text(action) if action.is_edit() => {}
            Message::Text(action) => self.text.perform(action),
            Message::Copy => return Action::Run(iced::clipboard::write(self.shown())),
        }
        Action::None
    }

    /// What is shown, as text.
    pub(crate) fn shown(&self) -> String {
        match self.tab {
            Tab::Source => self.text.text(),
            Tab::Fields => {
                let fields = self.headers.iter();
                fields
                    .map(|(name, value)| format!("{name}: {value}\n"))
                    .collect()
            }
        }
    }

    pub(crate) fn view(&self) -> Element<'_, Message> {
        let tab = |tab, words| {
            iced::widget::button(text(words).size(size::LIST).font(font::MEDIUM))
                .padding([gap::XS, gap::M])
                .style(option(self.tab == tab))
                .on_press(Message::Tab(tab))
        };
        let bar = row![
            tab(Tab::Fields, "Header fields"),
            tab(Tab::Source, "Source"),
            space().width(Length::Fill),
            label(self.size.as_str()),
            text_button("Copy all", Kind::Secondary, Some(Message::Copy)),
        ]
        .spacing(gap::S)
        .align_y(Alignment::Center);
        let shown: Element<'_, Message> = match self.tab {
            Tab::Fields => self.fields_view(),
            Tab::Source => text_editor(&self.text)
                .font(Font::MONOSPACE)
                .size(size::LIST)
                .padding(gap::L)
                .height(Length::Fill)
                .wrapping(text::Wrapping::Glyph)
                .style(theme::text_input::editor)
                .on_action(Message::Text)
                .into(),
        };
        container(column![
            container(bar).padding([gap::S, gap::L]),
            rule::horizontal(1).style(theme::rule),
            shown,
        ])
        .width(Length::Fill)
        .height(Length::Fill)
        .style(theme::container::surface)
        .into()
    }

    fn fields_view(&self) -> Element<'_, Message> {
        let lines = self.headers.iter().map(|(name, value)| {
            row![
                container(
                    text(name.as_str())
                        .size(size::SMALL)
                        .font(font::MEDIUM)
                        .style(theme::text::weak)
                        .wrapping(text::Wrapping::WordOrGlyph)
                )
                .width(190),
                text(value.as_str())
                    .size(size::SMALL)
                    .wrapping(text::Wrapping::WordOrGlyph)
                    .width(Length::Fill),
            ]
            .spacing(gap::M)
            .into()
        });
        scrollable(
            container(column(lines).spacing(gap::S))
                .padding(gap::L)
                .width(Length::Fill),
        )
        .style(theme::scrollable::slim)
        .height(Length::Fill)
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_can_be_selected_and_not_changed() {
        let mut state = State::new(Source {
            headers: vec![("Subject".into(), "Hällo".into())],
            text: "Subject: =?utf-8?Q?H=C3=A4llo?=\n\nText\n".into(),
            size: 40,
            cut: false,
        });
        assert_eq!(state.shown(), "Subject: Hällo\n");
        drop(state.update(Message::Tab(Tab::Source)));
        let whole = state.shown();
        assert!(whole.starts_with("Subject: =?utf-8"));
        let paste = text_editor::Edit::Insert('x');
        drop(state.update(Message::Text(text_editor::Action::Edit(paste))));
        assert_eq!(state.shown(), whole);
        assert!(matches!(state.update(Message::Copy), Action::Run(_)));
    }
}
