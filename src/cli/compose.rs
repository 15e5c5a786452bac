//! `compose`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use waxwing::model::draft::media_type;
use waxwing::model::{
    AccountId, Address, ComposeMode, Draft, DraftAttachment, MessageId, PlacementId,
};
use waxwing::{Error, ErrorKind, Result};

use super::output::DraftLine;
use super::send::{How, outcome, print, read};
use super::{Context, lookup};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The account to send from
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// The address to write from, if not the account's first
    #[arg(long, value_name = "ADDRESS")]
    from: Option<String>,
    /// The name beside that address
    #[arg(long, value_name = "NAME")]
    from_name: Option<String>,
    /// Who gets it; several with commas, or given again
    #[arg(long, value_name = "ADDRESS")]
    to: Vec<String>,
    /// Who gets a copy
    #[arg(long, value_name = "ADDRESS")]
    cc: Vec<String>,
    /// Who gets a copy that nobody sees
    #[arg(long, value_name = "ADDRESS")]
    bcc: Vec<String>,
    /// The subject
    #[arg(long)]
    subject: Option<String>,
    /// The text, from a file or `-` for stdin
    #[arg(long, value_name = "FILE")]
    text: Option<PathBuf>,
    /// The same as HTML
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// A file that goes with it; may be given again
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
    /// The `Message-ID` it is to have
    #[arg(long, value_name = "ID")]
    message_id: Option<String>,
    /// Answer this message
    #[arg(long, value_name = "ID", group = "origin")]
    reply: Option<PlacementId>,
    /// Answer all who have this message
    #[arg(long, value_name = "ID", group = "origin")]
    reply_all: Option<PlacementId>,
    /// Pass this message on
    #[arg(long, value_name = "ID", group = "origin")]
    forward: Option<PlacementId>,
    /// Keep it in Drafts
    #[arg(long)]
    draft: bool,
    #[command(flatten)]
    how: How,
}

impl Options {
    /// Whether servers are spoken to. What is answered may have to be fetched.
    pub(super) fn reaches_servers(&self) -> bool {
        let stays = self.draft || self.how.only_queues();
        !stays || self.origin().is_some()
    }

    fn origin(&self) -> Option<(ComposeMode, PlacementId)> {
        let with = |mode, id: Option<PlacementId>| id.map(|id| (mode, id));
        with(ComposeMode::Reply, self.reply)
            .or(with(ComposeMode::ReplyAll, self.reply_all))
            .or(with(ComposeMode::Forward, self.forward))
    }
}

pub(super) async fn run(context: &mut Context, options: Options) -> Result<()> {
    let account = account(context, &options).await?;
    let (mode, origin) = match options.origin() {
        Some((mode, id)) => (mode, Some(id)),
        None => (ComposeMode::New, None),
    };
    let draft = context.handle.draft(mode, account, origin).await?;
    let draft = written(draft, &options)?;
    if options.draft {
        let id = context.handle.save_draft(draft).await?;
        return context
            .out
            .row(&DraftLine::new(id), || format!("{id} kept in Drafts"));
    }
    let mut how = options.how.dispatch();
    how.message_id = options.message_id.as_deref().map(message_id).transpose()?;
    let wait = !options.how.only_queues();
    let attempt = context.handle.dispatch(draft, how, wait).await?;
    print(context, &attempt.item)?;
    if wait { outcome(&attempt) } else { Ok(()) }
}

/// The account named; else the one that has the message which is answered.
async fn account(context: &Context, options: &Options) -> Result<AccountId> {
    let name = options.account.as_deref();
    if let (None, Some((_, id))) = (name, options.origin()) {
        let rows = lookup::envelopes(&context.handle, &[id]).await?;
        if let Some(row) = rows.first() {
            return Ok(row.account);
        }
    }
    Ok(lookup::the_account(&context.handle, name).await?.id)
}

/// What the composer starts with, and what is given besides.
fn written(mut draft: Draft, options: &Options) -> Result<Draft> {
    if let Some(from) = &options.from {
        draft.from.address.clone_from(from);
    }
    if let Some(name) = &options.from_name {
        draft.from.name.clone_from(name);
    }
    for (given, list) in [
        (&options.to, &mut draft.to),
        (&options.cc, &mut draft.cc),
        (&options.bcc, &mut draft.bcc),
    ] {
        for field in given {
            add(list, field)?;
        }
    }
    if let Some(subject) = &options.subject {
        draft.subject.clone_from(subject);
    }
    if let Some(file) = &options.text {
        let text = text(file)?;
        draft.body = format!("{}{}", text.trim_end_matches(['\r', '\n']), draft.body);
    }
    if let Some(file) = &options.html {
        draft.html = Some(text(file)?);
    }
    for file in &options.attach {
        draft.attachments.push(attachment(file)?);
    }
    Ok(draft)
}

fn add(list: &mut Vec<Address>, field: &str) -> Result<()> {
    let (addresses, wrong) = waxwing::engine::parse_addresses(field);
    if let Some(wrong) = wrong.first() {
        return Err(Error::new(
            ErrorKind::Input,
            format!("“{wrong}” is not an address one can send to."),
        )
        .hint("Write name@example.org or \"Name <name@example.org>\"."));
    }
    for address in addresses {
        if !list.iter().any(|known| known.same_mailbox(&address)) {
            list.push(address);
        }
    }
    Ok(())
}

fn text(file: &PathBuf) -> Result<String> {
    String::from_utf8(read(file)?).map_err(|cause| {
        Error::new(
            ErrorKind::Input,
            format!("{} is not text in UTF-8.", file.display()),
        )
        .source(cause)
    })
}

fn attachment(file: &Path) -> Result<DraftAttachment> {
    let bytes = std::fs::read(file).map_err(|cause| {
        Error::new(
            ErrorKind::Input,
            format!("The file {} cannot be read: {cause}.", file.display()),
        )
        .source(cause)
    })?;
    let name = file.file_name().unwrap_or(file.as_os_str());
    Ok(DraftAttachment {
        name: name.to_string_lossy().into_owned(),
        content_type: media_type(file).to_owned(),
        bytes: Arc::from(bytes),
        content_id: None,
    })
}

fn message_id(given: &str) -> Result<MessageId> {
    let bare = given.trim().trim_start_matches('<').trim_end_matches('>');
    let sane = bare.split_once('@').is_some_and(|(left, right)| {
        !left.is_empty() && !right.is_empty() && bare.bytes().all(|b| b.is_ascii_graphic())
    });
    if sane && !bare.contains(['<', '>']) {
        return Ok(MessageId(bare.to_owned()));
    }
    Err(
        Error::new(ErrorKind::Input, format!("“{given}” is no Message-ID."))
            .hint("One looks like name@example.org."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_ids_are_taken_with_and_without_brackets() {
        assert_eq!(message_id("<a@b>").unwrap().0, "a@b");
        assert_eq!(message_id("a@b").unwrap().0, "a@b");
        for wrong in ["", "a", "a@", "@b", "a@b\r\nX: y", "a @b", "<a@b><c@d>"] {
            let error = message_id(wrong).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Input, "{wrong}");
        }
    }
}
