//! The menu of what else can be done to the message on show.

use iced::widget::{button, column, container, mouse_area, opaque, row, space, stack, text};
use iced::{Alignment, Length};

use super::{Message, State};
use crate::ui::command::{Situation, UserCommand};
use crate::ui::component::control::focusable_button;
use crate::ui::component::{icon, label};
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::Element;

/// What is in it.
const LINES: &[UserCommand] = &[
    UserCommand::Print,
    UserCommand::SavePdf,
    UserCommand::SaveMessage,
    UserCommand::Encoding,
    UserCommand::Source,
    UserCommand::Shortcuts,
];

impl State {
    /// The message, and the menu on top of it while that is open.
    pub(super) fn under_more<'a>(
        &self,
        message: Element<'a, Message>,
        situation: &Situation,
    ) -> Element<'a, Message> {
        if !self.more {
            return message;
        }
        let outside = mouse_area(space().width(Length::Fill).height(Length::Fill))
            .on_press(Message::Command(UserCommand::More));
        let lines = LINES.iter().filter(|command| command.enabled(situation));
        let menu = container(column(lines.map(|command| line(*command))).spacing(2))
            .width(248)
            .padding(gap::S)
            .style(theme::container::floating);
        let menu = container(opaque(menu))
            .width(Length::Fill)
            .align_x(Alignment::End)
            .padding([gap::XS, gap::M]);
        stack![message, outside, menu].into()
    }
}

fn line<'a>(command: UserCommand) -> Element<'a, Message> {
    let key = command.keys().first().map(|chord| chord.words());
    let face = row![
        icon(command.icon(), 16.0, |t| t.text_weak),
        text(command.label()).size(size::BODY),
        space().width(Length::Fill),
        label(key.unwrap_or_default()),
    ]
    .spacing(gap::S)
    .align_y(Alignment::Center);
    let face = button(face)
        .width(Length::Fill)
        .padding([gap::XS, gap::S])
        .style(Kind::Quiet.style());
    focusable_button(face, Message::Command(command))
}
