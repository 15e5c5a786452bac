//! What a client's session knows, and the way of a command through it. Answers
//! collect in a buffer; the connection sends them.

use std::num::NonZeroU32;
use std::sync::Arc;

use imap_codec::ResponseCodec;
use imap_codec::encode::Encoder;
use imap_codec::imap_types::auth::AuthMechanism;
use imap_codec::imap_types::command::{Command, CommandBody};
use imap_codec::imap_types::core::NonEmptyVec;
use imap_codec::imap_types::fetch::MessageDataItem;
use imap_codec::imap_types::response::{Data, Response};
use tokio::sync::watch;

use super::fetch::flags_item;
use super::view::{Change, View, as_u32};
use crate::demo::mailstore::{MailboxError, Mailstore, UserId};
use crate::demo::sasl;

/// What this server does beyond the base protocol.
pub(super) const CAPABILITIES: &str = "IMAP4rev1 LITERAL+ SASL-IR AUTH=PLAIN ENABLE ID IDLE \
     NAMESPACE CHILDREN SPECIAL-USE UIDPLUS MOVE UNSELECT";

/// What the connection does after a command.
pub(super) enum Next {
    /// Reads the next command.
    Command,
    /// Waits for changes or DONE.
    Idle { tag: String },
    /// Asks for the PLAIN message.
    Authenticate { tag: String },
    /// Ends.
    Close,
}

/// The end of a command, its tagged answer.
pub(super) struct Reply(String);

impl Reply {
    pub(super) fn ok(text: &str) -> Self {
        Self(format!("OK {text}"))
    }

    pub(super) fn no(text: impl std::fmt::Display) -> Self {
        Self(format!("NO {text}"))
    }

    pub(super) fn bad(text: &str) -> Self {
        Self(format!("BAD {text}"))
    }
}

impl From<Result<(), MailboxError>> for Reply {
    fn from(result: Result<(), MailboxError>) -> Self {
        match result {
            Ok(()) => Self::ok("Done"),
            Err(error) => Self::from(error),
        }
    }
}

impl From<MailboxError> for Reply {
    /// The codes of RFC 5530.
    fn from(error: MailboxError) -> Self {
        let code = match error {
            MailboxError::Missing => "NONEXISTENT",
            MailboxError::Exists => "ALREADYEXISTS",
            MailboxError::Inbox | MailboxError::BadName => "CANNOT",
        };
        Self::no(format_args!("[{code}] {error}"))
    }
}

/// One client.
pub(super) struct Session {
    pub(super) store: Arc<Mailstore>,
    pub(super) user: Option<UserId>,
    pub(super) view: Option<View>,
    output: Vec<u8>,
}

impl Session {
    pub(super) fn new(store: Arc<Mailstore>) -> Self {
        Self {
            store,
            user: None,
            view: None,
            output: Vec::new(),
        }
    }

    pub(super) fn greet(&mut self) {
        self.line(&format!(
            "* OK [CAPABILITY {CAPABILITIES}] Waxwing demo ready"
        ));
    }

    /// What is to be sent.
    pub(super) fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }

    pub(super) fn line(&mut self, text: &str) {
        self.output.extend_from_slice(text.as_bytes());
        self.output.extend_from_slice(b"\r\n");
    }

    pub(super) fn data(&mut self, data: Data<'_>) {
        let bytes = ResponseCodec::new().encode(&Response::Data(data)).dump();
        self.output.extend_from_slice(&bytes);
    }

    /// Sends message data; nothing when there is none.
    pub(super) fn fetch_data(&mut self, number: usize, items: Vec<MessageDataItem<'_>>) {
        if let (Some(seq), Ok(items)) = (
            NonZeroU32::new(as_u32(number)),
            NonEmptyVec::try_from(items),
        ) {
            self.data(Data::Fetch { seq, items });
        }
    }

    pub(super) fn bad(&mut self, tag: &str, text: &str) {
        self.finish(tag, &Reply::bad(text), false);
    }

    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.store.changes()
    }

    pub(super) fn finish_idle(&mut self, tag: &str) {
        self.finish(tag, &Reply::ok("Idled"), true);
    }

    /// Ends a command: tells what changed, then the tagged answer.
    pub(super) fn finish(&mut self, tag: &str, reply: &Reply, expunges: bool) {
        self.announce(expunges);
        self.line(&format!("{tag} {}", reply.0));
    }

    /// Tells what others changed in the selected mailbox.
    pub(super) fn announce(&mut self, expunges: bool) {
        let (Some(user), Some(view)) = (self.user, &mut self.view) else {
            return;
        };
        let now = self.store.snapshot(user, view.validity);
        for change in view.update(now, expunges) {
            match change {
                Change::Expunged(number) => self.line(&format!("* {number} EXPUNGE")),
                Change::Exists(count) => self.line(&format!("* {count} EXISTS")),
                Change::Flags(number, message) => {
                    let uid = NonZeroU32::new(message.uid).map(MessageDataItem::Uid);
                    let items = uid.into_iter().chain([flags_item(&message)]).collect();
                    self.fetch_data(number, items);
                }
            }
        }
    }

    /// Runs a command.
    pub(super) fn run(&mut self, command: Command<'_>) -> Next {
        let tag = command.tag.inner().to_owned();
        let expunges = !matches!(
            command.body,
            CommandBody::Fetch { uid: false, .. }
                | CommandBody::Store { uid: false, .. }
                | CommandBody::Search { uid: false, .. }
        );
        let reply = match command.body {
            CommandBody::Logout => {
                self.line("* BYE See you");
                self.finish(&tag, &Reply::ok("Logged out"), false);
                return Next::Close;
            }
            CommandBody::Idle if self.user.is_some() => return Next::Idle { tag },
            CommandBody::Authenticate {
                mechanism: AuthMechanism::Plain,
                initial_response,
            } if self.user.is_none() => match initial_response {
                None => return Next::Authenticate { tag },
                Some(message) => self.check_plain(message.declassify()),
            },
            CommandBody::Authenticate { .. } if self.user.is_none() => {
                Reply::no("[CANNOT] Only PLAIN")
            }
            CommandBody::Login { username, password } if self.user.is_none() => {
                let name = String::from_utf8_lossy(username.as_ref()).into_owned();
                let password = password.declassify();
                self.sign_in(&name, &String::from_utf8_lossy(password.as_ref()))
            }
            CommandBody::Capability => {
                self.line(&format!("* CAPABILITY {CAPABILITIES}"));
                Reply::ok("That is all")
            }
            CommandBody::Noop => Reply::ok("Nothing done"),
            body => match self.user {
                Some(user) => self.run_signed_in(user, body),
                None => Reply::bad("Sign in first"),
            },
        };
        self.finish(&tag, &reply, expunges);
        Next::Command
    }

    fn run_signed_in(&mut self, user: UserId, body: CommandBody<'_>) -> Reply {
        match body {
            CommandBody::Enable { .. } => {
                self.line("* ENABLED");
                Reply::ok("Nothing to enable")
            }
            CommandBody::List { .. }
            | CommandBody::Lsub { .. }
            | CommandBody::Status { .. }
            | CommandBody::Select { .. }
            | CommandBody::Examine { .. }
            | CommandBody::Create { .. }
            | CommandBody::Delete { .. }
            | CommandBody::Rename { .. }
            | CommandBody::Subscribe { .. }
            | CommandBody::Unsubscribe { .. } => self.run_folder(user, body),
            CommandBody::Append {
                mailbox,
                flags,
                date,
                message,
            } => self.append_message(user, &mailbox, (&flags, date, message.data())),
            body if self.view.is_some() => self.run_selected(user, body),
            CommandBody::Login { .. } | CommandBody::Authenticate { .. } => {
                Reply::bad("Signed in already")
            }
            _ => Reply::bad("Select a mailbox first"),
        }
    }

    fn run_selected(&mut self, user: UserId, body: CommandBody<'_>) -> Reply {
        match body {
            CommandBody::Check => Reply::ok("Checked"),
            CommandBody::Unselect => {
                self.view = None;
                Reply::ok("Unselected")
            }
            CommandBody::Close => {
                self.expunge(user, None);
                self.view = None;
                Reply::ok("Closed")
            }
            CommandBody::Expunge => self.expunge(user, None),
            CommandBody::Search {
                charset,
                criteria,
                uid,
            } => self.search(charset.as_ref(), &criteria, uid),
            CommandBody::Fetch {
                sequence_set,
                macro_or_item_names,
                uid,
            } => self.fetch(user, &sequence_set, macro_or_item_names, uid),
            CommandBody::Store {
                sequence_set,
                kind,
                response,
                flags,
                uid,
            } => self.store_flags(user, (&sequence_set, uid), (kind, response), &flags),
            CommandBody::Copy {
                sequence_set,
                mailbox,
                uid,
            } => self.copy_messages(user, (&sequence_set, uid), &mailbox),
            CommandBody::Move {
                sequence_set,
                mailbox,
                uid,
            } => self.move_messages(user, (&sequence_set, uid), &mailbox),
            _ => Reply::bad("Not here"),
        }
    }

    /// Signs in with a PLAIN message that came by itself.
    pub(super) fn sign_in_plain(&mut self, tag: &str, message: &[u8]) {
        let reply = self.check_plain(message);
        self.finish(tag, &reply, false);
    }

    fn check_plain(&mut self, message: &[u8]) -> Reply {
        match sasl::plain(message) {
            Some((name, password)) => self.sign_in(&name, &password),
            None => Reply::bad("Not a PLAIN message"),
        }
    }

    fn sign_in(&mut self, name: &str, password: &str) -> Reply {
        self.user = self.store.sign_in(name, password);
        if self.user.is_some() {
            Reply::ok(&format!("[CAPABILITY {CAPABILITIES}] Signed in"))
        } else {
            Reply::no("[AUTHENTICATIONFAILED] Wrong name or password")
        }
    }
}
