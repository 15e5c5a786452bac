//! `folders` and `folder create`, `rename`, `delete`, `subscribe`, `unsubscribe`

use clap::{Args, Subcommand};
use futures::{FutureExt, StreamExt};
use waxwing::Result;
use waxwing::engine::Event;
use waxwing::model::{AccountId, FolderRole};

use super::output::{self, FolderDoneLine, FolderLine};
use super::{Context, lookup, text};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only of this account
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
}

pub(super) async fn run(context: &mut Context, options: Options) -> Result<()> {
    let account = lookup::account(&context.handle, options.account.as_deref()).await?;
    let accounts = context.handle.accounts().await?;
    for folder in context.handle.folders(account).await? {
        let line = FolderLine {
            account: lookup::name_of(&accounts, folder.account),
            folder: folder.path,
            role: folder.role.map(FolderRole::name),
            total: folder.total,
            unread: folder.unread,
            watched: folder.watched,
            checked: folder.checked.map(|when| when.to_rfc3339()),
        };
        context.out.row(&line, || {
            let FolderLine {
                account,
                folder,
                total,
                unread,
                ..
            } = &line;
            let role = line.role.unwrap_or_default();
            let (account, folder) = (text::name(account, 16), text::name(folder, 36));
            format!("{account} {folder} {total:>7} {unread:>7} unread  {role}")
        })?;
    }
    Ok(())
}

/// One thing done to one folder.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a folder
    Create(Named),
    /// Give a folder, with those below it, another name
    Rename {
        #[command(flatten)]
        folder: Named,
        /// Its new whole name
        new: String,
    },
    /// Move a folder below Trash, or remove it for good
    Delete {
        #[command(flatten)]
        folder: Named,
        /// Remove it with all its messages
        #[arg(long)]
        permanently: bool,
    },
    /// Let other programs show a folder
    Subscribe(Named),
    /// Let other programs hide a folder
    Unsubscribe(Named),
}

#[derive(Debug, Args)]
pub(crate) struct Named {
    /// The whole name of the folder, levels separated by `/`
    folder: String,
    /// Of this account
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
}

impl Command {
    fn named(&self) -> &Named {
        match self {
            Self::Create(named)
            | Self::Rename { folder: named, .. }
            | Self::Delete { folder: named, .. }
            | Self::Subscribe(named)
            | Self::Unsubscribe(named) => named,
        }
    }
}

pub(super) async fn change(context: &mut Context, command: Command) -> Result<()> {
    let handle = context.handle.clone();
    let name = command.named().account.as_deref();
    let path = command.named().folder.clone();
    let (account, line) = if let Command::Create(_) = command {
        let account = lookup::the_account(&handle, name).await?.id;
        let made = handle.create_folder(account, path).await?;
        let done = format!("{} made", made.path);
        (account, (made.path, done))
    } else {
        let account = lookup::account(&handle, name).await?;
        let folder = lookup::folder(&handle, account, &path).await?;
        let id = folder.id;
        let done = match command {
            Command::Rename { new, .. } => handle.rename_folder(id, new).await?,
            Command::Delete { permanently, .. } => handle.delete_folder(id, permanently).await?,
            Command::Subscribe(_) => handle.subscribe_folder(id, true).await?,
            _ => handle.subscribe_folder(id, false).await?,
        };
        (folder.account, (folder.path, done.label))
    };
    tell(context, account).await?;
    let (folder, done) = line;
    let line = FolderDoneLine { folder, done };
    context.out.row(&line, || text::line(&line.done))
}

/// Tells the server at once. Where it cannot be reached the change waits for
/// the next sync, which is no failure; where it refuses, it is one.
async fn tell(context: &Context, account: AccountId) -> Result<()> {
    let mut events = std::pin::pin!(context.handle.events());
    if let Err(error) = context.handle.tell_now(account).await {
        if error.is_transient() {
            output::warn("not told yet", &error);
            return Ok(());
        }
        return Err(error.hint("It is done here, and told to the server with the next sync."));
    }
    while let Some(Some(event)) = events.next().now_or_never() {
        if let Event::Problem { error, .. } = event {
            return Err(error);
        }
    }
    Ok(())
}
