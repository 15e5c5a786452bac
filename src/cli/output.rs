//! What the commands print, in the fields that scripts rely on.

use std::io::{BufWriter, ErrorKind as IoKind, IsTerminal, Write};
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use serde::Serialize;
use waxwing::engine::{CheckStep, SyncReport};
use waxwing::model::{
    Account, Address, DangerKind, Envelope, Flag, OutboxItem, PlacementId, Protocol, Remedy,
    ServerSettings, Stored, TrustedCertificate,
};
use waxwing::{Error, ErrorKind, Result};

use super::text;

/// Where results go: stdout, as text or as one JSON object a line.
pub(super) struct Out {
    json: bool,
    writer: BufWriter<std::io::Stdout>,
    /// Whether whoever read it has gone.
    closed: bool,
}

impl Out {
    pub(super) fn stdout(json: bool) -> Self {
        Self {
            json,
            writer: BufWriter::new(std::io::stdout()),
            closed: false,
        }
    }

    /// A second one of the same kind.
    pub(super) fn again(&self) -> Self {
        Self::stdout(self.json)
    }

    pub(super) fn is_json(&self) -> bool {
        self.json
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// One result: `value` for scripts, or `text` for people.
    pub(super) fn row(
        &mut self,
        value: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<()> {
        let line = if self.json {
            serde_json::to_string(value).map_err(|cause| {
                Error::new(ErrorKind::Bug, "A result could not be written as JSON.").source(cause)
            })?
        } else {
            text()
        };
        self.bytes(format!("{line}\n").as_bytes())?;
        if std::io::stdout().is_terminal() {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// Bytes as they are.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        let written = self.writer.write_all(bytes);
        written.map_err(|cause| self.failed(cause))
    }

    pub(super) fn flush(&mut self) -> Result<()> {
        let flushed = self.writer.flush();
        flushed.map_err(|cause| self.failed(cause))
    }

    fn failed(&mut self, cause: std::io::Error) -> Error {
        let kind = match cause.kind() {
            IoKind::BrokenPipe => {
                self.closed = true;
                ErrorKind::Cancelled
            }
            IoKind::StorageFull => ErrorKind::DiskFull,
            _ => ErrorKind::Storage,
        };
        Error::new(kind, format!("The output could not be written: {cause}.")).source(cause)
    }
}

/// Says why a job failed, on stderr and for scripts on stdout too.
pub(crate) fn fail(json: bool, error: &Error) -> ExitCode {
    warn("error", error);
    if json {
        let told = ErrorLine::new(error);
        if let Ok(line) = serde_json::to_string(&told) {
            // A closed stdout changes nothing about the failure.
            let _ = writeln!(std::io::stdout(), "{line}");
        }
    }
    ExitCode::FAILURE
}

/// A sentence on stderr.
pub(crate) fn warn(word: &str, sentence: &impl std::fmt::Display) {
    let sentence = text::line(&sentence.to_string());
    // Without stderr there is nowhere to complain.
    let _ = writeln!(std::io::stderr(), "{word}: {sentence}");
}

/// The error object.
#[derive(Debug, Serialize)]
pub(super) struct ErrorLine<'a> {
    error: ErrorFields<'a>,
}

#[derive(Debug, Serialize)]
struct ErrorFields<'a> {
    kind: &'static str,
    message: &'a str,
    server_said: Option<&'a str>,
    hint: Option<&'a str>,
}

impl<'a> ErrorLine<'a> {
    pub(super) fn new(error: &'a Error) -> Self {
        Self {
            error: ErrorFields {
                kind: error.kind().name(),
                message: error.message(),
                server_said: error.words_of_server(),
                hint: error.remedy(),
            },
        }
    }
}

/// A row of `account list` and `account remove`.
#[derive(Debug, Serialize)]
pub(super) struct AccountLine {
    pub(super) account: String,
    pub(super) email: String,
    pub(super) protocol: &'static str,
    /// Whether its servers are used.
    enabled: bool,
    /// When a pass over all its folders last came to its end.
    pub(super) checked: Option<String>,
}

impl AccountLine {
    pub(super) fn new(account: &Account, checked: Option<DateTime<Utc>>) -> Self {
        Self {
            checked: checked.map(|when| when.to_rfc3339()),
            account: account.settings.name.clone(),
            email: account.settings.email.clone(),
            protocol: protocol(account.settings.incoming.protocol),
            enabled: !account.disabled,
        }
    }
}

/// The result of `account add` and `account edit`.
#[derive(Debug, Serialize)]
pub(super) struct AddedLine {
    pub(super) account: String,
    pub(super) verified: bool,
}

/// A step of `account check`.
#[derive(Debug, Serialize)]
pub(super) struct CheckLine {
    server: &'static str,
    place: String,
    step: &'static str,
    ok: bool,
    ms: u64,
    message: String,
    hint: Option<String>,
    /// What is wrong, where it is known exactly.
    fault: Option<&'static str>,
    /// What mends it.
    remedies: Vec<RemedyFields>,
}

/// A remedy: its kind, the words on its button, and what it takes.
#[derive(Debug, Serialize)]
struct RemedyFields {
    kind: &'static str,
    words: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<ServerSettings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<TrustedCertificate>,
}

impl RemedyFields {
    fn new(remedy: &Remedy) -> Self {
        let mut fields = Self {
            kind: remedy.name(),
            words: remedy.words().to_owned(),
            url: None,
            server: None,
            certificate: None,
        };
        match remedy {
            Remedy::Change { server, .. } => fields.server = Some(server.clone()),
            Remedy::OpenPage { url, .. } => fields.url = Some(url.clone()),
            Remedy::TrustCertificate(certificate) => fields.certificate = Some(certificate.clone()),
            _ => {}
        }
        fields
    }
}

impl CheckLine {
    pub(super) fn new(step: &CheckStep) -> Self {
        let error = step.error.as_ref();
        let diagnosis = error.and_then(Error::diagnosis);
        let remedies = diagnosis.iter().flat_map(|diagnosis| &diagnosis.remedies);
        Self {
            server: protocol(step.server),
            place: step.place.clone(),
            step: step.step.name(),
            ok: error.is_none(),
            ms: u64::try_from(step.elapsed.as_millis()).unwrap_or(u64::MAX),
            message: error.map_or_else(|| step.message.clone(), |error| error.message().to_owned()),
            hint: error.and_then(Error::remedy).map(str::to_owned),
            fault: diagnosis.map(|diagnosis| diagnosis.fault.name()),
            remedies: remedies.map(RemedyFields::new).collect(),
        }
    }

    pub(super) fn text(&self) -> String {
        let mark = if self.ok { "ok" } else { "FAILED" };
        let Self {
            server,
            step,
            ms,
            message,
            ..
        } = self;
        text::line(&format!(
            "{server:<5} {step:<9} {mark:<7} {ms:>6} ms  {message}"
        ))
    }
}

/// What a pass did to a folder.
#[derive(Debug, Serialize)]
pub(super) struct SyncLine {
    pub(super) account: String,
    pub(super) folder: String,
    pub(super) new: u64,
    pub(super) changed: u64,
    pub(super) removed: u64,
    pub(super) bytes: u64,
    pub(super) seconds: f64,
    pub(super) notices: Vec<String>,
}

impl SyncLine {
    pub(super) fn new(report: SyncReport) -> Self {
        Self {
            account: report.account,
            folder: report.folder,
            new: report.new,
            changed: report.changed,
            removed: report.removed,
            bytes: report.bytes,
            seconds: report.time.as_secs_f64(),
            notices: report.notices,
        }
    }

    pub(super) fn text(&self) -> String {
        let place = text::name(&format!("{}: {}", self.account, self.folder), 40);
        let mut line = format!(
            "{place} {:>6} new {:>6} changed {:>6} removed {:>10}",
            self.new,
            self.changed,
            self.removed,
            text::size(self.bytes)
        );
        for notice in &self.notices {
            line.push_str("\n    ");
            line.push_str(&text::line(notice));
        }
        line
    }
}

/// The last line of a pass.
#[derive(Debug, Default, Serialize)]
pub(super) struct TotalLine {
    pub(super) total: Total,
}

/// What a pass did altogether.
#[derive(Debug, Default, Serialize)]
pub(super) struct Total {
    pub(super) folders: u64,
    pub(super) new: u64,
    pub(super) changed: u64,
    pub(super) removed: u64,
    pub(super) bytes: u64,
    pub(super) seconds: f64,
}

/// A row of `folders`.
#[derive(Debug, Serialize)]
pub(super) struct FolderLine {
    pub(super) account: String,
    pub(super) folder: String,
    pub(super) role: Option<&'static str>,
    pub(super) total: u64,
    pub(super) unread: u64,
    pub(super) watched: bool,
    /// When it was last compared with the server's.
    pub(super) checked: Option<String>,
    /// What is fetched of it unasked; null for what the account says.
    pub(super) prefetch: Option<String>,
    /// Whether other programs show it.
    pub(super) subscribed: bool,
    /// The bytes of its messages, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bytes: Option<u64>,
    /// Those of messages that are here whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bytes_here: Option<u64>,
    /// How many those are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) messages_here: Option<u64>,
}

/// A row of `list`.
#[derive(Debug, Serialize)]
pub(super) struct EnvelopeLine {
    id: String,
    folder: String,
    uid: Option<u32>,
    uidl: Option<String>,
    message_id: Option<String>,
    date: String,
    from: String,
    to: String,
    subject: String,
    flags: Vec<String>,
    size: u64,
    attachments: u32,
    snippet: String,
    thread: String,
    sha256: Option<String>,
    stored: &'static str,
    /// Whether a POP3 server still has it.
    on_server: Option<bool>,
}

impl EnvelopeLine {
    pub(super) fn new(envelope: &Envelope, folder: &str) -> Self {
        let flags = envelope.flags.iter().map(|flag| flag.imap().to_owned());
        Self {
            id: envelope.id.to_string(),
            folder: folder.to_owned(),
            uid: envelope.uid.map(waxwing::model::Uid::get),
            uidl: envelope.uidl.as_ref().map(ToString::to_string),
            message_id: envelope.message_id.as_ref().map(ToString::to_string),
            date: envelope.date.to_rfc3339(),
            from: addresses(&envelope.from),
            to: addresses(&envelope.to),
            subject: envelope.subject.clone(),
            flags: flags.chain(envelope.keywords.iter().cloned()).collect(),
            size: envelope.size,
            attachments: envelope.attachments,
            snippet: envelope.snippet.clone(),
            thread: envelope.thread.to_string(),
            sha256: envelope
                .sha256
                .as_ref()
                .map(|digest| HEXLOWER.encode(digest)),
            stored: match envelope.stored {
                Stored::Headers => "headers",
                Stored::Full => "full",
            },
            on_server: envelope.on_server,
        }
    }

    pub(super) fn text(envelope: &Envelope) -> String {
        let mark = |flag, sign| if envelope.flags.has(flag) { sign } else { ' ' };
        let unread = if envelope.flags.is_unread() { 'N' } else { ' ' };
        let from = envelope.from.first().map_or("", |from| from.short());
        let attached = if envelope.attachments > 0 { '@' } else { ' ' };
        format!(
            "{:>7} {} {unread}{}{}{attached} {} {}",
            envelope.id.to_string(),
            text::when(&envelope.date),
            mark(Flag::Flagged, '*'),
            mark(Flag::Answered, 'A'),
            text::cell(from, 24),
            text::line(&envelope.subject),
        )
    }
}

/// The result of `send` and a row of `outbox`.
#[derive(Debug, Serialize)]
pub(super) struct OutboxLine {
    id: String,
    message_id: String,
    state: &'static str,
    attempts: u32,
    last_error: Option<String>,
    next_attempt: Option<String>,
    accepted: Vec<String>,
    rejected: Vec<Rejected>,
}

#[derive(Debug, Serialize)]
struct Rejected {
    address: String,
    code: u16,
    text: String,
}

impl OutboxLine {
    pub(super) fn new(item: &OutboxItem) -> Self {
        Self {
            id: item.id.to_string(),
            message_id: item.message_id.to_string(),
            state: item.state.name(),
            attempts: item.attempts,
            last_error: item.last_error.clone(),
            next_attempt: item.next_attempt.map(|next| next.to_rfc3339()),
            accepted: item
                .recipients
                .iter()
                .filter(|recipient| recipient.is_accepted())
                .map(|recipient| recipient.address.clone())
                .collect(),
            rejected: item
                .recipients
                .iter()
                .filter(|recipient| !recipient.is_accepted())
                .filter_map(|recipient| {
                    Some(Rejected {
                        address: recipient.address.clone(),
                        code: recipient.code?,
                        text: recipient.text.clone(),
                    })
                })
                .collect(),
        }
    }

    /// The same for a message that was taken out.
    pub(super) fn cancelled(item: &OutboxItem) -> Self {
        Self {
            state: "cancelled",
            next_attempt: None,
            ..Self::new(item)
        }
    }

    pub(super) fn text(&self, subject: &str) -> String {
        let error = self.last_error.as_deref().unwrap_or_default();
        let subject = text::cell(subject, 40);
        let line = format!(
            "{:>6} {:<9} {subject} {}",
            self.id,
            self.state,
            text::line(error)
        );
        line.trim_end().to_owned()
    }
}

/// A message kept in Drafts.
#[derive(Debug, Serialize)]
pub(super) struct DraftLine {
    id: String,
    state: &'static str,
}

impl DraftLine {
    pub(super) fn new(id: PlacementId) -> Self {
        Self {
            id: id.to_string(),
            state: "draft",
        }
    }
}

/// What a change did.
#[derive(Debug, Serialize)]
pub(super) struct DoneLine {
    pub(super) ids: Vec<String>,
    pub(super) done: String,
}

/// What was done to a folder.
#[derive(Debug, Serialize)]
pub(super) struct FolderDoneLine {
    pub(super) folder: String,
    pub(super) done: String,
}

/// A saved attachment.
#[derive(Debug, Serialize)]
pub(super) struct SavedLine {
    pub(super) path: String,
    pub(super) size: u64,
    /// Why it is not to be opened just so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) danger: Option<DangerKind>,
}

/// The addresses of a header field as it would be written.
pub(super) fn addresses(list: &[Address]) -> String {
    let list: Vec<String> = list.iter().map(ToString::to_string).collect();
    list.join(", ")
}

fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Imap => "imap",
        Protocol::Pop3 => "pop3",
        Protocol::Smtp => "smtp",
    }
}
