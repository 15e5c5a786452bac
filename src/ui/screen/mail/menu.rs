//! The menu of what can be done to something: messages, a folder, an account,
//! somebody. Its lines are commands of the one table.

use iced::keyboard::key::Named;
use iced::widget::{button, column, container, row, rule, scrollable, text};
use iced::{Alignment, Length};

use super::target::Target;
use super::toolbar::messages;
use super::{Message as MailMessage, State};
use crate::ui::app::{Action, Context};
use crate::ui::command::{Press, UserCommand};
use crate::ui::component::{icon, label};
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::Element;

use UserCommand as C;

/// What is done to messages.
const MESSAGES: &[&[UserCommand]] = &[
    &[C::Open, C::Reply, C::ReplyAll, C::Forward],
    &[C::Archive, C::Move, C::Junk, C::NotJunk, C::Delete],
    &[C::MarkRead, C::MarkUnread, C::Star],
    &[C::Print, C::SavePdf, C::SaveMessage],
    &[C::Encoding, C::Source],
];

/// What is done to a folder.
const FOLDER: &[&[UserCommand]] = &[
    &[C::MarkFolderRead, C::EmptyFolder],
    &[
        C::NewFolder,
        C::RenameFolder,
        C::MoveFolder,
        C::DeleteFolder,
    ],
    &[C::AddFavourite, C::RemoveFavourite],
];

/// What is done to an account.
const ACCOUNT: &[&[UserCommand]] = &[
    &[C::SignInAgain, C::CheckAccount],
    &[C::NewFolder],
    &[C::AccountSettings],
];

/// What is done with somebody's address.
const ADDRESS: &[&[UserCommand]] = &[&[C::WriteTo, C::FindFrom], &[C::CopyAddress]];

/// What happens with it.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// It opens, for that.
    Open(Target),
    /// It closes.
    Close,
    /// That line of it was pressed.
    Choose(UserCommand),
}

/// An open menu.
#[derive(Debug, Clone)]
pub(crate) struct Menu {
    target: Target,
    /// What it is about, where that is not clear.
    heading: Option<String>,
    sections: Vec<Vec<UserCommand>>,
    /// Which line the keyboard is at.
    at: Option<usize>,
}

impl Target {
    /// Everything that may be done to it, in its order.
    fn commands(&self) -> &'static [&'static [UserCommand]] {
        match self {
            Self::InSight => MESSAGES,
            Self::Folder(_) => FOLDER,
            Self::Account(_) => ACCOUNT,
            Self::Address(_) => ADDRESS,
        }
    }
}

impl Menu {
    fn lines(&self) -> impl Iterator<Item = UserCommand> {
        self.sections.iter().flatten().copied()
    }

    fn view(&self) -> Element<'_, MailMessage> {
        let mut lines = column![].spacing(1);
        if let Some(heading) = &self.heading {
            let heading = container(label(heading)).padding([gap::XS, gap::S]);
            lines = lines.push(heading.clip(true));
        }
        let at = self.at.and_then(|at| self.lines().nth(at));
        for (index, section) in self.sections.iter().enumerate() {
            if index > 0 {
                let line = rule::horizontal(1).style(theme::rule);
                lines = lines.push(container(line).padding([gap::XS, gap::S]));
            }
            lines = lines.extend(section.iter().map(|one| line(*one, at == Some(*one))));
        }
        container(scrollable(lines).style(theme::scrollable::slim))
            .width(260)
            .padding(gap::XS)
            .style(theme::container::floating)
            .into()
    }
}

fn line<'a>(command: UserCommand, is_at: bool) -> Element<'a, MailMessage> {
    let key = command.keys().first().map(|chord| chord.words());
    let face = row![
        icon(command.icon(), 16.0, |t| t.text_weak),
        text(command.label())
            .size(size::LIST)
            .wrapping(text::Wrapping::None)
            .width(Length::Fill),
        label(key.unwrap_or_default()),
    ]
    .spacing(10)
    .align_y(Alignment::Center);
    button(container(face).center_y(Length::Fill))
        .width(Length::Fill)
        .height(28)
        .padding([0.0, gap::S])
        .style(theme::button::row(is_at))
        .on_press(MailMessage::Menu(Message::Choose(command)))
        .into()
}

impl State {
    /// Follows what happened.
    pub(super) fn menu_update(
        &mut self,
        message: Message,
        context: &Context<'_>,
    ) -> Action<MailMessage> {
        match message {
            Message::Open(target) => {
                self.open_menu(target, context);
                Action::None
            }
            Message::Close => {
                self.context_menu = None;
                Action::None
            }
            Message::Choose(command) => match self.context_menu.take() {
                Some(menu) => self.command_on(command, &menu.target, context),
                None => Action::None,
            },
        }
    }

    /// Opens the menu of what can be done to that now, where there is anything.
    pub(super) fn open_menu(&mut self, target: Target, context: &Context<'_>) {
        let sections = self.possible(&target, context);
        let selected = self.list.selection.len();
        let heading = match &target {
            Target::InSight if selected > 1 => Some(messages(selected)),
            Target::Address(address) => Some(address.address.clone()),
            _ => None,
        };
        self.context_menu = (!sections.is_empty()).then_some(Menu {
            target,
            heading,
            sections,
            at: None,
        });
    }

    /// What can be done to that now, in the order of its menu.
    pub(super) fn possible(&self, target: &Target, context: &Context<'_>) -> Vec<Vec<UserCommand>> {
        let situation = self.situation_of(target, context);
        let sections = target.commands().iter().map(|section| {
            let section = section.iter().copied();
            section.filter(|one| one.enabled(&situation)).collect()
        });
        sections.filter(|one: &Vec<_>| !one.is_empty()).collect()
    }

    /// A key while it is open; none that has no meaning there.
    pub(super) fn context_menu_key(
        &mut self,
        press: &Press,
        context: &Context<'_>,
    ) -> Action<MailMessage> {
        let Some(menu) = &mut self.context_menu else {
            return Action::None;
        };
        let count = menu.lines().count();
        let command = UserCommand::of(press);
        let mut chosen = None;
        if press.is(Named::ArrowDown) {
            menu.at = Some(menu.at.map_or(0, |at| (at + 1) % count));
        } else if press.is(Named::ArrowUp) {
            menu.at = Some(menu.at.map_or(count - 1, |at| (at + count - 1) % count));
        } else if press.is(Named::Enter) || press.is(Named::Space) {
            chosen = menu.at.and_then(|at| menu.lines().nth(at));
        } else if press.is(Named::Escape) || command == Some(UserCommand::More) {
            self.context_menu = None;
        } else {
            // The keys that stand beside the lines.
            chosen = command.filter(|command| menu.lines().any(|line| line == *command));
        }
        match chosen {
            Some(command) => self.menu_update(Message::Choose(command), context),
            None => Action::None,
        }
    }

    /// The menu, while it is open.
    pub(super) fn context_menu_view(&self) -> Option<Element<'_, MailMessage>> {
        self.context_menu.as_ref().map(Menu::view)
    }
}
