//! What is done to folders: making, naming, moving, removing, emptying.

use waxwing::model::{AccountId, Folder, FolderId, FolderRole, ListView};

use super::dialog::{Dialog, Naming, Sure};
use super::target::Target;
use super::toolbar::messages;
use super::{Message, State};
use crate::ui::app::{Action, Context, Keep, Verb};
use crate::ui::command::{FolderSituation, UserCommand};

impl State {
    /// The folder that is meant.
    fn folder_meant(&self, target: &Target) -> Option<&Folder> {
        match target {
            Target::Folder(id) => self.sidebar.folder(*id),
            Target::InSight => match self.folder_in_sight()? {
                ListView::Folder(id) => self.sidebar.folder(id),
                _ => None,
            },
            Target::Account(_) | Target::Address(_) => None,
        }
    }

    /// What can be done to it.
    pub(super) fn folder_situation(
        &self,
        target: &Target,
        context: &Context<'_>,
    ) -> FolderSituation {
        let Some(folder) = self.folder_meant(target) else {
            return FolderSituation::default();
        };
        let key = self.sidebar.key(ListView::Folder(folder.id));
        FolderSituation {
            is_there: true,
            is_own: folder.role.is_none(),
            has_unread: folder.unread > 0,
            can_be_emptied: is_bin(folder) && self.sidebar.tree_of(folder).any(|f| f.total > 0),
            is_favourite: key.is_some_and(|key| context.kept.favourites.contains(&key)),
        }
    }

    /// Does something to the folder that is meant, or makes one in it or in the
    /// account.
    pub(super) fn folder_command(
        &mut self,
        command: UserCommand,
        target: &Target,
    ) -> Action<Message> {
        if let (UserCommand::NewFolder, Target::Account(account)) = (command, target) {
            return self.ask_new_folder(*account, None);
        }
        let Some(folder) = self.folder_meant(target).cloned() else {
            return Action::None;
        };
        match command {
            UserCommand::NewFolder => {
                // Those with a role are for that; new ones stand beside them.
                let below = folder.role.is_none().then_some(folder.path);
                self.ask_new_folder(folder.account, below)
            }
            UserCommand::RenameFolder => self.open_dialog(Dialog::Name(Naming::again(&folder))),
            UserCommand::MoveFolder => {
                let places = self.sidebar.places_for(&folder);
                self.open_dialog(Dialog::choose_place(folder.id, places))
            }
            UserCommand::DeleteFolder => self.sure_to_delete(&folder),
            UserCommand::EmptyFolder => self.sure_to_empty(&folder),
            UserCommand::MarkFolderRead => Action::Perform(Verb::MarkFolderRead(folder.id)),
            UserCommand::AddFavourite | UserCommand::RemoveFavourite => {
                let on = command == UserCommand::AddFavourite;
                let key = self.sidebar.key(ListView::Folder(folder.id));
                key.map_or(Action::None, |key| Action::Keep(Keep::Favourite(key, on)))
            }
            _ => Action::None,
        }
    }

    fn ask_new_folder(&mut self, account: AccountId, below: Option<String>) -> Action<Message> {
        let place = match (&below, self.sidebar.account_name(account)) {
            (Some(path), _) => format!("It will lie in {}.", path.replace('/', " / ")),
            (None, Some(account)) => format!("It will be a folder of {account}."),
            (None, None) => "It will stand beside your other folders.".to_owned(),
        };
        self.open_dialog(Dialog::Name(Naming::new(account, below, place)))
    }

    /// Puts a folder into another, or to the top.
    pub(super) fn move_folder(&self, folder: FolderId, into: Option<FolderId>) -> Action<Message> {
        let Some(folder) = self.sidebar.folder(folder) else {
            return Action::None;
        };
        let parent = into.and_then(|id| self.sidebar.folder(id));
        let path = match parent {
            Some(parent) => format!("{}/{}", parent.path, folder.name()),
            None => folder.name().to_owned(),
        };
        Action::Perform(Verb::RenameFolder(folder.id, path))
    }

    fn sure_to_delete(&mut self, folder: &Folder) -> Action<Message> {
        let tree: Vec<_> = self.sidebar.tree_of(folder).collect();
        let all = what_is_in(&tree);
        let is_trash = |other: &&Folder| other.role == Some(FolderRole::Trash);
        let trash = self.sidebar.of_account(folder.account).find(is_trash);
        let for_good = trash.is_some_and(|trash| is_below(folder, &trash.path));
        let words = if for_good {
            format!("{all} This cannot be undone, here or on the server.")
        } else {
            format!("{all} All of it goes to Trash.")
        };
        self.open_dialog(Dialog::Sure(Sure {
            question: format!("Delete the folder “{}”?", folder.name()),
            words,
            button: if for_good {
                "Delete for good"
            } else {
                "Move to Trash"
            },
            for_good,
            verb: Verb::DeleteFolder(folder.id),
        }))
    }

    fn sure_to_empty(&mut self, folder: &Folder) -> Action<Message> {
        let tree: Vec<_> = self.sidebar.tree_of(folder).collect();
        let words = format!(
            "{} All of it is deleted for good. This cannot be undone, here or on the server.",
            what_is_in(&tree)
        );
        let depth = folder.depth() + 1;
        let below = tree.iter().filter(|inner| inner.depth() == depth);
        self.open_dialog(Dialog::Sure(Sure {
            question: format!("Empty {}?", super::sidebar::folder_name(folder)),
            words,
            button: "Delete for good",
            for_good: true,
            verb: Verb::EmptyFolder(folder.id, below.map(|inner| inner.id).collect()),
        }))
    }
}

/// Whether what lies in it is to go some day.
fn is_bin(folder: &Folder) -> bool {
    matches!(folder.role, Some(FolderRole::Trash | FolderRole::Junk))
}

/// Whether a folder lies somewhere in the one with that path.
pub(super) fn is_below(folder: &Folder, path: &str) -> bool {
    let rest = folder.path.strip_prefix(path);
    rest.is_some_and(|rest| rest.starts_with('/'))
}

/// "40 messages and 2 folders are in it.", of a folder with those below it.
fn what_is_in(tree: &[&Folder]) -> String {
    let total: u64 = tree.iter().map(|folder| folder.total).sum();
    let count = messages(usize::try_from(total).unwrap_or(usize::MAX));
    let verb = if total == 1 { "is" } else { "are" };
    match tree.len().saturating_sub(1) {
        0 if total == 0 => "Nothing is in it.".to_owned(),
        0 => format!("{count} {verb} in it."),
        1 => format!("{count} and 1 folder are in it."),
        folders => format!("{count} and {folders} folders are in it."),
    }
}
