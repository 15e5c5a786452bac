//! The folders of an account: list, create, rename, delete (RFC 9051, 6.3).

use std::collections::{HashMap, HashSet};

use super::command::Command;
use super::conn::{ImapConn, Untagged};
use super::error::{Error, Fault};
use super::namespace::Space;
use super::own::{FolderStatus, Listed, Own};
use super::roles;
use crate::model::FolderRole;
use crate::model::utf7;

/// A folder on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RemoteFolder {
    /// The name as the server writes it: what commands take.
    pub(crate) raw: String,
    /// The name as a person reads it, levels separated by `/`.
    pub(crate) path: String,
    /// What separates the levels of `raw`; none where there are no levels.
    pub(crate) delimiter: Option<char>,
    /// What it is for.
    pub(crate) role: Option<FolderRole>,
    /// Whether it can hold messages.
    pub(crate) selectable: bool,
    /// The role its name suggests, where the name of another folder suggests
    /// the same one: then neither has it, and the person is to choose.
    pub(crate) role_in_question: Option<FolderRole>,
    /// Whether the person subscribed to it, where the server told.
    pub(crate) subscribed: Option<bool>,
    /// Whether it can have folders below it.
    pub(crate) takes_children: bool,
    /// Whose it is. What belongs to others is not to be fetched unasked.
    pub(crate) space: Space,
    /// What identifies it whatever it is named (RFC 8474).
    pub(crate) folder_id: Option<String>,
    /// Its numbers, where the server told them.
    pub(crate) status: Option<FolderStatus>,
}

/// More folders than a person can have are an attack on the memory.
pub(super) const FOLDERS_MAX: usize = 20_000;

impl ImapConn {
    /// All folders with their roles and numbers, in the server's order.
    ///
    /// # Errors
    ///
    /// When the list is refused or the connection is lost. A single folder
    /// whose numbers the server refuses is listed without them.
    pub(crate) async fn folders(&mut self) -> Result<Vec<RemoteFolder>, Error> {
        let mut command = Command::new("LIST").words("\"\" \"*\"");
        let with_status = self.capabilities.list_status();
        let extended = self.capabilities.list_extended();
        if extended {
            let mut wanted = vec!["SUBSCRIBED".to_owned()];
            if self.capabilities.special_use() {
                wanted.push("SPECIAL-USE".to_owned());
            }
            if with_status {
                wanted.push(format!("STATUS ({})", self.status_items()));
            }
            command = command.words(&format!("RETURN ({})", wanted.join(" ")));
        }
        self.folder_ids.clear();
        let mut listed: Vec<Listed> = Vec::new();
        let mut status: HashMap<String, FolderStatus> = HashMap::new();
        let mut look = |untagged: Untagged<'_>| match untagged {
            Untagged::Own(Own::List(folder)) if listed.len() < FOLDERS_MAX => listed.push(folder),
            Untagged::Own(Own::Status(name, numbers)) if status.len() < FOLDERS_MAX => {
                status.insert(key(&name), numbers);
            }
            _ => {}
        };
        let subscribed = if extended {
            self.run(command, &mut look).await?;
            None
        } else {
            self.list_plainly(command, &mut look).await?
        };
        // What is left out would count as deleted.
        if listed.len() == FOLDERS_MAX {
            return Err(self.fail(Fault::Nonsense("it lists more folders than anybody has")));
        }
        let mut folders = arrange(listed, extended);
        if let Some(names) = subscribed {
            for folder in &mut folders {
                folder.subscribed = Some(names.contains(&key(&folder.raw)));
            }
        }
        if !with_status {
            let names = folders.iter().filter(|folder| folder.selectable);
            let names: Vec<String> = names.map(|folder| folder.raw.clone()).collect();
            status = self.status_of_many(&names).await?;
        }
        for folder in folders.iter_mut().filter(|folder| folder.selectable) {
            folder.status = status.get(&key(&folder.raw)).copied();
            folder.folder_id = self.folder_ids.get(&folder.raw).cloned();
        }
        for folder in &mut folders {
            folder.space = self.namespaces.of(&folder.raw);
        }
        Ok(folders)
    }

    /// Runs a LIST that does not tell subscriptions, and in the same round trip
    /// asks for the names that are subscribed to (RFC 3501, 6.3.9). None where
    /// the server does not say.
    async fn list_plainly(
        &mut self,
        list: Command<'_>,
        look: &mut (dyn FnMut(Untagged<'_>) + Send),
    ) -> Result<Option<HashSet<String>>, Error> {
        let mut names = HashSet::new();
        let mut look = |untagged: Untagged<'_>| match untagged {
            // One that is no folder only has some below it that are meant.
            Untagged::Own(Own::Subscribed(folder)) => {
                if names.len() < FOLDERS_MAX && !folder.has("\\Noselect") {
                    names.insert(key(&folder.name));
                }
            }
            other => look(other),
        };
        let subscribed = Command::new("LSUB").words("\"\" \"*\"");
        let mut flight = self.launch(vec![list, subscribed], &mut look).await?;
        let listed = self.land(&mut flight, &mut look).await;
        let told = self.land(&mut flight, &mut look).await;
        listed?;
        match told {
            Ok(_) => Ok(Some(names)),
            Err(error) if self.is_lost() => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// The numbers of many folders, some at once in each round trip. Those the
    /// server refuses to tell are left out.
    async fn status_of_many(
        &mut self,
        names: &[String],
    ) -> Result<HashMap<String, FolderStatus>, Error> {
        let items = format!("({})", self.status_items());
        let commands = names
            .iter()
            .map(|raw| Command::new("STATUS").folder(raw).words(&items))
            .collect();
        let wanted: HashSet<String> = names.iter().map(|name| key(name)).collect();
        let mut found = HashMap::new();
        let mut look = |untagged: Untagged<'_>| {
            if let Untagged::Own(Own::Status(name, numbers)) = untagged
                && wanted.contains(&key(&name))
            {
                found.insert(key(&name), numbers);
            }
        };
        for flock in self.flocks(commands) {
            let mut flight = match self.launch(flock, &mut look).await {
                Err(error) if error.is_refusal() => continue,
                other => other?,
            };
            while flight.len() > 0 {
                match self.land(&mut flight, &mut look).await {
                    Err(error) if self.is_lost() => return Err(error),
                    // A folder that cannot be asked, or may not be.
                    _ => {}
                }
            }
        }
        Ok(found)
    }

    /// The numbers of a folder without selecting it (RFC 9051, 6.3.11).
    ///
    /// # Errors
    ///
    /// When it is refused or the connection is lost.
    pub(crate) async fn status(&mut self, raw: &str) -> Result<FolderStatus, Error> {
        let items = format!("({})", self.status_items());
        let command = Command::new("STATUS").folder(raw).words(&items);
        let wanted = key(raw);
        let mut found = FolderStatus::default();
        self.run(command, &mut |untagged| {
            if let Untagged::Own(Own::Status(name, numbers)) = untagged
                && key(&name) == wanted
            {
                found = numbers;
            }
        })
        .await?;
        Ok(found)
    }

    fn status_items(&self) -> String {
        let mut items = "MESSAGES UNSEEN UIDNEXT UIDVALIDITY".to_owned();
        if self.capabilities.condstore() {
            items.push_str(" HIGHESTMODSEQ");
        }
        if self.capabilities.status_size() {
            items.push_str(" SIZE");
        }
        if self.capabilities.object_id() {
            items.push_str(" MAILBOXID");
        }
        items
    }

    /// The raw name for a new folder of the person's own: servers that keep
    /// these below a prefix (`INBOX.`) refuse them elsewhere.
    pub(crate) fn raw_of_new(&self, path: &str, delimiter: Option<char>) -> String {
        let raw = raw_of(path, delimiter);
        match self.namespaces.personal() {
            Some(space) if self.namespaces.of(&raw) == Space::Personal => {
                if space.prefix.is_empty() || raw.starts_with(&space.prefix) {
                    raw
                } else {
                    format!("{}{raw}", space.prefix)
                }
            }
            _ => raw,
        }
    }

    /// Makes a folder and subscribes to it, so that other programs show it.
    ///
    /// # Errors
    ///
    /// When it is refused or the connection is lost.
    pub(crate) async fn create_folder(&mut self, raw: &str) -> Result<(), Error> {
        self.run_plain(Command::new("CREATE").folder(raw)).await?;
        self.subscribe("SUBSCRIBE", raw).await
    }

    /// Gives a folder, and those below it, another name. The subscription
    /// follows.
    ///
    /// # Errors
    ///
    /// When it is refused or the connection is lost.
    pub(crate) async fn rename_folder(&mut self, from: &str, to: &str) -> Result<(), Error> {
        self.run_plain(Command::new("RENAME").folder(from).folder(to))
            .await?;
        self.subscribe("UNSUBSCRIBE", from).await?;
        self.subscribe("SUBSCRIBE", to).await
    }

    /// Removes a folder with its messages. It must not be selected.
    ///
    /// # Errors
    ///
    /// When it is refused or the connection is lost.
    pub(crate) async fn delete_folder(&mut self, raw: &str) -> Result<(), Error> {
        self.run_plain(Command::new("DELETE").folder(raw)).await?;
        self.subscribe("UNSUBSCRIBE", raw).await
    }

    /// Says whether other programs shall show a folder.
    ///
    /// # Errors
    ///
    /// When it is refused or the connection is lost.
    pub(crate) async fn set_subscribed(&mut self, raw: &str, on: bool) -> Result<(), Error> {
        let verb = if on { "SUBSCRIBE" } else { "UNSUBSCRIBE" };
        self.run_plain(Command::new(verb).folder(raw)).await?;
        Ok(())
    }

    /// Whether there is a folder of that name that can hold messages.
    ///
    /// # Errors
    ///
    /// When it is refused or the connection is lost.
    pub(crate) async fn has_folder(&mut self, raw: &str) -> Result<bool, Error> {
        let command = Command::new("LIST").words("\"\"").folder(raw);
        let wanted = key(raw);
        let mut listed = Vec::new();
        self.run(command, &mut |untagged| {
            if let Untagged::Own(Own::List(folder)) = untagged
                && key(&folder.name) == wanted
            {
                listed.push(folder);
            }
        })
        .await?;
        Ok(arrange(listed, false)
            .iter()
            .any(|folder| folder.selectable))
    }

    /// Subscriptions are a courtesy: a refusal does not matter.
    async fn subscribe(&mut self, verb: &'static str, raw: &str) -> Result<(), Error> {
        match self.run_plain(Command::new(verb).folder(raw)).await {
            Err(error) if !error.is_refusal() => Err(error),
            _ => Ok(()),
        }
    }
}

/// What two spellings of a name have in common: case does not count in INBOX.
fn key(raw: &str) -> String {
    if raw.eq_ignore_ascii_case("INBOX") {
        "INBOX".to_owned()
    } else {
        raw.to_owned()
    }
}

/// The name for a person of a name of the server.
#[must_use]
pub(crate) fn path_of(raw: &str, delimiter: Option<char>) -> String {
    if raw.eq_ignore_ascii_case("INBOX") {
        return "INBOX".to_owned();
    }
    let level = |name: &str| -> String {
        utf7::decode(name)
            .chars()
            .map(|c| match c {
                // A slash inside a level would make two levels of it.
                '/' => '\u{2215}',
                c if c.is_control() => '\u{fffd}',
                c => c,
            })
            .collect()
    };
    let Some(delimiter) = delimiter else {
        return level(raw);
    };
    let levels: Vec<String> = raw
        .trim_end_matches(delimiter)
        .split(delimiter)
        .map(level)
        .collect();
    levels.join("/")
}

/// The name for the server of a name a person gave, levels separated by `/`.
#[must_use]
pub(crate) fn raw_of(path: &str, delimiter: Option<char>) -> String {
    let encoded: Vec<String> = path
        .split('/')
        .map(|level| utf7::encode(&level.replace('\u{2215}', "/")))
        .collect();
    let delimiter = delimiter.map_or_else(|| "/".to_owned(), String::from);
    encoded.join(&delimiter)
}

/// Makes folders of a list: one of each name, each role at most once.
/// `subscriptions` tells whether the list names them.
fn arrange(listed: Vec<Listed>, subscriptions: bool) -> Vec<RemoteFolder> {
    let mut seen = HashSet::new();
    let mut taken = HashSet::new();
    let mut folders = Vec::new();
    for entry in listed {
        let selectable = !entry.has("\\Noselect") && !entry.has("\\NonExistent");
        let subscribed = entry.has("\\Subscribed");
        let takes_children = !entry.has("\\Noinferiors") && entry.delimiter.is_some();
        if !seen.insert(key(&entry.name)) {
            continue;
        }
        let role = entry
            .attributes
            .iter()
            .filter_map(|attribute| roles::by_attribute(attribute))
            .find(|role| selectable && !taken.contains(role));
        taken.extend(role);
        folders.push(RemoteFolder {
            path: path_of(&entry.name, entry.delimiter),
            raw: entry.name,
            delimiter: entry.delimiter,
            role,
            role_in_question: None,
            subscribed: subscriptions.then_some(subscribed),
            takes_children,
            space: Space::Personal,
            folder_id: None,
            selectable,
            status: None,
        });
    }
    // What the server tells comes before what a name suggests.
    let suggested: Vec<Option<FolderRole>> = folders
        .iter()
        .map(|folder| {
            let open = folder.role.is_none() && folder.selectable;
            let role = roles::by_name(&folder.path).filter(|_| open);
            role.filter(|role| !taken.contains(role))
        })
        .collect();
    let mut candidates: HashMap<FolderRole, usize> = HashMap::new();
    for role in suggested.iter().flatten() {
        *candidates.entry(*role).or_default() += 1;
    }
    for (folder, role) in folders.iter_mut().zip(suggested) {
        let Some(role) = role else { continue };
        if candidates.get(&role) == Some(&1) {
            folder.role = Some(role);
        } else {
            folder.role_in_question = Some(role);
        }
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(name: &str, attributes: &[&str]) -> Listed {
        Listed {
            attributes: attributes.iter().map(ToString::to_string).collect(),
            delimiter: Some('.'),
            name: name.to_owned(),
        }
    }

    #[test]
    fn names_become_paths_and_back() {
        for (raw, delimiter, path) in [
            ("INBOX.Entw&APw-rfe", Some('.'), "INBOX/Entwürfe"),
            ("inbox", Some('.'), "INBOX"),
            ("a/b.c", Some('.'), "a∕b/c"),
            ("a/b", Some('/'), "a/b"),
            ("flat.name", None, "flat.name"),
        ] {
            assert_eq!(path_of(raw, delimiter), path);
            if raw != "inbox" {
                assert_eq!(raw_of(path, delimiter), raw);
            }
        }
        assert_eq!(path_of("a\u{1b}[31mb", Some('/')), "a\u{fffd}[31mb");
    }

    #[test]
    fn an_attribute_wins_over_a_name() {
        let list = vec![
            listed("Inbox", &[]),
            listed("Sent", &[]),
            listed("Out", &["\\Sent"]),
            listed("Out", &["\\Sent"]),
            listed("Trash", &["\\Noselect"]),
            listed("Deleted Items", &[]),
        ];
        let folders = arrange(list, false);
        let roles: Vec<_> = folders.iter().map(|f| (f.path.as_str(), f.role)).collect();
        assert_eq!(
            roles,
            [
                ("INBOX", Some(FolderRole::Inbox)),
                ("Sent", None),
                ("Out", Some(FolderRole::Sent)),
                ("Trash", None),
                ("Deleted Items", Some(FolderRole::Trash)),
            ]
        );
    }

    #[test]
    fn two_names_for_one_role_are_a_question() {
        let list = vec![
            listed("INBOX", &["\\Noinferiors"]),
            listed("Sent", &["\\Subscribed"]),
            listed("Gesendet", &[]),
            listed("Trash", &[]),
        ];
        let folders = arrange(list, true);
        let roles: Vec<_> = folders
            .iter()
            .map(|f| (f.role, f.role_in_question))
            .collect();
        let question = (None, Some(FolderRole::Sent));
        assert_eq!(
            roles,
            [
                (Some(FolderRole::Inbox), None),
                question,
                question,
                (Some(FolderRole::Trash), None),
            ]
        );
        let told: Vec<_> = folders
            .iter()
            .map(|f| (f.subscribed, f.takes_children))
            .collect();
        assert_eq!(told[0], (Some(false), false));
        assert_eq!(told[1], (Some(true), true));
    }
}
