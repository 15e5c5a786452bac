//! A field to type into and the lines that fit: where to move messages to, how
//! to read one, and everything that can be done.

use iced::widget::{button, column, container, row, scrollable, space, text, text_input};
use iced::{Alignment, Length};
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher};
use waxwing::engine::charsets;
use waxwing::model::{Charset, FolderId, ListView};

use super::{FIELD, Message, cancel, title};
use crate::ui::command::UserCommand;
use crate::ui::component::{icon, label};
use crate::ui::icon::Icon;
use crate::ui::screen::mail::target::Target;
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::Element;

/// More than these are reached by typing.
const SHOWN: usize = 100;
/// The name of the line the keyboard is at.
pub(in crate::ui::screen::mail) const AT: &str = "dialog-line";

/// One of those that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// A folder to move messages to.
    Folder(FolderId),
    /// Where to put that folder: in another, or none for the top.
    Place(FolderId, Option<FolderId>),
    /// An encoding; none for what the message says.
    Charset(Option<Charset>),
    /// A list to show.
    View(ListView),
    /// Something to do.
    Command(UserCommand, Target),
}

/// A line of the list.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// What it stands for.
    pub(crate) choice: Choice,
    /// Its picture.
    pub(crate) icon: Icon,
    /// What it is called.
    pub(crate) name: String,
    /// What it is about, where that is not clear from the name.
    pub(crate) about: String,
    /// Its keys.
    pub(crate) keys: String,
}

impl Line {
    /// A line with nothing but a name.
    fn plain(choice: Choice, icon: Icon, name: String) -> Self {
        Self {
            choice,
            icon,
            name,
            about: String::new(),
            keys: String::new(),
        }
    }
}

/// What a dialog that lets choose says.
#[derive(Debug, Clone, Copy)]
struct Words {
    heading: Option<&'static str>,
    placeholder: &'static str,
    nothing: &'static str,
}

/// What is typed, and what fits.
#[derive(Debug, Clone)]
pub(crate) struct Chooser {
    words: Words,
    /// All there are, in the order they have while nothing is typed.
    all: Vec<Line>,
    typed: String,
    /// Those that fit, by their places, the best first.
    fitting: Vec<usize>,
    /// Which of those the keyboard is at.
    at: usize,
}

impl Chooser {
    fn new(words: Words, all: Vec<Line>) -> Self {
        let fitting = (0..all.len()).collect();
        Self {
            words,
            all,
            typed: String::new(),
            fitting,
            at: 0,
        }
    }

    /// Where to move messages to.
    pub(super) fn of_folders(folders: Vec<(FolderId, String)>) -> Self {
        let lines = folders.into_iter();
        let lines = lines.map(|(id, name)| Line::plain(Choice::Folder(id), Icon::Folder, name));
        let words = Words {
            heading: Some("Move to folder"),
            placeholder: "Type to find a folder",
            nothing: "No folder is called so.",
        };
        Self::new(words, lines.collect())
    }

    /// Where to put a folder.
    pub(super) fn of_places(folder: FolderId, places: Vec<(Option<FolderId>, String)>) -> Self {
        let lines = places
            .into_iter()
            .map(|(place, name)| Line::plain(Choice::Place(folder, place), Icon::Folder, name));
        let words = Words {
            heading: Some("Move the folder"),
            placeholder: "Type to find where",
            nothing: "No folder is called so.",
        };
        Self::new(words, lines.collect())
    }

    /// How to read a message that is read so now.
    pub(super) fn of_charsets(now: Option<Charset>) -> Self {
        let own = (None, "As the message says".to_owned());
        let others = charsets().map(|one| (Some(one), format!("{} · {}", one.script, one.label)));
        let all = std::iter::once(own).chain(others);
        let lines = all
            .map(|(one, name)| Line::plain(Choice::Charset(one), Icon::FileText, name))
            .collect();
        let words = Words {
            heading: Some("Read this message as"),
            placeholder: "Type to find an encoding",
            nothing: "No encoding is called so.",
        };
        let mut chooser = Self::new(words, lines);
        let mut all = chooser.all.iter();
        let is_now = |line: &Line| line.choice == Choice::Charset(now);
        chooser.at = all.position(is_now).unwrap_or_default();
        chooser
    }

    /// Everything that can be done.
    pub(super) fn of_commands(lines: Vec<Line>) -> Self {
        let words = Words {
            heading: None,
            placeholder: "What to do, or where to go",
            nothing: "Nothing is called so.",
        };
        Self::new(words, lines)
    }

    /// Whether it is the list of commands.
    pub(super) fn is_palette(&self) -> bool {
        self.words.heading.is_none()
    }

    /// Something else is typed.
    pub(super) fn typed(&mut self, text: String) {
        let pattern = Pattern::new(
            &text,
            CaseMatching::Ignore,
            Normalization::Smart,
            AtomKind::Fuzzy,
        );
        let mut matcher = Matcher::new(Config::DEFAULT);
        let all = self.all.iter().enumerate();
        let all = all.map(|(place, line)| Placed(place, format!("{} {}", line.name, line.about)));
        // The sort is stable: of two that fit as well the order decides.
        let fitting = pattern.match_list(all, &mut matcher).into_iter();
        self.fitting = fitting.map(|(Placed(place, _), _)| place).collect();
        self.typed = text;
        self.at = 0;
    }

    /// Up or down.
    pub(super) fn step(&mut self, by: isize) {
        let most = self.shown().count().saturating_sub(1);
        self.at = self.at.saturating_add_signed(by).min(most);
    }

    /// What the keyboard is at.
    pub(crate) fn chosen(&self) -> Option<Choice> {
        self.shown().nth(self.at).map(|line| line.choice.clone())
    }

    fn shown(&self) -> impl Iterator<Item = &Line> {
        let places = self.fitting.iter().take(SHOWN);
        places.filter_map(|place| self.all.get(*place))
    }

    pub(super) fn view(&self) -> Element<'_, Message> {
        let field = text_input(self.words.placeholder, &self.typed)
            .id(FIELD)
            .size(size::BODY)
            .padding([7.0, 10.0])
            .style(theme::text_input::field)
            .on_input(Message::Typed)
            .on_submit(Message::Confirm);
        let lines = self.shown().enumerate();
        let lines = lines.map(|(index, line)| line_view(line, index == self.at));
        let list: Element<'_, Message> = if self.fitting.is_empty() {
            container(label(self.words.nothing)).padding(gap::S).into()
        } else {
            let list = scrollable(column(lines).spacing(1))
                .style(theme::scrollable::slim)
                .spacing(gap::XS);
            // As long as it has lines, the field above keeps its place.
            if self.is_palette() {
                container(list).max_height(352).into()
            } else {
                list.height(280).into()
            }
        };
        let Some(heading) = self.words.heading else {
            return column![field, list].spacing(gap::S).into();
        };
        column![
            title(heading),
            field,
            list,
            row![space().width(Length::Fill), cancel()],
        ]
        .spacing(gap::L)
        .into()
    }
}

/// The place of a line, and what the words that are typed are looked for in.
struct Placed(usize, String);

impl AsRef<str> for Placed {
    fn as_ref(&self) -> &str {
        &self.1
    }
}

fn line_view(line: &Line, is_at: bool) -> Element<'_, Message> {
    let name = text(&line.name)
        .size(size::LIST)
        .wrapping(text::Wrapping::None);
    let face = row![
        icon(line.icon, 16.0, |t| t.text_weak),
        name,
        container(label(&line.about)).width(Length::Fill).clip(true),
        label(&line.keys),
    ]
    .spacing(10)
    .align_y(Alignment::Center);
    let press = button(container(face).center_y(Length::Fill).clip(true))
        .padding([0.0, gap::S])
        .height(theme::row::FOLDER)
        .width(Length::Fill)
        .style(theme::button::row(is_at))
        .on_press(Message::Choose(line.choice.clone()));
    let line = container(press);
    if is_at {
        line.id(AT).into()
    } else {
        line.into()
    }
}
