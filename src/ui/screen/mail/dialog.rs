//! What lies on top of the mail: choosing a folder, a path, being sure, and
//! the sheet of keys.

mod outbox;

use std::path::PathBuf;

use iced::keyboard::key::Named;
use iced::widget::{
    button, column, container, mouse_area, opaque, row, scrollable, space, text, text_input,
};
use iced::{Alignment, Length};
use waxwing::engine::charsets;
use waxwing::model::{Charset, Danger, FolderId, OutboxId, OutboxItem};

use super::attachment::Wanted;
use super::toolbar;
use crate::ui::command::{Press, UserCommand};
use crate::ui::component::control::text_button;
use crate::ui::component::{icon, label};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::Element;

pub(super) use outbox::unsent;

const FIELD: &str = "dialog-field";
/// More folders than this are reached by typing.
const SHOWN: usize = 200;

/// A dialog.
#[derive(Debug, Clone)]
pub(crate) enum Dialog {
    /// Where to move messages to, or how to read one.
    Choose {
        /// What is typed.
        filter: String,
        /// All there are, as they are called.
        all: Vec<(Choice, String)>,
        /// Which of those that match the keyboard is at.
        at: usize,
        /// The words around them.
        words: Words,
    },
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
    /// Whether so many messages shall be gone for good.
    DeleteForever(usize),
    /// What waits to be sent.
    Outbox,
    /// Whether to quit although something waits to be sent.
    Leave,
    /// All keys.
    Shortcuts,
}

/// One of those that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    /// A folder to move messages to.
    Folder(FolderId),
    /// An encoding; none for what the message says.
    Charset(Option<Charset>),
}

/// What a dialog that lets choose says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    heading: &'static str,
    placeholder: &'static str,
    nothing: &'static str,
    icon: Icon,
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
    /// It closes.
    Cancel,
    /// Move there.
    Move(FolderId),
    /// Read the message in that encoding.
    ReadAs(Option<Charset>),
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

impl Choice {
    fn outcome(self) -> Outcome {
        match self {
            Self::Folder(id) => Outcome::Move(id),
            Self::Charset(charset) => Outcome::ReadAs(charset),
        }
    }
}

impl Dialog {
    /// Asks where to move messages to.
    pub(crate) fn choose_folder(all: Vec<(FolderId, String)>) -> Self {
        let choices = all.into_iter();
        Self::Choose {
            filter: String::new(),
            all: choices
                .map(|(id, name)| (Choice::Folder(id), name))
                .collect(),
            at: 0,
            words: Words {
                heading: "Move to folder",
                placeholder: "Type to find a folder",
                nothing: "No folder is called so.",
                icon: Icon::Folder,
            },
        }
    }

    /// Asks how to read a message that is read so now.
    pub(crate) fn choose_charset(now: Option<Charset>) -> Self {
        let own = (Choice::Charset(None), "As the message says".to_owned());
        let all: Vec<_> = charsets()
            .map(|one| {
                let name = format!("{} · {}", one.script, one.label);
                (Choice::Charset(Some(one)), name)
            })
            .collect();
        let all: Vec<_> = std::iter::once(own).chain(all).collect();
        let is_now = |(choice, _): &(Choice, String)| *choice == Choice::Charset(now);
        Self::Choose {
            filter: String::new(),
            at: all.iter().position(is_now).unwrap_or_default(),
            all,
            words: Words {
                heading: "Read this message as",
                placeholder: "Type to find an encoding",
                nothing: "No encoding is called so.",
                icon: Icon::FileText,
            },
        }
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
            Self::Choose { .. } | Self::Save { .. } | Self::NameSearch { .. }
        );
        has_field.then_some(FIELD)
    }

    /// Those that match what is typed.
    fn matching(&self) -> Vec<&(Choice, String)> {
        let Self::Choose { filter, all, .. } = self else {
            return Vec::new();
        };
        let words = filter.trim().to_lowercase();
        all.iter()
            .filter(|(_, name)| name.to_lowercase().contains(&words))
            .take(SHOWN)
            .collect()
    }

    /// Follows what happened.
    pub(crate) fn update(&mut self, message: Message) -> Outcome {
        match (message, &mut *self) {
            (Message::Typed(text), Self::Choose { filter, at, .. }) => {
                *filter = text;
                *at = 0;
                Outcome::Stay
            }
            (Message::Typed(text), Self::NameSearch { name, .. }) => {
                *name = text;
                Outcome::Stay
            }
            (Message::Typed(text), Self::Save { path, .. }) => {
                *path = text;
                Outcome::Stay
            }
            (Message::Retry(id), _) => Outcome::Retry(id),
            (Message::TakeBack(id), _) => Outcome::TakeBack(id),
            (Message::Step(by), _) => {
                let most = self.matching().len().saturating_sub(1);
                if let Self::Choose { at, .. } = self {
                    *at = at.saturating_add_signed(by).min(most);
                }
                Outcome::Stay
            }
            (Message::Choose(choice), _) => choice.outcome(),
            (Message::Confirm, Self::Choose { at, .. }) => {
                let at = *at;
                self.matching()
                    .get(at)
                    .map_or(Outcome::Stay, |(choice, _)| choice.outcome())
            }
            (Message::Confirm, Self::Held { number, .. }) => Outcome::SaveHeld(*number),
            (Message::Confirm, Self::Save { wanted, path }) if !path.trim().is_empty() => {
                Outcome::Save(*wanted, PathBuf::from(path.trim()))
            }
            (Message::Confirm, Self::NameSearch { saved, name }) if !name.trim().is_empty() => {
                Outcome::NameSearch(*saved, name.trim().to_owned())
            }
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
        (matches!(self, Self::Shortcuts) && UserCommand::of(press) == Some(UserCommand::Shortcuts))
            .then_some(Message::Cancel)
    }

    /// The veil and the card on it.
    pub(crate) fn view<'a>(&'a self, outbox: &'a [OutboxItem]) -> Element<'a, Message> {
        let (width, card) = match self {
            Self::Choose {
                filter, at, words, ..
            } => (420.0, self.choices_view(filter, *at, *words)),
            Self::Held { name, danger, .. } => (460.0, held_view(name, *danger)),
            Self::Save { wanted, path } => (520.0, save_view(*wanted, path)),
            Self::NameSearch { saved, name } => (420.0, name_view(saved.is_some(), name)),
            Self::DeleteForever(count) => (420.0, delete_view(*count)),
            Self::Outbox => (560.0, outbox::view(outbox)),
            Self::Leave => (420.0, outbox::leave_view(outbox)),
            Self::Shortcuts => (560.0, shortcuts_view()),
        };
        let card = container(card)
            .padding(gap::XL)
            .max_width(width)
            .style(theme::container::floating);
        opaque(
            mouse_area(
                container(opaque(mouse_area(card).on_press(Message::Nothing)))
                    .center(Length::Fill)
                    .padding(gap::XL)
                    .style(theme::container::veil),
            )
            .on_press(Message::Cancel),
        )
    }

    fn choices_view<'a>(
        &'a self,
        filter: &'a str,
        at: usize,
        words: Words,
    ) -> Element<'a, Message> {
        let matching = self.matching();
        let rows = matching.iter().enumerate().map(|(index, (choice, name))| {
            let face = row![
                icon(words.icon, 16.0, |t| t.text_weak),
                text(name.clone()).size(size::LIST),
            ]
            .spacing(10)
            .align_y(Alignment::Center);
            button(container(face).center_y(Length::Fill))
                .padding([0.0, gap::S])
                .height(theme::row::FOLDER)
                .width(Length::Fill)
                .style(theme::button::row(index == at))
                .on_press(Message::Choose(*choice))
                .into()
        });
        let list: Element<'_, Message> = if matching.is_empty() {
            container(label(words.nothing)).padding(gap::S).into()
        } else {
            scrollable(column(rows).spacing(1))
                .style(theme::scrollable::slim)
                .height(280)
                .into()
        };
        column![
            title(words.heading),
            text_input(words.placeholder, filter)
                .id(FIELD)
                .size(size::BODY)
                .padding([7.0, 10.0])
                .style(theme::text_input::field)
                .on_input(Message::Typed)
                .on_submit(Message::Confirm),
            list,
            row![space().width(Length::Fill), cancel()],
        ]
        .spacing(gap::L)
        .into()
    }
}

fn title<'a>(words: &'a str) -> Element<'a, Message> {
    text(words).size(size::HEADING).font(font::SEMIBOLD).into()
}

fn cancel<'a>() -> Element<'a, Message> {
    text_button("Cancel", Kind::Secondary, Some(Message::Cancel))
}

/// A line to type into, with the button that takes it.
fn ask_line<'a>(
    heading: &'a str,
    sentence: &'a str,
    placeholder: &'a str,
    typed: &'a str,
) -> Element<'a, Message> {
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
            text_button("Save", Kind::Primary, ready)
        ]
        .spacing(gap::S),
    ]
    .spacing(gap::L)
    .into()
}

fn save_view(wanted: Wanted, path: &str) -> Element<'_, Message> {
    let sentence = "This desktop has no file dialog. Type where to save it:";
    ask_line(wanted.title(), sentence, "Path", path)
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
    let sentence = "It stands among the folders, and finds what fits whenever it is opened.";
    ask_line(heading, sentence, "Name", name)
}

fn delete_view<'a>(count: usize) -> Element<'a, Message> {
    let question = match count {
        1 => "Delete this message for good?".to_owned(),
        count => format!("Delete {} for good?", toolbar::messages(count)),
    };
    column![
        text(question).size(size::HEADING).font(font::SEMIBOLD),
        text("This cannot be undone, here or on the server.").size(size::BODY),
        row![
            space().width(Length::Fill),
            cancel(),
            text_button("Delete for good", Kind::Danger, Some(Message::Confirm))
        ]
        .spacing(gap::S),
    ]
    .spacing(gap::L)
    .into()
}

fn shortcuts_view<'a>() -> Element<'a, Message> {
    let line = |command: &UserCommand| -> Element<'a, Message> {
        let keys: Vec<_> = command.keys().iter().map(|chord| chord.words()).collect();
        row![
            text(command.label()).size(size::LIST).width(Length::Fill),
            text(keys.join("  or  "))
                .size(size::SMALL)
                .font(font::MEDIUM)
                .style(theme::text::weak),
        ]
        .align_y(Alignment::Center)
        .height(26)
        .into()
    };
    column![
        title("Keyboard shortcuts"),
        scrollable(
            container(column(UserCommand::ALL.iter().map(line))).padding(iced::Padding {
                right: gap::L,
                ..iced::Padding::ZERO
            })
        )
        .style(theme::scrollable::slim),
        row![
            space().width(Length::Fill),
            text_button("Close", Kind::Secondary, Some(Message::Cancel))
        ],
    ]
    .spacing(gap::L)
    .into()
}
