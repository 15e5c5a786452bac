//! Accounts and their folders.

use iced::widget::{button, column, container, row, scrollable, space, text};
use iced::{Alignment, Border, Length, Theme};
use waxwing::engine::AccountState;
use waxwing::model::{Account, AccountId, Folder, FolderId, FolderRole, ListView};

use super::{Message, State, status};
use crate::ui::app::Context;
use crate::ui::command::UserCommand;
use crate::ui::component::control::text_button;
use crate::ui::component::{icon, icon_button, icon_text_button, tip};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space as gap, tokens};
use crate::ui::widget::{Element, focusable};

/// A row, made ready when folders were loaded.
#[derive(Debug, Clone)]
pub(crate) struct FolderRow {
    pub(crate) view: ListView,
    pub(crate) name: String,
    icon: Icon,
    depth: usize,
    unread: u64,
    selectable: bool,
}

#[derive(Debug, Clone)]
struct Section {
    account: AccountId,
    name: String,
    rows: Vec<FolderRow>,
}

/// The sidebar.
#[derive(Debug, Default)]
pub(crate) struct Sidebar {
    /// How many messages wait to be sent.
    pub(crate) outbox: usize,
    /// Whether folders are on their way, and out of date already.
    asking: bool,
    again: bool,
    folders: Vec<Folder>,
    accounts: Vec<(AccountId, String)>,
    unified: Vec<FolderRow>,
    sections: Vec<Section>,
}

/// What a folder of that role is called, whatever the server calls it.
pub(crate) fn role_name(role: FolderRole) -> &'static str {
    match role {
        FolderRole::Inbox => "Inbox",
        FolderRole::Drafts => "Drafts",
        FolderRole::Sent => "Sent",
        FolderRole::Archive => "Archive",
        FolderRole::Junk => "Junk",
        FolderRole::Trash => "Trash",
        FolderRole::All => "All mail",
        FolderRole::Flagged => "Starred",
    }
}

fn role_icon(role: Option<FolderRole>) -> Icon {
    match role {
        Some(FolderRole::Inbox) => Icon::Inbox,
        Some(FolderRole::Drafts) => Icon::FilePen,
        Some(FolderRole::Sent) => Icon::Send,
        Some(FolderRole::Archive) => Icon::Archive,
        Some(FolderRole::Junk) => Icon::ShieldAlert,
        Some(FolderRole::Trash) => Icon::Trash2,
        Some(FolderRole::All) => Icon::Mail,
        Some(FolderRole::Flagged) => Icon::Star,
        None => Icon::Folder,
    }
}

/// What a folder is called in the tree.
pub(crate) fn folder_name(folder: &Folder) -> String {
    match folder.role {
        Some(role) => role_name(role).to_owned(),
        None => folder.name().to_owned(),
    }
}

impl FolderRow {
    fn new(folder: &Folder) -> Self {
        let counts = !matches!(
            folder.role,
            Some(FolderRole::Sent | FolderRole::Trash | FolderRole::All | FolderRole::Flagged)
        );
        Self {
            view: ListView::Folder(folder.id),
            name: folder_name(folder),
            icon: role_icon(folder.role),
            depth: if folder.role.is_some() {
                0
            } else {
                folder.depth().min(6)
            },
            unread: if counts { folder.unread } else { 0 },
            selectable: folder.selectable,
        }
    }
}

impl Sidebar {
    /// Whether to ask for the folders now.
    pub(crate) fn ask(&mut self) -> bool {
        self.again = self.asking;
        !std::mem::replace(&mut self.asking, true)
    }

    /// They came. Whether to ask once more.
    pub(crate) fn answered(&mut self) -> bool {
        self.asking = false;
        std::mem::take(&mut self.again) && self.ask()
    }

    /// Takes the accounts in.
    pub(crate) fn set_accounts(&mut self, accounts: &[Account]) {
        self.accounts = accounts
            .iter()
            .map(|account| (account.id, account.settings.name.clone()))
            .collect();
        self.arrange();
    }

    /// Takes folders in.
    pub(crate) fn set_folders(&mut self, folders: Vec<Folder>) {
        self.folders = folders;
        self.arrange();
    }

    fn arrange(&mut self) {
        self.sections = self
            .accounts
            .iter()
            .map(|(account, name)| Section {
                account: *account,
                name: name.clone(),
                rows: arranged(&self.folders, *account),
            })
            .collect();
        self.unified = self.gathered();
    }

    /// What is gathered from all accounts.
    fn gathered(&self) -> Vec<FolderRow> {
        if self.folders.is_empty() {
            return Vec::new();
        }
        let row = |view, name: &str, icon, unread| FolderRow {
            view,
            name: name.to_owned(),
            icon,
            depth: 0,
            unread,
            selectable: true,
        };
        let unread_in = |view| -> u64 {
            let covered = self.folders.iter().filter(|f| self.covers(view, f.id));
            covered.map(|folder| folder.unread).sum()
        };
        let inboxes = ListView::Unified(FolderRole::Inbox);
        let many = self
            .folders
            .iter()
            .filter(|f| f.role == Some(FolderRole::Inbox));
        let many = self.accounts.len() > 1 && many.count() > 1;
        let all = many.then(|| row(inboxes, "All inboxes", Icon::Inbox, unread_in(inboxes)));
        let unread = unread_in(ListView::Unread);
        all.into_iter()
            .chain([
                row(ListView::Unread, "Unread", Icon::Mail, unread),
                row(ListView::Starred, "Starred", Icon::Star, 0),
            ])
            .collect()
    }

    fn rows(&self) -> impl Iterator<Item = &FolderRow> {
        self.unified
            .iter()
            .chain(self.sections.iter().flat_map(|section| &section.rows))
    }

    /// What to show at the start.
    pub(crate) fn first(&self) -> Option<ListView> {
        let is_mail = |row: &&FolderRow| {
            row.selectable && !matches!(row.view, ListView::Unread | ListView::Starred)
        };
        self.rows().find(is_mail).map(|row| row.view)
    }

    /// Whether a view can still be shown.
    pub(crate) fn has(&self, view: ListView) -> bool {
        self.rows().any(|row| row.view == view)
    }

    /// What a view is called.
    pub(crate) fn name(&self, view: ListView) -> Option<&str> {
        self.rows()
            .find(|row| row.view == view)
            .map(|row| row.name.as_str())
    }

    /// A folder.
    pub(crate) fn folder(&self, id: FolderId) -> Option<&Folder> {
        self.folders.iter().find(|folder| folder.id == id)
    }

    /// What a view is for.
    pub(crate) fn role(&self, view: ListView) -> Option<FolderRole> {
        match view {
            ListView::Folder(id) => self.folder(id)?.role,
            ListView::Unified(role) | ListView::Role(_, role) => Some(role),
            ListView::Unread | ListView::Starred | ListView::Conversation(_) => None,
        }
    }

    /// What a list is remembered by: what it shows, by names that outlive the
    /// store.
    pub(crate) fn key(&self, view: ListView) -> Option<String> {
        Some(match view {
            ListView::Folder(id) => {
                let folder = self.folder(id)?;
                format!("{}/{}", folder.account, folder.path)
            }
            ListView::Unified(role) => format!("all/{}", role.name()),
            ListView::Role(account, role) => format!("{account}//{}", role.name()),
            ListView::Unread => "unread".to_owned(),
            ListView::Starred => "starred".to_owned(),
            ListView::Conversation(_) => return None,
        })
    }

    /// Where a row lies, as far as that is not clear by itself.
    pub(crate) fn place_of(&self, id: FolderId) -> String {
        let Some(folder) = self.folder(id) else {
            return String::new();
        };
        let account = self.accounts.iter().find(|(id, _)| *id == folder.account);
        match account.filter(|_| self.accounts.len() > 1) {
            Some((_, account)) => format!("{} · {account}", folder_name(folder)),
            None => folder_name(folder),
        }
    }

    /// The names of all folders and accounts, for completing what is typed.
    pub(crate) fn names(&self) -> (Vec<String>, Vec<String>) {
        let folders = self.folders.iter().filter(|folder| folder.selectable);
        let mut folders: Vec<String> = folders.map(folder_name).collect();
        folders.sort_by_key(|name| name.to_lowercase());
        folders.dedup();
        let accounts = self.accounts.iter().map(|(_, name)| name.clone());
        (folders, accounts.collect())
    }

    /// Whether what is in a folder is shown in a view.
    pub(crate) fn covers(&self, view: ListView, id: FolderId) -> bool {
        match view {
            ListView::Folder(shown) => shown == id,
            ListView::Unified(role) => self.folder(id).is_none_or(|f| f.role == Some(role)),
            ListView::Role(account, role) => self
                .folder(id)
                .is_none_or(|f| f.account == account && f.role == Some(role)),
            ListView::Unread => self.folder(id).is_none_or(|f| {
                matches!(f.role, None | Some(FolderRole::Inbox | FolderRole::Archive))
            }),
            ListView::Starred => self.folder(id).is_none_or(|f| {
                !matches!(
                    f.role,
                    Some(FolderRole::Trash | FolderRole::Junk | FolderRole::All)
                )
            }),
            ListView::Conversation(_) => true,
        }
    }

    /// How many messages a view has.
    pub(crate) fn total(&self, view: ListView) -> u64 {
        let shown = self.folders.iter().filter(|f| self.covers(view, f.id));
        shown.map(|folder| folder.total).sum()
    }

    /// Where messages of an account can be moved to from a folder.
    pub(crate) fn targets(&self, account: AccountId, here: FolderId) -> Vec<(FolderId, String)> {
        let mut targets: Vec<_> = self
            .folders
            .iter()
            .filter(|f| {
                f.account == account
                    && f.id != here
                    && f.selectable
                    && !matches!(f.role, Some(FolderRole::All | FolderRole::Flagged))
            })
            .map(|f| {
                let name = match f.role {
                    Some(role) => role_name(role).to_owned(),
                    None => f.path.replace('/', " / "),
                };
                (f.id, name, f.role)
            })
            .collect();
        targets.sort_by_key(|(_, name, role)| (role.is_none(), *role, name.to_lowercase()));
        targets
            .into_iter()
            .map(|(id, name, _)| (id, name))
            .collect()
    }
}

/// Folders with a role first, in the order of roles, then the tree.
fn arranged(folders: &[Folder], account: AccountId) -> Vec<FolderRow> {
    let mut mine: Vec<_> = folders.iter().filter(|f| f.account == account).collect();
    mine.sort_by_key(|f| {
        // Levels compare one by one, so that children follow their parent.
        let levels: Vec<_> = f.path.split('/').map(str::to_lowercase).collect();
        (f.role.is_none(), f.role, levels)
    });
    mine.into_iter().map(FolderRow::new).collect()
}

impl State {
    /// The sidebar.
    pub(super) fn sidebar_view<'a>(&'a self, context: &Context<'a>) -> Element<'a, Message> {
        let write = UserCommand::NewMessage;
        let head = row![
            icon_text_button(
                write.icon(),
                write.label(),
                Kind::Primary,
                Some(Message::Command(write)),
            ),
            space().width(Length::Fill),
            icon_button(
                Icon::PanelLeft,
                UserCommand::ToggleSidebar.tip(),
                Some(Message::Command(UserCommand::ToggleSidebar)),
            ),
        ]
        .align_y(Alignment::Center);
        let saved = self.saved(context);
        let here = self.folder_in_sight().filter(|_| saved.is_none());
        let mut stack = column![].spacing(1);
        for row in &self.sidebar.unified {
            stack = stack.push(self.folder_row(row, here));
        }
        let saved = self.saved_rows(context);
        if !saved.is_empty() {
            stack = stack.push(heading("Searches")).extend(saved);
        }
        for section in &self.sidebar.sections {
            stack = stack.push(self.section_head(section, context));
            for row in &section.rows {
                stack = stack.push(self.folder_row(row, here));
            }
        }
        if self.sidebar.outbox > 0 {
            stack = stack.push(outbox_row(self.sidebar.outbox));
        }
        column![
            container(head)
                .height(theme::row::TOOLBAR)
                .padding([0.0, gap::S])
                .align_y(Alignment::Center),
            scrollable(container(stack).padding([0.0, gap::S]))
                .direction(scrollable::Direction::Vertical(
                    scrollable::Scrollbar::new()
                        .width(6)
                        .scroller_width(6)
                        .margin(1),
                ))
                .style(theme::scrollable::slim)
                .height(Length::Fill),
            container(
                row![
                    icon_text_button(
                        Icon::Plus,
                        "Add account",
                        Kind::Weak,
                        Some(Message::AddAccount),
                    ),
                    space().width(Length::Fill),
                    icon_button(
                        Icon::Settings,
                        UserCommand::Accounts.tip(),
                        Some(Message::Command(UserCommand::Accounts)),
                    ),
                ]
                .align_y(Alignment::Center)
            )
            .padding(gap::S),
        ]
        .into()
    }

    fn section_head<'a>(
        &'a self,
        section: &'a Section,
        context: &Context<'_>,
    ) -> Element<'a, Message> {
        let state = self.states.get(&section.account);
        let name = text(&section.name)
            .size(size::SMALL)
            .font(font::SEMIBOLD)
            .style(theme::text::weak)
            .wrapping(text::Wrapping::None);
        let mut line = row![container(name).width(Length::Fill).clip(true)]
            .spacing(gap::S)
            .align_y(Alignment::Center);
        if let Some(state) = state {
            line = line.push(tip(dot(state), status::words(state, context)));
        }
        let mut head = column![line].spacing(gap::XS);
        if let Some(AccountState::NeedsPassword(_)) = state {
            head = head.push(text_button(
                "Sign in again",
                Kind::Secondary,
                Some(Message::SignIn(section.account)),
            ));
        } else if let Some(state @ (AccountState::Broken(_) | AccountState::Offline { .. })) = state
        {
            head = head.push(
                text(status::words(state, context))
                    .size(size::TINY)
                    .style(theme::text::danger),
            );
        }
        container(head)
            .padding(iced::Padding {
                top: gap::M,
                bottom: gap::XS,
                left: gap::S,
                right: 10.0,
            })
            .into()
    }

    fn folder_row<'a>(
        &'a self,
        folder: &'a FolderRow,
        here: Option<ListView>,
    ) -> Element<'a, Message> {
        let selected = here == Some(folder.view);
        let strong = folder.unread > 0;
        let name = text(&folder.name)
            .size(size::LIST)
            .font(if strong || selected {
                font::MEDIUM
            } else {
                font::REGULAR
            })
            .wrapping(text::Wrapping::None);
        #[allow(clippy::cast_precision_loss, reason = "a depth is at most 6")]
        let indent = folder.depth as f32 * gap::M;
        let mut line = row![
            space().width(indent),
            if selected {
                icon(folder.icon, 16.0, |t| t.accent)
            } else {
                icon(folder.icon, 16.0, |t| t.text_weak)
            },
            container(name).width(Length::Fill).clip(true),
        ]
        .spacing(10)
        .align_y(Alignment::Center);
        if folder.unread > 0 {
            line = line.push(
                text(folder.unread.to_string())
                    .size(size::SMALL)
                    .font(font::MEDIUM)
                    .style(if selected {
                        theme::text::accent
                    } else {
                        theme::text::weak
                    }),
            );
        }
        let message = folder.selectable.then_some(Message::Folder(folder.view));
        focusable(
            button(container(line).center_y(Length::Fill))
                .padding([0.0, gap::S])
                .height(theme::row::FOLDER)
                .width(Length::Fill)
                .style(theme::button::row(selected))
                .on_press_maybe(message.clone()),
            message,
        )
        .into()
    }
}

/// A name above rows that are no account's.
fn heading<'a>(words: &'a str) -> Element<'a, Message> {
    let words = text(words)
        .size(size::SMALL)
        .font(font::SEMIBOLD)
        .style(theme::text::weak);
    let padding = iced::Padding::from([gap::XS, gap::S]).top(gap::M);
    container(words).padding(padding).into()
}

fn outbox_row<'a>(count: usize) -> Element<'a, Message> {
    let line = row![
        icon(Icon::Clock, 16.0, |t| t.text_weak),
        text("Outbox").size(size::LIST).width(Length::Fill),
        text(count.to_string())
            .size(size::SMALL)
            .font(font::MEDIUM)
            .style(theme::text::weak),
    ]
    .spacing(10)
    .align_y(Alignment::Center);
    focusable(
        button(container(line).center_y(Length::Fill))
            .padding([0.0, gap::S])
            .height(theme::row::FOLDER)
            .width(Length::Fill)
            .style(theme::button::row(false))
            .on_press(Message::OpenOutbox),
        Some(Message::OpenOutbox),
    )
    .into()
}

fn dot<'a>(state: &AccountState) -> Element<'a, Message> {
    let colour = status::colour(state);
    container(space().width(8).height(8))
        .style(move |theme: &Theme| {
            container::Style::default()
                .background(colour(tokens(theme)))
                .border(Border::default().rounded(4))
        })
        .into()
}
