//! Everything a person can do by button or key, in one table that feeds the
//! toolbar, the keys and the sheet of shortcuts.

use iced::keyboard::{Key, Modifiers, key::Named};

use super::icon::Icon;

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

    /// Whether Shift writes this sign, with Ctrl (Command on a Mac).
    fn is_ctrl_shift(&self, sign: &str) -> bool {
        self.modifiers == Modifiers::COMMAND | Modifiers::SHIFT
            && matches!(&self.modified, Key::Character(c) if c == sign)
    }
}

/// A key, alone or with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chord {
    /// What the key writes: `j`, `#`, `I`.
    Writes(&'static str),
    /// With Ctrl.
    Ctrl(&'static str),
    /// A key with a name.
    Named(Named),
    /// A key with a name, and Shift.
    ShiftNamed(Named),
}

impl Chord {
    fn matches(self, press: &Press) -> bool {
        match self {
            Self::Writes(text) => {
                !press.modifiers.control()
                    && !press.modifiers.alt()
                    && !press.modifiers.logo()
                    && matches!(&press.modified, Key::Character(c) if c == text)
            }
            Self::Ctrl(letter) => press.is_ctrl(letter) || press.is_ctrl_shift(letter),
            Self::Named(named) => press.is(named),
            Self::ShiftNamed(named) => {
                press.key == Key::Named(named) && press.modifiers == Modifiers::SHIFT
            }
        }
    }

    /// As people write it.
    pub(crate) fn words(self) -> String {
        let name = |named: Named| match named {
            Named::ArrowDown => "↓".to_owned(),
            Named::ArrowUp => "↑".to_owned(),
            Named::Escape => "Esc".to_owned(),
            Named::PageDown => "Page down".to_owned(),
            Named::PageUp => "Page up".to_owned(),
            named => format!("{named:?}"),
        };
        match self {
            Self::Writes(text) if text.chars().all(char::is_uppercase) => format!("Shift+{text}"),
            Self::Writes(text) => text.to_uppercase(),
            Self::Ctrl(letter) => format!("Ctrl+{}", letter.to_uppercase()),
            Self::Named(named) => name(named),
            Self::ShiftNamed(named) => format!("Shift+{}", name(named)),
        }
    }
}

/// What the mail screen is at, for deciding what can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Situation {
    /// How many messages are selected.
    pub(crate) selected: usize,
    /// Whether one message is being read.
    pub(crate) reading: bool,
    /// Whether that is all the window shows, and can be answered.
    pub(crate) alone: bool,
    /// Whether a list is shown that has rows.
    pub(crate) rows: bool,
    /// Whether there is an account to write from.
    pub(crate) account: bool,
    /// Whether all that is selected lies in folders of one account.
    pub(crate) one_account: bool,
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident { $label:literal, $icon:ident, [$($chord:expr),*], $enabled:expr })*) => {
        /// A thing with a label and a key.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum UserCommand {
            $($(#[$doc])* $name,)*
        }

        impl UserCommand {
            /// All, in the order of the sheet.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// As a button or a menu calls it.
            pub(crate) fn label(self) -> &'static str {
                match self {
                    $(Self::$name => $label,)*
                }
            }

            /// Its picture.
            pub(crate) fn icon(self) -> Icon {
                match self {
                    $(Self::$name => Icon::$icon,)*
                }
            }

            /// Its keys, the one to show first.
            pub(crate) fn keys(self) -> &'static [Chord] {
                use Chord::{Ctrl, Named as Key, ShiftNamed, Writes};
                let _ = (Ctrl, Key, ShiftNamed, Writes);
                match self {
                    $(Self::$name => &[$($chord),*],)*
                }
            }

            /// Whether it can be done now.
            pub(crate) fn enabled(self, situation: &Situation) -> bool {
                let enabled: fn(&Situation) -> bool = match self {
                    $(Self::$name => $enabled,)*
                };
                enabled(situation)
            }
        }
    };
}

commands! {
    /// Write.
    NewMessage { "New message", SquarePen, [Writes("c"), Ctrl("n")], |s| s.account }
    /// Answer the author.
    Reply { "Reply", Reply, [Writes("r")], |s| s.selected == 1 || s.alone }
    /// Answer everyone.
    ReplyAll { "Reply all", ReplyAll, [Writes("a")], |s| s.selected == 1 || s.alone }
    /// Pass on.
    Forward { "Forward", Forward, [Writes("f")], |s| s.selected == 1 || s.alone }
    /// Put away.
    Archive { "Archive", Archive, [Writes("e")], |s| s.selected > 0 }
    /// To Trash.
    Delete { "Delete", Trash2, [Key(Named::Delete), Writes("#")], |s| s.selected > 0 }
    /// Away for good.
    DeleteForever { "Delete for good", Trash2, [ShiftNamed(Named::Delete)], |s| s.selected > 0 }
    /// Into another folder.
    Move { "Move to folder", FolderInput, [Writes("v")], |s| s.selected > 0 && s.one_account }
    /// Set or clear the star.
    Star { "Star", Star, [Writes("s")], |s| s.selected > 0 }
    /// As if nobody had read it.
    MarkUnread { "Mark as unread", Mail, [Writes("u")], |s| s.selected > 0 }
    /// As if it had been read.
    MarkRead { "Mark as read", MailOpen, [Writes("I")], |s| s.selected > 0 }
    /// Down one.
    Next { "Next message", ChevronDown, [Writes("j"), Key(Named::ArrowDown)], |s| s.rows }
    /// Up one.
    Previous { "Previous message", ChevronLeft, [Writes("k"), Key(Named::ArrowUp)], |s| s.rows }
    /// Read what is selected.
    Open { "Open message", MailOpen, [Key(Named::Enter), Writes("o")], |s| s.selected > 0 }
    /// To what is to be read next.
    NextUnread { "Next unread message", MailOpen, [Writes("n")], |s| s.rows }
    /// A page further.
    ReadOn { "Read on, then the next unread message", ChevronDown, [Key(Named::Space)], |s| s.rows }
    /// A page back.
    ReadBack { "Read back", ChevronUp, [ShiftNamed(Named::Space)], |s| s.reading }
    /// Look for words in it.
    Find { "Find in the message", Search, [Ctrl("f")], |s| s.account }
    /// On to the next.
    FindNext { "Find the next", ChevronDown, [Key(Named::F3), Ctrl("g")], |s| s.reading }
    /// Back to the one before.
    FindPrevious { "Find the one before", ChevronUp, [ShiftNamed(Named::F3)], |s| s.reading }
    /// Without its own looks.
    ForReading { "Reader view", FileText, [Key(Named::F9)], |s| s.reading }
    /// In its own colours.
    Colours { "Original colours", Sun, [Writes("d")], |s| s.reading }
    /// Larger letters.
    ZoomIn { "Larger", Search, [Ctrl("+"), Ctrl("=")], |s| s.reading }
    /// Smaller letters.
    ZoomOut { "Smaller", Search, [Ctrl("-")], |s| s.reading }
    /// As they are.
    ZoomReset { "As large as usual", Search, [Ctrl("0")], |s| s.reading }
    /// Select every row.
    SelectAll { "Select all", List, [Ctrl("a")], |s| s.rows }
    /// Look for messages.
    Search { "Search", Search, [Writes("/"), Ctrl("k")], |s| s.account }
    /// The order of the list, and what it leaves out.
    Arrange { "Sort and filter", ListFilter, [Writes("w")], |s| s.account }
    /// Take the last change back.
    Undo { "Undo", Undo2, [Ctrl("z")], |_| true }
    /// Look for news.
    CheckMail { "Check for new mail", RefreshCw, [Key(Named::F5), Ctrl("r")], |s| s.account }
    /// Show or hide the folders.
    ToggleSidebar { "Show or hide folders", PanelLeft, [Ctrl("b")], |_| true }
    /// The message as a file.
    SaveMessage { "Save as file…", Save, [Ctrl("s")], |s| s.reading }
    /// The message as a PDF.
    SavePdf { "Save as PDF…", FileText, [], |s| s.reading }
    /// The message on paper.
    Print { "Print…", Printer, [Ctrl("p")], |s| s.reading }
    /// A message that lies in a file.
    OpenFile { "Open message file…", FolderOpen, [Ctrl("o")], |_| true }
    /// All header fields, and the message as it came.
    Source { "Message source", FileText, [Ctrl("u")], |s| s.reading }
    /// How its text is read.
    Encoding { "Text encoding…", AtSign, [Ctrl("e")], |s| s.reading }
    /// What else can be done to the message.
    More { "More", Ellipsis, [Writes(".")], |s| s.reading }
    /// The accounts.
    Accounts { "Accounts", Users, [Ctrl(",")], |s| s.account }
    /// The sheet of keys.
    Shortcuts { "Keyboard shortcuts", Info, [Writes("?")], |_| true }
}

impl UserCommand {
    /// The command a key stands for.
    pub(crate) fn of(press: &Press) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|command| command.keys().iter().any(|chord| chord.matches(press)))
    }

    /// "Archive (E)", for a tooltip.
    pub(crate) fn tip(self) -> String {
        match self.keys().first() {
            Some(chord) => format!("{} ({})", self.label(), chord.words()),
            None => self.label().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str, modified: &str, modifiers: Modifiers) -> Press {
        Press {
            key: Key::Character(key.into()),
            modified: Key::Character(modified.into()),
            modifiers,
        }
    }

    #[test]
    fn keys_find_their_commands() {
        let of = |key, modified, modifiers| UserCommand::of(&press(key, modified, modifiers));
        let none = Modifiers::empty();
        assert_eq!(of("j", "j", none), Some(UserCommand::Next));
        assert_eq!(of("3", "#", Modifiers::SHIFT), Some(UserCommand::Delete));
        assert_eq!(of("i", "I", Modifiers::SHIFT), Some(UserCommand::MarkRead));
        assert_eq!(of("r", "r", none), Some(UserCommand::Reply));
        assert_eq!(
            of("r", "r", Modifiers::COMMAND),
            Some(UserCommand::CheckMail)
        );
        assert_eq!(of("j", "j", Modifiers::ALT), None);
        assert_eq!(of("i", "i", none), None);
    }

    #[test]
    fn no_two_commands_share_a_key() {
        let mut seen = Vec::new();
        for command in UserCommand::ALL {
            for chord in command.keys() {
                assert!(!seen.contains(chord), "{command:?} {chord:?}");
                seen.push(*chord);
            }
        }
    }
}
