//! What commands are done to, and which of them can be done to it.

use waxwing::engine::AccountState;
use waxwing::model::{AccountId, Address, FolderId, FolderRole, ListView};

use super::State;
use crate::ui::app::Context;
use crate::ui::command::Situation;

/// What a command is done to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Target {
    /// What is in sight: the messages that are selected, the folder that is
    /// shown, whoever wrote what is read.
    #[default]
    InSight,
    /// A folder.
    Folder(FolderId),
    /// An account.
    Account(AccountId),
    /// Somebody.
    Address(Address),
}

impl State {
    /// What commands on what is in sight can be done by.
    pub(crate) fn situation(&self, context: &Context<'_>) -> Situation {
        self.situation_of(&Target::InSight, context)
    }

    /// What commands can be done by.
    pub(crate) fn situation_of(&self, target: &Target, context: &Context<'_>) -> Situation {
        let base = match target {
            Target::InSight => self.in_sight(context),
            _ => Situation {
                account: self.has_list(context),
                ..Situation::default()
            },
        };
        let wants_password =
            |id: &AccountId| matches!(self.states.get(id), Some(AccountState::NeedsPassword(_)));
        Situation {
            folder: self.folder_situation(target, context),
            of_account: matches!(target, Target::Account(_)),
            signs_in: matches!(target, Target::Account(id) if wants_password(id)),
            address: self.address_meant(target).is_some(),
            ..base
        }
    }

    fn in_sight(&self, context: &Context<'_>) -> Situation {
        let selection = &self.list.selection;
        let entries = || selection.iter().map(|id| self.list.entry(id));
        let mut accounts: Vec<_> = match selection.len() {
            0 => Vec::new(),
            // A folder's rows are all of one account.
            _ if matches!(self.list.view, Some(ListView::Folder(_))) => Vec::new(),
            _ => {
                let here = entries().flatten();
                here.map(|entry| entry.envelope.account).collect()
            }
        };
        accounts.sort_unstable();
        accounts.dedup();
        // A row that is not here may be either.
        let has = |unread| entries().any(|entry| entry.is_none_or(|entry| entry.has(unread)));
        Situation {
            selected: selection.len(),
            reading: self.reader.shown.is_some(),
            alone: self.alone.is_some() && !context.accounts.is_empty(),
            rows: !self.list.order.is_empty(),
            account: self.has_list(context),
            one_account: accounts.len() <= 1,
            unread: has(true),
            read: has(false),
            in_junk: self.role() == Some(FolderRole::Junk),
            ..Situation::default()
        }
    }

    /// A message by itself has no list to look through or arrange.
    fn has_list(&self, context: &Context<'_>) -> bool {
        !context.accounts.is_empty() && self.alone.is_none()
    }

    /// The address that is meant: by itself whoever wrote what is read.
    pub(super) fn address_meant<'a>(&'a self, target: &'a Target) -> Option<&'a Address> {
        match target {
            Target::Address(address) => Some(address),
            Target::InSight => self.reader.author(),
            Target::Folder(_) | Target::Account(_) => None,
        }
    }

    /// What the folder in sight is for, else the one in which what is selected
    /// lies.
    pub(super) fn role(&self) -> Option<FolderRole> {
        if let Some(view @ ListView::Folder(_)) = self.list.view {
            return self.sidebar.role(view);
        }
        let mut ids = self.list.selection.iter();
        let entry = ids.find_map(|id| self.list.entry(id))?;
        self.sidebar.folder(entry.envelope.folder)?.role
    }

    pub(super) fn is_trash(&self) -> bool {
        self.role() == Some(FolderRole::Trash)
    }
}
