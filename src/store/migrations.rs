//! The numbered steps of the schema: forward only, never edited once released.

use rusqlite::Connection;

use super::{Error, Result};

/// The steps of `mail.db`.
pub(super) const MAIL: &[&str] = &[
    include_str!("migrations/0001_initial.sql"),
    include_str!("migrations/0002_correspondents.sql"),
    include_str!("migrations/0003_orders.sql"),
];
/// The steps of `raw.db`.
pub(super) const RAW: &[&str] = &[include_str!("migrations/raw_0001_initial.sql")];
/// The schema of `index.db` and its version. Never a step: an index of another
/// version is made anew.
pub(super) const INDEX: (u32, &str) = (8, include_str!("migrations/index_initial.sql"));

/// Brings a database to the newest schema, each step in its own transaction.
pub(super) fn migrate(connection: &mut Connection, steps: &[&str]) -> Result<()> {
    let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    if found > known {
        return Err(Error::Newer { found, known });
    }
    for (number, step) in (1_u32..).zip(steps).skip(found as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}
