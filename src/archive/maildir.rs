//! Maildir: a file a message, flags in its name, folders as directories
//! (cr.yp.to/proto/maildir.html; tags as Dovecot keeps them).

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::{Entry, Step, read_file};
use crate::model::{Flag, Flags};

/// The letters of the flags, in the order in which they are written.
const LETTERS: [(char, Flag); 6] = [
    ('D', Flag::Draft),
    ('F', Flag::Flagged),
    ('P', Flag::Forwarded),
    ('R', Flag::Answered),
    ('S', Flag::Seen),
    ('T', Flag::Deleted),
];

/// Which letter stands for which tag, a line each.
const KEYWORDS: &str = "dovecot-keywords";

/// There are letters for so many tags.
const MOST_KEYWORDS: usize = 26;

/// Whether a directory is one.
pub(super) fn is_maildir(path: &Path) -> bool {
    path.join("cur").is_dir() && (path.join("new").is_dir() || path.join("tmp").is_dir())
}

/// The names of the tags by their letters.
pub(super) fn keywords(path: &Path) -> HashMap<char, String> {
    let text = fs::read_to_string(path.join(KEYWORDS)).unwrap_or_default();
    let named = text.lines().filter_map(|line| {
        let (number, name) = line.split_once(' ')?;
        let number: u32 = number.parse().ok().filter(|n| *n < MOST_KEYWORDS as u32)?;
        Some((char::from_u32(u32::from('a') + number)?, name.to_owned()))
    });
    named.collect()
}

/// Reads the file of a message.
pub(super) fn read(path: &Path, keywords: &HashMap<char, String>) -> Step {
    let mut entry = read_file(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Some systems cannot have a colon in a name.
    let letters = [":2,", ";2,", "!2,"]
        .iter()
        .find_map(|info| Some(name.rsplit_once(info)?.1))
        .unwrap_or_default();
    for letter in letters.chars() {
        if let Some((_, flag)) = LETTERS.iter().find(|(one, _)| *one == letter) {
            entry.flags = entry.flags.with(*flag, true);
        }
        entry.keywords.extend(keywords.get(&letter).cloned());
    }
    let modified = fs::metadata(path).and_then(|data| data.modified());
    entry.received = modified
        .ok()
        .map(|when| DateTime::<Utc>::from(when).fixed_offset());
    Ok(entry)
}

/// Writes a new Maildir.
pub(crate) struct MaildirWriter {
    path: PathBuf,
    written: u64,
    keywords: Vec<String>,
}

impl MaildirWriter {
    /// Makes the directory.
    ///
    /// # Errors
    /// When it cannot be made, or is there already.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        fs::create_dir(path)?;
        for inner in ["cur", "new", "tmp"] {
            fs::create_dir(path.join(inner))?;
        }
        Ok(Self {
            path: path.to_owned(),
            written: 0,
            keywords: Vec::new(),
        })
    }

    /// Adds a message.
    ///
    /// # Errors
    /// When the disk is full.
    pub(crate) fn add(
        &mut self,
        raw: &[u8],
        flags: Flags,
        keywords: &[String],
        arrived: DateTime<Utc>,
    ) -> io::Result<()> {
        self.written += 1;
        let mut letters: String = LETTERS
            .iter()
            .filter(|(_, flag)| flags.has(*flag))
            .map(|(letter, _)| *letter)
            .collect();
        let mut small: Vec<char> = keywords.iter().filter_map(|k| self.letter(k)).collect();
        small.sort_unstable();
        letters.extend(small);
        let base = format!("{}.W{}.waxwing", arrived.timestamp(), self.written);
        let name = format!("{base},S={}:2,{letters}", raw.len());
        let tmp = self.path.join("tmp").join(&base);
        let mut file = fs::File::create_new(&tmp)?;
        file.write_all(raw)?;
        file.set_modified(arrived.into())?;
        // Whole in its place, or not there (maildir's own rule).
        fs::rename(&tmp, self.path.join("cur").join(name))
    }

    fn letter(&mut self, keyword: &str) -> Option<char> {
        let known = self.keywords.iter().position(|one| one == keyword);
        let number = known.or_else(|| {
            (self.keywords.len() < MOST_KEYWORDS).then(|| {
                self.keywords.push(keyword.to_owned());
                self.keywords.len() - 1
            })
        })?;
        char::from_u32(u32::from('a') + u32::try_from(number).ok()?)
    }

    /// Ends it: writes the names of the tags.
    ///
    /// # Errors
    /// When the disk is full.
    pub(crate) fn finish(self) -> io::Result<()> {
        if self.keywords.is_empty() {
            return Ok(());
        }
        let lines = self.keywords.iter().enumerate();
        let text: String = lines.map(|(n, name)| format!("{n} {name}\n")).collect();
        fs::write(self.path.join(KEYWORDS), text)
    }
}

/// A message of a Maildir on its way in.
pub(super) fn entries(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for inner in ["cur", "new"] {
        let Ok(directory) = fs::read_dir(path.join(inner)) else {
            continue;
        };
        for file in directory {
            let file = file?;
            let hidden = file.file_name().to_string_lossy().starts_with('.');
            if !hidden && file.file_type()?.is_file() {
                files.push(file.path());
            }
        }
    }
    // Names begin with the time of arrival.
    files.sort();
    Ok(files)
}

/// An [`Entry`] that another program marked as deleted is not taken over.
pub(super) fn is_deleted(entry: &Entry) -> bool {
    entry.flags.has(Flag::Deleted)
}
