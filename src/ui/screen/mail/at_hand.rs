//! What is at hand on the row the pointer is on.

use waxwing::model::{FlagChange, FolderRole, PlacementId};

use super::{Message, State};
use crate::ui::app::{Action, Context, Verb};
use crate::ui::command::UserCommand;
use crate::ui::icon::Icon;

use UserCommand as C;

/// On rows that are unread, and on others.
const UNREAD: [UserCommand; 3] = [C::MarkRead, C::Archive, C::Delete];
const READ: [UserCommand; 3] = [C::MarkUnread, C::Archive, C::Delete];
const UNREAD_ICONS: [Icon; 3] = [C::MarkRead.icon(), C::Archive.icon(), C::Delete.icon()];
const READ_ICONS: [Icon; 3] = [C::MarkUnread.icon(), C::Archive.icon(), C::Delete.icon()];

/// Their pictures.
pub(super) fn icons(unread: bool) -> &'static [Icon] {
    if unread { &UNREAD_ICONS } else { &READ_ICONS }
}

impl State {
    /// Does it, to that row alone, whatever is selected.
    pub(super) fn do_at_hand(
        &mut self,
        index: usize,
        number: usize,
        context: &Context<'_>,
    ) -> Action<Message> {
        let (Some(id), Some(row)) = (self.list.order.get(index), self.list.row_at(index)) else {
            return Action::None;
        };
        let (id, commands) = (*id, if row.strong { UNREAD } else { READ });
        match commands.get(number) {
            Some(C::Archive) => self.take_row_away(id, Verb::Archive, context),
            Some(C::Delete) if self.lies_in_trash(id) => {
                self.list.selection.only(id);
                let shown = self.show_selected(context, true);
                shown.and(self.command(UserCommand::DeleteForever, context))
            }
            Some(C::Delete) => {
                let delete = |ids| Verb::Delete {
                    ids,
                    permanently: false,
                };
                self.take_row_away(id, delete, context)
            }
            Some(mark) => {
                let ids = self.list.messages_of(|row| row == id);
                self.mark_by_hand(ids, FlagChange::seen(*mark == C::MarkRead))
            }
            None => Action::None,
        }
    }

    fn lies_in_trash(&self, id: PlacementId) -> bool {
        let entry = self.list.entry(id);
        let folder = entry.and_then(|entry| self.sidebar.folder(entry.envelope.folder));
        folder.is_some_and(|folder| folder.role == Some(FolderRole::Trash))
    }

    fn take_row_away(
        &mut self,
        id: PlacementId,
        verb: impl FnOnce(Vec<PlacementId>) -> Verb,
        context: &Context<'_>,
    ) -> Action<Message> {
        if self.list.selection.single() == Some(id) {
            return self.take_away(verb, context);
        }
        let gone = self.list.remove_row(id);
        let rows = self.list.missing().map_or(Action::None, Action::Ask);
        rows.and(Action::Perform(verb(gone)))
    }
}
