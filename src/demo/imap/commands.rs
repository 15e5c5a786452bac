//! The commands imap-codec does not know: ID (RFC 2971), NAMESPACE (RFC 2342),
//! UID EXPUNGE (RFC 4315), and LIST with return options (RFC 5258).

use imap_codec::CommandCodec;
use imap_codec::decode::Decoder;
use imap_codec::imap_types::command::CommandBody;
use imap_codec::imap_types::core::Tag;
use imap_codec::imap_types::sequence::SequenceSet;
use imap_codec::imap_types::status::StatusDataItemName;

use super::session::{Next, Reply, Session};

/// Runs a command that the codec could not read, or calls it bad.
pub(super) fn run_other(session: &mut Session, bytes: &[u8]) -> Next {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_end();
    let (tag, rest) = text.split_once(' ').unwrap_or((text, ""));
    if Tag::try_from(tag).is_err() {
        session.line("* BAD No tag");
        return Next::Command;
    }
    let (verb, arguments) = rest.split_once(' ').unwrap_or((rest, ""));
    let reply = match verb.to_ascii_uppercase().as_str() {
        "ID" => {
            session.line("* ID (\"name\" \"Waxwing demo\")");
            Reply::ok("Pleased to meet you")
        }
        "NAMESPACE" if session.user.is_some() => {
            session.line("* NAMESPACE ((\"\" \"/\")) NIL NIL");
            Reply::ok("That is all")
        }
        "UID" => uid_expunge(session, arguments),
        "LIST" => list_returning(session, text),
        _ => Reply::bad("Not understood"),
    };
    session.finish(tag, &reply, true);
    Next::Command
}

fn uid_expunge(session: &mut Session, arguments: &str) -> Reply {
    let set = arguments
        .split_once(' ')
        .filter(|(verb, _)| verb.eq_ignore_ascii_case("EXPUNGE"))
        .and_then(|(_, set)| SequenceSet::try_from(set).ok());
    match (session.user, set) {
        (Some(user), Some(set)) if session.view.is_some() => session.expunge(user, Some(&set)),
        _ => Reply::bad("Not understood"),
    }
}

/// `LIST reference pattern RETURN (options)`: the attributes of SPECIAL-USE,
/// CHILDREN and SUBSCRIBED are told in any case, STATUS when it is asked for.
fn list_returning(session: &mut Session, line: &str) -> Reply {
    const RETURN: &str = " RETURN (";
    let Some(user) = session.user else {
        return Reply::bad("Sign in first");
    };
    let at = line.to_ascii_uppercase().rfind(RETURN);
    let Some((list, options)) = at.and_then(|at| line.split_at_checked(at)) else {
        return Reply::bad("Not understood");
    };
    let list = format!("{list}\r\n");
    let Ok((_, command)) = CommandCodec::new().decode(list.as_bytes()) else {
        return Reply::bad("Not understood");
    };
    let CommandBody::List {
        reference,
        mailbox_wildcard,
    } = command.body
    else {
        return Reply::bad("Not understood");
    };
    let subscribed = options.to_ascii_uppercase().contains("SUBSCRIBED");
    let status = status_option(options);
    session.list(user, (&reference, &mailbox_wildcard), (subscribed, &status))
}

/// What `STATUS (…)` among the return options asks for (RFC 5819).
fn status_option(options: &str) -> Vec<StatusDataItemName> {
    let items = options
        .to_ascii_uppercase()
        .split_once("STATUS (")
        .and_then(|(_, rest)| rest.split_once(')').map(|(items, _)| items.to_owned()));
    let Some(items) = items else {
        return Vec::new();
    };
    let line = format!("x STATUS INBOX ({items})\r\n");
    match CommandCodec::new().decode(line.as_bytes()) {
        Ok((_, command)) => match command.body {
            CommandBody::Status { item_names, .. } => item_names.into_owned(),
            _ => Vec::new(),
        },
        Err(_) => Vec::new(),
    }
}
