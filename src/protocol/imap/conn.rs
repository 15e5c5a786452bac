//! One connection: commands go out, answers come in, and nothing counts as
//! success but the tagged OK of the command itself.
//!
//! The library below serves as reader of answers only. Its own commands take a
//! refusal for an empty success and a lost connection for the end of an
//! answer, so commands are written and judged here.

mod flight;
mod read;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use async_imap::Client;
use async_imap::imap_proto::Response;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::capability::Capabilities;
use super::code::Code;
use super::command::{Command, Piece, quoted};
use super::error::{Error, Fault};
use super::frame::Limits;
use super::guard::Guard;
use super::namespace::Namespaces;
use super::notify::Notices;
use super::own::Own;
use crate::model::utf7;
use crate::net::{NetStream, Pulse, timeout as limits};

pub(super) use flight::{Flight, IN_FLIGHT};
pub(super) use read::Greeting;

/// A signed-in connection to an IMAP server (or one on its way there).
///
/// After any error but a refusal ([`Error::is_refusal`]), and when a call was
/// dropped before its end, the connection is of no use: every further call
/// fails.
pub(crate) struct ImapConn {
    client: Client<Guard>,
    pub(super) place: String,
    /// The address of the server.
    pub(super) peer: Option<SocketAddr>,
    tag: u32,
    state: State,
    /// What the server said in its BYE.
    bye: Option<String>,
    pub(super) capabilities: Capabilities,
    /// Whether the server knew who calls and needs no sign-in (PREAUTH).
    pub(super) preauth: bool,
    /// How many messages the selected folder holds.
    pub(super) exists: u32,
    /// Whether messages came or went since this was last asked.
    pub(super) changed: bool,
    /// Whether the selected folder counts changes (RFC 7162): one that does
    /// not must not be asked for its count.
    pub(super) counts_changes: bool,
    /// Commands whose outcome matters to nobody and is still to come.
    early: Flight,
    /// Where folders of whom lie (RFC 2342).
    pub(super) namespaces: Namespaces,
    /// How the server calls itself (RFC 2971).
    pub(super) server_name: Option<String>,
    /// What identifies folders whatever they are named (RFC 8474), by name.
    pub(super) folder_ids: HashMap<String, String>,
    /// The capabilities of the last answer that named them.
    pub(super) told_capabilities: Option<Vec<String>>,
    /// What the server confirmed with ENABLED (RFC 5161), in upper case.
    pub(super) enabled: HashSet<String>,
    /// Whether the server tells of all folders (RFC 5465).
    pub(super) notifying: bool,
    /// Whether it stopped by itself and was not asked again since, and how
    /// often it did.
    pub(super) gave_up_telling: bool,
    pub(super) overflows: u32,
    /// What it told of others than the selected one.
    pub(super) notices: Notices,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ready,
    /// In the middle of a command.
    Busy,
    /// Of no use any more.
    Lost,
}

/// How a command ended well.
#[derive(Debug)]
pub(super) struct Done {
    /// The response code of the tagged OK.
    pub(super) code: Option<Code>,
}

/// An answer without a tag.
pub(super) enum Untagged<'a> {
    /// Data as the library reads it.
    Data(&'a Response<'a>),
    /// Data this program reads itself.
    Own(Own),
    /// OK, NO, BAD or BYE: a remark.
    Remark(Option<Code>),
}

/// What came next.
pub(super) enum Step<T> {
    /// Something the caller wanted.
    Got(T),
    /// The end of the command.
    Done(Done),
}

/// Any one answer.
enum Answer {
    Untagged,
    /// `+`, with its text.
    Continue(String),
    Tagged {
        tag: String,
        status: Verdict,
        code: Option<Code>,
        said: String,
    },
}

enum Verdict {
    Ok,
    No,
    Bad,
}

/// What [`ImapConn::answer`] shows every untagged answer to.
type Look<'a> = &'a mut (dyn FnMut(Untagged<'_>) + Send);

impl ImapConn {
    /// A connection over `stream`, before its greeting.
    pub(super) fn new(stream: NetStream, place: &str, limits: Limits) -> Self {
        Self {
            peer: stream.peer(),
            client: Client::new(Guard::new(stream, limits)),
            place: place.to_owned(),
            tag: 0,
            state: State::Ready,
            bye: None,
            capabilities: Capabilities::default(),
            preauth: false,
            exists: 0,
            changed: false,
            counts_changes: false,
            early: Flight::default(),
            namespaces: Namespaces::default(),
            server_name: None,
            told_capabilities: None,
            folder_ids: HashMap::new(),
            enabled: HashSet::new(),
            notifying: false,
            gave_up_telling: false,
            overflows: 0,
            notices: Notices::default(),
        }
    }

    /// What the server can do.
    pub(crate) fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// How many messages the selected folder holds, as far as the server told.
    pub(crate) fn exists(&self) -> u32 {
        self.exists
    }

    /// Whether messages came or went in the selected folder since this was
    /// last asked; forgets it.
    pub(crate) fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// Whether the server confirmed that this is on (RFC 5161).
    pub(crate) fn has_enabled(&self, name: &str) -> bool {
        self.enabled.contains(&name.to_ascii_uppercase())
    }

    /// How much was heard of the server.
    pub(crate) fn pulse(&self) -> Pulse {
        self.client.get_ref().pulse()
    }

    /// How the server calls itself (RFC 2971), once it told.
    pub(crate) fn server_name(&self) -> Option<&str> {
        self.server_name.as_deref()
    }

    /// Whether folder names are UTF-8 on this connection (RFC 6855, RFC 9051)
    /// instead of modified UTF-7. Outside of it they are always the latter, so
    /// that what is stored holds on any connection.
    pub(super) fn utf8_names(&self) -> bool {
        self.has_enabled("UTF8=ACCEPT")
            || self.has_enabled("IMAP4rev2")
            || (self.capabilities.has("IMAP4rev2") && !self.capabilities.has("IMAP4rev1"))
    }

    /// A raw name in the form this connection writes names in.
    fn name_on_wire<'n>(&self, raw: &'n str) -> Cow<'n, str> {
        if self.utf8_names() {
            Cow::Owned(utf7::decode(raw))
        } else {
            Cow::Borrowed(raw)
        }
    }

    /// Whether the connection can take another command.
    pub(crate) fn is_usable(&self) -> bool {
        self.state == State::Ready
    }

    /// Reads byte by byte (`on`), so that nothing is read ahead.
    pub(super) fn read_by_byte(&mut self, on: bool) {
        self.client.get_mut().read_by_byte(on);
    }

    /// Packs and unpacks all bytes from now on.
    pub(super) fn deflate(&mut self) {
        self.client.get_mut().deflate();
    }

    /// From now on, reads what identifies messages.
    pub(super) fn keep_ids(&mut self) {
        self.client.get_mut().keep_ids();
    }

    pub(super) fn is_lost(&self) -> bool {
        self.state == State::Lost
    }

    /// The connection below, for TLS. What was read ahead is dropped.
    pub(super) fn into_stream(self) -> NetStream {
        self.client.into_inner().into_inner()
    }

    /// Names the server in a failure and ends the use of the connection.
    pub(super) fn fail(&mut self, fault: impl Into<Fault>) -> Error {
        let fault = fault.into();
        if !matches!(
            fault,
            Fault::No { .. } | Fault::NotOffered(_) | Fault::Unnumbered
        ) {
            self.state = State::Lost;
        }
        Error {
            place: self.place.clone(),
            fault,
        }
    }

    /// Runs a command to its end; `look` sees every untagged answer.
    ///
    /// # Errors
    ///
    /// When it is refused, not understood, or the connection is lost.
    pub(super) async fn run(
        &mut self,
        command: Command<'_>,
        look: Look<'_>,
    ) -> Result<Done, Error> {
        let name = command.name;
        let tag = self.begin(command, look).await?;
        let reading = async {
            loop {
                let answer = self.answer(name, limits::READ, look).await?;
                if let Some(done) = self.judge(name, &tag, answer)? {
                    return Ok(done);
                }
            }
        };
        match timeout(limits::ANSWER, reading).await {
            Ok(outcome) => outcome,
            Err(_) => Err(self.fail(Fault::Timeout { doing: name })),
        }
    }

    /// Runs a command whose untagged answers do not matter.
    ///
    /// # Errors
    ///
    /// As [`ImapConn::run`].
    pub(super) async fn run_plain(&mut self, command: Command<'_>) -> Result<Done, Error> {
        self.run(command, &mut |_| {}).await
    }

    /// Sends a command and returns its tag. Its answers are to be read by
    /// [`ImapConn::next`] until the end.
    pub(super) async fn begin(
        &mut self,
        command: Command<'_>,
        look: Look<'_>,
    ) -> Result<String, Error> {
        // How names are written depends on what is enabled.
        let names_folder = |piece: &Piece<'_>| matches!(piece, Piece::Folder(_));
        if command.pieces.iter().any(names_folder) {
            self.settle().await?;
        }
        if self.state != State::Ready {
            return Err(self.fail(Fault::Poisoned));
        }
        // Stays so if the caller drops the call in the middle.
        self.state = State::Busy;
        self.tag += 1;
        let tag = format!("W{}", self.tag);
        let name = command.name;
        let mut line = format!("{tag} ").into_bytes();
        for piece in &command.pieces {
            let name_of_folder;
            let bytes: &[u8] = match piece {
                Piece::Plain(bytes) => {
                    line.extend_from_slice(bytes);
                    continue;
                }
                Piece::Folder(raw) => {
                    line.push(b' ');
                    name_of_folder = self.name_on_wire(raw);
                    if let Some(quoted) = quoted(&name_of_folder, self.utf8_names()) {
                        line.extend_from_slice(quoted.as_bytes());
                        continue;
                    }
                    name_of_folder.as_bytes()
                }
                Piece::Literal(bytes) => bytes,
            };
            let free = bytes.len() <= self.capabilities.free_literal();
            let sign = if free { "+" } else { "" };
            line.extend_from_slice(format!("{{{}{sign}}}\r\n", bytes.len()).as_bytes());
            self.send(name, &line).await?;
            line.clear();
            if !free {
                self.wait_for_leave(name, &tag, look).await?;
            }
            self.send(name, bytes).await?;
        }
        line.extend_from_slice(b"\r\n");
        self.send(name, &line).await?;
        zeroize::Zeroize::zeroize(&mut line);
        Ok(tag)
    }

    /// Waits for the `+` before a literal. Untagged answers may come first; a
    /// tagged one is the refusal.
    async fn wait_for_leave(
        &mut self,
        name: &'static str,
        tag: &str,
        look: Look<'_>,
    ) -> Result<(), Error> {
        loop {
            match self.answer(name, limits::READ, look).await? {
                Answer::Continue(_) => return Ok(()),
                answer => {
                    if self.judge(name, tag, answer)?.is_some() {
                        return Err(self.fail(Fault::Nonsense("OK before the literal was sent")));
                    }
                }
            }
        }
    }

    /// Waits for a `+` and returns its text, or the end of the command.
    pub(super) async fn challenge(
        &mut self,
        name: &'static str,
        tag: &str,
    ) -> Result<Step<String>, Error> {
        loop {
            match self.answer(name, limits::READ, &mut |_| {}).await? {
                Answer::Continue(text) => return Ok(Step::Got(text)),
                answer => {
                    if let Some(done) = self.judge(name, tag, answer)? {
                        return Ok(Step::Done(done));
                    }
                }
            }
        }
    }

    /// Reads answers until `pick` takes something from an untagged one, or the
    /// command ends. Safe to drop while waiting: nothing read is lost.
    pub(super) async fn next<T: Send>(
        &mut self,
        name: &'static str,
        tag: &str,
        patience: Duration,
        pick: &mut (dyn FnMut(Untagged<'_>) -> Option<T> + Send),
    ) -> Result<Step<T>, Error> {
        loop {
            let mut got = None;
            let answer = self
                .answer(name, patience, &mut |untagged| got = pick(untagged))
                .await?;
            if let Some(got) = got {
                return Ok(Step::Got(got));
            }
            if let Some(done) = self.judge(name, tag, answer)? {
                return Ok(Step::Done(done));
            }
        }
    }

    /// Writes bytes and sees them off.
    pub(super) async fn send(&mut self, doing: &'static str, bytes: &[u8]) -> Result<(), Error> {
        for piece in bytes.chunks(64 << 10) {
            let stream = self.client.get_mut();
            let sent = timeout(limits::WRITE, async {
                stream.write_all(piece).await?;
                stream.flush().await
            });
            match sent.await {
                Ok(Ok(())) => {}
                // The server may have said why before it closed.
                Ok(Err(error)) => return Err(self.lost_with_words(doing, error).await),
                Err(_) => return Err(self.fail(Fault::Timeout { doing })),
            }
        }
        Ok(())
    }

    async fn lost_with_words(&mut self, doing: &'static str, error: io::Error) -> Error {
        let bye = async { while self.read(doing, limits::READ, &mut |_| {}).await.is_ok() {} };
        // What it said is in `self.bye` now, if it said anything.
        let _ = timeout(Duration::from_secs(2), bye).await;
        let said = self.bye.take();
        self.fail(Fault::Lost {
            said,
            source: Some(error),
        })
    }

    /// Decides whether an answer ends the command of this tag.
    fn judge(
        &mut self,
        name: &'static str,
        own_tag: &str,
        answer: Answer,
    ) -> Result<Option<Done>, Error> {
        match self.ended(name, own_tag, answer)? {
            None => Ok(None),
            Some(Ok(done)) => {
                self.state = State::Ready;
                Ok(Some(done))
            }
            Some(Err(fault)) => {
                // Unless the failure ends it.
                self.state = State::Ready;
                Err(self.fail(fault))
            }
        }
    }

    async fn answer(
        &mut self,
        doing: &'static str,
        patience: Duration,
        look: Look<'_>,
    ) -> Result<Answer, Error> {
        match self.read(doing, patience, look).await {
            Ok(answer) => Ok(answer),
            Err(fault) => Err(self.fail(fault)),
        }
    }
}

impl fmt::Debug for ImapConn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImapConn")
            .field("place", &self.place)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
