//! A field for addresses: each becomes a chip, a wrong one says why.

mod entry;
mod flow;
mod parse;
#[cfg(test)]
mod tests;
mod view;

use iced::widget::Id;
use waxwing::model::Address;

pub(crate) use parse::Entry;
pub(crate) use view::remove_button;

/// Addresses and what is being typed beside them.
#[derive(Debug)]
pub(crate) struct State {
    id: Id,
    entries: Vec<Entry>,
    input: String,
}

/// What happens in the field.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// The text changed.
    Input(String),
    /// A letter, typed faster than the field could be drawn anew.
    Typed(String),
    /// Several lines were pasted.
    Pasted(String),
    /// Enter, or the caret left: what is typed becomes chips.
    Commit,
    /// Backspace with nothing before it: the last chip becomes text again.
    TakeBack,
    /// A chip becomes text again.
    Edit(usize),
    /// A chip goes.
    Remove(usize),
}

impl State {
    /// A field with addresses in it, its text box named `id`.
    pub(crate) fn new(id: &'static str, addresses: Vec<Address>) -> Self {
        Self {
            id: Id::new(id),
            entries: addresses.into_iter().map(Entry::from).collect(),
            input: String::new(),
        }
    }

    /// Where the caret can be put.
    pub(crate) fn id(&self) -> Id {
        self.id.clone()
    }

    /// Follows what happened. Says whether the caret belongs into the text box
    /// now.
    pub(crate) fn update(&mut self, message: Message) -> bool {
        match message {
            Message::Input(text) => self.read(&text),
            Message::Typed(text) => self.read(&format!("{}{text}", self.input)),
            Message::Pasted(text) => {
                // The last line is as finished as the others.
                self.read(&format!("{}{text}\n", self.input));
            }
            Message::Commit => self.commit(),
            Message::TakeBack if !self.input.is_empty() => {
                self.input.pop();
            }
            Message::TakeBack => return self.edit(self.entries.len().wrapping_sub(1)),
            Message::Edit(index) => return self.edit(index),
            Message::Remove(index) => {
                if index < self.entries.len() {
                    self.entries.remove(index);
                }
                return true;
            }
        }
        false
    }

    fn read(&mut self, text: &str) {
        let (entries, rest) = parse::split(text);
        self.add(entries);
        self.input = rest;
    }

    /// Makes chips of what is typed.
    pub(crate) fn commit(&mut self) {
        let text = std::mem::take(&mut self.input);
        self.add(parse::words(&text));
    }

    /// Adds those that are not there yet.
    fn add(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            let known = entry.address.as_ref().is_ok_and(|address| {
                self.addresses()
                    .any(|present| present.same_mailbox(address))
            });
            if !known {
                self.entries.push(entry);
            }
        }
    }

    fn edit(&mut self, index: usize) -> bool {
        if index >= self.entries.len() {
            return false;
        }
        let entry = self.entries.remove(index);
        self.commit();
        self.input = entry.typed;
        true
    }

    /// Whether there is neither a chip nor a letter.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.input.trim().is_empty()
    }

    /// How many chips there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The good addresses.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = &Address> {
        self.entries
            .iter()
            .filter_map(|entry| entry.address.as_ref().ok())
    }

    /// What is wrong, each in a sentence.
    pub(crate) fn problems(&self) -> impl Iterator<Item = String> {
        self.entries.iter().filter_map(|entry| {
            let wrong = entry.address.as_ref().err()?;
            Some(format!("“{}” {wrong}.", entry.typed))
        })
    }

    /// Everything that is here, wrong or half typed, so that a draft keeps it.
    pub(crate) fn everything(&self) -> Vec<Address> {
        let typed = parse::words(&self.input);
        self.entries
            .iter()
            .chain(&typed)
            .map(|entry| match &entry.address {
                Ok(address) => address.clone(),
                Err(_) => Address::new("", &entry.typed),
            })
            .collect()
    }
}
