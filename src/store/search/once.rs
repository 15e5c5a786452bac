//! A message that lies in several folders is found once.

use std::collections::hash_map::{Entry, HashMap};

use super::run::Hit;
use crate::model::{EmailId, FolderRole, PlacementId};
use crate::store::{Read, Result};

impl Read<'_> {
    /// The first so many messages, each once. `find` gives the first so many rows.
    pub(super) fn each_once(
        &self,
        limit: usize,
        find: impl Fn(usize) -> Result<Vec<Hit>>,
    ) -> Result<Vec<PlacementId>> {
        let mut wanted = limit;
        loop {
            let hits = find(wanted)?;
            let is_all = hits.len() < wanted;
            let mut ids = self.best_places(&hits)?;
            let is_enough = match hits.last() {
                // The next row may be a better place of the last message.
                Some(last) if ids.len() == limit => !self.says_little(last.id)?,
                _ => ids.len() >= limit,
            };
            if is_all || is_enough {
                ids.truncate(limit);
                return Ok(ids);
            }
            wanted = wanted.saturating_mul(2);
        }
    }

    /// The messages in the order of their first rows, each by the first of its rows that
    /// says something about where it is.
    fn best_places(&self, hits: &[Hit]) -> Result<Vec<PlacementId>> {
        let mut ids: Vec<PlacementId> = Vec::with_capacity(hits.len());
        let mut places: HashMap<EmailId, usize> = HashMap::with_capacity(hits.len());
        for hit in hits {
            match places.entry(hit.email) {
                Entry::Vacant(free) => {
                    free.insert(ids.len());
                    ids.push(hit.id);
                }
                Entry::Occupied(taken) => {
                    if let Some(id) = ids.get_mut(*taken.get())
                        && self.says_little(*id)?
                        && !self.says_little(hit.id)?
                    {
                        *id = hit.id;
                    }
                }
            }
        }
        Ok(ids)
    }

    /// Whether its folder shows what lies elsewhere, or what was put away.
    fn says_little(&self, id: PlacementId) -> Result<bool> {
        let sql = "SELECT f.role FROM placement p JOIN folder f ON f.id = p.folder WHERE p.id = ?1";
        let role = self
            .mail
            .prepare_cached(sql)?
            .query_row([id.0], |row| row.get::<_, String>(0))?;
        Ok(matches!(
            FolderRole::from_name(&role),
            Some(FolderRole::All | FolderRole::Flagged | FolderRole::Trash | FolderRole::Junk)
        ))
    }
}
