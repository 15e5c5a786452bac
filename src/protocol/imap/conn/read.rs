//! Reading the answers of a connection.

use std::io;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use async_imap::imap_proto::{MailboxDatum, Response, Status};
use futures::FutureExt;
use tokio::time::timeout;

use super::super::capability::Capabilities;
use super::super::code::{self, Code};
use super::super::error::{Error, Fault};
use super::super::folders::FOLDERS_MAX;
use super::super::frame::MARK;
use super::super::own::{self, Own};
use super::{Answer, ImapConn, Look, Untagged, Verdict};
use crate::net::timeout as limits;

impl ImapConn {
    /// Reads one answer.
    pub(super) async fn read(
        &mut self,
        doing: &'static str,
        patience: Duration,
        look: Look<'_>,
    ) -> Result<Answer, Fault> {
        self.response(doing, patience, |conn, response| conn.sort(response, look))
            .await
    }

    /// Lets `take` have the next thing the parser reads. A panic in the parser
    /// is a fault of the server's bytes.
    async fn response<T>(
        &mut self,
        doing: &'static str,
        patience: Duration,
        take: impl FnOnce(&mut Self, &Response<'_>) -> T + Send,
    ) -> Result<T, Fault> {
        self.client.get_mut().arm(patience);
        let reading = AssertUnwindSafe(self.client.read_response()).catch_unwind();
        match reading.await {
            Ok(Ok(Some(response))) => Ok(take(self, response.parsed())),
            Ok(Ok(None)) => Err(Fault::Lost {
                said: self.bye.take(),
                source: None,
            }),
            Ok(Err(error)) => Err(self.fault_of(doing, error)),
            Err(_panic) => Err(Fault::Nonsense("it took the reader down")),
        }
    }

    fn fault_of(&mut self, doing: &'static str, error: io::Error) -> Fault {
        if let Some(refused) = self.client.get_ref().refused() {
            return Fault::Unreadable(refused.clone());
        }
        match error.kind() {
            io::ErrorKind::TimedOut => Fault::Timeout { doing },
            // The text of a parse error holds the server's bytes: mail.
            io::ErrorKind::Other => Fault::Nonsense("the parser does not know it"),
            _ => Fault::Lost {
                said: self.bye.take(),
                source: Some(error),
            },
        }
    }

    fn sort(&mut self, response: &Response<'_>, look: Look<'_>) -> Answer {
        match response {
            Response::Continue(outcome) => {
                let text = outcome.information.as_deref().unwrap_or_default();
                return Answer::Continue(text.trim().to_owned());
            }
            Response::Done {
                tag,
                status,
                outcome,
            } => {
                let (code, said) = code::read(outcome);
                return Answer::Tagged {
                    tag: tag.0.clone(),
                    status: match status {
                        Status::Ok => Verdict::Ok,
                        Status::No => Verdict::No,
                        _ => Verdict::Bad,
                    },
                    code,
                    said,
                };
            }
            Response::Data { status, outcome } => {
                if outcome.information.as_deref() == Some(MARK) {
                    if let Some(answer) = self.client.get_mut().take_own() {
                        let mut own = own::read(&answer);
                        if self.utf8_names() {
                            own.names_to_utf7();
                        }
                        self.note_folder_id(&own, &answer);
                        self.note_own(&own);
                        self.note_status(&own);
                        look(Untagged::Own(own));
                    }
                    return Answer::Untagged;
                }
                let (code, said) = code::read(outcome);
                if *status == Status::Bye {
                    self.bye = Some(said);
                }
                self.note_code(code.as_ref());
                look(Untagged::Remark(code));
            }
            Response::Capabilities(_) => {}
            data => {
                self.note(data);
                look(Untagged::Data(data));
            }
        }
        Answer::Untagged
    }

    /// Keeps count of the selected folder.
    fn note(&mut self, data: &Response<'_>) {
        match data {
            Response::MailboxData(MailboxDatum::Exists(count)) => {
                self.changed |= *count != self.exists;
                self.exists = *count;
            }
            Response::Expunge(_) => {
                self.changed = true;
                self.exists = self.exists.saturating_sub(1);
            }
            _ => {}
        }
    }

    /// The same from answers this program reads itself.
    fn note_own(&mut self, own: &Own) {
        match own {
            // Each UID of it was a message of the folder (RFC 7162, 3.2.10.2).
            Own::Vanished {
                earlier: false,
                uids,
            } => {
                self.changed = true;
                let count = u32::try_from(uids.count()).unwrap_or(u32::MAX);
                self.exists = self.exists.saturating_sub(count);
            }
            Own::Namespace(namespaces) => self.namespaces = namespaces.clone(),
            Own::Capability(names) => self.told_capabilities = Some(names.clone()),
            Own::ServerId(name) => self.server_name.clone_from(name),
            Own::Enabled(names) => self.enabled.extend(names.iter().take(64).cloned()),
            _ => {}
        }
    }

    /// Keeps what a STATUS says identifies its folder (RFC 8474, 4.3).
    fn note_folder_id(&mut self, own: &Own, answer: &[u8]) {
        if let Own::Status(name, _) = own
            && self.folder_ids.len() < FOLDERS_MAX
            && let Some(id) = own::folder_id(answer)
        {
            self.folder_ids.insert(name.clone(), id);
        }
    }

    /// Reads the greeting.
    pub(in super::super) async fn greeting(&mut self) -> Result<Greeting, Error> {
        const DOING: &str = "greeting";
        let reading = self.response(DOING, limits::GREETING, |_, response| greet(response));
        // The whole line has a limit too: it may come byte by byte.
        match timeout(limits::GREETING, reading).await {
            Ok(Ok(Ok(greeting))) => Ok(greeting),
            Ok(Ok(Err(fault)) | Err(fault)) => Err(self.fail(fault)),
            Err(_) => Err(self.fail(Fault::Timeout { doing: DOING })),
        }
    }
}

/// Reads a greeting: whether it is a PREAUTH, and the capabilities it names.
fn greet(response: &Response<'_>) -> Result<Greeting, Fault> {
    let Response::Data { status, outcome } = response else {
        return Err(Fault::Nonsense("it does not greet"));
    };
    let (code, said) = code::read(outcome);
    let preauth = match status {
        Status::Ok => false,
        Status::PreAuth => true,
        _ => {
            return Err(Fault::Lost {
                said: Some(said),
                source: None,
            });
        }
    };
    let capabilities = match code {
        Some(Code::Capability(names)) => Some(names.into_iter().collect()),
        _ => None,
    };
    Ok(Greeting {
        preauth,
        capabilities,
    })
}

/// How a server greets (RFC 9051, 7.1).
#[derive(Debug)]
pub(in super::super) struct Greeting {
    pub(in super::super) preauth: bool,
    pub(in super::super) capabilities: Option<Capabilities>,
}
