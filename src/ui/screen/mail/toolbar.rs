//! The bars above the list and above the message.

use iced::widget::{column, container, row, space, text};
use iced::{Alignment, Length};
use waxwing::model::{Flag, FolderRole, ListView};

use super::layout::Pane;
use super::{Message, State};
use crate::ui::app::Context;
use crate::ui::command::{Situation, UserCommand};
use crate::ui::component::{icon_button, label};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::theme::{self, space as gap};
use crate::ui::widget::Element;

fn button<'a>(command: UserCommand, situation: &Situation) -> Element<'a, Message> {
    icon_button(
        command.icon(),
        command.tip(),
        command
            .enabled(situation)
            .then_some(Message::Command(command)),
    )
}

pub(super) fn bar<'a>(content: impl Into<Element<'a, Message>>) -> Element<'a, Message> {
    container(content)
        .height(theme::row::TOOLBAR)
        .width(Length::Fill)
        .padding([0.0, gap::M])
        .align_y(Alignment::Center)
        .into()
}

/// "3 messages".
pub(crate) fn messages(count: usize) -> String {
    match count {
        1 => "1 message".to_owned(),
        count => format!("{} messages", grouped(count)),
    }
}

/// A number with commas between thousands.
pub(super) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

impl State {
    /// Above the list: which folder, how much is in it.
    pub(super) fn list_bar<'a>(&'a self, context: &Context<'a>) -> Element<'a, Message> {
        let situation = self.situation(context);
        let name = self
            .list
            .view
            .and_then(|view| self.sidebar.name(view))
            .unwrap_or_default();
        let selected = self.list.selection.len();
        let count = if selected > 1 {
            format!("{} selected", grouped(selected))
        } else if self.list.order.is_empty() {
            String::new()
        } else {
            messages(self.list.messages())
        };
        let mut title = column![text(name).size(15).font(font::SEMIBOLD)];
        if !count.is_empty() {
            title = title.push(label(count));
        }
        let mut line = row![].spacing(gap::XS).align_y(Alignment::Center);
        if self.panes.is_narrow() || self.panes.sidebar_hidden {
            line = line.push(button(UserCommand::ToggleSidebar, &situation));
        }
        line = line
            .push(container(title).padding([0.0, gap::S]))
            .push(space().width(Length::Fill))
            .push(button(UserCommand::Search, &situation))
            .push(button(UserCommand::Arrange, &situation))
            .push(button(UserCommand::CheckMail, &situation));
        if self.panes.is_narrow() {
            line = line.push(button(UserCommand::NewMessage, &situation));
        }
        bar(line)
    }

    /// Above the message: what can be done to it.
    pub(super) fn reader_bar<'a>(&'a self, context: &Context<'a>) -> Element<'a, Message> {
        let situation = self.situation(context);
        let entry = self
            .list
            .selection
            .cursor()
            .and_then(|id| self.list.entry(id));
        let unread = entry.is_some_and(|entry| entry.envelope.flags.is_unread());
        let starred = entry.is_some_and(|entry| entry.envelope.flags.has(Flag::Flagged));
        let mark = if unread {
            UserCommand::MarkRead
        } else {
            UserCommand::MarkUnread
        };
        let mut line = row![].spacing(gap::XS).align_y(Alignment::Center);
        if self.panes.is_narrow() && self.panes.pane == Pane::Reader {
            line = line.push(icon_button(
                Icon::ChevronLeft,
                "Back to the list (Esc)",
                Some(Message::Back),
            ));
        }
        let star = icon_button(
            if starred {
                Icon::StarFilled
            } else {
                Icon::Star
            },
            if starred {
                "Remove star (S)".to_owned()
            } else {
                UserCommand::Star.tip()
            },
            UserCommand::Star
                .enabled(&situation)
                .then_some(Message::Command(UserCommand::Star)),
        );
        line = line
            .push(button(UserCommand::Reply, &situation))
            .push(button(UserCommand::ReplyAll, &situation))
            .push(button(UserCommand::Forward, &situation));
        if self.alone.is_none() {
            line = line
                .push(divider())
                .push(button(UserCommand::Archive, &situation))
                .push(button(UserCommand::Delete, &situation))
                .push(button(UserCommand::Move, &situation))
                .push(divider())
                .push(star)
                .push(button(mark, &situation));
        }
        line = line
            .push(space().width(Length::Fill))
            .push(button(UserCommand::Shortcuts, &situation))
            .push(button(UserCommand::More, &situation));
        bar(line)
    }

    /// What an empty list says.
    pub(super) fn nothing_here(&self) -> String {
        if !self.list.chosen.filter.is_empty() {
            return "Nothing here is like that.".to_owned();
        }
        let view = self.list.view;
        let role = view.and_then(|view| self.sidebar.role(view));
        match role {
            None if view == Some(ListView::Unread) => "All is read.",
            None if view == Some(ListView::Starred) => "Nothing has a star.",
            Some(FolderRole::Inbox) => "No mail. All is read and put away.",
            Some(FolderRole::Drafts) => "Nothing is being written.",
            Some(FolderRole::Sent) => "Nothing was sent from here yet.",
            Some(FolderRole::Archive) => "Nothing is put away yet.",
            Some(FolderRole::Junk) => "No junk.",
            Some(FolderRole::Trash) => "The trash is empty.",
            Some(FolderRole::Flagged) => "Nothing has a star.",
            Some(FolderRole::All) | None => "This folder is empty.",
        }
        .to_owned()
    }
}

fn divider<'a>() -> Element<'a, Message> {
    container(iced::widget::rule::vertical(1).style(theme::rule))
        .height(20)
        .padding([0.0, gap::XS])
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(messages(1), "1 message");
        assert_eq!(messages(0), "0 messages");
        assert_eq!(messages(100_000), "100,000 messages");
        assert_eq!(messages(1_234_567), "1,234,567 messages");
    }
}
