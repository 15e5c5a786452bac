//! Keys that no widget took: in the list, and in the message that is read.

use std::collections::HashSet;

use iced::keyboard::{Key, key::Named};
use iced::widget::operation;
use waxwing::Result;
use waxwing::model::PlacementId;

use super::layout::Pane;
use super::list::unread::NextUnread;
use super::reader::find;
use super::{Message as MailMessage, State};
use crate::ui::app::{Action, Context, Keep};
use crate::ui::command::{Press, UserCommand};
use crate::ui::component::toast::Toast;
use crate::ui::screen::mail::reader::zoom::Zoom;
use crate::ui::widget::reading::{self, Far};

type Then = Action<MailMessage>;

/// The name of what scrolls the message.
pub(super) const READER: &str = "message";

/// A message is read from its beginning, wherever the one before was left.
pub(super) fn from_the_start() -> Then {
    Action::Run(operation::snap_to(READER, operation::RelativeOffset::START))
}

/// What happens while one reads on, or looks for words.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// Something in the message was pressed: keys move in it from now on.
    Pressed,
    /// While one looks for words.
    Find(find::Message),
    /// Enter in the field for them.
    FindOn,
    /// A page was scrolled; whether there was one.
    Scrolled(bool),
    /// Which messages of the list are unread, under that epoch.
    Unread(u64, Result<Vec<PlacementId>>),
}

impl State {
    /// Follows what happened.
    pub(super) fn reading(&mut self, message: Message, context: &Context<'_>) -> Then {
        match message {
            Message::Pressed => {
                self.reads = true;
                Action::None
            }
            Message::Find(message) => Action::Run(self.reader.find_update(message)),
            Message::FindOn => self.find_on(context.modifiers.shift()),
            Message::Scrolled(there_was_more) => self.read_on(there_was_more),
            Message::Unread(epoch, answer) => self.unread_known(epoch, answer, context),
        }
    }

    /// A key no widget took.
    pub(crate) fn key(&mut self, press: &Press, context: &Context<'_>) -> Then {
        if let Some(message) = self.dialog.as_ref().and_then(|dialog| dialog.key(press)) {
            return self.update(MailMessage::Dialog(message), context);
        }
        if self.dialog.is_some() {
            return Action::None;
        }
        if self.drag.is_some() {
            self.drag = self.drag.filter(|_| !press.is(Named::Escape));
            return Action::None;
        }
        if self.context_menu.is_some() {
            return self.context_menu_key(press, context);
        }
        if self.menu.is_some() {
            return self.menu_key(press, context);
        }
        if press.is_ctrl("c")
            && let Some(copy) = self.reader.copy_from_page()
        {
            return Action::Run(copy);
        }
        if press.is(Named::Escape) {
            return self.escape(context);
        }
        if let Some(action) = self.suggestion_key(press, context) {
            return action;
        }
        let moved = self.in_message(press).map(|far| self.scroll(far));
        if let Some(action) = moved.or_else(|| self.movement(press, context)) {
            return action;
        }
        match UserCommand::of(press) {
            Some(command) => self.command(command, context),
            None => Action::None,
        }
    }

    /// Out of what one is in: the dialog, looking for words, the message, the
    /// search.
    pub(crate) fn escape(&mut self, context: &Context<'_>) -> Then {
        if self.dialog.is_some() {
            let close = super::dialog::Message::Cancel;
            return self.update(MailMessage::Dialog(close), context);
        }
        if self.drag.take().is_some() || self.context_menu.take().is_some() {
            return Action::None;
        }
        if self.reader.finds() {
            return Action::Run(self.reader.find_update(find::Message::Close));
        }
        if self.panes.is_narrow() && self.panes.pane != Pane::List {
            self.panes.pane = Pane::List;
            return Action::None;
        }
        if std::mem::take(&mut self.reads) {
            return Action::None;
        }
        self.escape_search(context)
    }

    /// Whether the keyboard moves in the message.
    pub(crate) fn is_in_message(&self) -> bool {
        let alone = self.panes.is_narrow() && self.panes.pane == Pane::Reader;
        self.reader.shown.is_some() && (self.reads || alone)
    }

    /// How a key scrolls the message, where it does.
    fn in_message(&self, press: &Press) -> Option<Far> {
        let Key::Named(named) = press.key else {
            return None;
        };
        if !self.is_in_message() || !press.modifiers.is_empty() {
            return None;
        }
        match named {
            Named::ArrowDown => Some(Far::Lines(1)),
            Named::ArrowUp => Some(Far::Lines(-1)),
            Named::PageDown => Some(Far::Pages(1)),
            Named::PageUp => Some(Far::Pages(-1)),
            Named::Home => Some(Far::Start),
            Named::End => Some(Far::End),
            _ => None,
        }
    }

    fn scroll(&self, far: Far) -> Then {
        Action::Run(reading::scroll(READER, far).discard())
    }

    /// Moves in the list by keys that have no button.
    fn movement(&mut self, press: &Press, context: &Context<'_>) -> Option<Then> {
        let Key::Named(named) = press.key else {
            return None;
        };
        let extend = press.modifiers.shift();
        let page = self.list.page();
        let by = match named {
            Named::ArrowDown => 1,
            Named::ArrowUp => -1,
            Named::PageDown => page,
            Named::PageUp => -page,
            Named::Home => isize::MIN,
            Named::End => isize::MAX,
            Named::ArrowRight | Named::ArrowLeft if press.modifiers.is_empty() => {
                let index = self.list.selection.cursor_index(&self.list.order)?;
                return Some(self.fold(index, Some(named == Named::ArrowRight), context));
            }
            _ => return None,
        };
        Some(self.step(by, extend, context))
    }

    /// Reads on, or back; at the end of a message, in the next unread one.
    pub(super) fn page(&mut self, back: bool) -> Then {
        if self.reader.shown.is_none() {
            return if back {
                Action::None
            } else {
                self.next_unread()
            };
        }
        let far = Far::Pages(if back { -1 } else { 1 });
        let scrolled = reading::scroll(READER, far);
        Action::Run(
            scrolled.map(move |moved| MailMessage::Reading(Message::Scrolled(moved || back))),
        )
    }

    pub(super) fn read_on(&mut self, there_was_more: bool) -> Then {
        if there_was_more || self.reader.is_loading() {
            Action::None
        } else {
            self.next_unread()
        }
    }

    /// Asks for the next unread message.
    pub(super) fn next_unread(&mut self) -> Then {
        let unread = self.list.ask_unread();
        unread.map_or(Action::None, Action::Ask)
    }

    pub(super) fn unread_known(
        &mut self,
        epoch: u64,
        answer: Result<Vec<PlacementId>>,
        context: &Context<'_>,
    ) -> Then {
        match answer {
            Ok(_) if !self.list.is_of(epoch) => Action::None,
            Ok(unread) => self.go_to_unread(&unread.into_iter().collect(), context),
            Err(error) => Action::Toast(Toast::error(error.to_string())),
        }
    }

    fn go_to_unread(&mut self, unread: &HashSet<PlacementId>, context: &Context<'_>) -> Then {
        let (index, within) = match self.list.next_unread(unread) {
            NextUnread::Row(index) => (index, false),
            NextUnread::Within(index) => (index, true),
            NextUnread::None => {
                return Action::Toast(Toast::done("Nothing else here is unread."));
            }
        };
        let Some(id) = self.list.order.get(index).copied() else {
            return Action::None;
        };
        self.list.selection.only(id);
        self.list.reveal_cursor();
        match self.list.ask_open(id).filter(|_| within) {
            Some(open) => {
                self.seeks_unread = true;
                Action::Ask(open)
            }
            None => self.show_selected(context, true),
        }
    }

    /// On to the message because of which a conversation was opened.
    pub(super) fn unread_in_opened(&mut self) -> Then {
        if std::mem::take(&mut self.seeks_unread) {
            self.next_unread()
        } else {
            Action::None
        }
    }

    /// Lets words be typed that are looked for: in the message, or where none
    /// is read in all of them.
    pub(super) fn find(&mut self, context: &Context<'_>) -> Then {
        if self.reader.shown.is_some() && self.panes.shows_reader() {
            Action::Run(self.reader.open_find())
        } else {
            self.open_search(context)
        }
    }

    /// On to the next words that were looked for.
    pub(super) fn find_on(&mut self, back: bool) -> Then {
        Action::Run(self.reader.find_update(if back {
            find::Message::Previous
        } else {
            find::Message::Next
        }))
    }

    /// Shows messages so large, now and later.
    pub(super) fn zoom(&mut self, zoom: Zoom) -> Then {
        let shown = self.reader.set_zoom(zoom);
        Action::Run(shown).and(Action::Keep(Keep::Zoom(zoom.percent())))
    }
}
