//! Files that a person saves.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::mime;

/// How often a free name is looked for before giving up.
const TRIES: usize = 1000;

/// Says no where something is in the way: nothing is written over.
pub(super) fn must_be_free(path: &Path) -> Result<()> {
    if path.symlink_metadata().is_err() {
        return Ok(());
    }
    let message = format!("{} is there already.", path.display());
    Err(Error::new(ErrorKind::Conflict, message)
        .hint("Choose another name: nothing is written over."))
}

/// The folder that a file lies in, or will.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Why a file that a person named cannot be "written", "restored", ...
pub(super) fn cannot_do(path: &Path, action: &str, cause: io::Error) -> Error {
    let kind = match cause.kind() {
        io::ErrorKind::StorageFull => ErrorKind::DiskFull,
        io::ErrorKind::AlreadyExists => ErrorKind::Conflict,
        _ => ErrorKind::Input,
    };
    let message = format!("{} cannot be {action}: {cause}.", path.display());
    Error::new(kind, message)
        .hint("Choose another place.")
        .source(cause)
}

/// Creates a file that was not there: never writes over one.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<PathBuf> {
    use std::io::Write as _;
    let folder = path.parent().unwrap_or(Path::new("."));
    let given = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let given = given.unwrap_or_default();
    for _ in 0..TRIES {
        let free = folder.join(mime::name_in(folder, &given));
        let created = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&free);
        let mut file = match created {
            Ok(file) => file,
            // Somebody was quicker: look for the next free name.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(cannot_write(&free, error)),
        };
        if let Err(error) = file.write_all(bytes).and_then(|()| file.sync_all()) {
            drop(file);
            // Half a file would look like a whole one.
            drop(std::fs::remove_file(&free));
            return Err(cannot_write(&free, error));
        }
        return Ok(free);
    }
    Err(Error::new(
        ErrorKind::Conflict,
        format!("{} has no free name left.", folder.display()),
    ))
}

fn cannot_write(path: &Path, error: std::io::Error) -> Error {
    let full = error.kind() == std::io::ErrorKind::StorageFull;
    let (kind, hint) = if full {
        (
            ErrorKind::DiskFull,
            "The disk is full: free some space, then try again.",
        )
    } else {
        (
            ErrorKind::Input,
            "Choose another folder, or check that this one is writable.",
        )
    };
    Error::new(kind, format!("{} could not be written.", path.display()))
        .hint(hint)
        .source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_is_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.txt");
        assert_eq!(write_new(&path, b"one").unwrap(), path);
        assert_eq!(
            write_new(&path, b"two").unwrap(),
            dir.path().join("a (2).txt")
        );
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
    }

    #[test]
    fn a_folder_that_is_not_there_is_said() {
        let error = write_new(Path::new("/nowhere/at/all/a.txt"), b"x").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input);
        assert!(error.to_string().contains("/nowhere/at/all/a.txt"));
    }
}
