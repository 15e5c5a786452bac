//! Who writes and who gets it.

use iced::widget::Id;
use waxwing::model::{AccountId, Address, Draft};

use crate::ui::component::address_field;

/// Where the caret goes in an empty message.
pub(super) const TO: &str = "composer-to";
const CC: &str = "composer-cc";
const BCC: &str = "composer-bcc";

/// One of the three lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// Primary recipients.
    To,
    /// Copies.
    Cc,
    /// Hidden copies.
    Bcc,
}

impl Field {
    /// What stands before it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::To => "To",
            Self::Cc => "Cc",
            Self::Bcc => "Bcc",
        }
    }
}

/// The head of a message.
#[derive(Debug)]
pub(super) struct Addressing {
    pub(super) account: AccountId,
    pub(super) from: Address,
    /// Whether the list of addresses is open.
    pub(super) choosing: bool,
    pub(super) to: address_field::State,
    pub(super) cc: address_field::State,
    pub(super) bcc: address_field::State,
    /// Whether Cc and Bcc are shown.
    pub(super) copies: bool,
}

impl Addressing {
    pub(super) fn new(draft: &Draft) -> Self {
        Self {
            account: draft.account,
            from: draft.from.clone(),
            choosing: false,
            to: address_field::State::new(TO, draft.to.clone()),
            cc: address_field::State::new(CC, draft.cc.clone()),
            bcc: address_field::State::new(BCC, draft.bcc.clone()),
            copies: !draft.cc.is_empty() || !draft.bcc.is_empty(),
        }
    }

    pub(super) fn field(&self, field: Field) -> &address_field::State {
        match field {
            Field::To => &self.to,
            Field::Cc => &self.cc,
            Field::Bcc => &self.bcc,
        }
    }

    fn field_mut(&mut self, field: Field) -> &mut address_field::State {
        match field {
            Field::To => &mut self.to,
            Field::Cc => &mut self.cc,
            Field::Bcc => &mut self.bcc,
        }
    }

    /// Follows a field. Says where the caret goes, if it moves.
    pub(super) fn update(&mut self, field: Field, message: address_field::Message) -> Option<Id> {
        let field = self.field_mut(field);
        field.update(message).then(|| field.id())
    }

    pub(super) fn choose(&mut self, account: AccountId, from: Address) {
        self.account = account;
        self.from = from;
        self.choosing = false;
    }

    fn all(&self) -> [&address_field::State; 3] {
        [&self.to, &self.cc, &self.bcc]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all().iter().all(|field| field.is_empty())
    }

    /// Makes chips of everything that is typed.
    pub(super) fn commit(&mut self) {
        for field in [Field::To, Field::Cc, Field::Bcc] {
            self.field_mut(field).commit();
        }
        // A wrong address must not hide.
        self.copies = self.copies || !self.cc.is_empty() || !self.bcc.is_empty();
    }

    /// Why it cannot leave like this.
    pub(super) fn obstacle(&self) -> Option<String> {
        let wrong = self
            .all()
            .into_iter()
            .find_map(|field| field.problems().next());
        if let Some(wrong) = wrong {
            return Some(format!("{wrong} Correct it or take it out, then send."));
        }
        let nobody = self
            .all()
            .iter()
            .all(|field| field.addresses().next().is_none());
        nobody.then(|| "Nobody would get this: write an address into To first.".to_owned())
    }
}
