//! Asking the server what is not here.

use super::session::{Error, Session};
use crate::model::{Folder, PlacementId, SearchQuery, SearchTerm};
use crate::protocol::imap;
use crate::store::FolderRow;

/// What the server found in an account.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    /// Messages that have a row here.
    pub(crate) ids: Vec<PlacementId>,
    /// How many more there are: those that came since the last pass.
    pub(crate) unknown: u64,
    /// What went wrong with single folders, as sentences.
    pub(crate) notices: Vec<String>,
}

/// What a person hears who asks for more than servers know.
const CANNOT_ASK: &str = "Servers cannot look for the names of attached files, so that part of \
                          the search was left out.";

impl Session {
    /// Lets the server search every folder that can match.
    pub(crate) async fn search(&mut self, query: &SearchQuery) -> Result<Found, Error> {
        let account = self.account;
        let rows = self.store.read(move |r| r.folders(Some(account))).await?;
        let mut found = Found::default();
        let can_ask = query.terms().into_iter().all(imap::can_ask);
        if !can_ask {
            found.notices.push(CANNOT_ASK.to_owned());
        }
        // More is found rather than less.
        let query = query.decided(&|term, negated| (!imap::can_ask(term)).then_some(!negated));
        for row in rows.iter().filter(|row| row.folder.selectable) {
            let query = within(&query, &row.folder);
            if query.is_never() {
                continue;
            }
            match self.search_folder(row, &query, &mut found).await {
                Err(Error::Imap(error)) if cannot_spell(&error, &query) => {
                    return Err(Error::Charset(error));
                }
                Err(error) if error.is_of_one_folder() => {
                    self.selected = None;
                    let error = crate::Error::from(error);
                    found.notices.push(format!("{}: {error}", row.folder.path));
                }
                other => other?,
            }
        }
        Ok(found)
    }

    async fn search_folder(
        &mut self,
        row: &FolderRow,
        query: &SearchQuery,
        found: &mut Found,
    ) -> Result<(), Error> {
        let selected = self.select(&row.remote_name).await?;
        if selected.exists == 0 {
            return Ok(());
        }
        let uids = self.conn.find(query).await?;
        let count = uids.len() as u64;
        // UIDs of another generation name strangers here.
        let same = row.state.uid_validity == Some(selected.uid_validity);
        let folder = row.folder.id;
        let ids = self
            .store
            .read(move |r| {
                let known = uids.into_iter().filter(|_| same);
                known
                    .map(|uid| r.placement_by_uid(folder, uid))
                    .filter_map(Result::transpose)
                    .collect::<Result<Vec<_>, _>>()
            })
            .await?;
        found.unknown += count.saturating_sub(ids.len() as u64);
        found.ids.extend(ids);
        Ok(())
    }
}

/// Whether the server refuses because of letters beyond ASCII: with the code
/// made for it, or because it never heard of CHARSET.
fn cannot_spell(error: &imap::Error, query: &SearchQuery) -> bool {
    !imap::is_ascii(query) && (error.code() == Some("BADCHARSET") || error.is_not_understood())
}

/// The query as it stands for the messages of one folder: conditions on the
/// folder hold or do not.
fn within(query: &SearchQuery, folder: &Folder) -> SearchQuery {
    query.decided(&|term, _| match term {
        SearchTerm::Folder(name) => Some(folder.is_called(name)),
        SearchTerm::Role(role) => Some(folder.role == Some(*role)),
        SearchTerm::InFolder(id) => Some(folder.id == *id),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AccountId, FolderId, FolderRole};

    fn parse(query: &str) -> SearchQuery {
        crate::search::parse(query, chrono::NaiveDate::MAX).query
    }

    #[test]
    fn conditions_on_the_folder_are_decided_here() {
        let folder = Folder {
            id: FolderId(1),
            account: AccountId(1),
            path: "Lists/Rust".to_owned(),
            role: Some(FolderRole::Archive),
            selectable: true,
            total: 1,
            unread: 0,
            watched: false,
            checked: None,
            prefetch: None,
            of_others: false,
            subscribed: true,
        };
        for (query, left) in [
            ("a in:rust", "a"),
            ("a in:\"lists/rust\" b", "a b"),
            ("in:archive", ""),
            ("a -in:rust", "never"),
            ("a in:work", "never"),
            ("a -in:work", "a"),
            ("in:work OR a", "a"),
            ("in:rust OR a", ""),
            ("(a in:work) OR (b in:rust)", "b"),
            ("-(a in:work)", ""),
            ("a is:junk", "a is:junk"),
        ] {
            let query = within(&parse(query), &folder);
            let left_over = if query.is_never() {
                "never".to_owned()
            } else {
                query.to_string()
            };
            assert_eq!(left_over.trim_matches(['(', ')']), left, "{query:?}");
        }
        let very = |id| SearchQuery::Term(SearchTerm::InFolder(FolderId(id)));
        assert!(within(&very(1), &folder).is_empty());
        assert!(within(&very(2), &folder).is_never());
    }
}
