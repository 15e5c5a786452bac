//! What this process has cost so far (Linux's /proc).

use std::fs;
use std::time::Duration;

use crate::Outcome;

/// Megabytes of memory: at most so far, and now.
pub(crate) fn memory() -> Outcome<(u64, u64)> {
    let status = fs::read_to_string("/proc/self/status")?;
    let of = |name: &str| -> Outcome<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kilobytes = line.and_then(|line| line.split_whitespace().next());
        Ok(kilobytes
            .ok_or("no such line in /proc/self/status")?
            .parse::<u64>()?
            / 1024)
    };
    Ok((of("VmHWM:")?, of("VmRSS:")?))
}

/// CPU time of the threads whose name begins so; of all with an empty name.
pub(crate) fn cpu(name: &str) -> Outcome<Duration> {
    let mut ticks = 0;
    for thread in fs::read_dir("/proc/self/task")? {
        let Ok(stat) = fs::read_to_string(thread?.path().join("stat")) else {
            continue;
        };
        // The name stands in parentheses and may hold anything.
        let (head, fields) = stat.rsplit_once(')').ok_or("no name in stat")?;
        if !head
            .split_once('(')
            .is_some_and(|(_, own)| own.starts_with(name))
        {
            continue;
        }
        let fields: Vec<&str> = fields.split_whitespace().collect();
        ticks += fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    }
    // USER_HZ, which Linux keeps at 100 for programs.
    Ok(Duration::from_millis(ticks * 10))
}

/// Bytes of a database that are in use.
pub(crate) fn in_use(path: &std::path::Path) -> Outcome<u64> {
    let database = rusqlite::Connection::open(path)?;
    let number = |name: &str| -> Outcome<u64> {
        Ok(database.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))?)
    };
    Ok((number("page_count")? - number("freelist_count")?) * number("page_size")?)
}

/// How many orders of folders are kept whole.
pub(crate) fn kept_orders(profile: &std::path::Path) -> Outcome<usize> {
    let database = rusqlite::Connection::open(profile.join("data/mail.db"))?;
    let count = "SELECT count(*) FROM kept_order WHERE whole";
    Ok(database.query_row(count, [], |row| row.get::<_, u64>(0))? as usize)
}

/// Bytes of the files below a directory.
pub(crate) fn size(path: &std::path::Path) -> Outcome<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let about = entry.metadata()?;
        sum += if about.is_dir() {
            size(&entry.path())?
        } else {
            about.len()
        };
    }
    Ok(sum)
}
