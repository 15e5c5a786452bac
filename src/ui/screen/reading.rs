//! How mail is shown: when it counts as read, whose pictures are fetched, when
//! signatures are checked, whose colours are kept.

#[cfg(test)]
mod tests;
mod view;

use iced::keyboard::key::Named;
use waxwing::config::settings::{CheckSignatures, MarkRead, Reading};

use crate::ui::app::{Action, Context, Keep};
use crate::ui::command::Press;
use crate::ui::component::sheet;

/// What is shown.
#[derive(Debug, Default)]
pub(crate) struct State {
    reading: Reading,
    /// What is typed: whose pictures are to be fetched as well.
    typed: String,
}

/// A list of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Whose pictures are fetched.
    Pictures,
    /// Whose colours are kept.
    Colours,
}

/// What happens on the page.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// Messages count as read then.
    MarkRead(MarkRead),
    /// Signatures are checked then.
    CheckSignatures(CheckSignatures),
    /// Something else is typed.
    Typed(String),
    /// Who is typed is put on the list.
    Add,
    /// Somebody is taken off a list.
    Remove(Whose, String),
    /// Back to where the page was opened.
    Back,
}

/// An address or a domain as the list has it; nothing where it is neither.
fn sender(typed: &str) -> Option<String> {
    let typed = typed.trim().to_lowercase();
    let (name, domain) = typed.rsplit_once('@').unwrap_or(("", &typed));
    let is_domain = domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty())
        && !domain.contains(|c: char| c.is_whitespace() || "<>@,;/".contains(c));
    let is_name = !name.contains(|c: char| c.is_whitespace() || "<>@,;".contains(c));
    (is_domain && is_name).then(|| format!("{name}@{domain}"))
}

impl State {
    /// The page, as it opens.
    pub(crate) fn open(context: &Context<'_>) -> Self {
        let settings = context.engine.map(waxwing::engine::Handle::settings);
        Self {
            reading: settings.unwrap_or_default().reading,
            typed: String::new(),
        }
    }

    /// Follows what happened.
    pub(crate) fn update(&mut self, message: Message) -> Action<Message> {
        match message {
            Message::MarkRead(when) => self.reading.mark_read = when,
            Message::CheckSignatures(when) => self.reading.check_signatures = when,
            Message::Typed(typed) => {
                self.typed = typed;
                return Action::None;
            }
            Message::Add => match sender(&self.typed) {
                Some(sender) => {
                    self.reading.allow_pictures(&sender);
                    self.typed.clear();
                }
                None => return Action::None,
            },
            Message::Remove(Whose::Pictures, of) => {
                self.reading.pictures_from.retain(|other| *other != of);
            }
            Message::Remove(Whose::Colours, of) => self.reading.keep_colours(&of, false),
            Message::Back => return Action::LeaveReading,
        }
        Action::Keep(Keep::Reading(self.reading.clone()))
    }

    /// A key no widget took.
    pub(crate) fn key(&mut self, press: &Press) -> Action<Message> {
        if press.is(Named::Escape) {
            return self.update(Message::Back);
        }
        sheet::scroll_key(press).map_or(Action::None, Action::Run)
    }
}
