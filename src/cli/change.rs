//! `mark`, `move`, `delete`, `archive`

use std::collections::BTreeMap;

use clap::Args;
use waxwing::Result;
use waxwing::engine::Done;
use waxwing::model::{AccountId, Flag, FlagChange, PlacementId};

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
    /// As spam
    #[arg(long, conflicts_with = "not_junk")]
    junk: bool,
    /// As no spam
    #[arg(long)]
    not_junk: bool,
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
    /// The flags to set and to clear, and whether a person is told of each.
    fn changes(&self) -> Vec<(FlagChange, bool)> {
        let mut changes = Vec::new();
        if self.read || self.unread {
            changes.push((FlagChange::seen(self.read), true));
        }
        if self.star || self.unstar {
            changes.push((FlagChange::flagged(self.star), true));
        }
        if self.junk || self.not_junk {
            // The two exclude each other, which is nothing to tell.
            let (set, cleared) = if self.junk {
                (Flag::Junk, Flag::NotJunk)
            } else {
                (Flag::NotJunk, Flag::Junk)
            };
            changes.push((
                FlagChange {
                    flag: set,
                    on: true,
                },
                true,
            ));
            changes.push((
                FlagChange {
                    flag: cleared,
                    on: false,
                },
                false,
            ));
        }
        changes
    }
}

pub(super) async fn mark(context: &mut Context, options: MarkOptions) -> Result<()> {
    let ids = options.ids.ids;
    lookup::envelopes(&context.handle, &ids).await?;
    let mut labels = Vec::new();
    for (change, is_told) in options.marks.changes() {
        let done = context.handle.mark(ids.clone(), change).await?;
        if is_told {
            labels.push(done.label);
        }
    }
    print(context, &ids, labels.join("; "))
}

pub(super) async fn move_to(context: &mut Context, options: MoveOptions) -> Result<()> {
    let rows = lookup::envelopes(&context.handle, &options.ids.ids).await?;
    let mut by_account: BTreeMap<AccountId, Vec<PlacementId>> = BTreeMap::new();
    for row in rows {
        by_account.entry(row.account).or_default().push(row.id);
    }
    // All targets first, so that a missing one leaves everything in its place.
    let mut moves = Vec::new();
    for (account, ids) in by_account {
        let folder = lookup::folder(&context.handle, Some(account), &options.folder).await?;
        moves.push((ids, folder.id));
    }
    for (ids, folder) in moves {
        let done = context.handle.move_to(ids.clone(), folder).await?;
        print(context, &ids, done.label)?;
    }
    Ok(())
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
