//! Brings a configuration file of an older version up to today's.

use crate::error::{Error, ErrorKind, Result};

/// Turns a file of one version into the next.
pub(crate) type Step = fn(&mut toml::Table);

/// Today's version of a file with these steps: files began at version 1.
pub(crate) fn version_after(steps: &[Step]) -> u32 {
    u32::try_from(steps.len()).map_or(u32::MAX, |steps| steps.saturating_add(1))
}

/// Applies the steps that a file of version `from` has not seen yet.
pub(crate) fn bring_up(table: &mut toml::Table, from: u32, steps: &[Step]) {
    let seen = usize::try_from(from.saturating_sub(1)).unwrap_or(usize::MAX);
    for step in steps.iter().skip(seen) {
        step(table);
    }
    table.insert("version".to_owned(), i64::from(version_after(steps)).into());
}

/// Refuses a file that a newer program wrote.
///
/// # Errors
/// `Config`, naming both versions.
pub(crate) fn not_newer(place: &str, version: u32, known: u32) -> Result<()> {
    if version <= known {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Config,
        format!("{place} has version {version}; this Waxwing knows versions up to {known}."),
    )
    .hint("A newer Waxwing wrote it: use that one. The file is left as it is."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two(table: &mut toml::Table) {
        table.insert("steps".to_owned(), "two".into());
    }

    fn three(table: &mut toml::Table) {
        let seen = table.get("steps").and_then(|v| v.as_str()).unwrap_or("-");
        table.insert("steps".to_owned(), format!("{seen} three").into());
    }

    #[test]
    fn only_missing_steps_run_in_their_order() {
        for (from, expected) in [(1, "two three"), (2, "- three")] {
            let mut table = toml::Table::new();
            bring_up(&mut table, from, &[two, three]);
            assert_eq!(table["steps"].as_str(), Some(expected));
            assert_eq!(table["version"].as_integer(), Some(3));
        }
    }
}
