//! `accounts.toml`: the accounts of the profile, without their secrets.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::load::{self, Document, IfBroken, Loaded};
use super::paths::Profile;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Account, AccountId, AccountSettings};

/// The accounts of a profile, in the person's order.
///
/// A new profile gets its [`Accounts::profile`] here: keep this value and
/// [`Accounts::save`] it before secrets are kept under that name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounts {
    profile: Uuid,
    #[serde(default)]
    last_id: i64,
    #[serde(default)]
    accounts: Vec<Account>,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            profile: Uuid::new_v4(),
            last_id: 0,
            accounts: Vec::new(),
        }
    }
}

impl Document for Accounts {
    const IF_BROKEN: IfBroken = IfBroken::Refuse;
    const REMEDY: &'static str =
        "Nothing was changed. Correct the file, or move it away to start without accounts.";

    fn judge(&self) -> Result<(), String> {
        let mut ids = HashSet::new();
        let mut names = HashSet::new();
        for account in &self.accounts {
            let name = &account.settings.name;
            if !ids.insert(account.id) {
                return Err(format!("two accounts have the id {}.", account.id));
            }
            if !names.insert(name.to_lowercase()) {
                return Err(format!("two accounts are named “{name}”."));
            }
        }
        Ok(())
    }
}

impl Accounts {
    /// Reads the accounts. With a report, the file is there and cannot be
    /// used: the value is empty, and saving is refused until it is mended.
    #[must_use]
    pub fn load(profile: &Profile) -> Loaded<Self> {
        load::load(&profile.accounts_file())
    }

    /// Writes the accounts.
    ///
    /// # Errors
    /// `Config` when the file that is there cannot be read (it is never
    /// overwritten then), `DiskFull`.
    pub fn save(&self, profile: &Profile) -> Result<()> {
        load::save(&profile.accounts_file(), self)
    }

    /// The name of the profile in the keyring.
    #[must_use]
    pub fn profile(&self) -> Uuid {
        self.profile
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Account] {
        &self.accounts
    }

    /// The account with that id.
    #[must_use]
    pub fn find(&self, id: AccountId) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// The account with that name; case does not count.
    ///
    /// # Errors
    /// `NotFound`, naming those there are.
    pub fn named(&self, name: &str) -> Result<&Account> {
        named(&self.accounts, name)
    }

    /// Takes an account in, under an id that no account ever had.
    ///
    /// # Errors
    /// `Conflict` when the name is taken, `Input` when it is empty.
    pub fn add(&mut self, settings: AccountSettings) -> Result<Account> {
        self.check_name(&settings.name, None)?;
        let highest = self.accounts.iter().map(|account| account.id.0).max();
        // A file edited by hand may name a higher id than the counter.
        self.last_id = self.last_id.max(highest.unwrap_or(0)).saturating_add(1);
        let account = Account {
            id: AccountId(self.last_id),
            disabled: false,
            secrets: 0,
            settings,
        };
        self.accounts.push(account.clone());
        Ok(account)
    }

    /// A number under which no account keeps its secrets yet, not even one
    /// that failed to.
    #[must_use]
    pub fn fresh_secrets() -> u32 {
        Uuid::new_v4().as_fields().0.max(1)
    }

    /// Gives an account new settings, and the number its secrets are kept
    /// under. Accounts that deliver into it follow its new name.
    ///
    /// # Errors
    /// `NotFound`, `Conflict` when the name is another's, `Input`.
    pub fn replace(
        &mut self,
        id: AccountId,
        settings: AccountSettings,
        secrets: u32,
    ) -> Result<()> {
        self.check_name(&settings.name, Some(id))?;
        let name = settings.name.clone();
        let account = self.find_mut(id)?;
        account.secrets = secrets;
        let before = std::mem::replace(&mut account.settings, settings).name;
        let homes = self.accounts.iter_mut().filter_map(|account| {
            let policy = account.settings.pop3.as_mut()?;
            policy.deliver_to.as_mut()
        });
        homes
            .filter(|home| home.to_lowercase() == before.to_lowercase())
            .for_each(|home| home.clone_from(&name));
        Ok(())
    }

    /// Switches an account off, or on again.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn set_disabled(&mut self, id: AccountId, disabled: bool) -> Result<()> {
        self.find_mut(id)?.disabled = disabled;
        Ok(())
    }

    /// Puts the accounts in this order. Those not named come after the others,
    /// as they were.
    ///
    /// # Errors
    /// `NotFound` where one is named that is not there.
    pub fn order(&mut self, ids: &[AccountId]) -> Result<()> {
        if ids.iter().any(|id| self.find(*id).is_none()) {
            return Err(gone());
        }
        let place = |id| ids.iter().position(|one| *one == id);
        // A stable sort keeps those that are not named as they were.
        self.accounts
            .sort_by_key(|account| place(account.id).unwrap_or(ids.len()));
        Ok(())
    }

    fn find_mut(&mut self, id: AccountId) -> Result<&mut Account> {
        let found = self.accounts.iter_mut().find(|account| account.id == id);
        found.ok_or_else(gone)
    }

    /// Takes an account out. Its id is never given out again.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn remove(&mut self, id: AccountId) -> Result<Account> {
        let place = self.accounts.iter().position(|account| account.id == id);
        let place = place.ok_or_else(gone)?;
        self.last_id = self.last_id.max(id.0);
        Ok(self.accounts.remove(place))
    }

    fn check_name(&self, name: &str, except: Option<AccountId>) -> Result<()> {
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            return Err(Error::new(
                ErrorKind::Input,
                "An account needs a name of visible characters.",
            ));
        }
        let taken = self.accounts.iter().any(|account| {
            Some(account.id) != except
                && account.settings.name.to_lowercase() == name.to_lowercase()
        });
        if taken {
            return Err(Error::new(
                ErrorKind::Conflict,
                format!("There is an account named “{name}” already."),
            )
            .hint("Give the new one another name."));
        }
        Ok(())
    }
}

/// The account with that name among these; case does not count.
///
/// # Errors
/// `NotFound`, naming those there are.
pub fn named<'a>(accounts: &'a [Account], name: &str) -> Result<&'a Account> {
    let wanted = name.to_lowercase();
    accounts
        .iter()
        .find(|account| account.settings.name.to_lowercase() == wanted)
        .ok_or_else(|| {
            let names: Vec<_> = accounts
                .iter()
                .map(|account| format!("“{}”", account.settings.name))
                .collect();
            let hint = if names.is_empty() {
                "There is no account yet; add one with `account add FILE.toml`.".to_owned()
            } else {
                format!("There is {}.", names.join(", "))
            };
            Error::new(
                ErrorKind::NotFound,
                format!("There is no account named “{name}”."),
            )
            .hint(hint)
        })
}

fn gone() -> Error {
    Error::new(ErrorKind::NotFound, "This account is not there any more.")
}
