//! Messages and folders that are drawn onto folders of the sidebar.

use iced::Alignment;
use iced::widget::{container, row, text};
use waxwing::model::{AccountId, Folder, FolderId, ListView};

use super::toolbar::messages;
use super::{Message as MailMessage, State};
use crate::ui::app::{Action, Context, Verb};
use crate::ui::component::{icon, label};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::screen::mail::sidebar::Sidebar;
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::{Element, carried};

/// What happens meanwhile.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// The selected messages are taken along.
    Messages,
    /// A folder is.
    Folder(FolderId),
    /// The pointer is on a folder.
    Over(FolderId),
    /// It is no longer.
    Left(FolderId),
    /// The button was released.
    Dropped,
    /// Never mind.
    LetGo,
}

/// What is drawn somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// So many messages; of that account, unless they are of several.
    Messages(usize, Option<AccountId>),
    /// A folder.
    Folder(FolderId),
}

/// Something on its way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drag {
    what: What,
    over: Option<FolderId>,
}

/// What a row of the sidebar is to what is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Landing {
    /// It can go there.
    Possible,
    /// It goes there when the button is released.
    Here,
    /// It cannot.
    Impossible,
}

impl State {
    /// Follows what happened.
    pub(super) fn drag_update(
        &mut self,
        message: &Message,
        context: &Context<'_>,
    ) -> Action<MailMessage> {
        match message {
            Message::Messages => self.drag = self.of_messages(),
            Message::Folder(id) => {
                let own = self.sidebar.folder(*id).filter(|one| one.role.is_none());
                self.drag = own.map(|folder| Drag {
                    what: What::Folder(folder.id),
                    over: None,
                });
            }
            Message::Over(id) => {
                if let Some(drag) = &mut self.drag {
                    drag.over = Some(*id);
                }
            }
            Message::Left(id) => {
                if let Some(drag) = self.drag.as_mut().filter(|drag| drag.over == Some(*id)) {
                    drag.over = None;
                }
            }
            Message::Dropped => return self.dropped(context),
            Message::LetGo => self.drag = None,
        }
        Action::None
    }

    fn of_messages(&self) -> Option<Drag> {
        let count = self.list.chosen_messages().len();
        let ids = self.list.selection.iter();
        let mut accounts = ids
            .filter_map(|id| self.list.entry(id))
            .map(|entry| entry.envelope.account);
        let first = accounts.next();
        let account = first.filter(|first| accounts.all(|other| other == *first));
        (count > 0).then_some(Drag {
            what: What::Messages(count, account),
            over: None,
        })
    }

    fn dropped(&mut self, context: &Context<'_>) -> Action<MailMessage> {
        let Some(Drag {
            what,
            over: Some(over),
        }) = self.drag.take()
        else {
            return Action::None;
        };
        if self.landing(what, over) == Landing::Impossible {
            return Action::None;
        }
        match what {
            What::Folder(folder) => self.move_folder(folder, Some(over)),
            What::Messages(..) if context.modifiers.command() => {
                let ids = self.list.chosen_messages();
                Action::Perform(Verb::CopyTo(ids, over))
            }
            What::Messages(..) => self.move_selected(over, context),
        }
    }

    /// What a folder is to what is drawn, while anything is.
    pub(super) fn landing_of(&self, view: ListView) -> Option<Landing> {
        let drag = self.drag?;
        let ListView::Folder(folder) = view else {
            return Some(Landing::Impossible);
        };
        Some(match self.landing(drag.what, folder) {
            Landing::Possible if drag.over == Some(folder) => Landing::Here,
            landing => landing,
        })
    }

    fn landing(&self, what: What, folder: FolderId) -> Landing {
        let Some(folder) = self.sidebar.folder(folder) else {
            return Landing::Impossible;
        };
        let is_possible = match what {
            What::Messages(_, account) => {
                let is_there = self.list.view == Some(ListView::Folder(folder.id));
                account == Some(folder.account) && !is_there && Sidebar::takes_messages(folder)
            }
            What::Folder(id) => {
                let carried = self.sidebar.folder(id);
                carried.is_some_and(|carried| self.sidebar.can_lie_in(carried, Some(folder)))
            }
        };
        if is_possible {
            Landing::Possible
        } else {
            Landing::Impossible
        }
    }

    /// What hangs on the pointer, while anything does.
    pub(super) fn carried_view(&self, context: &Context<'_>) -> Option<Element<'_, MailMessage>> {
        let drag = self.drag?;
        let (sign, words) = match drag.what {
            What::Messages(count, _) if context.modifiers.command() => {
                (Icon::Copy, format!("Copy {}", messages(count)))
            }
            What::Messages(count, _) => (Icon::Mail, messages(count)),
            What::Folder(id) => {
                let name = self.sidebar.folder(id).map(Folder::name);
                (Icon::Folder, name.unwrap_or_default().to_owned())
            }
        };
        let mut line = row![
            icon(sign, 16.0, |t| t.accent),
            text(words).size(size::LIST).font(font::MEDIUM)
        ]
        .spacing(gap::S)
        .align_y(Alignment::Center);
        let refused = |over| self.landing(drag.what, over) == Landing::Impossible;
        if drag.over.is_some_and(refused) {
            line = line.push(label("not here"));
        }
        let card = container(line)
            .padding([gap::XS, gap::M])
            .style(theme::container::floating);
        let (drop, let_go) = (Message::Dropped, Message::LetGo);
        Some(carried(
            card,
            MailMessage::Drag(drop),
            MailMessage::Drag(let_go),
        ))
    }
}
