//! What a folder is to be called, and being sure of what is done to it.

use waxwing::model::{AccountId, Folder, FolderId};

use super::{Asked, Message, ask_line, ask_sure};
use crate::ui::app::Verb;
use crate::ui::theme::button::Kind;
use crate::ui::widget::Element;

/// What a folder is to be called.
#[derive(Debug, Clone)]
pub(crate) struct Naming {
    which: Which,
    /// The path of what it lies in.
    within: Option<String>,
    /// Where it will be, or what changes.
    sentence: String,
    /// What is typed.
    pub(super) name: String,
}

#[derive(Debug, Clone, Copy)]
enum Which {
    New(AccountId),
    Known(FolderId),
}

impl Naming {
    /// A new one; `place` says where it will be.
    pub(crate) fn new(account: AccountId, within: Option<String>, place: String) -> Self {
        Self {
            which: Which::New(account),
            within,
            sentence: place,
            name: String::new(),
        }
    }

    /// One that has a name.
    pub(crate) fn again(folder: &Folder) -> Self {
        let within = folder.path.rsplit_once('/');
        Self {
            which: Which::Known(folder.id),
            within: within.map(|(within, _)| within.to_owned()),
            sentence: "Its messages, and the folders in it, stay in it.".to_owned(),
            name: folder.name().to_owned(),
        }
    }

    /// What is to be done then, once there is a name.
    pub(super) fn verb(&self) -> Option<Verb> {
        let name = Some(self.name.trim()).filter(|name| !name.is_empty())?;
        let path = match &self.within {
            Some(within) => format!("{within}/{name}"),
            None => name.to_owned(),
        };
        Some(match self.which {
            Which::New(account) => Verb::CreateFolder(account, path),
            Which::Known(folder) => Verb::RenameFolder(folder, path),
        })
    }

    pub(super) fn view(&self) -> Element<'_, Message> {
        let (heading, button) = match self.which {
            Which::New(_) => ("New folder", "Create"),
            Which::Known(_) => ("Rename folder", "Rename"),
        };
        ask_line(Asked {
            heading,
            sentence: &self.sentence,
            placeholder: "Name",
            typed: &self.name,
            button,
        })
    }
}

/// Something that is asked about before it is done.
#[derive(Debug, Clone)]
pub(crate) struct Sure {
    /// The question.
    pub(crate) question: String,
    /// What will happen.
    pub(crate) words: String,
    /// What the button says that does it.
    pub(crate) button: &'static str,
    /// Whether it cannot be taken back.
    pub(crate) for_good: bool,
    /// What is done.
    pub(crate) verb: Verb,
}

impl Sure {
    pub(super) fn view(&self) -> Element<'_, Message> {
        let kind = if self.for_good {
            Kind::Danger
        } else {
            Kind::Primary
        };
        ask_sure(&self.question, &self.words, self.button, kind)
    }
}
