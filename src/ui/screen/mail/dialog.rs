//! What lies on top of the mail: choosing a folder, a path, being sure, the
//! list of commands and the sheet of keys.

pub(crate) mod choose;
mod folder;
mod outbox;
mod shortcuts;

use std::path::PathBuf;

use iced::alignment::Vertical;
use iced::keyboard::key::Named;
use iced::widget::{column, container, mouse_area, opaque, row, space, text, text_input};
use iced::{Alignment, Length, Size};
use waxwing::model::{Charset, Danger, FolderId, OutboxId, OutboxItem};

use super::attachment::Wanted;
use super::toolbar;
use crate::ui::app::Verb;
use crate::ui::command::{Press, UserCommand};
use crate::ui::component::control::text_button;
use crate::ui::component::{icon, label};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::Element;

pub(crate) use choose::Choice;
use choose::Chooser;
pub(crate) use folder::{Naming, Sure};
pub(super) use outbox::unsent;

const FIELD: &str = "dialog-field";

/// A dialog.
#[derive(Debug, Clone)]
pub(crate) enum Dialog {
    /// Where to move messages to, how to read one, or anything else to do.
    Choose(Box<Chooser>),
    /// What to do with an attachment that can do harm.
    Held {
        /// Which attachment.
        number: usize,
        /// What it is called.
        name: String,
        /// Why.
        danger: Danger,
    },
    /// Where to save something.
    Save {
        /// What.
        wanted: Wanted,
        /// What is typed.
        path: String,
    },
    /// Under which name a search shall be kept.
    NameSearch {
        /// Which of those that are, if one is.
        saved: Option<usize>,
        /// What is typed.
        name: String,
    },
    /// What a folder is to be called.
    Name(Naming),
    /// Whether that shall be done.
    Sure(Sure),
    /// Whether so many messages shall be gone for good.
    DeleteForever(usize),
    /// What waits to be sent.
    Outbox,
    /// Whether to quit although something waits to be sent.
    Leave,
    /// All keys.
    Shortcuts,
}

/// What happens in it.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// The field says something else.
    Typed(String),
    /// The field or the main button was confirmed.
    Confirm,
    /// One of those to choose from was pressed.
    Choose(Choice),
    /// Up or down among them.
    Step(isize),
    /// Send that message now.
    Retry(OutboxId),
    /// Take that message out of the outbox and write on.
    TakeBack(OutboxId),
    /// Never mind.
    Cancel,
    /// A press on the dialog itself.
    Nothing,
}

/// What comes of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It stays open.
    Stay,
    /// Another line is chosen in it.
    Stepped,
    /// It closes.
    Cancel,
    /// That was chosen.
    Chosen(Choice),
    /// Do that.
    Do(Verb),
    /// Save that there.
    Save(Wanted, PathBuf),
    /// Save the attachment with that number although it can do harm.
    SaveHeld(usize),
    /// Keep the search under that name; or give that one another.
    NameSearch(Option<usize>, String),
    /// Delete for good.
    DeleteForever,
    /// Quit.
    Leave,
    /// Send now.
    Retry(OutboxId),
    /// Write on.
    TakeBack(OutboxId),
}

impl Dialog {
    /// Asks where to move messages to.
    pub(crate) fn choose_folder(folders: Vec<(FolderId, String)>) -> Self {
        Self::Choose(Box::new(Chooser::of_folders(folders)))
    }

    /// Asks how to read a message that is read so now.
    pub(crate) fn choose_charset(now: Option<Charset>) -> Self {
        Self::Choose(Box::new(Chooser::of_charsets(now)))
    }

    /// Asks where to put a folder.
    pub(crate) fn choose_place(folder: FolderId, places: Vec<(Option<FolderId>, String)>) -> Self {
        Self::Choose(Box::new(Chooser::of_places(folder, places)))
    }

    /// Asks what to do, of everything that can be done.
    pub(crate) fn palette(lines: Vec<choose::Line>) -> Self {
        Self::Choose(Box::new(Chooser::of_commands(lines)))
    }

    /// Asks for a path, where the desktop has no dialog.
    pub(crate) fn save(wanted: Wanted, path: &str) -> Self {
        Self::Save {
            wanted,
            path: path.to_owned(),
        }
    }

    /// Asks under which name to keep a search.
    pub(crate) fn name_search(saved: Option<usize>, name: &str) -> Self {
        let name = name.to_owned();
        Self::NameSearch { saved, name }
    }

    /// The field that takes the keyboard first.
    pub(crate) fn field(&self) -> Option<&'static str> {
        let has_field = matches!(
            self,
            Self::Choose(_) | Self::Save { .. } | Self::NameSearch { .. } | Self::Name(_)
        );
        has_field.then_some(FIELD)
    }

    /// Follows what happened.
    pub(crate) fn update(&mut self, message: Message) -> Outcome {
        match (message, &mut *self) {
            (Message::Typed(text), Self::Choose(chooser)) => {
                chooser.typed(text);
                Outcome::Stay
            }
            (Message::Typed(text), Self::NameSearch { name, .. }) => {
                *name = text;
                Outcome::Stay
            }
            (Message::Typed(text), Self::Name(naming)) => {
                naming.name = text;
                Outcome::Stay
            }
            (Message::Typed(text), Self::Save { path, .. }) => {
                *path = text;
                Outcome::Stay
            }
            (Message::Retry(id), _) => Outcome::Retry(id),
            (Message::TakeBack(id), _) => Outcome::TakeBack(id),
            (Message::Step(by), Self::Choose(chooser)) => {
                chooser.step(by);
                Outcome::Stepped
            }
            (Message::Choose(choice), _) => Outcome::Chosen(choice),
            (Message::Confirm, Self::Choose(chooser)) => {
                chooser.chosen().map_or(Outcome::Stay, Outcome::Chosen)
            }
            (Message::Confirm, Self::Held { number, .. }) => Outcome::SaveHeld(*number),
            (Message::Confirm, Self::Save { wanted, path }) if !path.trim().is_empty() => {
                Outcome::Save(*wanted, PathBuf::from(path.trim()))
            }
            (Message::Confirm, Self::NameSearch { saved, name }) if !name.trim().is_empty() => {
                Outcome::NameSearch(*saved, name.trim().to_owned())
            }
            (Message::Confirm, Self::Name(naming)) => {
                naming.verb().map_or(Outcome::Stay, Outcome::Do)
            }
            (Message::Confirm, Self::Sure(sure)) => Outcome::Do(sure.verb.clone()),
            (Message::Confirm, Self::DeleteForever(_)) => Outcome::DeleteForever,
            (Message::Confirm, Self::Leave) => Outcome::Leave,
            (Message::Confirm, Self::Shortcuts | Self::Outbox) | (Message::Cancel, _) => {
                Outcome::Cancel
            }
            _ => Outcome::Stay,
        }
    }

    /// What a key no widget took means here.
    pub(crate) fn key(&self, press: &Press) -> Option<Message> {
        if press.is(Named::Escape) {
            return Some(Message::Cancel);
        }
        if press.is(Named::Enter) {
            // Harm wants more than a key pressed too often.
            let held = matches!(self, Self::Held { .. });
            return Some(if held {
                Message::Cancel
            } else {
                Message::Confirm
            });
        }
        if press.is(Named::ArrowDown) {
            return Some(Message::Step(1));
        }
        if press.is(Named::ArrowUp) {
            return Some(Message::Step(-1));
        }
        // What opened it closes it.
        let opened_by = match self {
            Self::Shortcuts => UserCommand::Shortcuts,
            Self::Choose(chooser) if chooser.is_palette() => UserCommand::Palette,
            _ => return None,
        };
        (UserCommand::of(press) == Some(opened_by)).then_some(Message::Cancel)
    }

    /// The veil and the card on it, in a window of that size.
    pub(crate) fn view<'a>(&'a self, outbox: &'a [OutboxItem], room: Size) -> Element<'a, Message> {
        let (width, card) = match self {
            Self::Choose(chooser) if chooser.is_palette() => (560.0, chooser.view()),
            Self::Choose(chooser) => (420.0, chooser.view()),
            Self::Held { name, danger, .. } => (460.0, held_view(name, *danger)),
            Self::Save { wanted, path } => (520.0, save_view(*wanted, path)),
            Self::NameSearch { saved, name } => (420.0, name_view(saved.is_some(), name)),
            Self::Name(naming) => (420.0, naming.view()),
            Self::Sure(sure) => (420.0, sure.view()),
            Self::DeleteForever(count) => (420.0, delete_view(*count)),
            Self::Outbox => (560.0, outbox::view(outbox)),
            Self::Leave => (420.0, outbox::leave_view(outbox)),
            Self::Shortcuts => (760.0, shortcuts::view(room)),
        };
        let is_palette = matches!(self, Self::Choose(chooser) if chooser.is_palette());
        let card = container(card)
            .padding(if is_palette { gap::M } else { gap::XL })
            .max_width(width)
            .style(theme::container::floating);
        let place = container(opaque(mouse_area(card).on_press(Message::Nothing)))
            .center(Length::Fill)
            .padding(gap::XL)
            .style(theme::container::veil);
        // Its first line stays where it is, however many there are.
        let place = if is_palette {
            place.align_y(Vertical::Top)
        } else {
            place
        };
        opaque(mouse_area(place).on_press(Message::Cancel))
    }
}

fn title<'a>(words: &'a str) -> Element<'a, Message> {
    text(words).size(size::HEADING).font(font::SEMIBOLD).into()
}

fn cancel<'a>() -> Element<'a, Message> {
    text_button("Cancel", Kind::Secondary, Some(Message::Cancel))
}

/// What is asked for in a line.
struct Asked<'a> {
    heading: &'a str,
    sentence: &'a str,
    placeholder: &'a str,
    typed: &'a str,
    /// What the button says that takes it.
    button: &'a str,
}

/// A line to type into, with the button that takes it.
fn ask_line(asked: Asked<'_>) -> Element<'_, Message> {
    let Asked {
        heading,
        sentence,
        placeholder,
        typed,
        button,
    } = asked;
    let ready = (!typed.trim().is_empty()).then_some(Message::Confirm);
    column![
        title(heading),
        label(sentence),
        text_input(placeholder, typed)
            .id(FIELD)
            .size(size::BODY)
            .padding([7.0, 10.0])
            .style(theme::text_input::field)
            .on_input(Message::Typed)
            .on_submit(Message::Confirm),
        row![
            space().width(Length::Fill),
            cancel(),
            text_button(button, Kind::Primary, ready)
        ]
        .spacing(gap::S),
    ]
    .spacing(gap::L)
    .into()
}

fn save_view(wanted: Wanted, path: &str) -> Element<'_, Message> {
    ask_line(Asked {
        heading: wanted.title(),
        sentence: "This desktop has no file dialog. Type where to save it:",
        placeholder: "Path",
        typed: path,
        button: "Save",
    })
}

fn held_view(name: &str, danger: Danger) -> Element<'_, Message> {
    let mut sentences = column![
        text(name)
            .size(size::BODY)
            .font(font::MEDIUM)
            .wrapping(text::Wrapping::WordOrGlyph),
        text(danger.words()).size(size::BODY),
    ]
    .spacing(gap::S);
    if danger.disguised {
        let sentence = "Its name makes believe that it is something else.";
        sentences = sentences.push(text(sentence).size(size::BODY).style(theme::text::danger));
    }
    sentences = sentences.push(
        text("Waxwing does not open such files. Save it only if you expected it and know who sent it.")
            .size(size::BODY),
    );
    let heading = row![
        icon(Icon::TriangleAlert, 20.0, |t| t.danger),
        text(format!("{} is held back", danger.what()))
            .size(size::HEADING)
            .font(font::SEMIBOLD),
    ];
    column![
        heading.spacing(gap::S).align_y(Alignment::Center),
        sentences,
        row![
            space().width(Length::Fill),
            text_button(
                "Save it all the same…",
                Kind::Secondary,
                Some(Message::Confirm)
            ),
            text_button("Leave it", Kind::Primary, Some(Message::Cancel)),
        ]
        .spacing(gap::S),
    ]
    .spacing(gap::L)
    .into()
}

fn name_view(again: bool, name: &str) -> Element<'_, Message> {
    let heading = if again {
        "Another name for this search"
    } else {
        "Keep this search"
    };
    ask_line(Asked {
        heading,
        sentence: "It stands among the folders, and finds what fits whenever it is opened.",
        placeholder: "Name",
        typed: name,
        button: "Save",
    })
}

fn delete_view<'a>(count: usize) -> Element<'a, Message> {
    let question = match count {
        1 => "Delete this message for good?".to_owned(),
        count => format!("Delete {} for good?", toolbar::messages(count)),
    };
    let words = "This cannot be undone, here or on the server.";
    ask_sure(question, words, "Delete for good", Kind::Danger)
}

/// A question, what comes of it, and the button that does it.
fn ask_sure<'a>(
    question: impl text::IntoFragment<'a>,
    words: &'a str,
    button: &'a str,
    kind: Kind,
) -> Element<'a, Message> {
    column![
        text(question).size(size::HEADING).font(font::SEMIBOLD),
        text(words).size(size::BODY),
        row![
            space().width(Length::Fill),
            cancel(),
            text_button(button, kind, Some(Message::Confirm))
        ]
        .spacing(gap::S),
    ]
    .spacing(gap::L)
    .into()
}
