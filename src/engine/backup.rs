//! Everything of a profile in one file, and back on another computer.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::Stream;
use tokio::sync::mpsc;

use super::handle::Handle;
use super::reading::blocking;
use super::saving::{cannot_do, folder_of, must_be_free};
use super::shared::Shared;
use crate::archive::{BundleWriter, Unfit, unpack};
use crate::config::{Accounts, Profile};
use crate::error::{Error, ErrorKind, Result};
use crate::store::{Snapshot, Store, StoreFile, is_of_store};
use crate::sync::outbox;

/// What a running backup, or one that is being restored, tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackupProgress {
    /// How far it is.
    Copied {
        /// Bytes so far.
        bytes: u64,
        /// Bytes there are, as far as known.
        total: u64,
    },
    /// All is there.
    Done {
        /// How many bytes the backup has.
        bytes: u64,
    },
}

type Sender = mpsc::UnboundedSender<Result<BackupProgress>>;

/// Told after so many bytes.
const STEP: u64 = 16 << 20;

impl Handle {
    /// Writes everything of this profile into one file: settings, accounts,
    /// all mail that is stored here, drafts, and what waits to be sent; and
    /// the passwords only where they lie in the encrypted file. It is as
    /// things were at one moment, and nobody has to wait for it. Dropping the
    /// stream leaves nothing behind.
    pub fn back_up(
        &self,
        path: PathBuf,
    ) -> impl Stream<Item = Result<BackupProgress>> + Send + use<> {
        self.shared
            .telling(async move |shared, sender| shared.back_up(path, sender).await)
    }
}

impl Shared {
    async fn back_up(self: &Arc<Self>, path: PathBuf, sender: Sender) -> Result<()> {
        must_be_free(&path)?;
        let snapshot = self.store.snapshot().await?;
        let profile = self.profile.clone();
        blocking(move || write(&profile, &snapshot, &path, &sender)).await
    }
}

/// The files of a profile that are kept, beside those of the store.
fn files(profile: &Profile) -> Vec<(&'static str, PathBuf)> {
    vec![
        ("settings.toml", profile.settings_file()),
        ("certificates.toml", profile.certificates_file()),
        ("oauth.toml", profile.oauth_file()),
        ("state.toml", profile.state_file()),
        ("secrets.enc", profile.secrets_file()),
        (ACCOUNTS, profile.accounts_file()),
    ]
}

/// What makes a profile somebody's: put back last.
const ACCOUNTS: &str = "accounts.toml";

fn write(profile: &Profile, snapshot: &Snapshot, path: &Path, sender: &Sender) -> Result<()> {
    let failed = |cause| cannot_do(path, "written", cause);
    let folder = folder_of(path);
    let mut total = 0;
    for file in StoreFile::ALL {
        total += snapshot.size(file)?;
    }
    let mut progress = Progress::new(sender, total);
    let mut bundle = BundleWriter::begin(folder).map_err(failed)?;
    for (name, file) in files(profile) {
        match File::open(file) {
            Ok(file) => bundle.add(name, file, &mut |_| Ok(())).map_err(failed)?,
            // Not everybody has all of them.
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
            Err(cause) => return Err(failed(cause)),
        }
    }
    let room = tempfile::tempdir_in(folder).map_err(failed)?;
    for file in StoreFile::ALL {
        let copy = room.path().join(file.name());
        snapshot.copy(file, &copy, &|| !sender.is_closed())?;
        let content = File::open(&copy).map_err(failed)?;
        let mut told = |bytes| progress.more(bytes);
        bundle
            .add(file.name(), content, &mut told)
            .map_err(failed)?;
        fs::remove_file(&copy).map_err(failed)?;
    }
    bundle.finish(path).map_err(failed)?;
    let bytes = fs::metadata(path).map_err(failed)?.len();
    drop(sender.send(Ok(BackupProgress::Done { bytes })));
    Ok(())
}

/// Tells now and then how far it is, and ends it when nobody listens.
struct Progress<'a> {
    sender: &'a Sender,
    bytes: u64,
    total: u64,
    told: u64,
}

impl<'a> Progress<'a> {
    fn new(sender: &'a Sender, total: u64) -> Self {
        Self {
            sender,
            bytes: 0,
            total,
            told: 0,
        }
    }

    fn more(&mut self, bytes: u64) -> io::Result<()> {
        self.bytes += bytes;
        if self.sender.is_closed() {
            return Err(io::Error::other("nobody waits for it any more"));
        }
        if self.bytes - self.told >= STEP {
            self.told = self.bytes;
            let copied = BackupProgress::Copied {
                bytes: self.bytes,
                total: self.total,
            };
            drop(self.sender.send(Ok(copied)));
        }
        Ok(())
    }
}

/// Puts a backup into a profile without accounts; says how many there are now.
/// The profile is as before if it fails. Blocks.
///
/// What waited to be sent when the backup was made may have left since: it is
/// looked for among the sent mail, and the person is asked.
///
/// # Errors
/// `Conflict` where the profile has accounts, `Input` where the file is no
/// whole backup, `Busy`, `DiskFull`, `Storage`.
pub fn restore(profile: &Profile, path: &Path) -> Result<usize> {
    let _lock = profile.lock()?;
    if !Accounts::load(profile).value.all().is_empty() {
        let message = format!("The profile {} has accounts.", profile.place().display());
        return Err(Error::new(ErrorKind::Conflict, message)
            .hint("Restore into an empty one: --profile DIR names it."));
    }
    let failed = |cause| cannot_do(path, "restored", cause);
    let room = tempfile::tempdir_in(profile.data_dir()).map_err(failed)?;
    let mut places = files(profile);
    let stored = StoreFile::ALL.map(StoreFile::name);
    let known: Vec<&str> = places.iter().map(|(name, _)| *name).chain(stored).collect();
    let found =
        unpack(path, room.path(), &known, &mut |_| Ok(())).map_err(|why| unfit(path, why))?;
    for needed in stored.into_iter().chain([ACCOUNTS]) {
        if !found.iter().any(|name| name == needed) {
            return Err(unfit(path, Unfit::Damaged(needed.to_owned())));
        }
    }
    settle(room.path())?;
    for name in stored {
        places.insert(0, (name, profile.data_dir().join(name)));
    }
    // The store that lay here was nobody's.
    for entry in fs::read_dir(profile.data_dir()).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        if file
            .file_name()
            .is_some_and(|name| is_of_store(&name.to_string_lossy()))
        {
            fs::remove_file(file).map_err(failed)?;
        }
    }
    for (name, place) in places {
        if found.iter().any(|found| found == name) {
            put(&room.path().join(name), &place).map_err(failed)?;
        }
    }
    Ok(Accounts::load(profile).value.all().len())
}

/// What may have happened elsewhere since is not done once more.
fn settle(folder: &Path) -> Result<()> {
    let store = Store::open(folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|error| {
            Error::new(ErrorKind::Bug, "Waxwing could not start its tasks.").source(error)
        })?;
    let settled = runtime.block_on(outbox::doubt_all(&store));
    store.close();
    Ok(settled?)
}

/// Moves a file, also to another disk.
fn put(from: &Path, to: &Path) -> io::Result<()> {
    if fs::rename(from, to).is_err() {
        fs::copy(from, to)?;
        File::open(to)?.sync_all()?;
    }
    Ok(())
}

fn unfit(path: &Path, why: Unfit) -> Error {
    if let Unfit::Io(cause) = why {
        return cannot_do(path, "restored", cause);
    }
    let message = format!("{} is no whole backup of Waxwing's: {why}.", path.display());
    Error::new(ErrorKind::Input, message).hint("Try another one. Nothing was changed.")
}
