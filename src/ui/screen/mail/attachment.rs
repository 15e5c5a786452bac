//! Where attachments go, and what is opened outside.

use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How a place for a file is found.
#[derive(Debug, Clone, Default)]
pub(crate) enum Picker {
    /// The desktop's dialog.
    #[default]
    Desktop,
    /// An answer settled beforehand.
    #[cfg(test)]
    Always(Picked),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Picked {
    /// A place.
    Path(PathBuf),
    /// The person thought better of it.
    Cancelled,
    /// There is no dialog to be had here.
    NoDialog,
}

/// A dialog that says nothing within this time was never there: without a
/// portal the call returns at once, and nobody cancels so fast.
const NEVER_SHOWN: Duration = Duration::from_millis(400);

impl Picker {
    /// Asks for a place for a file of that name, in a dialog with that title.
    pub(crate) async fn pick(self, title: &'static str, name: String) -> Picked {
        match self {
            Self::Desktop => {
                let begun = Instant::now();
                let file = rfd::AsyncFileDialog::new()
                    .set_title(title)
                    .set_file_name(name)
                    .save_file()
                    .await;
                match file {
                    Some(file) => Picked::Path(file.path().to_owned()),
                    None if begun.elapsed() < NEVER_SHOWN => Picked::NoDialog,
                    None => Picked::Cancelled,
                }
            }
            #[cfg(test)]
            Self::Always(picked) => picked,
        }
    }
}

/// Where a file of that name would usually go.
pub(crate) fn suggestion(name: &str) -> String {
    waxwing::config::paths::downloads()
        .join(name)
        .display()
        .to_string()
}

/// Hands a link to the desktop. Only links that a browser or mail program
/// takes, and never through a shell.
pub(crate) fn open_outside(link: &str) -> std::io::Result<()> {
    let known = ["https://", "http://", "mailto:"]
        .iter()
        .any(|start| link.starts_with(start));
    if !known {
        return Err(std::io::ErrorKind::Unsupported.into());
    }
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let mut child = std::process::Command::new(program)
        .arg(link)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()?;
    // Nobody waits for it in the window; a thread does, so that no zombie stays.
    std::thread::spawn(move || drop(child.wait()));
    Ok(())
}
