//! Where the profile lies, and who may use it now.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use super::file::{create_private, failed};
use crate::error::{Error, ErrorKind, Result};

/// The folders of one person's profile. They exist once this does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Profile {
    config: PathBuf,
    data: PathBuf,
    logs: PathBuf,
}

/// Keeps other processes out of a profile while it lives.
#[derive(Debug)]
pub struct ProfileLock {
    _file: File,
}

impl Profile {
    /// The profile in one folder: its TOML files at the top, `data/` and
    /// `logs/` below. Missing folders are made, for their owner only.
    ///
    /// # Errors
    /// `Config` or `DiskFull` when a folder cannot be made.
    pub fn at(dir: &Path) -> Result<Self> {
        let root = std::path::absolute(dir).map_err(|cause| failed("found", dir, cause))?;
        Self {
            data: root.join("data"),
            logs: root.join("logs"),
            config: root,
        }
        .made()
    }

    /// The profile in the platform's own folders.
    ///
    /// # Errors
    /// `Config` when there is no home folder or a folder cannot be made.
    pub fn default_for_user() -> Result<Self> {
        let Some(dirs) = directories::ProjectDirs::from("", "", "waxwing") else {
            return Err(Error::new(
                ErrorKind::Config,
                "There is no home folder to keep the profile in.",
            )
            .hint("Name a folder with --profile DIR."));
        };
        let logs = dirs.state_dir().unwrap_or_else(|| dirs.cache_dir());
        Self {
            config: dirs.config_dir().to_path_buf(),
            data: dirs.data_dir().to_path_buf(),
            logs: logs.join("logs"),
        }
        .made()
    }

    fn made(self) -> Result<Self> {
        for folder in [&self.config, &self.data, &self.logs] {
            make_private(folder).map_err(|cause| failed("made", folder, cause))?;
        }
        Ok(self)
    }

    /// The folder to name in sentences about the profile.
    #[must_use]
    pub fn place(&self) -> &Path {
        &self.config
    }

    /// The folder of the store.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.data
    }

    /// The folder of log files.
    #[must_use]
    pub fn log_dir(&self) -> &Path {
        &self.logs
    }

    /// The accounts, without their secrets.
    #[must_use]
    pub fn accounts_file(&self) -> PathBuf {
        self.config.join("accounts.toml")
    }

    /// The certificates that the person trusts.
    #[must_use]
    pub fn certificates_file(&self) -> PathBuf {
        self.config.join("certificates.toml")
    }

    /// The person's preferences.
    #[must_use]
    pub fn settings_file(&self) -> PathBuf {
        self.config.join("settings.toml")
    }

    /// How the window was left.
    #[must_use]
    pub fn state_file(&self) -> PathBuf {
        self.data.join("state.toml")
    }

    /// How this program is known to providers with a sign-in in the browser.
    #[must_use]
    pub fn oauth_file(&self) -> PathBuf {
        self.config.join("oauth.toml")
    }

    /// The encrypted secrets, where no keyring is used.
    #[must_use]
    pub fn secrets_file(&self) -> PathBuf {
        self.data.join("secrets.enc")
    }

    /// Takes the profile for this process, until the lock is dropped or the
    /// process ends, however it ends.
    ///
    /// # Errors
    /// `Busy` when another process has it.
    pub fn lock(&self) -> Result<ProfileLock> {
        let path = self.data.join("lock");
        let file = create_private(&path).map_err(|cause| failed("opened", &path, cause))?;
        match file.try_lock() {
            Ok(()) => Ok(ProfileLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::new(
                ErrorKind::Busy,
                format!(
                    "Another Waxwing is using the profile {}.",
                    self.place().display()
                ),
            )
            .hint("Close it first, or use another profile with --profile DIR.")),
            Err(TryLockError::Error(cause)) => Err(failed("locked", &path, cause)),
        }
    }
}

/// Makes a folder and those above it. New ones are for their owner only;
/// those that were there stay as the person has them.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The folder in which the person's downloads lie; the home folder where the
/// desktop names none.
#[must_use]
pub fn downloads() -> PathBuf {
    directories::UserDirs::new()
        .and_then(|dirs| dirs.download_dir().map(PathBuf::from))
        .or_else(std::env::home_dir)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_lock_is_refused_until_the_first_ends() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::at(folder.path()).unwrap();
        let lock = profile.lock().unwrap();
        let error = profile.lock().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Busy);
        assert!(error.message().contains(folder.path().to_str().unwrap()));
        drop(lock);
        profile.lock().unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn new_folders_are_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("a/b");
        let profile = Profile::at(&root).unwrap();
        for made in [&root, profile.data_dir(), profile.log_dir()] as [&Path; 3] {
            let mode = std::fs::metadata(made).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700, "{}", made.display());
        }
    }
}
