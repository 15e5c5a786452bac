//! Reads the whole store, says what does not fit together, and mends what can
//! be mended without losing anything.
//!
//! What was mended is not guessed: the store is read once more, and what is
//! found again was not.

mod content;
mod rules;
mod schema;
mod words;

use super::{Durability, Error, Read, Result, Store, Write};
use crate::model::{AccountId, StoreCheck, StoreProblem, StoreProblemKind};

#[cfg(test)]
mod tests;

/// What one reading found.
#[derive(Debug, Default)]
struct Findings {
    messages: u64,
    problems: Vec<StoreProblem>,
    /// Hashes whose bytes are missing or damaged.
    damaged: Vec<[u8; 32]>,
}

impl Findings {
    fn add(&mut self, kind: StoreProblemKind, count: u64, message: impl Into<String>) {
        if count > 0 {
            self.problems.push(StoreProblem {
                kind,
                message: message.into(),
                count,
                repaired: false,
            });
        }
    }

    fn has(&self, kind: StoreProblemKind) -> bool {
        self.problems.iter().any(|problem| problem.kind == kind)
    }
}

impl Store {
    /// Reads the whole store and says what is wrong with it; with `repair`,
    /// mends what can be. `accounts` are those there are.
    ///
    /// # Errors
    /// When the files cannot be read at all.
    pub(crate) async fn check(&self, accounts: Vec<AccountId>, repair: bool) -> Result<StoreCheck> {
        let found = self.findings(&accounts).await?;
        let mut checked = StoreCheck {
            messages: found.messages,
            problems: found.problems.clone(),
        };
        if !repair || found.problems.is_empty() {
            return Ok(checked);
        }
        if found.has(StoreProblemKind::Index) {
            self.renew_index().await;
        }
        let (own, broken) = (accounts.clone(), found.has(StoreProblemKind::Database));
        let mended = self.write(Durability::PowerCut, move |w| w.mend(&found, &own));
        match mended.await {
            // Nothing of it stayed, and what was found is told.
            Err(Error::Sqlite(_)) if broken => return Ok(checked),
            other => other?,
        }
        let left = self.findings(&accounts).await?;
        checked.messages = left.messages;
        for problem in &mut checked.problems {
            let same = |other: &&StoreProblem| {
                other.kind == problem.kind && other.message == problem.message
            };
            problem.repaired = !left.problems.iter().any(|other| same(&other));
        }
        // What only came to light when something else was mended.
        let is_new = |problem: &StoreProblem| {
            let mut known = checked.problems.iter();
            !known.any(|own| own.kind == problem.kind && own.message == problem.message)
        };
        let new: Vec<StoreProblem> = left.problems.into_iter().filter(is_new).collect();
        checked.problems.extend(new);
        Ok(checked)
    }

    async fn findings(&self, accounts: &[AccountId]) -> Result<Findings> {
        let accounts = accounts.to_vec();
        self.read(move |r| r.findings(&accounts)).await
    }
}

impl Read<'_> {
    fn findings(&self, accounts: &[AccountId]) -> Result<Findings> {
        let mut found = Findings::default();
        self.check_files(&mut found)?;
        words::check(self, &mut found)?;
        match self.check_rows(accounts, &mut found) {
            // Said already, in SQLite's own words.
            Err(Error::Sqlite(_)) if found.has(StoreProblemKind::Database) => Ok(found),
            other => other.map(|()| found),
        }
    }

    fn check_rows(&self, accounts: &[AccountId], found: &mut Findings) -> Result<()> {
        // Without its tables nothing else can be asked.
        if !schema::check(self, found)? {
            return Ok(());
        }
        let count = "SELECT count(*) FROM placement";
        found.messages = self.mail.query_row(count, [], |row| row.get(0))?;
        rules::check(self, found)?;
        rules::check_accounts(self, accounts, found)?;
        content::check(self, found)
    }

    /// What SQLite itself finds wrong with a file.
    fn faults_of(&self, schema: &str) -> Result<Vec<String>> {
        let mut statement = self
            .mail
            .prepare(&format!("PRAGMA {schema}.integrity_check(20)"))?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        let mut told = rows.collect::<rusqlite::Result<Vec<String>>>()?;
        told.retain(|line| line != "ok");
        Ok(told)
    }

    /// SQLite's own look at both files.
    fn check_files(&self, found: &mut Findings) -> Result<()> {
        const RAW: &str =
            " Without raw.db, `waxwing check --repair` has all messages fetched anew.";
        for (schema, file, remedy) in [("main", "mail.db", ""), ("rawdb", "raw.db", RAW)] {
            let faults = self.faults_of(schema)?;
            if let Some(first) = faults.first() {
                let message = format!("{file} is damaged: {first}.{remedy}");
                found.add(StoreProblemKind::Database, faults.len() as u64, message);
            }
        }
        Ok(())
    }
}

impl Write<'_> {
    fn mend(&self, found: &Findings, accounts: &[AccountId]) -> Result<()> {
        rules::mend_accounts(self, accounts)?;
        for sha256 in &found.damaged {
            self.forget_damaged(sha256)?;
        }
        rules::mend(self)?;
        // An index that forbids doubles comes after they are gone.
        schema::mend(self)?;
        if found.has(StoreProblemKind::Database) {
            // An index can always be made anew from its table.
            self.mail.execute_batch("REINDEX")?;
            self.raw.execute_batch("REINDEX")?;
        }
        content::mend(self)
    }
}
