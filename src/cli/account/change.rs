//! `account edit`, `account remove`, `account enable`, `account disable`, `account order`

use waxwing::config::accounts::named;
use waxwing::engine::Passwords;
use waxwing::model::AccountSettings;
use waxwing::{Error, ErrorKind, Result};

use super::super::Context;
use super::super::output::AddedLine;
use super::super::text;
use super::{note, print, proven};

/// Gives an account new settings once its servers are proven.
pub(super) async fn edit(
    context: &mut Context,
    name: &str,
    settings: AccountSettings,
    passwords: Option<Passwords>,
    verify: bool,
) -> Result<()> {
    let account = named(&context.handle.accounts().await?, name)?.id;
    if verify {
        let steps = context
            .handle
            .check_change(account, settings.clone(), passwords.clone())
            .await?;
        proven(steps, note).await?;
    }
    let changed = context
        .handle
        .update_account(account, settings, passwords)
        .await?;
    let line = AddedLine {
        account: changed.settings.name,
        verified: verify,
    };
    context.out.row(&line, || {
        let how = if verify {
            "checked and saved"
        } else {
            "saved unchecked"
        };
        format!("{} {how}", text::line(&line.account))
    })
}

/// Removes an account; mail that is nowhere else goes only where that is said.
pub(super) async fn remove(context: &mut Context, name: &str, delete_mail: bool) -> Result<()> {
    let account = named(&context.handle.accounts().await?, name)?.clone();
    let lost = context.handle.only_here(account.id).await?;
    if lost > 0 && !delete_mail {
        let name = &account.settings.name;
        let what = match lost {
            1 => "1 message that is".to_owned(),
            _ => format!("{lost} messages that are"),
        };
        return Err(Error::new(
            ErrorKind::Conflict,
            format!("{name} holds {what} on no server any more and would be lost. Nothing was removed."),
        )
        .hint(format!(
            "Keep them with `export`, or keep the account with `account disable {name}`; `account remove {name} --delete-mail` deletes them."
        )));
    }
    context.handle.remove_account(account.id).await?;
    print(context, &account).await
}

/// Switches an account on or off.
pub(super) async fn switch(context: &mut Context, name: &str, enabled: bool) -> Result<()> {
    let account = named(&context.handle.accounts().await?, name)?.id;
    context.handle.set_account_enabled(account, enabled).await?;
    let account = named(&context.handle.accounts().await?, name)?.clone();
    print(context, &account).await
}

/// Puts the accounts in an order and lists them in it.
pub(super) async fn order(context: &mut Context, names: &[String]) -> Result<()> {
    let accounts = context.handle.accounts().await?;
    let ids = names
        .iter()
        .map(|name| Ok(named(&accounts, name)?.id))
        .collect::<Result<Vec<_>>>()?;
    context.handle.order_accounts(ids).await?;
    for account in context.handle.accounts().await? {
        print(context, &account).await?;
    }
    Ok(())
}
