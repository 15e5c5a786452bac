//! What happened, one line each, and the methods behind.

use chrono::Datelike as _;
use iced::Task;
use iced::widget::operation;
use waxwing::Result;
use waxwing::model::{Folder, FolderRole, ListView, Listed, PlacementId};

use super::attachment::{self, Wanted};
use super::list::Kind;
use super::target::Target;
use super::{Message, State, dialog, layout::Pane};
use crate::ui::app::{Action, Context, Keep, Query, Rows, Verb};
use crate::ui::command::UserCommand;
use crate::ui::component::body_text::{self, Outcome};
use crate::ui::component::toast::Toast;
use crate::ui::widget::reveal;
use crate::ui::widget::virtual_list::{Click, ClickKind};

/// From so many messages on a list begins before all of its order is read.
const LONG: u64 = 20_000;

/// What rows are made ready for. Borrows single fields, so that the list can
/// change meanwhile.
macro_rules! shown {
    ($state:expr, $context:expr) => {
        $crate::ui::screen::mail::entry::Shown {
            now: &$context.now,
            accounts: $context.accounts,
            kind: $state.list.kind,
            key: (!$state.list.chosen.relevance).then_some($state.list.chosen.sort.key),
            found: $state
                .search
                .as_ref()
                .filter(|search| search.shows_results())
                .map(|search| (&*search.marker, &$state.sidebar)),
        }
    };
}
pub(super) use shown;

impl State {
    /// Follows what happened.
    pub(crate) fn update(&mut self, message: Message, context: &Context<'_>) -> Action<Message> {
        self.new_day(context);
        match message {
            Message::FoldersLoaded(answer) => self.folders_loaded(answer, context),
            Message::StatesLoaded(Ok(states)) => {
                self.states = states.into_iter().collect();
                Action::None
            }
            Message::OutboxLoaded(Ok(items)) => {
                self.sidebar.outbox = items.len();
                self.outbox = items;
                Action::None
            }
            // What is not known is shown as it was.
            Message::StatesLoaded(Err(_)) | Message::OutboxLoaded(Err(_)) => Action::None,
            Message::OrderLoaded(epoch, answer) => self.order_loaded(epoch, answer),
            Message::FirstRowsLoaded(epoch, answer) => {
                self.list.first_rows_loaded(epoch, answer);
                self.ask(super::list::List::missing)
            }
            Message::ConversationLoaded(epoch, head, answer) => {
                self.list.opened(epoch, head, answer);
                let rows = self.ask(super::list::List::missing);
                rows.and(self.unread_in_opened())
            }
            Message::Choose(choice) => self.choose(choice, context),
            Message::ShowAll => self.show_all(context),
            Message::RowsLoaded(epoch, asked, answer) => {
                self.rows_loaded(epoch, &asked, answer, context)
            }
            Message::Search(message) => self.search_update(message, context),
            Message::EmailLoaded(epoch, answer) => self.reader.loaded(epoch, answer, context),
            Message::SenderKnown(epoch, answer) => self.reader.sender_known(epoch, answer),
            Message::SignaturesChecked(epoch, answer) => {
                self.reader.signatures_checked(epoch, answer)
            }
            Message::Notes(message) => self.reader.note(message),
            Message::Unsubscribed(answer) => super::reader::notes::left(answer),
            Message::ReceiptAnswered(answer) => super::reader::notes::answered(answer),
            Message::Attachment(message) => self.attachment_update(message),
            Message::Printing(message) => self.printing_update(message),
            Message::SourceRead(id, Ok(source)) => Action::Source(id, source),
            Message::SourceRead(_, Err(error)) => Action::Toast(Toast::error(error.to_string())),
            Message::Folder(view) => self.open_view(view, context),
            Message::Click(click) => self.clicked(click, context),
            Message::Range(first, last) => {
                let rows = self.ask(|list| list.in_sight(first, last));
                rows.and(self.ask(super::list::List::missing_excerpts))
            }
            Message::Command(command) => self.command(command, context),
            Message::CommandOn(command, target) => self.command_on(command, &target, context),
            Message::Menu(message) => self.menu_update(message, context),
            Message::Drag(message) => self.drag_update(&message, context),
            Message::Fold(key, fold) => Action::Keep(Keep::Folded(key, fold)),
            Message::Focus(next) => focus(next),
            Message::Looked(epoch) => self.looked(epoch),
            Message::Body(message) => self.body(message),
            Message::Page(epoch, message) => self.reader.page_update(epoch, message, context),
            Message::Reading(message) => self.reading(message, context),
            Message::Pixels(pixels) => self.reader.pixels_changed(pixels),
            Message::Recipients => {
                self.reader.recipients_open = !self.reader.recipients_open;
                Action::None
            }
            Message::Dialog(message) => self.dialog_update(message, context),
            Message::SidebarWidth(width) => {
                self.panes.sidebar = width;
                Action::None
            }
            Message::ListWidth(width) => {
                self.panes.list = width;
                Action::None
            }
            Message::Back => {
                self.panes.pane = Pane::List;
                Action::None
            }
            Message::Retry => self.retry(context),
            Message::AddAccount => Action::AddAccount,
            Message::OpenOutbox => self.open_dialog(super::Dialog::Outbox),
            Message::SignIn(account) => Action::SignIn(account),
        }
    }

    fn new_day(&mut self, context: &Context<'_>) {
        let today = context.now.date_naive();
        let before = self.today.replace(today);
        if before.is_some_and(|before| before.num_days_from_ce() != today.num_days_from_ce()) {
            let shown = shown!(self, context);
            self.list.restamp(&shown);
        }
    }

    fn ask(
        &mut self,
        question: impl FnOnce(&mut super::list::List) -> Option<Query>,
    ) -> Action<Message> {
        question(&mut self.list).map_or(Action::None, Action::Ask)
    }

    fn rows_loaded(
        &mut self,
        epoch: u64,
        asked: &[PlacementId],
        answer: Result<Rows>,
        context: &Context<'_>,
    ) -> Action<Message> {
        let shown = shown!(self, context);
        self.list.rows_loaded(epoch, asked, answer, &shown);
        if let Some(id) = self.reader.shown {
            self.reader.envelope_changed(self.list.entry(id));
        }
        self.ask(super::list::List::missing_excerpts)
    }

    fn folders_loaded(
        &mut self,
        answer: Result<Vec<Folder>>,
        context: &Context<'_>,
    ) -> Action<Message> {
        let again = if self.sidebar.answered() {
            Action::Ask(Query::Folders)
        } else {
            Action::None
        };
        again.and(self.folders_taken(answer, context))
    }

    fn folders_taken(
        &mut self,
        answer: Result<Vec<Folder>>,
        context: &Context<'_>,
    ) -> Action<Message> {
        match answer {
            Ok(folders) => {
                self.failure = None;
                let moved = self.sidebar.set_folders(folders);
                let keep = if moved.is_empty() {
                    Action::None
                } else {
                    Action::Keep(Keep::Moved(moved))
                };
                let view = self.folder_in_sight();
                let gone = view.is_none_or(|view| !self.sidebar.has(view));
                match self.sidebar.first() {
                    Some(view) if gone => keep.and(self.open_view(view, context)),
                    _ => keep,
                }
            }
            Err(error) => {
                self.failure = Some(error);
                Action::None
            }
        }
    }

    /// Shows a folder.
    pub(crate) fn open_view(&mut self, view: ListView, context: &Context<'_>) -> Action<Message> {
        self.reads = false;
        self.panes.pane = Pane::List;
        self.menu = None;
        self.search = None;
        let kind = match self.sidebar.role(view) {
            Some(FolderRole::Sent) => Kind::Sent,
            Some(FolderRole::Drafts) => Kind::Drafts,
            _ => Kind::Incoming,
        };
        self.reader.close();
        let kept = self.sidebar.key(view);
        let kept = kept.and_then(|key| context.kept.lists.get(&key).copied());
        let chosen = self.list.chosen.kept(kept.unwrap_or_default());
        let order = self.list.open(view, kind, chosen, &context.now);
        let order = order.map_or(Action::None, Action::Ask);
        if self.sidebar.total(view) < LONG {
            return order;
        }
        self.ask(|list| list.first_rows()).and(order)
    }

    fn order_loaded(&mut self, epoch: u64, answer: Result<Listed>) -> Action<Message> {
        let taken = self.list.order_loaded(epoch, answer);
        let again = self.ask(super::list::List::overtaken);
        if !taken {
            return again;
        }
        self.order_taken().and(again)
    }

    /// The list shows something else now.
    pub(super) fn order_taken(&mut self) -> Action<Message> {
        if self
            .reader
            .shown
            .is_some_and(|id| !self.list.order.contains(&id))
        {
            self.reader.close();
        }
        // What conversations say may have changed with it.
        let open = self.list.ask_open_ones().into_iter();
        let open = open.fold(Action::None, |all, query| all.and(Action::Ask(query)));
        let missing = self.ask(super::list::List::missing);
        let seen = self.ask(super::list::List::conversations_moved);
        let excerpts = self.ask(super::list::List::missing_excerpts);
        missing.and(seen).and(open).and(excerpts)
    }

    fn clicked(&mut self, click: Click, context: &Context<'_>) -> Action<Message> {
        let Some(id) = self.list.order.get(click.index).copied() else {
            return Action::None;
        };
        if let Some(search) = &mut self.search {
            search.suggest_no_more();
        }
        self.reads = false;
        match click.kind {
            ClickKind::Star => self.toggle_star(&[id]),
            ClickKind::Fold => self.fold(click.index, None, context),
            ClickKind::AtHand(number) => self.do_at_hand(click.index, number, context),
            ClickKind::Right => {
                let shown = if self.list.selection.has(id) {
                    Action::None
                } else {
                    self.list.selection.only(id);
                    self.show_selected(context, true)
                };
                self.open_menu(Target::InSight, context);
                shown
            }
            ClickKind::Single | ClickKind::Double => {
                let order = self.list.order.clone();
                // The list may be younger than the press of the Shift key.
                let held = click.modifiers | context.modifiers;
                self.list.selection.click(&order, click.index, held);
                if self.list.selection.len() == 1 && !held.shift() {
                    self.panes.pane = Pane::Reader;
                }
                let draft = click.kind == ClickKind::Double && self.is_drafts();
                if draft {
                    self.command(UserCommand::Open, context)
                } else {
                    self.show_selected(context, true)
                }
            }
        }
    }

    pub(super) fn is_drafts(&self) -> bool {
        self.role() == Some(FolderRole::Drafts)
    }

    /// Shows what is selected, when it is one message. `looked_at` starts the
    /// time after which it counts as read.
    pub(super) fn show_selected(
        &mut self,
        context: &Context<'_>,
        looked_at: bool,
    ) -> Action<Message> {
        let Some(id) = self.list.selection.single() else {
            self.reader.close();
            if self.panes.pane == Pane::Reader {
                self.panes.pane = Pane::List;
            }
            return Action::None;
        };
        if self.reader.shown == Some(id) && !self.reader.has_failed() {
            // It may have been shown out of sight, in a narrow window.
            let epoch = self.reader.epoch;
            return if looked_at {
                look(epoch, context)
            } else {
                Action::None
            };
        }
        let epoch = self.reader.open(id, self.list.entry(id), context);
        let sought = self.search.as_ref().filter(|search| search.shows_results());
        self.reader.mark(sought.map(|search| search.marker.clone()));
        let ask = Action::Ask(Query::Email(epoch, id)).and(super::keys::from_the_start());
        if looked_at {
            ask.and(look(epoch, context))
        } else {
            ask
        }
    }

    fn body(&mut self, message: body_text::Message) -> Action<Message> {
        self.reads |= matches!(message, body_text::Message::Act(..));
        match self.reader.body(message) {
            Outcome::None => Action::None,
            Outcome::Copy(link) => Action::Run(iced::clipboard::write(link))
                .and(Action::Toast(Toast::done("Link copied."))),
            Outcome::Open(link) => match attachment::open_outside(&link) {
                Ok(()) => Action::None,
                Err(error) => Action::Toast(Toast::error(format!(
                    "The link could not be opened: {error}."
                ))),
            },
        }
    }

    fn retry(&mut self, context: &Context<'_>) -> Action<Message> {
        self.failure = None;
        self.list.error = None;
        let message = if self.reader.has_failed() {
            self.show_selected(context, false)
        } else {
            Action::None
        };
        self.reload().and(message)
    }

    /// Opens or closes the conversation of a row, or the one of both that it is
    /// not.
    pub(super) fn fold(
        &mut self,
        index: usize,
        open: Option<bool>,
        context: &Context<'_>,
    ) -> Action<Message> {
        let Some(head) = self.list.head_at(index) else {
            return Action::None;
        };
        let is_open = self.list.is_open(head);
        match open.unwrap_or(!is_open) {
            true if is_open => Action::None,
            true => self.ask(|list| list.ask_open(head)),
            false => {
                if self.list.close(head) {
                    self.show_selected(context, false)
                } else {
                    Action::None
                }
            }
        }
    }

    /// Moves the selection by rows and shows where it ends.
    pub(super) fn step(
        &mut self,
        by: isize,
        extend: bool,
        context: &Context<'_>,
    ) -> Action<Message> {
        let order = self.list.order.clone();
        self.list.selection.step(&order, by, extend);
        self.list.reveal_cursor();
        self.show_selected(context, true)
    }

    /// The person wants to quit: says what is still to be sent. Nothing where
    /// nothing is, or where that was said already.
    pub(crate) fn leave(&mut self) -> Option<Action<Message>> {
        let was_said = matches!(self.dialog, Some(super::Dialog::Leave));
        if was_said || dialog::unsent(&self.outbox) == 0 {
            return None;
        }
        Some(self.open_dialog(super::Dialog::Leave))
    }

    pub(super) fn open_dialog(&mut self, dialog: super::Dialog) -> Action<Message> {
        let field = dialog.field();
        self.dialog = Some(dialog);
        field.map_or(Action::None, |id| Action::Run(operation::focus(id)))
    }

    fn dialog_update(
        &mut self,
        message: dialog::Message,
        context: &Context<'_>,
    ) -> Action<Message> {
        let Some(dialog) = &mut self.dialog else {
            return Action::None;
        };
        match dialog.update(message) {
            dialog::Outcome::Stay => Action::None,
            dialog::Outcome::Cancel => {
                self.dialog = None;
                Action::None
            }
            dialog::Outcome::Leave => {
                self.dialog = None;
                Action::Close
            }
            dialog::Outcome::Stepped => Action::Run(reveal::show(dialog::choose::AT.into())),
            dialog::Outcome::Chosen(choice) => {
                self.dialog = None;
                self.do_chosen(choice, context)
            }
            dialog::Outcome::Do(verb) => {
                self.dialog = None;
                Action::Perform(verb)
            }
            dialog::Outcome::Save(wanted, path) => {
                self.dialog = None;
                self.save(wanted, path)
            }
            dialog::Outcome::SaveHeld(number) => {
                self.dialog = None;
                self.pick_place(Wanted::One(number))
            }
            dialog::Outcome::Retry(id) => Action::Perform(Verb::RetrySend(id)),
            dialog::Outcome::TakeBack(id) => {
                self.dialog = None;
                Action::Perform(Verb::TakeBack(id))
            }
            dialog::Outcome::NameSearch(saved, name) => {
                self.dialog = None;
                self.keep_search(saved, name)
            }
            dialog::Outcome::DeleteForever => {
                self.dialog = None;
                self.delete_selected(true, context)
            }
        }
    }
}

/// The keyboard goes to the next place, or to the one before.
fn focus(next: bool) -> Action<Message> {
    Action::Run(if next {
        reveal::focus_next()
    } else {
        reveal::focus_previous()
    })
}

/// Starts the time after which a message counts as read.
fn look(epoch: u64, context: &Context<'_>) -> Action<Message> {
    let Some(after) = context.options.mark_read_after else {
        return Action::None;
    };
    Action::Run(Task::perform(
        // The timer must be made inside the runtime, not here.
        async move { tokio::time::sleep(after).await },
        move |()| Message::Looked(epoch),
    ))
}
