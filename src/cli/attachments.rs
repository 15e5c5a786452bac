//! `attachments`

use std::path::PathBuf;

use clap::Args;
use waxwing::{Error, ErrorKind, Result};

use super::lookup::{self, Target};
use super::output::{SavedLine, warn};
use super::{Context, text};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Ids, as `list` prints them, or files (.eml)
    #[arg(required = true, value_name = "ID")]
    ids: Vec<Target>,
    /// The folder to save in; made where it is missing
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
}

pub(super) async fn run(context: &mut Context, options: Options) -> Result<()> {
    let ids = lookup::messages(&context.handle, &options.ids).await?;
    std::fs::create_dir_all(&options.to).map_err(|cause| {
        let dir = options.to.display();
        Error::new(
            ErrorKind::Input,
            format!("The folder {dir} cannot be made: {cause}."),
        )
        .source(cause)
    })?;
    for id in ids {
        let attachments = context.handle.email(id).await?.attachments;
        let parts = attachments.iter().map(|attachment| attachment.part);
        let (parts, folder) = (parts.collect(), options.to.clone());
        let paths = context.handle.save_attachments(id, parts, folder).await?;
        for (path, attachment) in paths.iter().zip(&attachments) {
            let line = SavedLine {
                size: std::fs::metadata(path).map_or(attachment.size, |file| file.len()),
                path: path.display().to_string(),
                danger: attachment.danger.map(|danger| danger.kind),
            };
            context.out.row(&line, || {
                format!("{} ({})", text::line(&line.path), text::size(line.size))
            })?;
            if let Some(danger) = attachment.danger {
                warn("warning", &format!("{}: {}.", line.path, danger.what()));
            }
        }
    }
    Ok(())
}
