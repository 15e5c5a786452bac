//! Which mailboxes lie at a path: one file, a Maildir with its folders, or the
//! folders of a mail program such as Thunderbird.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use crate::model::utf7;

use super::{MboxReader, Skipped, Step, maildir, mbox, read_file};

/// How deep directories are looked into.
const DEEPEST: usize = 24;

/// What kind of mailbox it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// All messages in one file.
    Mbox,
    /// A file a message, flags in the names.
    Maildir,
    /// `.eml` files.
    Files,
}

/// A mailbox that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mailbox {
    /// What it is.
    pub(crate) kind: Kind,
    /// Below which folder its messages belong: a path relative to the one that
    /// was chosen, empty for that one itself.
    pub(crate) folder: String,
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Its messages, where each is a file.
    files: Vec<PathBuf>,
    /// How many bytes are to be read.
    pub(crate) bytes: u64,
}

/// What lies at a path.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Its mailboxes.
    pub(crate) mailboxes: Vec<Mailbox>,
    /// What looks like mail and is none, or cannot be read.
    pub(crate) skipped: Vec<Skipped>,
}

/// Looks for mailboxes. Links are not followed: they may lead in circles.
pub(crate) fn find(path: &Path) -> Found {
    let mut found = Found::default();
    if path.is_dir() {
        directory(path, &[], 0, &mut found);
    } else {
        file(path, Vec::new(), &mut found);
        if found.mailboxes.is_empty() && found.skipped.is_empty() {
            found.skipped.push(Skipped::file(path, "is no mail"));
        }
    }
    found
}

/// Program files beside mail, whatever they begin with.
const BESIDE: [&str; 7] = ["msf", "dat", "json", "sqlite", "html", "log", "mab"];

fn extension(path: &Path) -> String {
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    extension.to_lowercase()
}

/// Takes a file up, in the folder that `parts` name. Files that are no mail are
/// passed over.
fn file(path: &Path, parts: Vec<String>, found: &mut Found) {
    let extension = extension(path);
    if BESIDE.contains(&extension.as_str()) {
        return;
    }
    let (length, start) = match beginning(path) {
        Ok(begun) => begun,
        Err(error) => {
            let why = format!("cannot be read: {error}");
            return found.skipped.push(Skipped::file(path, why));
        }
    };
    let kind = if mbox::begins_so(&start) {
        Kind::Mbox
    } else if extension == "eml" {
        Kind::Files
    } else {
        // Thunderbird keeps an index beside each folder.
        let mut index = path.as_os_str().to_owned();
        index.push(".msf");
        if length > 0 && Path::new(&index).exists() {
            let why = "is a folder in a form that Waxwing does not know";
            found.skipped.push(Skipped::file(path, why));
        }
        return;
    };
    let folder = parts.join("/");
    if kind == Kind::Files
        && let Some(known) = found
            .mailboxes
            .iter_mut()
            .find(|one| one.kind == kind && one.folder == folder)
    {
        known.bytes += length;
        return known.files.push(path.to_owned());
    }
    found.mailboxes.push(Mailbox {
        kind,
        folder,
        path: path.to_owned(),
        files: (kind == Kind::Files)
            .then(|| path.to_owned())
            .into_iter()
            .collect(),
        bytes: length,
    });
}

fn beginning(path: &Path) -> std::io::Result<(u64, Vec<u8>)> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut start = Vec::new();
    file.take(512).read_to_end(&mut start)?;
    Ok((length, start))
}

fn directory(path: &Path, parts: &[String], depth: usize, found: &mut Found) {
    if depth > DEEPEST {
        let why = "lies too deep in other directories";
        return found.skipped.push(Skipped::file(path, why));
    }
    let is_maildir = maildir::is_maildir(path);
    if is_maildir {
        one_maildir(path, parts, found);
    }
    let mut inner: Vec<_> = match fs::read_dir(path) {
        Ok(entries) => entries.filter_map(Result::ok).collect(),
        Err(error) => {
            let why = format!("cannot be read: {error}");
            return found.skipped.push(Skipped::file(path, why));
        }
    };
    inner.sort_by_key(fs::DirEntry::file_name);
    for entry in inner {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if is_maildir && ["cur", "new", "tmp"].contains(&name.as_str()) {
            continue;
        }
        if kind.is_dir() {
            let parts = below(parts, &name, is_maildir);
            directory(&entry.path(), &parts, depth + 1, found);
        } else if kind.is_file() && !is_maildir {
            // The name of an mbox is that of its folder; loose files lie in
            // the folder that their directory is.
            let parts = if extension(&entry.path()) == "eml" {
                parts.to_vec()
            } else {
                below(parts, name.strip_suffix(".mbox").unwrap_or(&name), false)
            };
            file(&entry.path(), parts, found);
        }
    }
}

/// The folder of a directory: Maildir++ writes `.Work.2020`, Thunderbird
/// `Work.sbd`.
fn below(parts: &[String], name: &str, is_maildir: bool) -> Vec<String> {
    let mut parts = parts.to_vec();
    match name.strip_prefix('.').filter(|_| is_maildir) {
        // Dovecot and Courier write the names as IMAP does.
        Some(path) => parts.extend(path.split('.').map(utf7::decode)),
        None => parts.push(name.strip_suffix(".sbd").unwrap_or(name).to_owned()),
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn one_maildir(path: &Path, parts: &[String], found: &mut Found) {
    match maildir::entries(path) {
        Ok(files) => {
            let length = |file: &PathBuf| fs::metadata(file).map_or(0, |data| data.len());
            found.mailboxes.push(Mailbox {
                kind: Kind::Maildir,
                folder: parts.join("/"),
                path: path.to_owned(),
                bytes: files.iter().map(length).sum(),
                files,
            });
        }
        Err(error) => {
            let why = format!("cannot be read: {error}");
            found.skipped.push(Skipped::file(path, why));
        }
    }
}

impl Mailbox {
    /// Its messages, one after the other, and how many bytes each step read.
    pub(crate) fn messages(self) -> Box<dyn Iterator<Item = (Step, u64)> + Send> {
        let Self { path, files, .. } = self;
        match self.kind {
            Kind::Mbox => mbox_messages(&path),
            Kind::Files => Box::new(
                files
                    .into_iter()
                    .map(|file| (read_file(&file), length(&file))),
            ),
            Kind::Maildir => {
                let keywords = maildir::keywords(&path);
                Box::new(files.into_iter().map(move |file| {
                    let read = maildir::read(&file, &keywords).and_then(|entry| {
                        if maildir::is_deleted(&entry) {
                            Err(Skipped::file(&file, "was deleted in the other program"))
                        } else {
                            Ok(entry)
                        }
                    });
                    (read, length(&file))
                }))
            }
        }
    }
}

fn length(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |data| data.len())
}

fn mbox_messages(path: &Path) -> Box<dyn Iterator<Item = (Step, u64)> + Send> {
    let name = path.display().to_string();
    match File::open(path) {
        Ok(file) => {
            let mut reader = MboxReader::new(BufReader::with_capacity(1 << 16, file), name);
            Box::new(std::iter::from_fn(move || {
                let before = reader.read;
                let step = reader.next()?;
                Some((step, reader.read - before))
            }))
        }
        Err(error) => {
            let why = format!("cannot be read: {error}");
            Box::new(std::iter::once((Err(Skipped::file(path, why)), 0)))
        }
    }
}
