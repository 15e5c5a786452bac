//! What is done to messages.

use waxwing::model::{Charset, ComposeMode, Flag, FlagChange, FolderId, PlacementId};

use super::attachment::Wanted;
use super::dialog::Dialog;
use super::reader::zoom::Zoom;
use super::{Message, State};
use crate::ui::app::{Action, ComposeRequest, Context, Query, Verb};
use crate::ui::command::UserCommand;

impl State {
    /// Does what a button or key stands for, when it can be done.
    pub(crate) fn command(
        &mut self,
        command: UserCommand,
        context: &Context<'_>,
    ) -> Action<Message> {
        if !command.enabled(&self.situation(context)) {
            return Action::None;
        }
        let was_more = std::mem::take(&mut self.more);
        match command {
            UserCommand::NewMessage => self.compose(ComposeMode::New, None, context),
            UserCommand::Reply => self.answer(ComposeMode::Reply, context),
            UserCommand::ReplyAll => self.answer(ComposeMode::ReplyAll, context),
            UserCommand::Forward => self.answer(ComposeMode::Forward, context),
            UserCommand::Archive => {
                let ids = self.take_selected(context);
                ids.1.and(Action::Perform(Verb::Archive(ids.0)))
            }
            UserCommand::Delete if self.is_trash() => self.confirm_delete(),
            UserCommand::Delete => self.delete_selected(false, context),
            UserCommand::DeleteForever => self.confirm_delete(),
            UserCommand::Move => self.choose_folder(),
            UserCommand::Star => {
                let ids = self.list.selection.ids(&self.list.order);
                self.toggle_star(&ids)
            }
            UserCommand::MarkUnread => self.mark_selected(FlagChange::seen(false)),
            UserCommand::MarkRead => self.mark_selected(FlagChange::seen(true)),
            UserCommand::Next => self.step(1, false, context),
            UserCommand::Previous => self.step(-1, false, context),
            UserCommand::Open if self.is_drafts() => self.answer(ComposeMode::EditDraft, context),
            UserCommand::Open => {
                self.reads = true;
                self.panes.pane = super::layout::Pane::Reader;
                let cursor = self.list.selection.cursor_index(&self.list.order);
                let open = cursor.map(|index| self.fold(index, Some(true), context));
                let shown = self.show_selected(context, true);
                open.unwrap_or(Action::None).and(shown)
            }
            UserCommand::NextUnread => self.next_unread(),
            UserCommand::ReadOn => self.page(false),
            UserCommand::ReadBack => self.page(true),
            UserCommand::Find => self.find(context),
            UserCommand::FindNext => self.find_on(false),
            UserCommand::FindPrevious => self.find_on(true),
            UserCommand::ForReading => Action::Run(self.reader.turn_for_reading()),
            UserCommand::Colours => self.reader.turn_colours(),
            UserCommand::ZoomIn => self.zoom(self.reader.zoom().step(true)),
            UserCommand::ZoomOut => self.zoom(self.reader.zoom().step(false)),
            UserCommand::ZoomReset => self.zoom(Zoom::default()),
            UserCommand::SelectAll => {
                let order = self.list.order.clone();
                self.list.selection.all(&order);
                self.show_selected(context, false)
            }
            UserCommand::Search => self.open_search(context),
            UserCommand::Arrange => self.toggle_menu(),
            UserCommand::Undo => Action::Perform(Verb::Undo),
            UserCommand::CheckMail => Action::Perform(Verb::SyncNow),
            UserCommand::ToggleSidebar => {
                self.panes.toggle_sidebar();
                Action::None
            }
            UserCommand::Accounts => Action::Accounts,
            UserCommand::SaveMessage => self.pick_place(Wanted::Message),
            UserCommand::SavePdf => self.pick_place(Wanted::Pdf),
            UserCommand::Print => self.print(),
            UserCommand::OpenFile => self.pick_letter(),
            UserCommand::Source => {
                let shown = self.reader.shown;
                shown.map_or(Action::None, |id| Action::Ask(Query::Source(id)))
            }
            UserCommand::Encoding => {
                let shown = self.reader.shown;
                let read_as = shown.and_then(|id| context.engine?.is_read_as(id));
                self.open_dialog(Dialog::choose_charset(read_as))
            }
            UserCommand::More => {
                self.more = !was_more;
                Action::None
            }
            UserCommand::Shortcuts => self.open_dialog(Dialog::Shortcuts),
        }
    }

    /// Reads the message on show in another encoding.
    pub(super) fn read_as(
        &mut self,
        charset: Option<Charset>,
        context: &Context<'_>,
    ) -> Action<Message> {
        let Some(id) = self.reader.shown else {
            return Action::None;
        };
        if let Some(engine) = context.engine {
            engine.read_as(id, charset);
        }
        let epoch = self.reader.open(id, self.list.entry(id), context);
        Action::Ask(Query::Email(epoch, id))
    }

    fn selected(&self) -> Vec<PlacementId> {
        self.list.chosen_messages()
    }

    fn compose(
        &self,
        mode: ComposeMode,
        origin: Option<PlacementId>,
        context: &Context<'_>,
    ) -> Action<Message> {
        let of_origin = origin
            .and_then(|id| self.list.entry(id))
            .map(|entry| entry.envelope.account);
        match of_origin.or_else(|| self.account(context)) {
            Some(account) => Action::Compose(ComposeRequest::Start {
                mode,
                account,
                origin,
            }),
            None => Action::None,
        }
    }

    fn answer(&self, mode: ComposeMode, context: &Context<'_>) -> Action<Message> {
        match self.alone.or(self.list.selection.single()) {
            Some(id) => self.compose(mode, Some(id), context),
            None => Action::None,
        }
    }

    /// Takes the selected rows out of the list and shows the next message.
    fn take_selected(&mut self, context: &Context<'_>) -> (Vec<PlacementId>, Action<Message>) {
        let gone = self.list.remove_selected();
        let rows = self.list.missing().map_or(Action::None, Action::Ask);
        (gone, rows.and(self.show_selected(context, true)))
    }

    pub(super) fn delete_selected(
        &mut self,
        permanently: bool,
        context: &Context<'_>,
    ) -> Action<Message> {
        let (ids, next) = self.take_selected(context);
        next.and(Action::Perform(Verb::Delete { ids, permanently }))
    }

    fn confirm_delete(&mut self) -> Action<Message> {
        let count = self.selected().len();
        self.open_dialog(Dialog::DeleteForever(count))
    }

    fn choose_folder(&mut self) -> Action<Message> {
        let account = self
            .selected()
            .first()
            .and_then(|id| self.list.entry(*id))
            .map(|entry| (entry.envelope.account, entry.envelope.folder));
        let Some((account, here)) = account else {
            return Action::None;
        };
        let dialog = Dialog::choose_folder(self.sidebar.targets(account, here));
        self.open_dialog(dialog)
    }

    pub(super) fn move_selected(
        &mut self,
        folder: FolderId,
        context: &Context<'_>,
    ) -> Action<Message> {
        let (ids, next) = self.take_selected(context);
        next.and(Action::Perform(Verb::MoveTo(ids, folder)))
    }

    fn mark_selected(&mut self, change: FlagChange) -> Action<Message> {
        let ids = self.selected();
        self.list.mark(&ids, change);
        // Marked by hand: what is being looked at stays so.
        self.reader.forget_to_mark();
        Action::Perform(Verb::Mark {
            ids,
            change,
            quiet: false,
        })
    }

    /// Sets the star, or clears it when all have it.
    pub(super) fn toggle_star(&mut self, ids: &[PlacementId]) -> Action<Message> {
        let all = ids
            .iter()
            .filter_map(|id| self.list.entry(*id))
            .all(|entry| entry.envelope.flags.has(Flag::Flagged));
        let change = FlagChange::flagged(!all);
        self.list.mark(ids, change);
        if let Some(id) = self.reader.shown {
            self.reader.envelope_changed(self.list.entry(id));
        }
        Action::Perform(Verb::Mark {
            ids: ids.to_vec(),
            change,
            quiet: true,
        })
    }

    /// The message shown was looked at long enough: it is read now.
    pub(super) fn looked(&mut self, epoch: u64) -> Action<Message> {
        let Some(id) = self.reader.looked_at(epoch) else {
            return Action::None;
        };
        // What nobody can see was not read.
        if !self.panes.shows_reader() {
            return Action::None;
        }
        let unread = self
            .list
            .entry(id)
            .is_some_and(|entry| entry.envelope.flags.is_unread());
        if !unread {
            return Action::None;
        }
        let change = FlagChange::seen(true);
        self.list.mark(&[id], change);
        Action::Perform(Verb::Mark {
            ids: vec![id],
            change,
            quiet: true,
        })
    }
}
