//! Whether both files have every table, index and trigger that this version
//! makes.

use rusqlite::Connection;

use super::super::migrations::{self, migrate};
use super::super::{Read, Result, Write};
use super::Findings;
use crate::model::StoreProblemKind as Kind;

/// A table, an index or a trigger.
struct Object {
    kind: String,
    name: String,
    sql: String,
}

fn objects(of: &Connection, schema: &str) -> Result<Vec<Object>> {
    // Indexes that SQLite makes by itself have no text of their own.
    let mut statement = of.prepare(&format!(
        "SELECT type, name, sql FROM {schema}.sqlite_schema WHERE sql IS NOT NULL"
    ))?;
    let rows = statement.query_map([], |row| {
        Ok(Object {
            kind: row.get(0)?,
            name: row.get(1)?,
            sql: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What a new file has and this one lacks.
fn missing(of: &Connection, schema: &str, steps: &[&str]) -> Result<Vec<Object>> {
    let mut fresh = Connection::open_in_memory()?;
    migrate(&mut fresh, steps)?;
    let have = objects(of, schema)?;
    let mut wanted = objects(&fresh, "main")?;
    wanted.retain(|object| !have.iter().any(|own| own.name == object.name));
    Ok(wanted)
}

/// Says whether every table is there.
pub(super) fn check(r: &Read<'_>, found: &mut Findings) -> Result<bool> {
    let mut has_tables = true;
    for (schema, file, steps) in [
        ("main", "mail.db", migrations::MAIL),
        ("rawdb", "raw.db", migrations::RAW),
    ] {
        for object in missing(r.mail, schema, steps)? {
            has_tables &= object.kind != "table";
            let message = format!("{file} has no {} {}.", object.kind, object.name);
            found.add(Kind::Schema, 1, message);
        }
    }
    Ok(has_tables)
}

/// Makes indexes and triggers anew. A lost table cannot be: its rows are gone.
pub(super) fn mend(w: &Write<'_>) -> Result<()> {
    for (file, steps) in [(w.mail, migrations::MAIL), (w.raw, migrations::RAW)] {
        for object in missing(file, "main", steps)? {
            if object.kind == "index" || object.kind == "trigger" {
                // One that the rows contradict (two of a kind) stays away, and
                // the second reading says so.
                if let Err(error) = file.execute_batch(&object.sql) {
                    tracing::warn!(%error, name = %object.name, "not made anew");
                }
            }
        }
    }
    Ok(())
}
