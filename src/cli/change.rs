//! `mark`, `move`, `copy`, `delete`, `archive`

use std::collections::BTreeMap;

use clap::Args;
use waxwing::Result;
use waxwing::engine::Done;
use waxwing::model::{AccountId, FlagChange, FolderId, Keyword, PlacementId};

use super::output::DoneLine;
use super::{Context, lookup, text};

#[derive(Debug, Args)]
pub(crate) struct Ids {
    /// Ids, as `list` prints them
    #[arg(required = true, value_name = "ID")]
    ids: Vec<PlacementId>,
}

#[derive(Debug, Args)]
pub(crate) struct MarkOptions {
    #[command(flatten)]
    ids: Ids,
    #[command(flatten)]
    marks: Marks,
}

/// At least one of them.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct Marks {
    /// As read
    #[arg(long, conflicts_with = "unread")]
    read: bool,
    /// As not read yet
    #[arg(long)]
    unread: bool,
    /// With a star
    #[arg(long, conflicts_with = "unstar")]
    star: bool,
    /// Without the star
    #[arg(long)]
    unstar: bool,
    /// As spam; moves them to Junk
    #[arg(long, conflicts_with = "not_junk")]
    junk: bool,
    /// As no spam; moves those in Junk to the inbox
    #[arg(long)]
    not_junk: bool,
    /// With this tag
    #[arg(long, value_name = "TAG")]
    tag: Vec<Keyword>,
    /// Without this tag
    #[arg(long, value_name = "TAG")]
    untag: Vec<Keyword>,
}

#[derive(Debug, Args)]
pub(crate) struct MoveOptions {
    #[command(flatten)]
    ids: Ids,
    /// The whole name of the folder, as `folders` prints it
    folder: String,
}

#[derive(Debug, Args)]
pub(crate) struct DeleteOptions {
    #[command(flatten)]
    ids: Ids,
    /// Remove them for good
    #[arg(long)]
    permanently: bool,
}

impl Marks {
    /// The flags to set and to clear.
    fn flags(&self) -> Vec<FlagChange> {
        let mut changes = Vec::new();
        if self.read || self.unread {
            changes.push(FlagChange::seen(self.read));
        }
        if self.star || self.unstar {
            changes.push(FlagChange::flagged(self.star));
        }
        changes
    }

    fn tags(self) -> impl Iterator<Item = (Keyword, bool)> {
        let set = self.tag.into_iter().map(|tag| (tag, true));
        set.chain(self.untag.into_iter().map(|tag| (tag, false)))
    }
}

pub(super) async fn mark(context: &mut Context, options: MarkOptions) -> Result<()> {
    let ids = options.ids.ids;
    lookup::envelopes(&context.handle, &ids).await?;
    let marks = options.marks;
    let mut labels = Vec::new();
    for change in marks.flags() {
        labels.push(context.handle.mark(ids.clone(), change).await?.label);
    }
    let junk = marks.junk;
    let judged = junk || marks.not_junk;
    for (tag, on) in marks.tags() {
        labels.push(context.handle.tag(ids.clone(), tag, on).await?.label);
    }
    // Last, for it moves them.
    if judged {
        labels.push(context.handle.junk(ids.clone(), junk).await?.label);
    }
    print(context, &ids, labels.join("; "))
}

pub(super) async fn move_to(context: &mut Context, options: MoveOptions) -> Result<()> {
    for (ids, folder) in targets(context, options).await? {
        let done = context.handle.move_to(ids.clone(), folder).await?;
        print(context, &ids, done.label)?;
    }
    Ok(())
}

pub(super) async fn copy_to(context: &mut Context, options: MoveOptions) -> Result<()> {
    for (ids, folder) in targets(context, options).await? {
        let done = context.handle.copy_to(ids.clone(), folder).await?;
        print(context, &ids, done.label)?;
    }
    Ok(())
}

/// The messages by account, with the folder of that name there. All targets
/// are looked up first, so that a missing one leaves everything in its place.
async fn targets(
    context: &Context,
    options: MoveOptions,
) -> Result<Vec<(Vec<PlacementId>, FolderId)>> {
    let rows = lookup::envelopes(&context.handle, &options.ids.ids).await?;
    let mut by_account: BTreeMap<AccountId, Vec<PlacementId>> = BTreeMap::new();
    for row in rows {
        by_account.entry(row.account).or_default().push(row.id);
    }
    let mut targets = Vec::new();
    for (account, ids) in by_account {
        let folder = lookup::folder(&context.handle, Some(account), &options.folder).await?;
        targets.push((ids, folder.id));
    }
    Ok(targets)
}

pub(super) async fn delete(context: &mut Context, options: DeleteOptions) -> Result<()> {
    let ids = options.ids.ids;
    lookup::envelopes(&context.handle, &ids).await?;
    let Done { label, .. } = context
        .handle
        .delete(ids.clone(), options.permanently)
        .await?;
    print(context, &ids, label)
}

pub(super) async fn archive(context: &mut Context, options: Ids) -> Result<()> {
    lookup::envelopes(&context.handle, &options.ids).await?;
    let Done { label, .. } = context.handle.archive(options.ids.clone()).await?;
    print(context, &options.ids, label)
}

fn print(context: &mut Context, ids: &[PlacementId], label: String) -> Result<()> {
    let line = DoneLine {
        ids: ids.iter().map(ToString::to_string).collect(),
        done: label,
    };
    context.out.row(&line, || text::line(&line.done))
}
