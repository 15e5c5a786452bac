//! What screens see of the rest, and what they ask for.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Local};
use iced::Task;
use iced::keyboard::Modifiers;
use waxwing::config::UiState;
use waxwing::config::settings::{Conversations, Reading, SavedSearch};
use waxwing::config::state::ListState;
use waxwing::engine::{Handle, Printing, Source};
use waxwing::model::{
    Account, AccountId, Address, ComposeMode, Conversation, Draft, Envelope, FlagChange, FolderId,
    Listed, Listing, OutboxId, PartId, PlacementId, QuickFilter, SearchQuery, Sort, ThreadId,
    Within,
};

use crate::ui::Options;
use crate::ui::component::toast::Toast;

/// What screens may know of the rest.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    /// The engine, for tasks only a screen itself can run. None in tests.
    pub(crate) engine: Option<&'a Handle>,
    /// What the person settled.
    pub(crate) options: &'a Options,
    /// The accounts, in the person's order.
    pub(crate) accounts: &'a [Account],
    /// How things were left.
    pub(crate) kept: &'a UiState,
    /// Searches that are kept under a name.
    pub(crate) searches: &'a [SavedSearch],
    /// The time, once per message.
    pub(crate) now: DateTime<Local>,
    /// The keys held down.
    pub(crate) modifiers: Modifiers,
}

/// How a composer begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ComposeRequest {
    /// The engine says what it starts with.
    Start {
        /// New, reply, forward, ….
        mode: ComposeMode,
        /// The account it leaves from.
        account: AccountId,
        /// The message it follows from.
        origin: Option<PlacementId>,
        /// To whom besides.
        to: Option<Address>,
    },
    /// Taken back from the outbox, and where it lies in Drafts meanwhile.
    Draft(Box<Draft>, Option<PlacementId>),
}

/// What a screen asks for. Plain data but for [`Action::Run`].
pub(crate) enum Action<Message> {
    /// Nothing.
    None,
    /// A task of its own.
    Run(Task<Message>),
    /// News at the foot of the main window.
    Toast(Toast),
    /// A window to write in.
    Compose(ComposeRequest),
    /// The wizard.
    AddAccount,
    /// The wizard, for what is wrong with an account: a new password as a rule.
    SignIn(AccountId),
    /// The page of accounts.
    Accounts,
    /// The page of storage.
    Storage,
    /// The page of how mail is shown.
    Reading,
    /// From it back to where it was opened.
    LeaveReading,
    /// From the page of storage back to where it was opened.
    LeaveStorage,
    /// From the page of accounts back to the mail.
    LeaveAccounts,
    /// The wizard, for other settings of an account.
    EditAccount(AccountId),
    /// Sample mail, to look around.
    Demo,
    /// A page in the person's browser.
    OpenPage(String),
    /// To remember something for the next time.
    Keep(Keep),
    /// A window for a message that is in no folder.
    Letter(PlacementId),
    /// A window with the source of a message.
    Source(PlacementId, Box<Source>),
    /// To change messages.
    Perform(Verb),
    /// To know something of the engine.
    Ask(Query),
    /// The window this screen is in may go.
    Close,
    /// The wizard is done or left: back to where it was opened, accounts read
    /// anew.
    Back,
    /// Several, in turn.
    Batch(Vec<Self>),
}

impl<Message> Action<Message> {
    /// This and then that.
    pub(crate) fn and(self, next: Self) -> Self {
        match (self, next) {
            (Self::None, action) | (action, Self::None) => action,
            (Self::Batch(mut all), next) => {
                all.push(next);
                Self::Batch(all)
            }
            (first, next) => Self::Batch(vec![first, next]),
        }
    }

    /// The parts, without nesting.
    #[cfg(test)]
    pub(crate) fn flatten(self) -> Vec<Self> {
        match self {
            Self::None => Vec::new(),
            Self::Batch(all) => all.into_iter().flat_map(Self::flatten).collect(),
            one => vec![one],
        }
    }
}

impl<Message> std::fmt::Debug for Action<Message> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Run(_) => f.write_str("Run(…)"),
            Self::Toast(toast) => f.debug_tuple("Toast").field(toast).finish(),
            Self::Compose(request) => f.debug_tuple("Compose").field(request).finish(),
            Self::AddAccount => f.write_str("AddAccount"),
            Self::SignIn(id) => f.debug_tuple("SignIn").field(id).finish(),
            Self::Accounts => f.write_str("Accounts"),
            Self::Reading => f.write_str("Reading"),
            Self::LeaveReading => f.write_str("LeaveReading"),
            Self::Storage => f.write_str("Storage"),
            Self::LeaveStorage => f.write_str("LeaveStorage"),
            Self::LeaveAccounts => f.write_str("LeaveAccounts"),
            Self::EditAccount(id) => f.debug_tuple("EditAccount").field(id).finish(),
            Self::Demo => f.write_str("Demo"),
            Self::OpenPage(page) => f.debug_tuple("OpenPage").field(page).finish(),
            Self::Letter(id) => f.debug_tuple("Letter").field(id).finish(),
            Self::Source(id, _) => f.debug_tuple("Source").field(id).finish(),
            Self::Keep(keep) => f.debug_tuple("Keep").field(keep).finish(),
            Self::Perform(verb) => f.debug_tuple("Perform").field(verb).finish(),
            Self::Ask(query) => f.debug_tuple("Ask").field(query).finish(),
            Self::Close => f.write_str("Close"),
            Self::Back => f.write_str("Back"),
            Self::Batch(all) => f.debug_list().entries(all).finish(),
        }
    }
}

/// What is remembered for the next time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Keep {
    /// What was looked for.
    Search(String),
    /// Nothing of what was looked for.
    NoSearch,
    /// What was chosen of the list of commands.
    Chosen(String),
    /// Whether a folder stands among the favourites.
    Favourite(String, bool),
    /// Whether what is below a folder or an account is hidden.
    Folded(String, bool),
    /// Lists have other names now: before and after.
    Moved(Vec<(String, String)>),
    /// How a list is arranged; none for as usual.
    List(String, Option<ListState>),
    /// How large messages are shown, in percent.
    Zoom(u16),
    /// How they are shown otherwise.
    Reading(Reading),
    /// Whether mail from an address keeps its own colours.
    Colours(String, bool),
    /// One more search under a name.
    SavedSearch(SavedSearch),
    /// Another name for one.
    Renamed(usize, String),
    /// One less.
    Removed(usize),
}

/// A change of messages. Answered by a toast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Mark, quietly when the window itself does it.
    Mark {
        /// Which.
        ids: Vec<PlacementId>,
        /// How.
        change: FlagChange,
        /// Whether no toast tells of it.
        quiet: bool,
    },
    /// Into a folder.
    MoveTo(Vec<PlacementId>, FolderId),
    /// A second one of each into a folder.
    CopyTo(Vec<PlacementId>, FolderId),
    /// To Trash, or away for good.
    Delete {
        /// Which.
        ids: Vec<PlacementId>,
        /// Whether for good.
        permanently: bool,
    },
    /// Put away.
    Archive(Vec<PlacementId>),
    /// As junk and into Junk, or the other way round.
    Junk(Vec<PlacementId>, bool),
    /// Make a folder of that path.
    CreateFolder(AccountId, String),
    /// Give one that path.
    RenameFolder(FolderId, String),
    /// Move one to Trash; away for good where it lies there.
    DeleteFolder(FolderId),
    /// Remove for good what is in one, and these that are in it.
    EmptyFolder(FolderId, Vec<FolderId>),
    /// Mark everything in one as read.
    MarkFolderRead(FolderId),
    /// Show conversations so, from now on.
    ShowConversations(Conversations),
    /// Look for news now, of one account or all.
    SyncNow(Option<AccountId>),
    /// Take the last one back.
    Undo,
    /// Send a message that waits, now.
    RetrySend(OutboxId),
    /// Take a message out of the outbox and write on.
    TakeBack(OutboxId),
}

/// Rows of a list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    /// What each shows.
    pub(crate) envelopes: Vec<Envelope>,
    /// The conversations they stand for.
    pub(crate) conversations: Vec<Conversation>,
}

/// What is looked for, and how it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) query: SearchQuery,
    /// In which order; none for what fits best first.
    pub(crate) sort: Option<Sort>,
    pub(crate) filter: QuickFilter,
    /// What servers found besides.
    pub(crate) more: Arc<[PlacementId]>,
    /// The first so many.
    pub(crate) limit: usize,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    pub(crate) listed: Listed,
    /// The first rows of it.
    pub(crate) rows: Vec<Envelope>,
    /// Whether there may be more than that.
    pub(crate) more: bool,
    /// How many messages could not be looked into.
    pub(crate) uncovered: u64,
    /// What the search names and is not there.
    pub(crate) notices: Vec<String>,
}

/// A question of the mail screen; the answer carries the epoch back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Query {
    /// Folders of all accounts.
    Folders,
    /// How the accounts are doing.
    States,
    /// What waits to be sent.
    Outbox,
    /// The order of a list.
    Order(u64, Listing),
    /// The first rows of that order.
    FirstRows(u64, Listing),
    /// Which of these are unread.
    Unread(u64, Vec<PlacementId>),
    /// Rows of a list, and what they say of conversations where they stand for
    /// them.
    Envelopes(u64, Vec<PlacementId>, Option<Within>),
    /// The messages of the conversation that a row stands for.
    Conversation(u64, PlacementId, ThreadId, Within),
    /// Messages that are looked for.
    Find(u64, Box<Finding>),
    /// The pieces of their texts in which the words stand.
    Excerpts(u64, SearchQuery, Vec<PlacementId>),
    /// What the servers find.
    AskServers(u64, SearchQuery),
    /// People whose names begin so.
    People(u64, String),
    /// A whole message.
    Email(u64, PlacementId),
    /// What is to be known of its sender.
    SenderNotes(u64, PlacementId),
    /// Check its signatures, because the person said so just now, or once and
    /// for all.
    CheckSignatures(u64, PlacementId, bool),
    /// Leave the list it came by.
    Unsubscribe(PlacementId),
    /// Tell its sender that it was read, or not.
    AnswerReceipt(PlacementId, bool),
    /// Print a message.
    Print(PlacementId, Printing),
    /// Something of attachments, or of a message as a file.
    File(FileQuery),
    /// A message as it came.
    Source(PlacementId),
}

/// What is asked of attachments, and of messages as files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FileQuery {
    /// Save the attachment with that number under a path.
    Save(usize, PlacementId, PartId, PathBuf),
    /// Save attachments in a folder.
    SaveAll(PlacementId, Vec<PartId>, PathBuf),
    /// Save a message under a path.
    SaveMessage(PlacementId, PathBuf),
    /// Save a message as a PDF under a path.
    SavePdf(PlacementId, Printing, PathBuf),
    /// Take up the message in a file.
    OpenFile(PathBuf),
    /// Open an attachment with another program.
    Open(PlacementId, PartId),
    /// Take up an attached message.
    OpenLetter(PlacementId, PartId),
    /// Small pictures of attachments.
    Thumbnails(u64, PlacementId, Vec<PartId>),
}
