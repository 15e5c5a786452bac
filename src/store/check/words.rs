//! The search index: it can be made anew, so what is wrong with it costs work.

use super::{Findings, StoreProblemKind};
use crate::store::{Read, Result};

const REMEDY: &str = "`waxwing check --repair` empties it, and it fills again by itself.";

/// What `covered` says and what it says of itself must be the same.
const COUNTS: &str = "SELECT (SELECT count(*) FROM (
         SELECT account FROM idx.covered WHERE whole = 1
         EXCEPT SELECT account FROM idx.covered_count))
     + (SELECT count(*) FROM idx.covered_count n WHERE total <> (
            SELECT count(*) FROM idx.covered c WHERE c.account = n.account AND c.whole = 1))";

/// SQLite's own look at the file and at the lists of words in it, and whether
/// each message that is said to be in it is.
pub(super) fn check(read: &Read<'_>, found: &mut Findings) -> Result<()> {
    let is_there = "SELECT EXISTS (SELECT 1 FROM pragma_database_list WHERE name = 'idx')";
    if !read.mail.query_row(is_there, [], |row| row.get(0))? {
        return Ok(());
    }
    let looked = look(read, found);
    match looked {
        Err(error) if error.is_damage() => {
            let message = format!("index.db is damaged: {error}. {REMEDY}");
            found.add(StoreProblemKind::Index, 1, message);
            Ok(())
        }
        other => other,
    }
}

fn look(read: &Read<'_>, found: &mut Findings) -> Result<()> {
    let faults = read.faults_of("idx")?;
    if let Some(first) = faults.first() {
        let message = format!("index.db is damaged: {first}. {REMEDY}");
        found.add(StoreProblemKind::Index, faults.len() as u64, message);
        return Ok(());
    }
    let count = |sql: &str| -> Result<u64> { Ok(read.mail.query_row(sql, [], |row| row.get(0))?) };
    let mut without = 0;
    let mut held = 0;
    for volume in read.index_shape()?.volumes {
        let (table, numbers) = (volume.table(), volume.entries());
        let range = format!("{} AND {}", numbers.start, numbers.end - 1);
        held += count(&format!("SELECT count(*) FROM idx.{table}_docsize"))?;
        without += count(&format!(
            "SELECT count(*) FROM idx.covered c WHERE c.entry BETWEEN {range}
             AND NOT EXISTS (SELECT 1 FROM idx.{table}_docsize d WHERE d.id = c.entry)"
        ))?;
    }
    let covered = count("SELECT count(*) FROM idx.covered")?;
    let stray = "SELECT count(*) FROM idx.document d
         WHERE NOT EXISTS (SELECT 1 FROM idx.covered c WHERE c.email = d.email)";
    let differ = without + held.abs_diff(covered) + count(COUNTS)? + count(stray)?;
    let message = format!("Some messages are not in the search index as it says. {REMEDY}");
    found.add(StoreProblemKind::Index, differ, message);
    Ok(())
}
