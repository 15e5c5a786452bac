//! `folders`

use clap::Args;
use waxwing::Result;
use waxwing::model::FolderRole;

use super::output::FolderLine;
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
