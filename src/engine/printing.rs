//! Messages on paper: as a PDF file, or handed to the system's print command.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::time::timeout;

use super::reading::blocking;
use super::saving::write_new;
use super::{Handle, HtmlMail};
use crate::error::{Error, ErrorKind, Result};
use crate::html::letterhead;
use crate::html::page::{Job, Made, PAGES_MAX, PRINTER, Paper, Sheet};
use crate::model::PlacementId;
use crate::sandbox::{Sandbox, Trouble};

/// So many messages are printed at once.
const MESSAGES_MAX: usize = 100;

/// The system's print commands, with what comes before the name of the job. The
/// first that is there is taken; the PDF comes on its standard input.
const COMMANDS: &[(&str, &str)] = &[("lp", "-t"), ("lpr", "-T")];

/// How long one may take until it has taken the job.
const COMMAND_TIME: Duration = Duration::from_secs(60);

/// So many letters of a subject are the name of a job.
const NAME_MAX: usize = 80;

/// How messages are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Printing {
    /// What is printed on.
    pub paper: Paper,
    /// Whether pictures from elsewhere are fetched for whoever wrote them, and
    /// not only for those whose pictures are always shown.
    pub pictures: bool,
    /// How a message looks that is HTML.
    pub look: PrintLook,
}

/// How a message is printed that is HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PrintLook {
    /// As it wants to look.
    #[default]
    Own,
    /// Set for reading, without its own looks.
    ForReading,
    /// Its text.
    Text,
}

/// A document, ready to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// What it is about: the subject of the first message.
    pub title: String,
    /// How many pages it has.
    pub pages: usize,
    /// Whether there were more pages than are made.
    pub cut: bool,
    /// What the messages asked for from elsewhere and did not get.
    pub blocked_remote: usize,
}

impl Handle {
    /// Messages as a PDF, one after the other, each under a head that says who
    /// wrote it to whom, in light colours. Text in it can be selected and
    /// searched.
    ///
    /// # Errors
    /// As [`Handle::email`]; when one cannot be laid out in time or at all; and
    /// when these are more than a hundred.
    pub async fn pdf(&self, ids: Vec<PlacementId>, how: Printing) -> Result<Printed> {
        if ids.len() > MESSAGES_MAX {
            let message = format!("{} messages are too many to print at once.", ids.len());
            return Err(Error::new(ErrorKind::Input, message)
                .hint(format!("Print up to {MESSAGES_MAX} of them.")));
        }
        let (mut sheets, mut title, mut blocked_remote) = (Vec::new(), String::new(), 0);
        for id in ids {
            let email = self.email(id).await?;
            let from = email.from.first().map(|from| from.address.as_str());
            let always = from.is_some_and(|from| self.settings().reading.allows_pictures(from));
            let html = match how.look {
                PrintLook::Text => None,
                _ => self.html_mail(id, how.pictures || always).await?,
            };
            let mail = match (html, how.look) {
                (Some(mail), PrintLook::ForReading) => mail.for_reading(),
                (Some(mail), _) => mail,
                (None, _) => HtmlMail::of_text(&email.text),
            };
            blocked_remote += mail.blocked();
            if title.is_empty() {
                title.clone_from(&email.subject);
            }
            sheets.push(Sheet {
                html: letterhead(&email),
                parts: Vec::new(),
                is_head: true,
            });
            sheets.push(mail.into_sheet());
        }
        let (job, bytes) = Job::packed(how.paper, &title, sheets);
        let (made, pdf) = self
            .run(async move |shared| {
                let child = Sandbox::new(&PRINTER, shared.program.clone());
                let asked = child.ask::<_, Option<Made>>(&job, &bytes).await;
                match asked.map_err(|trouble| failed(Some(trouble)))? {
                    (Some(made), pdf) => Ok((made, pdf)),
                    (None, _) => Err(failed(None)),
                }
            })
            .await?;
        Ok(Printed {
            pdf,
            title,
            pages: made.pages,
            cut: made.cut,
            blocked_remote,
        })
    }

    /// Writes messages into a PDF file; a file that is there gets company
    /// (`name (2).pdf`). Says where it wrote.
    ///
    /// # Errors
    /// As [`Handle::pdf`], and when the file cannot be written.
    pub async fn save_pdf(
        &self,
        ids: Vec<PlacementId>,
        how: Printing,
        path: PathBuf,
    ) -> Result<(PathBuf, Printed)> {
        let printed = self.pdf(ids, how).await?;
        self.run(async move |_| {
            blocking(move || Ok((write_new(&path, &printed.pdf)?, printed))).await
        })
        .await
    }

    /// Hands a document to the system's print command, which sends it to the
    /// printer that is usual there.
    ///
    /// # Errors
    /// `NotFound` where there is no print command; what it says where it
    /// refuses.
    pub async fn print(&self, printed: Printed) -> Result<()> {
        self.run(async move |_| {
            for (program, named) in COMMANDS {
                if hand_over(program, named, &printed).await? {
                    return Ok(());
                }
            }
            Err(
                Error::new(ErrorKind::NotFound, "There is no print command here.")
                    .hint("Save the message as a PDF instead, and print that."),
            )
        })
        .await
    }
}

/// Hands a document to a print command. Whether there is one.
async fn hand_over(program: &str, named: &str, printed: &Printed) -> Result<bool> {
    let refused = |said: &str| {
        Error::new(ErrorKind::Input, "The print command took no job.")
            .server_said(said.trim())
            .hint("Look whether a printer is set up, or save the message as a PDF instead.")
    };
    let started = Command::new(program)
        .args([named, &name_of_job(&printed.title)])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(refused("").source(error)),
    };
    let input = child.stdin.take();
    let work = async {
        let given = async {
            if let Some(mut input) = input {
                // One that refuses does not read: what it says counts.
                drop(input.write_all(&printed.pdf).await);
            }
        };
        tokio::join!(given, child.wait_with_output()).1
    };
    let output = timeout(COMMAND_TIME, work).await;
    let output = output.map_err(|_| {
        let words = "The print command did not answer within a minute.";
        Error::new(ErrorKind::Timeout, words).hint("Save the message as a PDF instead.")
    })?;
    let output = output.map_err(|cause| refused("").source(cause))?;
    if output.status.success() {
        return Ok(true);
    }
    Err(refused(&String::from_utf8_lossy(&output.stderr)))
}

/// What the job is called in the printer's queue.
fn name_of_job(title: &str) -> String {
    let plain = title
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(NAME_MAX);
    let name: String = plain.collect();
    // No letter of it may be taken for an option.
    format!("Waxwing: {}", name.trim())
}

/// Why there is no document.
fn failed(trouble: Option<Trouble>) -> Error {
    let (kind, message) = match &trouble {
        Some(Trouble::TimedOut(_)) => (ErrorKind::Timeout, "takes too long to lay out for paper"),
        Some(Trouble::TooLarge { .. }) => (ErrorKind::TooLarge, "is too large to print"),
        _ => (ErrorKind::Input, "cannot be laid out for paper"),
    };
    let error = Error::new(kind, format!("This message {message}."))
        .hint("Show it as text and print that: all its words are there.");
    match trouble {
        Some(trouble) => error.source(trouble),
        None => error,
    }
}

/// What is said beside a document that has not all of it.
impl Printed {
    /// "3 pages"; and that there were more, where there were.
    #[must_use]
    pub fn words(&self) -> String {
        match (self.pages, self.cut) {
            (_, true) => format!("the first {PAGES_MAX} pages"),
            (1, _) => "1 page".to_owned(),
            (pages, _) => format!("{pages} pages"),
        }
    }
}

#[cfg(test)]
mod tests;
