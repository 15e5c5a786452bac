//! Files that go with a message: chosen, dropped or named by path, and read
//! away from the window's thread.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use waxwing::model::DraftAttachment;
use waxwing::model::draft::media_type;

use crate::ui::component::bytes;

/// Files larger than this are not taken: no server would.
const FILE_MAX: u64 = 150_000_000;
/// Above this, as it travels, many servers refuse a message.
const USUAL_MAX: u64 = 25_000_000;
/// A dialog that is gone so soon was never seen by anybody.
const UNSEEN: Duration = Duration::from_millis(700);

/// Asks the person for files; nothing where there was no answer.
pub(crate) type Picker = Arc<dyn Fn() -> BoxFuture<'static, Option<Vec<PathBuf>>> + Send + Sync>;

/// The desktop's own file dialog.
pub(crate) fn desktop_picker() -> Picker {
    Arc::new(|| {
        Box::pin(async {
            let files = rfd::AsyncFileDialog::new()
                .set_title("Attach files")
                .pick_files()
                .await?;
            Some(files.iter().map(|file| file.path().to_path_buf()).collect())
        })
    })
}

/// What came of asking for files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Picked {
    /// These.
    Files(Vec<PathBuf>),
    /// The person thought better of it.
    Nothing,
    /// No dialog came up: there is no portal on this desktop.
    NoDialog,
}

/// Asks, and tells a closed dialog from one that never came.
pub(crate) async fn pick(picker: Picker) -> Picked {
    let asked = Instant::now();
    match picker().await {
        Some(files) if files.is_empty() => Picked::Nothing,
        Some(files) => Picked::Files(files),
        None if asked.elapsed() < UNSEEN => Picked::NoDialog,
        None => Picked::Nothing,
    }
}

/// A file that was read, or a sentence why not.
pub(crate) type Read = Result<DraftAttachment, String>;

/// Reads files, one after the other, on a thread that may wait.
pub(crate) async fn read_all(paths: Vec<PathBuf>) -> Vec<Read> {
    tokio::task::spawn_blocking(move || paths.iter().map(|path| read(path)).collect())
        .await
        .unwrap_or_else(|_| vec![Err("The files could not be read.".to_owned())])
}

fn read(path: &Path) -> Read {
    let name = path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    );
    let failed = |why: &str| format!("“{name}” was not attached: {why}.");
    let about = std::fs::metadata(path).map_err(|error| failed(&reason(&error)))?;
    if about.is_dir() {
        return Err(failed("it is a folder; pack it into a file first"));
    }
    if !about.is_file() {
        return Err(failed("it is not a regular file"));
    }
    if about.len() > FILE_MAX {
        let size = bytes(about.len());
        return Err(failed(&format!(
            "{size} is more than any mail server takes"
        )));
    }
    let content = std::fs::read(path).map_err(|error| failed(&reason(&error)))?;
    Ok(DraftAttachment {
        content_type: media_type(path).to_owned(),
        name,
        content_id: None,
        bytes: content.into(),
    })
}

fn reason(error: &std::io::Error) -> String {
    use std::io::ErrorKind as Kind;
    match error.kind() {
        Kind::NotFound => "there is no such file".to_owned(),
        Kind::PermissionDenied => "you may not read it".to_owned(),
        _ => format!("it could not be read ({error})"),
    }
}

/// A path as a person types it: `~` is their home, quotation marks of a file
/// manager's *Copy path* do not count.
pub(crate) fn typed_path(text: &str) -> Option<PathBuf> {
    let text = text.trim().trim_matches(['"', '\'']);
    let text = text.strip_prefix("file://").unwrap_or(text);
    if text.is_empty() {
        return None;
    }
    if let Some(rest) = text.strip_prefix("~/")
        && let Some(home) = std::env::home_dir()
    {
        return Some(home.join(rest));
    }
    Some(PathBuf::from(text))
}

/// What all of them weigh together: "3 files, 1.2 MB".
pub(crate) fn sum_words(attachments: &[DraftAttachment]) -> String {
    let sum = bytes(sum(attachments));
    match attachments.len() {
        1 => format!("1 file, {sum}"),
        count => format!("{count} files, {sum}"),
    }
}

fn sum(attachments: &[DraftAttachment]) -> u64 {
    attachments
        .iter()
        .map(|attachment| attachment.bytes.len() as u64)
        .sum()
}

/// A word of care when the message becomes larger than many servers take.
pub(crate) fn too_large(attachments: &[DraftAttachment]) -> Option<String> {
    // Base64 makes four bytes of three and ends lines (RFC 2045, 6.8).
    let travels = sum(attachments) / 3 * 4 * 78 / 76;
    (travels > USUAL_MAX).then(|| {
        format!(
            "About {} on its way: many servers refuse messages over 25 MB.",
            bytes(travels)
        )
    })
}
