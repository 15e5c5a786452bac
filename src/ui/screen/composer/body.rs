//! The text of a message: iced's text editor with undo and redo, and a long
//! quote kept out of it.

use std::sync::Arc;
use std::time::Instant;

use iced::keyboard::{Key, key::Named};
use iced::widget::text_editor::{
    Action, Binding, Content, Cursor, Edit, KeyPress, Motion, Position, Status,
};

use super::undo_stack::{Caret, Change, Kind, Place, UndoStack};

/// A quote longer than this, in bytes, stays folded: laying it out would make
/// the window wait.
const QUOTE_MAX: usize = 200_000;

/// What a key does in the text besides editing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    /// Takes the last step back.
    Undo,
    /// Does it again.
    Redo,
    /// Sends the message.
    Send,
    /// Saves the draft.
    Save,
}

/// The text.
#[derive(Debug)]
pub(crate) struct Body {
    content: Content,
    steps: UndoStack,
    folded: Option<String>,
}

impl Body {
    /// The text a draft has, the caret at its start: above the quote.
    pub(crate) fn new(text: &str) -> Self {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let (own, quote) = fold(&text);
        Self {
            content: Content::with_text(own),
            steps: UndoStack::default(),
            folded: quote.map(ToOwned::to_owned),
        }
    }

    /// What the editor shows.
    pub(crate) fn content(&self) -> &Content {
        &self.content
    }

    /// Size of the quote that is kept out of the editor, in bytes.
    pub(crate) fn folded_size(&self) -> Option<u64> {
        self.folded.as_ref().map(|quote| quote.len() as u64)
    }

    /// Puts the folded quote into the editor.
    pub(crate) fn unfold(&mut self) {
        if self.folded.is_some() {
            let caret = self.content.cursor();
            self.content = Content::with_text(&self.text());
            self.content.move_to(caret);
            self.folded = None;
            // Its steps name lines of the shorter text, which are all still there.
        }
    }

    /// Leaves the folded quote out of the message.
    pub(crate) fn drop_quote(&mut self) {
        self.folded = None;
    }

    /// All of the text.
    pub(crate) fn text(&self) -> String {
        // Pasted text may bring other line ends along.
        let mut text = self.content.text().replace("\r\n", "\n");
        if let Some(quote) = &self.folded {
            if !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(quote);
        }
        text
    }

    /// The lines of the person's own, without what is quoted.
    pub(crate) fn own_lines(&self) -> impl Iterator<Item = String> {
        self.content
            .lines()
            .map(|line| line.text.into_owned())
            .filter(|line| !line.starts_with('>'))
    }

    /// Follows the editor. Says whether the text changed.
    pub(crate) fn perform(&mut self, action: Action, now: Instant) -> bool {
        let Action::Edit(edit) = &action else {
            self.content.perform(action);
            return false;
        };
        let kind = kind(edit, self.content.cursor().selection.is_some());
        let (from, until) = self.reach();
        let lines = self.content.line_count();
        let caret_before = caret(self.content.cursor());
        let before = self.lines(from, until);
        self.content.perform(action);
        let until = (until + self.content.line_count()).saturating_sub(lines);
        let after = self.lines(from, until);
        if before == after {
            return false;
        }
        let change = Change {
            line: from,
            before,
            after,
            caret_before,
            caret_after: caret(self.content.cursor()),
        };
        self.steps.record(change, kind, now);
        true
    }

    /// The lines an edit at the caret can touch: those of the selection, one
    /// more each way because deleting joins lines.
    fn reach(&self) -> (usize, usize) {
        let cursor = self.content.cursor();
        let other = cursor.selection.unwrap_or(cursor.position).line;
        let (first, last) = (
            other.min(cursor.position.line),
            other.max(cursor.position.line),
        );
        let end = self.content.line_count().max(1);
        (first.saturating_sub(1), (last + 2).min(end))
    }

    fn lines(&self, from: usize, until: usize) -> Vec<String> {
        (from..until)
            .filter_map(|index| self.content.line(index))
            .map(|line| line.text.into_owned())
            .collect()
    }

    /// Takes the last step back. Says whether there was one.
    pub(crate) fn undo(&mut self) -> bool {
        let Some(step) = self.steps.undo() else {
            return false;
        };
        self.replace(step.line, &step.after, &step.before, step.caret_before);
        true
    }

    /// Does the last step again. Says whether there was one.
    pub(crate) fn redo(&mut self) -> bool {
        let Some(step) = self.steps.redo() else {
            return false;
        };
        self.replace(step.line, &step.before, &step.after, step.caret_after);
        true
    }

    fn replace(&mut self, line: usize, old: &[String], new: &[String], caret: Caret) {
        let end = Position {
            line: (line + old.len()).saturating_sub(1),
            column: old.last().map_or(0, String::len),
        };
        self.content.move_to(Cursor {
            position: end,
            selection: Some(Position { line, column: 0 }),
        });
        let text = new.join("\n");
        self.content.perform(Action::Edit(if text.is_empty() {
            Edit::Backspace
        } else {
            Edit::Paste(Arc::new(text))
        }));
        self.content.move_to(Cursor {
            position: position(caret.at),
            selection: caret.selected_from.map(position),
        });
    }
}

/// Where a very long quote begins: at the line that announces it.
fn fold(text: &str) -> (&str, Option<&str>) {
    if text.len() <= QUOTE_MAX {
        return (text, None);
    }
    let quote = if text.starts_with('>') {
        Some(0)
    } else {
        text.find("\n>").map(|index| index + 1)
    };
    quote
        .and_then(|index| text.split_at_checked(index))
        .filter(|(own, quote)| quote.len() > QUOTE_MAX / 2 && own.len() <= QUOTE_MAX)
        .map_or((text, None), |(own, quote)| (own, Some(quote)))
}

fn kind(edit: &Edit, over_selection: bool) -> Kind {
    match edit {
        _ if over_selection => Kind::Other,
        Edit::Insert(c) if c.is_whitespace() => Kind::Blank,
        Edit::Insert(_) => Kind::Type,
        Edit::Backspace | Edit::Delete => Kind::Delete,
        Edit::Paste(_) | Edit::Enter | Edit::Indent | Edit::Unindent => Kind::Other,
    }
}

fn caret(cursor: Cursor) -> Caret {
    let place = |position: Position| Place {
        line: position.line,
        column: position.column,
    };
    Caret {
        at: place(cursor.position),
        selected_from: cursor.selection.map(place),
    }
}

fn position(place: Place) -> Position {
    Position {
        line: place.line,
        column: place.column,
    }
}

/// The keys iced's editor does not know.
pub(crate) fn binding<Message>(
    press: KeyPress,
    command: impl Fn(Command) -> Message,
) -> Option<Binding<Message>> {
    if !matches!(press.status, Status::Focused { .. }) {
        return None;
    }
    let held = press.modifiers;
    if held.command() && !held.alt() {
        let own = match (&press.key, press.key.to_latin(press.physical_key)) {
            (Key::Named(Named::Enter), _) => Some(Binding::Custom(command(Command::Send))),
            (Key::Named(Named::Backspace), _) => Some(Binding::Sequence(vec![
                Binding::Select(Motion::WordLeft),
                Binding::Backspace,
            ])),
            (Key::Named(Named::Delete), _) => Some(Binding::Sequence(vec![
                Binding::Select(Motion::WordRight),
                Binding::Delete,
            ])),
            (_, Some('z')) if held.shift() => Some(Binding::Custom(command(Command::Redo))),
            (_, Some('z')) => Some(Binding::Custom(command(Command::Undo))),
            (_, Some('y')) => Some(Binding::Custom(command(Command::Redo))),
            (_, Some('s')) => Some(Binding::Custom(command(Command::Save))),
            _ => None,
        };
        if own.is_some() {
            return own;
        }
    }
    Binding::from_key_press(press)
}
