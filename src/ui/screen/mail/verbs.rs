//! What is done to messages.

use waxwing::model::{Charset, ComposeMode, Flag, FlagChange, FolderId, PlacementId};

use super::attachment::Wanted;
use super::dialog::Dialog;
use super::reader::zoom::Zoom;
use super::target::Target;
use super::{Message, State};
use crate::ui::app::{Action, ComposeRequest, Context, Query, Verb};
use crate::ui::command::UserCommand;
use crate::ui::component::toast::Toast;

impl State {
    /// Does what a button or key stands for, when it can be done.
    pub(crate) fn command(
        &mut self,
        command: UserCommand,
        context: &Context<'_>,
    ) -> Action<Message> {
        self.command_on(command, &Target::InSight, context)
    }

    /// Does something to something else than what is in sight, when it can be
    /// done.
    pub(crate) fn command_on(
        &mut self,
        command: UserCommand,
        target: &Target,
        context: &Context<'_>,
    ) -> Action<Message> {
        if !command.enabled(&self.situation_of(target, context)) {
            return Action::None;
        }
        match command {
            UserCommand::NewFolder
            | UserCommand::RenameFolder
            | UserCommand::MoveFolder
            | UserCommand::DeleteFolder
            | UserCommand::MarkFolderRead
            | UserCommand::EmptyFolder
            | UserCommand::AddFavourite
            | UserCommand::RemoveFavourite => self.folder_command(command, target),
            UserCommand::CheckAccount | UserCommand::SignInAgain | UserCommand::AccountSettings => {
                account_command(command, target)
            }
            UserCommand::WriteTo | UserCommand::FindFrom | UserCommand::CopyAddress => {
                self.address_command(command, target, context)
            }
            _ => self.command_in_sight(command, context),
        }
    }

    /// What is done to what is in sight.
    fn command_in_sight(&mut self, command: UserCommand, context: &Context<'_>) -> Action<Message> {
        match command {
            UserCommand::NewMessage => self.compose(ComposeMode::New, None, context),
            UserCommand::Reply => self.answer(ComposeMode::Reply, context),
            UserCommand::ReplyAll => self.answer(ComposeMode::ReplyAll, context),
            UserCommand::Forward => self.answer(ComposeMode::Forward, context),
            UserCommand::Archive => self.take_away(Verb::Archive, context),
            UserCommand::Junk => self.take_away(|ids| Verb::Junk(ids, true), context),
            UserCommand::NotJunk => self.take_away(|ids| Verb::Junk(ids, false), context),
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
            UserCommand::Open => self.open_selected(context),
            UserCommand::SelectAll => {
                let order = self.list.order.clone();
                self.list.selection.all(&order);
                self.show_selected(context, false)
            }
            UserCommand::Undo => Action::Perform(Verb::Undo),
            UserCommand::Search => self.open_search(context),
            UserCommand::Arrange => self.toggle_menu(),
            UserCommand::CheckMail => Action::Perform(Verb::SyncNow(None)),
            UserCommand::ToggleSidebar => {
                self.panes.toggle_sidebar();
                Action::None
            }
            UserCommand::Accounts => Action::Accounts,
            UserCommand::More => {
                self.open_menu(Target::InSight, context);
                Action::None
            }
            UserCommand::Palette => {
                let lines = self.palette(context);
                self.open_dialog(Dialog::palette(lines))
            }
            UserCommand::Shortcuts => self.open_dialog(Dialog::Shortcuts),
            _ => self.reading_command(command, context),
        }
    }

    /// What is done while one reads.
    fn reading_command(&mut self, command: UserCommand, context: &Context<'_>) -> Action<Message> {
        match command {
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
            _ => Action::None,
        }
    }

    /// Into the message, or into the conversation.
    fn open_selected(&mut self, context: &Context<'_>) -> Action<Message> {
        self.reads = true;
        self.panes.pane = super::layout::Pane::Reader;
        let cursor = self.list.selection.cursor_index(&self.list.order);
        let open = cursor.map(|index| self.fold(index, Some(true), context));
        let shown = self.show_selected(context, true);
        open.unwrap_or(Action::None).and(shown)
    }

    /// What is done with somebody's address.
    fn address_command(
        &mut self,
        command: UserCommand,
        target: &Target,
        context: &Context<'_>,
    ) -> Action<Message> {
        let Some(address) = self.address_meant(target).cloned() else {
            return Action::None;
        };
        match command {
            UserCommand::WriteTo => {
                let account = self.account(context);
                account.map_or(Action::None, |account| {
                    Action::Compose(ComposeRequest::Start {
                        mode: ComposeMode::New,
                        account,
                        origin: None,
                        to: Some(address),
                    })
                })
            }
            UserCommand::FindFrom => self.search_for(format!("from:{} ", address.address), context),
            _ => {
                let copied = Toast::done(format!("{} copied.", address.address));
                Action::Run(iced::clipboard::write(address.address)).and(Action::Toast(copied))
            }
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
                to: None,
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

    /// Takes the selected rows out of the list, shows the next message, and has
    /// the engine do the same.
    pub(super) fn take_away(
        &mut self,
        verb: impl FnOnce(Vec<PlacementId>) -> Verb,
        context: &Context<'_>,
    ) -> Action<Message> {
        let gone = self.list.remove_selected();
        let rows = self.list.missing().map_or(Action::None, Action::Ask);
        let next = self.show_selected(context, true);
        rows.and(next).and(Action::Perform(verb(gone)))
    }

    pub(super) fn delete_selected(
        &mut self,
        permanently: bool,
        context: &Context<'_>,
    ) -> Action<Message> {
        self.take_away(|ids| Verb::Delete { ids, permanently }, context)
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
        self.take_away(|ids| Verb::MoveTo(ids, folder), context)
    }

    fn mark_selected(&mut self, change: FlagChange) -> Action<Message> {
        let ids = self.selected();
        self.mark_by_hand(ids, change)
    }

    pub(super) fn mark_by_hand(
        &mut self,
        ids: Vec<PlacementId>,
        change: FlagChange,
    ) -> Action<Message> {
        self.list.mark(&ids, change);
        // What is being looked at stays so.
        if self.reader.shown.is_some_and(|shown| ids.contains(&shown)) {
            self.reader.forget_to_mark();
        }
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

fn account_command(command: UserCommand, target: &Target) -> Action<Message> {
    let Target::Account(account) = target else {
        return Action::None;
    };
    match command {
        UserCommand::CheckAccount => Action::Perform(Verb::SyncNow(Some(*account))),
        UserCommand::SignInAgain => Action::SignIn(*account),
        _ => Action::EditAccount(*account),
    }
}
