//! `attachments`

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::Args;
use waxwing::model::PlacementId;
use waxwing::{Error, ErrorKind, Result};

use super::output::SavedLine;
use super::{Context, lookup, text};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Ids, as `list` prints them
    #[arg(required = true, value_name = "ID")]
    ids: Vec<PlacementId>,
    /// The folder to save in; made where it is missing
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
}

pub(super) async fn run(context: &mut Context, options: Options) -> Result<()> {
    lookup::envelopes(&context.handle, &options.ids).await?;
    std::fs::create_dir_all(&options.to).map_err(|cause| {
        let dir = options.to.display();
        Error::new(
            ErrorKind::Input,
            format!("The folder {dir} cannot be made: {cause}."),
        )
        .source(cause)
    })?;
    for id in options.ids {
        let email = context.handle.email(id).await?;
        if email.attachments.iter().any(|attachment| !attachment.here) {
            context.handle.fetch_attachments(id).await?;
        }
        for attachment in email.attachments {
            let target = options.to.join(bare_name(&attachment.name));
            let path = context
                .handle
                .save_attachment(id, attachment.part, target)
                .await?;
            let line = SavedLine {
                size: std::fs::metadata(&path).map_or(attachment.size, |file| file.len()),
                path: path.display().to_string(),
            };
            context.out.row(&line, || {
                format!("{} ({})", text::line(&line.path), text::size(line.size))
            })?;
        }
    }
    Ok(())
}

/// The last part of a name, so that none leads out of the folder whatever the
/// message says.
fn bare_name(name: &str) -> &OsStr {
    Path::new(name)
        .file_name()
        .unwrap_or_else(|| OsStr::new("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        assert_eq!(bare_name("../../etc/passwd"), "passwd");
        assert_eq!(bare_name("/etc/passwd"), "passwd");
        assert_eq!(bare_name(".."), "attachment");
        assert_eq!(bare_name("a b.pdf"), "a b.pdf");
    }
}
