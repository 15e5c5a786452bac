//! `folders` and `folder create`, `rename`, `delete`, `subscribe`, `unsubscribe`,
//! `prefetch`

use clap::{Args, Subcommand};
use futures::{FutureExt, StreamExt};
use waxwing::engine::Event;
use waxwing::model::{AccountId, FolderRole, FolderSize, Prefetch};
use waxwing::{Error, ErrorKind, Result};

use super::output::{self, FolderDoneLine, FolderLine};
use super::{Context, clean_up, lookup, text};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only of this account
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Tell how much mail each holds, on the server and here
    #[arg(long)]
    sizes: bool,
}

pub(super) async fn run(context: &mut Context, options: Options) -> Result<()> {
    let account = lookup::account(&context.handle, options.account.as_deref()).await?;
    let accounts = context.handle.accounts().await?;
    let sizes = if options.sizes {
        Some(context.handle.folder_sizes(account).await?)
    } else {
        None
    };
    for folder in context.handle.folders(account).await? {
        let size = sizes.as_ref().map(|sizes| {
            let own = sizes.iter().find(|size| size.folder == folder.id);
            own.copied().unwrap_or(FolderSize {
                folder: folder.id,
                messages: 0,
                messages_here: 0,
                bytes: 0,
                bytes_here: 0,
            })
        });
        let line = FolderLine {
            bytes: size.map(|size| size.bytes),
            bytes_here: size.map(|size| size.bytes_here),
            messages_here: size.map(|size| size.messages_here),
            account: lookup::name_of(&accounts, folder.account),
            folder: folder.path,
            role: folder.role.map(FolderRole::name),
            total: folder.total,
            unread: folder.unread,
            watched: folder.watched,
            checked: folder.checked.map(|when| when.to_rfc3339()),
            prefetch: folder.prefetch.map(|prefetch| prefetch.to_string()),
            subscribed: folder.subscribed,
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
            let size = size.as_ref().map(clean_up::sizes).unwrap_or_default();
            let line = format!("{account} {folder} {total:>7} {unread:>7} unread  {role:7} {size}");
            line.trim_end().to_owned()
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
    /// Say what is fetched of a folder before anybody opens it
    Prefetch {
        #[command(flatten)]
        folder: Named,
        /// `all`, `headers`, `12-months` (any number), or `default` for what
        /// the account does
        what: String,
    },
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
            | Self::Unsubscribe(named)
            | Self::Prefetch { folder: named, .. } => named,
        }
    }
}

pub(super) async fn change(context: &mut Context, command: Command) -> Result<()> {
    if let Command::Prefetch { folder, what } = command {
        return prefetch(context, folder, &what).await;
    }
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

/// No matter of the server's: the next sync obeys.
async fn prefetch(context: &mut Context, named: Named, what: &str) -> Result<()> {
    let prefetch = match what {
        "default" => None,
        what => Some(what.parse::<Prefetch>().map_err(|_| {
            Error::new(
                ErrorKind::Input,
                format!("“{what}” does not say what to fetch."),
            )
            .hint("Write all, headers, default, or a number of months like 12-months.")
        })?),
    };
    let account = lookup::account(&context.handle, named.account.as_deref()).await?;
    let folder = lookup::folder(&context.handle, account, &named.folder).await?;
    context.handle.set_prefetch(folder.id, prefetch).await?;
    let path = &folder.path;
    let done = match prefetch {
        None => format!("{path} is fetched as its account is"),
        Some(Prefetch::Everything) => format!("all of {path} is fetched"),
        Some(Prefetch::Headers) => format!("messages of {path} are fetched when they are opened"),
        Some(months) => format!("the last {months} of {path} are fetched"),
    };
    let line = FolderDoneLine {
        folder: folder.path,
        done,
    };
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
