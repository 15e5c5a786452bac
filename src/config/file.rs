//! Bytes of the profile on disk: read whole, written atomically.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind as IoKind, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};

/// The whole file, or nothing where there is none.
///
/// # Errors
/// `Config` when the file is there and cannot be read.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(cause) if cause.kind() == IoKind::NotFound => Ok(None),
        Err(cause) => Err(failed("read", path, cause)),
    }
}

/// Replaces the file in one step: whatever happens, afterwards there is either
/// the old content or the new one. Only the owner can read it.
///
/// # Errors
/// `DiskFull` or `Config`; the old file is untouched then.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = beside(path, "new");
    let written = write_through(&temporary, bytes)
        .and_then(|()| std::fs::rename(&temporary, path))
        .and_then(|()| sync_folder(path));
    written.map_err(|cause| {
        // Nothing refers to the half file; that it may stay hurts nobody.
        let _ = std::fs::remove_file(&temporary);
        failed("written", path, cause)
    })
}

/// Removes the file.
///
/// # Errors
/// `Config` when it cannot be removed.
pub(crate) fn remove(path: &Path) -> Result<()> {
    let removed = std::fs::remove_file(path).and_then(|()| sync_folder(path));
    removed.map_err(|cause| failed("removed", path, cause))
}

/// Moves a file that cannot be used out of the way: `settings.toml.broken-1`.
/// Says where it is now.
///
/// # Errors
/// `Config` when it cannot be moved.
pub(crate) fn set_aside(path: &Path) -> Result<PathBuf> {
    let aside = (1_u32..)
        .map(|number| beside(path, &format!("broken-{number}")))
        .find(|free| !free.exists())
        .unwrap_or_else(|| beside(path, "broken"));
    std::fs::rename(path, &aside).map_err(|cause| failed("set aside", path, cause))?;
    Ok(aside)
}

/// Puts a file that was set aside back in its place.
///
/// # Errors
/// `Config` when it cannot be moved.
pub(crate) fn bring_back(aside: &Path, path: &Path) -> Result<()> {
    std::fs::rename(aside, path).map_err(|cause| failed("brought back", path, cause))
}

/// What an I/O failure with a file of the profile means.
pub(crate) fn failed(action: &str, path: &Path, cause: std::io::Error) -> Error {
    let place = path.display();
    if cause.kind() == IoKind::StorageFull || cause.kind() == IoKind::QuotaExceeded {
        return Error::new(
            ErrorKind::DiskFull,
            format!("The disk is full: {place} could not be {action}."),
        )
        .hint("Free some space and try again; what was there before is unchanged.")
        .source(cause);
    }
    Error::new(
        ErrorKind::Config,
        format!("{place} could not be {action}: {cause}."),
    )
    .hint("Check that the file and its folder belong to you and are writable.")
    .source(cause)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

fn write_through(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    // A rest of an interrupted write may have other permissions: start anew.
    match std::fs::remove_file(path) {
        Err(cause) if cause.kind() != IoKind::NotFound => return Err(cause),
        _ => {}
    }
    let mut file = create_private(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A new file that only its owner can read and write.
pub(crate) fn create_private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes the rename itself survive a power cut. Only Unix can open folders.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        write_atomically(&path, b"old").unwrap();
        // A folder in the way of the temporary file makes the write fail.
        std::fs::create_dir(folder.path().join("a.toml.new")).unwrap();
        let error = write_atomically(&path, b"new").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(read(&path).unwrap().unwrap(), b"old");
    }

    #[cfg(unix)]
    #[test]
    fn written_files_are_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        std::fs::write(&path, "loose").unwrap();
        write_atomically(&path, b"tight").unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(!folder.path().join("a.toml.new").exists());
    }

    #[test]
    fn files_set_aside_never_replace_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        for number in 1..=2 {
            std::fs::write(&path, number.to_string()).unwrap();
            let aside = set_aside(&path).unwrap();
            assert_eq!(aside, folder.path().join(format!("a.toml.broken-{number}")));
        }
        let first = std::fs::read(folder.path().join("a.toml.broken-1")).unwrap();
        assert_eq!(first, b"1");
    }

    #[test]
    fn a_full_disk_is_told_as_one() {
        let full = std::io::Error::from(IoKind::StorageFull);
        let error = failed("written", Path::new("/p/a.toml"), full);
        assert_eq!(error.kind(), ErrorKind::DiskFull);
        assert!(error.message().contains("/p/a.toml"));
    }
}
