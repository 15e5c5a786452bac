//! Printing what is read, and reading what lies in a file.

use std::path::PathBuf;

use iced::Task;
use waxwing::engine::{Handle, Printed, Printing};
use waxwing::model::PlacementId;
use waxwing::{ErrorKind, Result};

use super::attachment::{self, Picked, Wanted, Wish, ask};
use super::{Message as MailMessage, State};
use crate::ui::app::{Action, FileQuery, Query};
use crate::ui::component::toast::Toast;

/// What happens to printing, and to files that are messages.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// It was printed: so much. Or the person thought better of it.
    Printed(Result<Option<String>>),
    /// A file was picked to be read, or not.
    Picked(Picked),
}

impl State {
    /// Prints the message on show.
    pub(super) fn print(&self) -> Action<MailMessage> {
        let Some(id) = self.reader.shown else {
            return Action::None;
        };
        Action::Ask(Query::Print(id, self.reader.printing()))
    }

    /// Asks for a file that is a message.
    pub(super) fn pick_letter(&self) -> Action<MailMessage> {
        let picked = self.picker.clone().pick("Open message file", Wish::Letter);
        Action::Run(Task::perform(picked, |picked| {
            MailMessage::Printing(Message::Picked(picked))
        }))
    }

    /// Follows what happened.
    pub(super) fn printing_update(&mut self, message: Message) -> Action<MailMessage> {
        match message {
            Message::Printed(Ok(Some(words))) => Action::Toast(Toast::done(words)),
            Message::Printed(Ok(None)) | Message::Picked(Picked::Cancelled) => Action::None,
            Message::Printed(Err(error)) => {
                let nothing_prints = error.kind() == ErrorKind::NotFound;
                let told = Action::Toast(Toast::error(error.to_string()));
                if nothing_prints {
                    told.and(self.pick_place(Wanted::Pdf))
                } else {
                    told
                }
            }
            Message::Picked(Picked::Path(path)) => ask(FileQuery::OpenFile(path)),
            Message::Picked(Picked::NoDialog) => Action::Toast(Toast::error(
                "This desktop has no file dialog. Start `waxwing FILE.eml` to read a message file.",
            )),
        }
    }
}

/// Prints a message: in the desktop's dialog where there is one, else with the
/// print command. Says what was printed; nothing where the person thought better
/// of it.
///
/// # Errors
/// As [`Handle::pdf`] and [`Handle::print`].
pub(crate) async fn print(
    engine: &Handle,
    id: PlacementId,
    how: Printing,
) -> Result<Option<String>> {
    let printed = engine.pdf(vec![id], how).await?;
    let words = format!("Sent to the printer: {}.", printed.words());
    match in_dialog(&printed).await {
        Dialog::Done => {}
        Dialog::Cancelled => return Ok(None),
        Dialog::NotHere => engine.print(printed).await?,
    }
    Ok(Some(words))
}

/// Writes a message into a PDF file; says where.
///
/// # Errors
/// As [`Handle::save_pdf`].
pub(crate) async fn save_pdf(
    engine: &Handle,
    id: PlacementId,
    how: Printing,
    path: PathBuf,
) -> attachment::Message {
    let saved = engine.save_pdf(vec![id], how, path).await;
    attachment::Message::Saved(Wanted::Pdf, saved.map(|(path, _)| vec![path]))
}

/// What came of the desktop's own dialog.
enum Dialog {
    Done,
    Cancelled,
    NotHere,
}

/// Asks by the desktop's portal.
#[cfg(target_os = "linux")]
async fn in_dialog(printed: &Printed) -> Dialog {
    use ashpd::Error;
    use ashpd::desktop::ResponseError;

    match by_portal(printed).await {
        Ok(()) => Dialog::Done,
        Err(Error::Response(ResponseError::Cancelled)) => Dialog::Cancelled,
        Err(why) => {
            tracing::info!(%why, "the desktop has no print dialog");
            Dialog::NotHere
        }
    }
}

#[cfg(target_os = "linux")]
async fn by_portal(printed: &Printed) -> ashpd::Result<()> {
    use std::io::{Seek as _, Write as _};

    use ashpd::desktop::print::{PageSetup, PrintProxy, Settings};

    let mut file = tempfile::tempfile()?;
    file.write_all(&printed.pdf)?;
    file.rewind()?;
    let portal = PrintProxy::new().await?;
    let (settings, page) = (Settings::default(), PageSetup::default());
    let title = &printed.title;
    let asked = portal.prepare_print(None, title, settings, page, None::<&str>, true);
    let prepared = asked.await?.response()?;
    let token = Some(prepared.token);
    portal
        .print(None, title, &file, token, true)
        .await?
        .response()
}

#[cfg(not(target_os = "linux"))]
async fn in_dialog(_printed: &Printed) -> Dialog {
    Dialog::NotHere
}
