//! What stands where nothing is: one line and at most one thing to do.

use iced::alignment::Horizontal;
use iced::widget::{column, container, text};
use iced::{Alignment, Length};

use super::control::{icon, text_button};
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space};
use crate::ui::widget::Element;

/// A quiet picture with a line under it, in the middle of the room it has.
pub(crate) fn empty<'a, Message: Clone + 'a>(
    shown: Icon,
    line: impl text::IntoFragment<'a>,
    action: Option<(&'a str, Message)>,
) -> Element<'a, Message> {
    let mut stack = column![
        icon(shown, 40.0, |t| t.placeholder),
        text(line)
            .size(size::BODY)
            .style(theme::text::weak)
            .align_x(Horizontal::Center),
    ]
    .spacing(space::M)
    .align_x(Alignment::Center);
    if let Some((words, message)) = action {
        stack = stack.push(text_button(words, Kind::Secondary, Some(message)));
    }
    container(stack)
        .center(Length::Fill)
        .padding(space::XL)
        .into()
}
