//! Everything a person can do, in one table that feeds the toolbar, the keys,
//! the menus, the list of commands and the sheet of shortcuts.

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
    /// Whether some of it is unread, or read, as far as is known.
    pub(crate) unread: bool,
    pub(crate) read: bool,
    /// Whether it lies in Junk.
    pub(crate) in_junk: bool,
    /// What can be done to the folder that is meant.
    pub(crate) folder: FolderSituation,
    /// Whether an account is meant, and whether it wants its password.
    pub(crate) of_account: bool,
    pub(crate) signs_in: bool,
    /// Whether somebody's address is meant.
    pub(crate) address: bool,
}

/// What can be done to a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct FolderSituation {
    /// Whether one is meant at all.
    pub(crate) is_there: bool,
    /// Whether the person made it: mail programs do without it.
    pub(crate) is_own: bool,
    /// Whether something in it is unread.
    pub(crate) has_unread: bool,
    /// Whether it is Trash or Junk, with something in it.
    pub(crate) can_be_emptied: bool,
    /// Whether it stands among the favourites.
    pub(crate) is_favourite: bool,
}

macro_rules! commands {
    ($(@ $section:literal $($(#[$doc:meta])* $name:ident { $label:literal, $icon:ident, [$($chord:expr),*], $enabled:expr })*)*) => {
        /// A thing with a label and a key.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum UserCommand {
            $($($(#[$doc])* $name,)*)*
        }

        impl UserCommand {
            /// All, by what they are about, in the order of the sheet.
            pub(crate) const SECTIONS: &'static [(&'static str, &'static [Self])] =
                &[$(($section, &[$(Self::$name,)*]),)*];

            /// As a button or a menu calls it.
            pub(crate) fn label(self) -> &'static str {
                match self {
                    $($(Self::$name => $label,)*)*
                }
            }

            /// What it is remembered by.
            pub(crate) fn name(self) -> &'static str {
                match self {
                    $($(Self::$name => stringify!($name),)*)*
                }
            }

            /// Its picture.
            pub(crate) const fn icon(self) -> Icon {
                match self {
                    $($(Self::$name => Icon::$icon,)*)*
                }
            }

            /// Its keys, the one to show first.
            pub(crate) fn keys(self) -> &'static [Chord] {
                use Chord::{Ctrl, Named as Key, ShiftNamed, Writes};
                let _ = (Ctrl, Key, ShiftNamed, Writes);
                match self {
                    $($(Self::$name => &[$($chord),*],)*)*
                }
            }

            /// Whether it can be done now.
            pub(crate) fn enabled(self, situation: &Situation) -> bool {
                let enabled: fn(&Situation) -> bool = match self {
                    $($(Self::$name => $enabled,)*)*
                };
                enabled(situation)
            }
        }
    };
}

commands! {
    @ "Writing"
    /// Write.
    NewMessage { "New message", SquarePen, [Writes("c"), Ctrl("n")], |s| s.account }
    /// Answer the author.
    Reply { "Reply", Reply, [Writes("r")], |s| s.selected == 1 || s.alone }
    /// Answer everyone.
    ReplyAll { "Reply all", ReplyAll, [Writes("a")], |s| s.selected == 1 || s.alone }
    /// Pass on.
    Forward { "Forward", Forward, [Writes("f")], |s| s.selected == 1 || s.alone }
    @ "Messages"
    /// Put away.
    Archive { "Archive", Archive, [Writes("e")], |s| s.selected > 0 }
    /// To Trash.
    Delete { "Delete", Trash2, [Key(Named::Delete), Writes("#")], |s| s.selected > 0 }
    /// Away for good.
    DeleteForever { "Delete for good", Trash2, [ShiftNamed(Named::Delete)], |s| s.selected > 0 }
    /// Into another folder.
    Move { "Move to folder…", FolderInput, [Writes("v")], |s| s.selected > 0 && s.one_account }
    /// Set or clear the star.
    Star { "Star", Star, [Writes("s")], |s| s.selected > 0 }
    /// As if nobody had read it.
    MarkUnread { "Mark as unread", Mail, [Writes("u")], |s| s.selected > 0 && (s.read || s.reading) }
    /// As if it had been read.
    MarkRead { "Mark as read", MailOpen, [Writes("I")], |s| s.selected > 0 && s.unread }
    /// To Junk, as a lesson.
    Junk { "Mark as junk", ShieldAlert, [Writes("!")], |s| s.selected > 0 && !s.in_junk }
    /// Back from there.
    NotJunk { "Not junk", Inbox, [], |s| s.selected > 0 && s.in_junk }
    /// Select every row.
    SelectAll { "Select all", List, [Ctrl("a")], |s| s.rows }
    /// Take the last change back.
    Undo { "Undo", Undo2, [Ctrl("z")], |_| true }
    @ "Folders"
    /// One more.
    NewFolder { "New folder…", FolderPlus, [], |s| s.folder.is_there || s.of_account }
    /// Another name.
    RenameFolder { "Rename folder…", Pencil, [Key(Named::F2)], |s| s.folder.is_own }
    /// Elsewhere in the tree.
    MoveFolder { "Move folder…", FolderInput, [], |s| s.folder.is_own }
    /// To Trash, after a question.
    DeleteFolder { "Delete folder…", Trash2, [], |s| s.folder.is_own }
    /// Everything in it.
    MarkFolderRead { "Mark all in it as read", MailOpen, [Writes("A")], |s| s.folder.has_unread }
    /// Trash or Junk, after a question.
    EmptyFolder { "Empty this folder…", Trash2, [], |s| s.folder.can_be_emptied }
    /// To where it is at hand.
    AddFavourite { "Add to favourites", Bookmark, [], |s| s.folder.is_there && !s.folder.is_favourite }
    /// Away from there; it stays in its place.
    RemoveFavourite { "Remove from favourites", X, [], |s| s.folder.is_favourite }
    /// Look for news of one account.
    CheckAccount { "Check for new mail", RefreshCw, [], |s| s.of_account }
    /// Its password anew.
    SignInAgain { "Sign in again…", KeyRound, [], |s| s.signs_in }
    /// Its servers and names.
    AccountSettings { "Account settings…", Settings, [], |s| s.of_account }
    @ "Window"
    /// Look for messages.
    Search { "Search", Search, [Writes("/")], |s| s.account }
    /// The order of the list, and what it leaves out.
    Arrange { "Sort and filter", ListFilter, [Writes("w")], |s| s.account }
    /// Look for news.
    CheckMail { "Check for new mail", RefreshCw, [Key(Named::F5), Ctrl("r")], |s| s.account }
    /// Show or hide the folders.
    ToggleSidebar { "Show or hide folders", PanelLeft, [Ctrl("b")], |_| true }
    /// The accounts.
    Accounts { "Accounts", Users, [Ctrl(",")], |s| s.account }
    /// Everything that can be done, to choose from.
    Palette { "All commands", Command, [Ctrl("k")], |_| true }
    /// The sheet of keys.
    Shortcuts { "Keyboard shortcuts", Info, [Writes("?")], |_| true }
    @ "Reading"
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
    ZoomIn { "Larger letters", Search, [Ctrl("+"), Ctrl("=")], |s| s.reading }
    /// Smaller letters.
    ZoomOut { "Smaller letters", Search, [Ctrl("-")], |s| s.reading }
    /// As they are.
    ZoomReset { "Letters as large as usual", Search, [Ctrl("0")], |s| s.reading }
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
    /// What else can be done to it.
    More { "More", Ellipsis, [Writes("."), Key(Named::ContextMenu), ShiftNamed(Named::F10)], |s| s.selected > 0 || s.reading }
    /// To whoever wrote it.
    WriteTo { "New message to this person", SquarePen, [], |s| s.address }
    /// All that came from there.
    FindFrom { "Find messages from this person", Search, [], |s| s.address && s.account }
    /// The address alone.
    CopyAddress { "Copy address", Copy, [], |s| s.address }
}

impl UserCommand {
    /// The command a key stands for.
    pub(crate) fn of(press: &Press) -> Option<Self> {
        Self::all().find(|command| command.keys().iter().any(|chord| chord.matches(press)))
    }

    /// All of them.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let sections = Self::SECTIONS.iter();
        sections.flat_map(|(_, commands)| commands.iter().copied())
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
        for command in UserCommand::all() {
            for chord in command.keys() {
                assert!(!seen.contains(chord), "{command:?} {chord:?}");
                seen.push(*chord);
            }
        }
    }
}
