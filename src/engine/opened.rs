//! What lasts as long as the program runs: messages in no folder that are
//! being read, encodings that were chosen, signatures that were checked, and
//! files that other programs show.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::Handle;
use super::reading::blocking;
use super::saving::write_new;
use super::shared::Shared;
use crate::error::{Error, ErrorKind, Result};
use crate::mime;
use crate::model::{Charset, PartId, PlacementId, SignatureCheck};

/// The largest file that is read as a message.
const FILE_MAX: u64 = 256 << 20;

/// How Outlook's own files begin (MS-CFB 2.2).
const OUTLOOK: &[u8] = b"\xd0\xcf\x11\xe0";

#[derive(Debug, Default)]
pub(super) struct Opened {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Messages by ids that no row has: below zero.
    letters: HashMap<PlacementId, Arc<Vec<u8>>>,
    last: i64,
    charsets: HashMap<PlacementId, Charset>,
    checks: HashMap<PlacementId, SignatureCheck>,
    folder: Option<tempfile::TempDir>,
}

/// A message as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// All header fields in their order, decoded for reading.
    pub headers: Vec<(String, String)>,
    /// The beginning of its bytes, as text.
    pub text: String,
    /// How many bytes it has.
    pub size: u64,
    /// Whether there is more than that beginning.
    pub cut: bool,
}

/// How much of a message its source shows, in bytes.
const SOURCE_MAX: usize = 512 << 10;

/// How many checks of signatures are remembered.
const CHECKS_MAX: usize = 1_000;

impl Opened {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bytes of a message that is in no folder.
    pub(super) fn letter(&self, id: PlacementId) -> Option<Vec<u8>> {
        let letter = self.state().letters.get(&id).cloned();
        letter.map(|letter| letter.to_vec())
    }

    /// Whether a message is in no folder.
    pub(super) fn is_letter(id: PlacementId) -> bool {
        id.0 < 0
    }

    /// The encoding that was chosen for a message.
    pub(super) fn charset(&self, id: PlacementId) -> Option<Charset> {
        self.state().charsets.get(&id).copied()
    }

    /// What checking the signatures of a message came to.
    pub(super) fn check(&self, id: PlacementId) -> Option<SignatureCheck> {
        self.state().checks.get(&id).cloned()
    }

    /// Remembers that.
    pub(super) fn keep_check(&self, id: PlacementId, check: SignatureCheck) {
        let mut state = self.state();
        if state.checks.len() >= CHECKS_MAX {
            state.checks.clear();
        }
        state.checks.insert(id, check);
    }

    fn add(&self, raw: Vec<u8>) -> PlacementId {
        let mut state = self.state();
        state.last -= 1;
        let id = PlacementId(state.last);
        state.letters.insert(id, Arc::new(raw));
        id
    }

    /// The folder for files that other programs show; nobody else sees into it,
    /// and it goes with the program.
    fn folder(&self) -> std::io::Result<PathBuf> {
        let mut state = self.state();
        let folder = match state.folder.take() {
            Some(folder) if folder.path().is_dir() => folder,
            _ => private_folder()?,
        };
        let path = folder.path().to_owned();
        state.folder = Some(folder);
        Ok(path)
    }

    /// Forgets all of it.
    pub(super) fn close(&self) {
        *self.state() = State::default();
    }
}

fn private_folder() -> std::io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("waxwing-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o700));
    }
    builder.tempdir()
}

impl Handle {
    /// Takes a file up as a message (`.eml`), to be read as any other until
    /// [`Handle::close_letter`].
    ///
    /// # Errors
    /// When the file cannot be read or is no message.
    pub async fn open_letter(&self, path: PathBuf) -> Result<PlacementId> {
        self.run(async move |shared| {
            let raw = blocking(move || letter(&path)).await?;
            Ok(shared.opened.add(raw))
        })
        .await
    }

    /// Takes an attached message up in the same way.
    ///
    /// # Errors
    /// As [`Handle::part`].
    pub async fn open_attached_letter(&self, id: PlacementId, part: PartId) -> Result<PlacementId> {
        self.run(async move |shared| {
            let saved = shared.part(id, part).await?;
            Ok(shared.opened.add(saved.bytes))
        })
        .await
    }

    /// Forgets a message that is in no folder.
    pub fn close_letter(&self, id: PlacementId) {
        let mut state = self.shared.opened.state();
        state.letters.remove(&id);
        state.charsets.remove(&id);
        state.checks.remove(&id);
    }

    /// Reads a message in that encoding, whatever it says of itself, until the
    /// program ends; without one as it says.
    pub fn read_as(&self, id: PlacementId, charset: Option<Charset>) {
        let mut state = self.shared.opened.state();
        match charset {
            Some(charset) => state.charsets.insert(id, charset),
            None => state.charsets.remove(&id),
        };
    }

    /// The encoding a message is read in because somebody said so.
    #[must_use]
    pub fn is_read_as(&self, id: PlacementId) -> Option<Charset> {
        self.shared.opened.charset(id)
    }

    /// A message as it came; all of it is fetched where it is not here.
    ///
    /// # Errors
    /// As [`Handle::raw`].
    pub async fn source(&self, id: PlacementId) -> Result<Source> {
        self.run(async move |shared| {
            let (raw, charset) = (shared.raw(id).await?, shared.opened.charset(id));
            blocking(move || {
                let headers = mime::parse_as(&raw, charset).headers;
                let start = raw.get(..SOURCE_MAX).unwrap_or(&raw);
                let text = String::from_utf8_lossy(start).replace("\r\n", "\n");
                Ok(Source {
                    headers,
                    text,
                    size: raw.len() as u64,
                    cut: raw.len() > SOURCE_MAX,
                })
            })
            .await
        })
        .await
    }

    /// Writes a message to `path`, byte for byte as the server gave it; a file
    /// that is there gets company (`name (2).eml`). Says where it wrote.
    ///
    /// # Errors
    /// As [`Handle::raw`], and when the file cannot be written.
    pub async fn save_message(&self, id: PlacementId, path: PathBuf) -> Result<PathBuf> {
        self.run(async move |shared| {
            let raw = shared.raw(id).await?;
            blocking(move || write_new(&path, &raw)).await
        })
        .await
    }

    /// Writes an attachment where another program can show it, and says where.
    /// The file cannot be changed, and goes when Waxwing ends.
    ///
    /// # Errors
    /// As [`Handle::part`], when it is dangerous to open, and when the file
    /// cannot be written.
    pub async fn attachment_to_open(&self, id: PlacementId, part: PartId) -> Result<PathBuf> {
        self.run(async move |shared| {
            let saved = shared.part(id, part).await?;
            if let Some(danger) = saved.danger {
                let message = format!("“{}” was not opened. {}", saved.name, danger.words());
                return Err(Error::new(ErrorKind::Input, message)
                    .hint("Save it if you trust whoever sent it."));
            }
            blocking(move || shared.write_to_open(&saved)).await
        })
        .await
    }
}

impl Shared {
    fn write_to_open(&self, saved: &mime::SavedPart) -> Result<PathBuf> {
        let written = self.opened.folder().map_err(|cause| {
            Error::new(
                ErrorKind::Storage,
                "There is no place for files that other programs show.",
            )
            .hint("Save the attachment instead.")
            .source(cause)
        });
        let path = write_new(&written?.join(&saved.name), &saved.bytes)?;
        // What is changed there would be lost with the folder.
        if let Ok(file) = path.metadata() {
            let mut permissions = file.permissions();
            permissions.set_readonly(true);
            drop(std::fs::set_permissions(&path, permissions));
        }
        Ok(path)
    }
}

/// The bytes of a file that is a message.
fn letter(path: &Path) -> Result<Vec<u8>> {
    let cannot = |why: &str| {
        let message = format!("{} cannot be shown as a message: {why}.", path.display());
        Error::new(ErrorKind::Input, message)
    };
    let unreadable = |cause: std::io::Error| cannot(&cause.to_string()).source(cause);
    let size = path.metadata().map_err(unreadable)?.len();
    if size > FILE_MAX {
        return Err(cannot("it is larger than 256 MB"));
    }
    let raw = std::fs::read(path).map_err(unreadable)?;
    if raw.starts_with(OUTLOOK) {
        return Err(cannot("it is a file of Outlook's own kind (.msg)")
            .hint("Save it in Outlook as text or forward it as an attachment."));
    }
    if mime::parse_as(&raw, None).headers.is_empty() {
        return Err(cannot("it has no header").hint("Messages are kept in files called .eml."));
    }
    Ok(raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_messages_are_taken_up() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str, bytes: &[u8]| {
            let path = dir.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let good = path("a.eml", b"Subject: Hello\r\n\r\nText\r\n");
        assert!(letter(&good).unwrap().ends_with(b"Text\r\n"));
        for (name, bytes, words) in [
            ("b.eml", b"just words\n".as_slice(), "no header"),
            ("c.msg", b"\xd0\xcf\x11\xe0\xa1", "Outlook"),
        ] {
            let error = letter(&path(name, bytes)).unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
            assert_eq!(error.kind(), ErrorKind::Input);
        }
        let missing = letter(&dir.path().join("none.eml")).unwrap_err();
        assert!(missing.to_string().contains("none.eml"));
    }

    #[test]
    fn files_to_open_are_private_and_go_at_the_end() {
        let opened = Opened::default();
        let folder = opened.folder().unwrap();
        assert_eq!(opened.folder().unwrap(), folder);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = folder.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{mode:o}");
        }
        let id = opened.add(b"x".to_vec());
        assert!(Opened::is_letter(id) && opened.letter(id).is_some());
        opened.close();
        assert!(!folder.exists() && opened.letter(id).is_none());
    }
}
