//! Undo and redo for a text that is edited line by line; knows no widget.
//!
//! A [`Change`] says which lines became which. Keeping lines instead of whole
//! texts makes each step as small as the edit, however long the quote below.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// A place in the text: line and byte column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Line, from 0.
    pub(crate) line: usize,
    /// Byte within the line.
    pub(crate) column: usize,
}

/// The caret, with the other end of the selection if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caret {
    /// Where the caret is.
    pub(crate) at: Place,
    /// Where the selection began.
    pub(crate) selected_from: Option<Place>,
}

/// What kind of edit it was: equal kinds may become one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A letter.
    Type,
    /// A blank between words.
    Blank,
    /// Deleting letter by letter.
    Delete,
    /// Anything else: paste, a new line, deleting a selection.
    Other,
}

/// Lines that became other lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// The first of them.
    pub(crate) line: usize,
    /// As they were.
    pub(crate) before: Vec<String>,
    /// As they are since.
    pub(crate) after: Vec<String>,
    /// The caret then.
    pub(crate) caret_before: Caret,
    /// The caret since.
    pub(crate) caret_after: Caret,
}

impl Change {
    fn size(&self) -> usize {
        let lines = self.before.iter().chain(&self.after);
        lines.map(|line| line.len() + size_of::<String>()).sum()
    }

    /// Takes a later change in, when that touched nothing but these lines.
    fn absorb(&mut self, later: &Self) -> bool {
        let Some(first) = later.line.checked_sub(self.line) else {
            return false;
        };
        let end = first + later.before.len();
        if end > self.after.len() || self.caret_after != later.caret_before {
            return false;
        }
        self.after.splice(first..end, later.after.iter().cloned());
        self.caret_after = later.caret_after;
        true
    }
}

/// A pause this long begins a new step.
const PAUSE: Duration = Duration::from_millis(1200);
/// Steps beyond this forget the oldest.
const STEPS_MAX: usize = 1000;
/// Text kept for undo, in bytes; beyond this the oldest steps are forgotten.
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// What can be undone and redone.
#[derive(Debug, Default)]
pub(crate) struct UndoStack {
    undo: VecDeque<Change>,
    redo: Vec<Change>,
    bytes: usize,
    last: Option<(Kind, Instant)>,
}

impl UndoStack {
    /// Remembers an edit, as part of the last step when it continues a word.
    pub(crate) fn record(&mut self, change: Change, kind: Kind, now: Instant) {
        self.redo.clear();
        let continues = self.last.is_some_and(|(last, at)| {
            now.saturating_duration_since(at) < PAUSE
                && match kind {
                    Kind::Type => last == Kind::Type,
                    // A blank still belongs to the word before it.
                    Kind::Blank => matches!(last, Kind::Type | Kind::Blank),
                    Kind::Delete => last == Kind::Delete,
                    Kind::Other => false,
                }
        });
        self.last = Some((kind, now));
        if continues && let Some(step) = self.undo.back_mut() {
            let size = step.size();
            if step.absorb(&change) {
                self.bytes = (self.bytes + step.size()).saturating_sub(size);
                return;
            }
        }
        self.bytes += change.size();
        self.undo.push_back(change);
        self.forget();
    }

    /// Lets the oldest steps go, never the newest.
    fn forget(&mut self) {
        while self.undo.len() > 1 && (self.undo.len() > STEPS_MAX || self.bytes > BYTES_MAX) {
            if let Some(oldest) = self.undo.pop_front() {
                self.bytes = self.bytes.saturating_sub(oldest.size());
            }
        }
    }

    /// The step to take back.
    pub(crate) fn undo(&mut self) -> Option<Change> {
        let step = self.undo.pop_back()?;
        self.bytes = self.bytes.saturating_sub(step.size());
        self.last = None;
        self.redo.push(step.clone());
        Some(step)
    }

    /// The step to do again.
    pub(crate) fn redo(&mut self) -> Option<Change> {
        let step = self.redo.pop()?;
        self.bytes += step.size();
        self.last = None;
        self.undo.push_back(step.clone());
        Some(step)
    }
}
