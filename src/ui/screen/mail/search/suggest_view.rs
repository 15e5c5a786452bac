//! The suggestions, below the field.

use iced::widget::{button, column, container, opaque, row, space, stack, text};
use iced::{Alignment, Length};

use super::suggest::Suggestion;
use super::{Message, Search};
use crate::ui::component::control::text_button;
use crate::ui::component::{icon, label};
use crate::ui::icon::Icon;
use crate::ui::screen::mail::{Message as MailMessage, State};
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::Element;

impl State {
    /// The list with the suggestions on top of it, while there are any.
    pub(in crate::ui::screen::mail) fn under_suggestions<'a>(
        &'a self,
        list: Element<'a, MailMessage>,
    ) -> Element<'a, MailMessage> {
        match self.search.as_ref().filter(|search| search.suggests()) {
            Some(search) => {
                let card = container(opaque(search.card())).padding([0.0, gap::S]);
                stack![list, card.width(Length::Fill)].into()
            }
            None => list,
        }
    }
}

impl Search {
    fn card(&self) -> Element<'_, MailMessage> {
        let lines = self.suggestions.iter().enumerate();
        let mut lines =
            column(lines.map(|(index, one)| line(index, one, self.at == Some(index)))).spacing(1);
        let of_before = |one: &Suggestion| one.sign == Icon::Clock;
        if self.text.is_empty() && self.suggestions.iter().any(of_before) {
            let forget = MailMessage::Search(Message::ForgetPast);
            lines = lines.push(text_button(
                "Forget past searches",
                Kind::Link,
                Some(forget),
            ));
        }
        container(lines)
            .width(Length::Fill)
            .padding(gap::XS)
            .style(theme::container::floating)
            .into()
    }
}

fn line(index: usize, one: &Suggestion, is_at: bool) -> Element<'_, MailMessage> {
    let words = text(&one.words)
        .size(size::LIST)
        .wrapping(text::Wrapping::None);
    let face = row![
        icon(one.sign, 14.0, |t| t.text_weak),
        words,
        space().width(Length::Fill),
        container(label(&one.hint)).clip(true),
    ]
    .spacing(gap::S)
    .align_y(Alignment::Center);
    button(container(face).center_y(Length::Fill).clip(true))
        .padding([0.0, gap::S])
        .height(28)
        .width(Length::Fill)
        .style(theme::button::row(is_at))
        .on_press(MailMessage::Search(Message::Pick(index)))
        .into()
}
