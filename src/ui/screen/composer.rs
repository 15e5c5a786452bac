//! Writing a message, in a window of its own.
//!
//! [`State::follow`] turns a message into [`Effect`]s, which are plain data;
//! [`State::update`] has them carried out.

mod addressing;
mod attachments;
mod body;
mod effect;
mod follow;
mod saving;
mod send;
#[cfg(test)]
mod tests;
mod undo_stack;
mod view;

use std::path::PathBuf;

use iced::Task;
use iced::keyboard::{Key, Modifiers, key::Named};
use iced::widget::text_editor;
use waxwing::model::{
    AccountId, Address, ComposeMode, Draft, DraftAttachment, MessageId, OutboxItem, PlacementId,
};
use waxwing::{Error, Result};

use crate::ui::app::{Action, ComposeRequest, Context};
use crate::ui::command::Press;
use crate::ui::component::address_field;

use addressing::Addressing;
pub(crate) use addressing::Field;
use attachments::{Picked, Picker, Read};
use body::{Body, Command};
pub(crate) use effect::Effect;
use saving::Saving;
use send::Question;

/// A message being written.
pub(crate) struct State {
    start: Option<ComposeRequest>,
    opening: Opening,
    head: Addressing,
    subject: String,
    body: Body,
    attachments: Vec<DraftAttachment>,
    in_reply_to: Vec<MessageId>,
    references: Vec<MessageId>,
    /// The message that becomes answered or forwarded.
    origin: Option<(ComposeMode, PlacementId)>,
    saving: Saving,
    sending: bool,
    /// Why it was not sent.
    refusal: Option<Refusal>,
    question: Option<Question>,
    asked: Vec<Question>,
    files: Files,
    picker: Picker,
}

/// Whether there is something to write in yet.
#[derive(Debug)]
enum Opening {
    /// The engine is asked.
    Waiting,
    /// It could not say.
    Failed(Error),
    /// The person writes.
    Done,
}

/// Why a message was not sent.
#[derive(Debug)]
enum Refusal {
    /// Something has to be mended first.
    Mend(String),
    /// The engine did not take it.
    Failed(Error),
}

/// Files on their way into the message.
#[derive(Debug, Default)]
struct Files {
    /// Whether a dialog is open.
    picking: bool,
    /// How many reads are under way.
    reading: usize,
    /// The path being typed, where no dialog came up.
    path: Option<String>,
    /// What could not be attached.
    problems: Vec<String>,
    /// Whether a file hovers over the window.
    hovering: bool,
}

/// What happens in a composer.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// The engine says what the message starts with.
    Started(Result<Box<Draft>>),
    /// Ask the engine again.
    Retry,
    /// In an address field.
    Address(Field, address_field::Message),
    /// Shows Cc and Bcc.
    ShowCopies,
    /// Opens or closes the list of addresses to write from.
    ChooseFrom,
    /// Writes from this address of this account.
    From(AccountId, Address),
    /// The subject changed.
    Subject(String),
    /// In the text.
    Edit(text_editor::Action),
    /// A key in the text.
    Command(Command),
    /// Shows the long quote.
    Unfold,
    /// Leaves the long quote out.
    DropQuote,
    /// Opens the file dialog.
    Attach,
    /// The file dialog is gone.
    Picked(Picked),
    /// A file is over the window, or no longer.
    Hovering(bool),
    /// A file was dropped on the window.
    Dropped(PathBuf),
    /// A path is typed; nothing closes its field.
    Path(Option<String>),
    /// The typed path is the one.
    AttachPath,
    /// Files were read.
    FilesRead(Vec<Read>),
    /// An attachment goes.
    RemoveAttachment(usize),
    /// What could not be attached was read.
    DismissProblems,
    /// Sends.
    Send,
    /// A question was answered: go on or back.
    Answer(bool),
    /// The engine took it, or not.
    Sent(Result<Box<OutboxItem>>),
    /// A second passed since this change.
    Rang(u64),
    /// Saves now.
    Save,
    /// The draft as of this change is on disk, or not.
    Saved(u64, Result<PlacementId>),
    /// Throws it away.
    Discard,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Composer")
            .field("opening", &self.opening)
            .field("saving", &self.saving)
            .finish_non_exhaustive()
    }
}

impl State {
    /// Begins a message.
    pub(crate) fn new(start: ComposeRequest, context: &Context<'_>) -> (Self, Task<Message>) {
        let mut state = Self::blank(context);
        let effects = state.begin(start);
        let task = match state.carry_out(effects, context) {
            Action::Run(task) => task,
            Action::Batch(actions) => {
                Task::batch(actions.into_iter().filter_map(|action| match action {
                    Action::Run(task) => Some(task),
                    _ => None,
                }))
            }
            _ => Task::none(),
        };
        (state, task)
    }

    fn blank(context: &Context<'_>) -> Self {
        let account = context.accounts.first();
        let draft = Draft {
            account: account.map_or(AccountId(0), |account| account.id),
            from: account.map_or_else(Default::default, |account| account.settings.identity()),
            reply_to: Vec::new(),
            to: Vec::new(),
            cc: Vec::new(),
            bcc: Vec::new(),
            subject: String::new(),
            body: String::new(),
            html: None,
            attachments: Vec::new(),
            in_reply_to: Vec::new(),
            references: Vec::new(),
            origin: None,
        };
        Self {
            start: None,
            opening: Opening::Waiting,
            head: Addressing::new(&draft),
            subject: String::new(),
            body: Body::new(""),
            attachments: Vec::new(),
            in_reply_to: Vec::new(),
            references: Vec::new(),
            origin: None,
            saving: Saving::default(),
            sending: false,
            refusal: None,
            question: None,
            asked: Vec::new(),
            files: Files::default(),
            picker: attachments::desktop_picker(),
        }
    }

    /// The title of the window.
    pub(crate) fn title(&self) -> String {
        match self.subject.trim() {
            "" => "New message".to_owned(),
            subject => subject.to_owned(),
        }
    }

    /// The window is there and can take the caret.
    pub(crate) fn opened(&self, context: &Context<'_>) -> Action<Message> {
        match self.opening {
            Opening::Done => self.caret().into_action(self, context),
            Opening::Waiting | Opening::Failed(_) => Action::None,
        }
    }

    /// Follows what happened.
    pub(crate) fn update(&mut self, message: Message, context: &Context<'_>) -> Action<Message> {
        let effects = self.follow(message, context);
        self.carry_out(effects, context)
    }

    /// A key no widget took.
    pub(crate) fn key(&mut self, press: &Press, context: &Context<'_>) -> Action<Message> {
        let command = press.modifiers.command();
        let message = if press.key == Key::Named(Named::Enter) && command {
            Message::Send
        } else if press.is_ctrl("s") {
            Message::Save
        } else if press.modifiers == Modifiers::COMMAND | Modifiers::SHIFT
            && matches!(&press.key, Key::Character(c) if c.eq_ignore_ascii_case("b"))
        {
            Message::ShowCopies
        } else if press.is_ctrl("w") {
            return self.close_requested(context);
        } else if press.is(Named::Escape) && self.question.is_some() {
            Message::Answer(false)
        } else {
            return Action::None;
        };
        self.update(message, context)
    }

    /// The person wants the window closed: what is written goes to Drafts first.
    pub(crate) fn close_requested(&mut self, context: &Context<'_>) -> Action<Message> {
        let effects = self.close();
        self.carry_out(effects, context)
    }

    fn carry_out(&self, effects: Vec<Effect>, context: &Context<'_>) -> Action<Message> {
        effects
            .into_iter()
            .map(|effect| effect.into_action(self, context))
            .fold(Action::None, Action::and)
    }

    /// The message as it stands, to be saved or sent.
    fn draft(&self, origin: Option<(ComposeMode, PlacementId)>) -> Draft {
        Draft {
            account: self.head.account,
            from: self.head.from.clone(),
            reply_to: Vec::new(),
            to: self.head.to.everything(),
            cc: self.head.cc.everything(),
            bcc: self.head.bcc.everything(),
            subject: self.subject.clone(),
            body: self.body.text(),
            html: None,
            attachments: self.attachments.clone(),
            in_reply_to: self.in_reply_to.clone(),
            references: self.references.clone(),
            origin,
        }
    }
}
