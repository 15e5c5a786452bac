//! Everything a person can do by button or key, in one table.

use iced::keyboard::{Key, Modifiers, key::Named};

/// A key press that no widget took.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Press {
    /// The key, as the keyboard layout has it.
    pub(crate) key: Key,
    /// The key with Shift applied: `#`, `?`, `I`.
    pub(crate) modified: Key,
    /// What was held with it.
    pub(crate) modifiers: Modifiers,
}

impl Press {
    /// Whether this is the named key with nothing held.
    pub(crate) fn is(&self, named: Named) -> bool {
        self.key == Key::Named(named) && self.modifiers.is_empty()
    }

    /// Whether this is the letter with Ctrl (Command on a Mac) and nothing else.
    pub(crate) fn is_ctrl(&self, letter: &str) -> bool {
        self.modifiers == Modifiers::COMMAND
            && matches!(&self.key, Key::Character(c) if c.eq_ignore_ascii_case(letter))
    }
}
