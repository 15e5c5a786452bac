//! Attachments: where they go, and what is opened outside.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use iced::Task;
use waxwing::Result;
use waxwing::html::page::Picture;
use waxwing::model::{PartId, PlacementId};

use super::dialog::Dialog;
use super::{Message as MailMessage, State};
use crate::ui::app::{Action, FileQuery, Query};
use crate::ui::component::toast::Toast;

/// What is to be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The attachment with that number.
    One(usize),
    /// All attachments that do no harm, into a folder.
    All,
    /// The message itself.
    Message,
    /// The message as it looks on paper.
    Pdf,
}

impl Wanted {
    /// What the dialog for it is called.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::One(_) => "Save attachment",
            Self::All => "Save all attachments",
            Self::Message => "Save message",
            Self::Pdf => "Save as PDF",
        }
    }
}

/// What happens to attachments.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// Open the one with that number.
    Open(usize),
    /// Open the attached message that is that part.
    OpenLetter(PartId),
    /// Save something.
    Save(Wanted),
    /// A place for it was picked, or not.
    Picked(Wanted, Picked),
    /// It was written there.
    Saved(Wanted, Result<Vec<PathBuf>>),
    /// One was handed to another program.
    Opened(Result<()>),
    /// An attached message was taken up.
    Letter(Result<PlacementId>),
    /// Small pictures of them, under that epoch.
    Thumbnails(u64, Vec<(PartId, Picture)>),
}

/// How a place for a file is found.
#[derive(Debug, Clone, Default)]
pub(crate) enum Picker {
    /// The desktop's dialog.
    #[default]
    Desktop,
    /// An answer settled beforehand.
    #[cfg(test)]
    Always(Picked),
}

/// What is to be picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wish {
    /// A place for a file of that name.
    Place(String),
    /// A folder.
    Folder,
    /// A file that is a message.
    Letter,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Picked {
    /// A place.
    Path(PathBuf),
    /// The person thought better of it.
    Cancelled,
    /// There is no dialog to be had here.
    NoDialog,
}

/// A dialog that says nothing within this time was never there: without a
/// portal the call returns at once, and nobody cancels so fast.
const NEVER_SHOWN: Duration = Duration::from_millis(400);

impl Picker {
    /// Asks for something in a dialog with that title.
    pub(crate) async fn pick(self, title: &'static str, wish: Wish) -> Picked {
        match self {
            Self::Desktop => {
                let begun = Instant::now();
                let dialog = rfd::AsyncFileDialog::new().set_title(title);
                let file = match wish {
                    Wish::Place(name) => dialog.set_file_name(name).save_file().await,
                    Wish::Folder => dialog.pick_folder().await,
                    Wish::Letter => {
                        let dialog = dialog.add_filter("Messages", &["eml", "EML"]);
                        dialog.add_filter("All files", &["*"]).pick_file().await
                    }
                };
                match file {
                    Some(file) => Picked::Path(file.path().to_owned()),
                    None if begun.elapsed() < NEVER_SHOWN => Picked::NoDialog,
                    None => Picked::Cancelled,
                }
            }
            #[cfg(test)]
            Self::Always(picked) => picked,
        }
    }
}

impl State {
    /// Follows what happens to attachments.
    pub(super) fn attachment_update(&mut self, message: Message) -> Action<MailMessage> {
        match message {
            Message::Open(number) => self.open_attachment(number),
            Message::OpenLetter(part) => {
                let shown = self.reader.shown;
                shown.map_or(Action::None, |id| ask(FileQuery::OpenLetter(id, part)))
            }
            Message::Save(Wanted::One(number)) if self.is_held(number) => self.ask_about(number),
            Message::Save(wanted) => self.pick_place(wanted),
            Message::Picked(wanted, picked) => self.place_picked(wanted, picked),
            Message::Saved(wanted, answer) => {
                self.reader.nothing_comes();
                Action::Toast(match answer {
                    Ok(paths) => Toast::done(self.saved_words(wanted, &paths)),
                    Err(error) => Toast::error(error.to_string()),
                })
            }
            Message::Opened(answer) => {
                self.reader.nothing_comes();
                match answer {
                    Ok(()) => Action::None,
                    Err(error) => Action::Toast(Toast::error(error.to_string())),
                }
            }
            Message::Letter(Ok(letter)) => Action::Letter(letter),
            Message::Letter(Err(error)) => Action::Toast(Toast::error(error.to_string())),
            Message::Thumbnails(epoch, pictures) => {
                self.reader.thumbnails(epoch, pictures);
                Action::None
            }
        }
    }

    fn open_attachment(&mut self, number: usize) -> Action<MailMessage> {
        let (Some(id), Some(attachment)) = (self.reader.shown, self.reader.attachment(number))
        else {
            return Action::None;
        };
        if attachment.danger.is_some() {
            self.ask_about(number)
        } else if attachment.is_message() {
            ask(FileQuery::OpenLetter(id, attachment.part))
        } else {
            ask(FileQuery::Open(id, attachment.part))
        }
    }

    /// Whether an attachment is one that is not saved or opened just so.
    fn is_held(&self, number: usize) -> bool {
        let attachment = self.reader.attachment(number);
        attachment.is_some_and(|attachment| attachment.danger.is_some())
    }

    /// Says what is dangerous about an attachment, and asks what to do.
    fn ask_about(&mut self, number: usize) -> Action<MailMessage> {
        let Some(attachment) = self.reader.attachment(number) else {
            return Action::None;
        };
        let Some(danger) = attachment.danger else {
            return Action::None;
        };
        let name = attachment.name.clone();
        self.open_dialog(Dialog::Held {
            number,
            name,
            danger,
        })
    }

    /// Asks where something shall go.
    pub(super) fn pick_place(&mut self, wanted: Wanted) -> Action<MailMessage> {
        let Some(name) = self.name_of(wanted) else {
            return Action::None;
        };
        if wanted == Wanted::All && self.reader.harmless().is_empty() {
            let words = "Nothing was saved: each of these files can do harm.";
            return Action::Toast(Toast::error(words));
        }
        let wish = match wanted {
            Wanted::All => Wish::Folder,
            _ => Wish::Place(name),
        };
        Action::Run(Task::perform(
            self.picker.clone().pick(wanted.title(), wish),
            move |picked| MailMessage::Attachment(Message::Picked(wanted, picked)),
        ))
    }

    fn name_of(&self, wanted: Wanted) -> Option<String> {
        match wanted {
            Wanted::One(number) => Some(self.reader.attachment(number)?.name.clone()),
            Wanted::All => Some(String::new()),
            Wanted::Message => Some(self.reader.file_name("eml")),
            Wanted::Pdf => Some(self.reader.file_name("pdf")),
        }
    }

    fn place_picked(&mut self, wanted: Wanted, picked: Picked) -> Action<MailMessage> {
        match picked {
            Picked::Path(path) => self.save(wanted, path),
            Picked::Cancelled => Action::None,
            Picked::NoDialog => {
                let Some(name) = self.name_of(wanted) else {
                    return Action::None;
                };
                self.open_dialog(Dialog::save(wanted, &suggestion(&name)))
            }
        }
    }

    pub(super) fn save(&mut self, wanted: Wanted, path: PathBuf) -> Action<MailMessage> {
        let Some(id) = self.reader.shown else {
            return Action::None;
        };
        match wanted {
            Wanted::One(number) => self
                .reader
                .attachment(number)
                .map_or(Action::None, |attachment| {
                    ask(FileQuery::Save(number, id, attachment.part, path))
                }),
            Wanted::All => ask(FileQuery::SaveAll(id, self.reader.harmless(), path)),
            Wanted::Message => ask(FileQuery::SaveMessage(id, path)),
            Wanted::Pdf => ask(FileQuery::SavePdf(id, self.reader.printing(), path)),
        }
    }

    fn saved_words(&self, wanted: Wanted, paths: &[PathBuf]) -> String {
        let folder = paths.first().and_then(|path| path.parent());
        let words = match (paths, folder) {
            ([path], _) => format!("Saved as {}", path.display()),
            (_, Some(folder)) => format!("{} files saved in {}", paths.len(), folder.display()),
            _ => "Nothing was saved.".to_owned(),
        };
        let held = self.reader.held();
        if wanted == Wanted::All && !held.is_empty() {
            format!("{words}. Held back: {}", held.join(", "))
        } else {
            words
        }
    }
}

pub(super) fn ask(query: FileQuery) -> Action<MailMessage> {
    Action::Ask(Query::File(query))
}

/// Where a file of that name would usually go.
pub(crate) fn suggestion(name: &str) -> String {
    waxwing::config::paths::downloads()
        .join(name)
        .display()
        .to_string()
}

/// Hands a link to the desktop. Only links that a browser or mail program
/// takes, and never through a shell.
pub(crate) fn open_outside(link: &str) -> std::io::Result<()> {
    let known = ["https://", "http://", "mailto:"]
        .iter()
        .any(|start| link.starts_with(start));
    if !known {
        return Err(std::io::ErrorKind::Unsupported.into());
    }
    open::that_detached(link)
}

/// Hands a file to whatever program the desktop has for it.
pub(crate) fn open_file(path: &Path) -> Result<()> {
    open::that_detached(path).map_err(|cause| {
        let message = format!("No program could be started for {}.", path.display());
        waxwing::Error::new(waxwing::ErrorKind::Input, message)
            .hint("Save it, and open it with a program of your choice.")
            .source(cause)
    })
}
