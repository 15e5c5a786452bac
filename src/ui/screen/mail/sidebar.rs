//! Accounts and their folders.

mod tree;
mod view;

use waxwing::model::{Account, AccountId, Folder, FolderId, FolderRole, ListView};

use super::dialog::choose::{Choice, Line};
use super::folders::is_below;
use crate::ui::icon::Icon;

/// A row, made ready when folders were loaded.
#[derive(Debug, Clone)]
pub(crate) struct FolderRow {
    pub(crate) view: ListView,
    pub(crate) name: String,
    icon: Icon,
    depth: usize,
    unread: u64,
    selectable: bool,
    /// What it is remembered by.
    key: String,
    /// Whether there are rows below it.
    has_below: bool,
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

/// What is remembered of a folder is remembered by this.
fn key_of(folder: &Folder) -> String {
    format!("{}/{}", folder.account, folder.path)
}

/// What a folder is called in the tree.
pub(crate) fn folder_name(folder: &Folder) -> String {
    match folder.role {
        Some(role) => role_name(role).to_owned(),
        None => folder.name().to_owned(),
    }
}

/// The same with all that it lies in.
fn whole_name(folder: &Folder) -> String {
    match folder.role {
        Some(role) => role_name(role).to_owned(),
        None => folder.path.replace('/', " / "),
    }
}

impl Section {
    /// What it is remembered by.
    fn key(&self) -> String {
        self.account.to_string()
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

    /// Takes folders in. Says which have other names now: by what they were
    /// remembered, and by what they are.
    pub(crate) fn set_folders(&mut self, folders: Vec<Folder>) -> Vec<(String, String)> {
        let moved = folders.iter().filter_map(|folder| {
            let before = self.folder(folder.id)?;
            (before.path != folder.path).then(|| (key_of(before), key_of(folder)))
        });
        let moved = moved.collect();
        self.folders = folders;
        self.arrange();
        moved
    }

    fn arrange(&mut self) {
        self.sections = self
            .accounts
            .iter()
            .map(|(account, name)| Section {
                account: *account,
                name: name.clone(),
                rows: tree::arranged(&self.folders, *account),
            })
            .collect();
        self.unified = self.gathered();
    }

    /// The rows that stand among the favourites, in the person's order.
    fn favourites(&self, keys: &[String]) -> Vec<&FolderRow> {
        let row = |key: &String| self.rows().find(|row| row.key == *key);
        keys.iter().filter_map(row).collect()
    }

    /// Whose folder a view shows, where there are several accounts.
    fn account_of(&self, view: ListView) -> Option<&str> {
        let ListView::Folder(id) = view else {
            return None;
        };
        self.account_name(self.folder(id)?.account)
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
            key: String::new(),
            has_below: false,
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
            ListView::Folder(id) => key_of(self.folder(id)?),
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
        match self.account_name(folder.account) {
            Some(account) => format!("{} · {account}", folder_name(folder)),
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

    /// A line for each list one can go to.
    pub(crate) fn places(&self) -> impl Iterator<Item = Line> {
        self.rows().filter(|row| row.selectable).map(|row| {
            let folder = match row.view {
                ListView::Folder(id) => self.folder(id),
                _ => None,
            };
            let name = folder.map_or_else(|| row.name.clone(), whole_name);
            let account = self.account_of(row.view);
            Line {
                choice: Choice::View(row.view),
                icon: row.icon,
                name: format!("Go to {name}"),
                about: account.unwrap_or_default().to_owned(),
                keys: String::new(),
            }
        })
    }

    /// What an account is called, where there are several.
    pub(crate) fn account_name(&self, id: AccountId) -> Option<&str> {
        let mut accounts = self.accounts.iter().filter(|_| self.accounts.len() > 1);
        let (_, name) = accounts.find(|(known, _)| *known == id)?;
        Some(name)
    }

    /// How many messages a view has.
    pub(crate) fn total(&self, view: ListView) -> u64 {
        let shown = self.folders.iter().filter(|f| self.covers(view, f.id));
        shown.map(|folder| folder.total).sum()
    }

    /// The folders of an account, in no order.
    pub(crate) fn of_account(&self, account: AccountId) -> impl Iterator<Item = &Folder> {
        let all = self.folders.iter();
        all.filter(move |folder| folder.account == account)
    }

    /// A folder, and those that lie in it.
    pub(crate) fn tree_of<'a>(&'a self, top: &'a Folder) -> impl Iterator<Item = &'a Folder> {
        let of_account = self.of_account(top.account);
        of_account.filter(|folder| folder.id == top.id || is_below(folder, &top.path))
    }

    /// Whether a folder can be put into another, or with none to the top.
    pub(crate) fn can_lie_in(&self, folder: &Folder, into: Option<&Folder>) -> bool {
        let within = folder.path.rsplit_once('/').map(|(within, _)| within);
        let Some(into) = into else {
            return folder.role.is_none() && within.is_some();
        };
        folder.role.is_none()
            && folder.account == into.account
            && folder.id != into.id
            && !is_below(into, &folder.path)
            && within != Some(&into.path)
            && matches!(
                into.role,
                None | Some(FolderRole::Inbox | FolderRole::Archive)
            )
    }

    /// Where a folder can be put.
    pub(crate) fn places_for(&self, folder: &Folder) -> Vec<(Option<FolderId>, String)> {
        let top = self.can_lie_in(folder, None);
        let top = top.then(|| (None, "At the top".to_owned()));
        let others = self.of_account(folder.account);
        let others = others.filter(|other| self.can_lie_in(folder, Some(other)));
        let mut others: Vec<_> = others
            .map(|other| (Some(other.id), whole_name(other)))
            .collect();
        others.sort_by_key(|(_, name)| name.to_lowercase());
        top.into_iter().chain(others).collect()
    }

    /// Whether messages can be put into a folder.
    pub(crate) fn takes_messages(folder: &Folder) -> bool {
        folder.selectable && !matches!(folder.role, Some(FolderRole::All | FolderRole::Flagged))
    }

    /// Where messages of an account can be moved to from a folder.
    pub(crate) fn targets(&self, account: AccountId, here: FolderId) -> Vec<(FolderId, String)> {
        let mut targets: Vec<_> = self
            .folders
            .iter()
            .filter(|f| f.account == account && f.id != here && Self::takes_messages(f))
            .map(|f| (f.id, whole_name(f), f.role))
            .collect();
        targets.sort_by_key(|(_, name, role)| (role.is_none(), *role, name.to_lowercase()));
        targets
            .into_iter()
            .map(|(id, name, _)| (id, name))
            .collect()
    }
}
