//! A new password for an account whose server refuses the old one, or another
//! way to mend it.

use iced::widget::column;
use waxwing::model::Remedy;

use super::failure_view::{buttons, explained};
use super::form::Part;
use super::server::Side;
use super::view::{NARROW, foot, page, secret, title};
use super::{Message, State};
use crate::ui::component::control::text_button;
use crate::ui::theme::button::Kind;
use crate::ui::theme::space;
use crate::ui::widget::Element;

impl State {
    pub(super) fn sign_in_view(&self) -> Element<'_, Message> {
        let typed = &self.form;
        let asks = typed.asks_password(Part::Password);
        let sentence = if asks {
            format!("The password for {} is needed.", typed.email)
        } else {
            format!("{} needs you to sign in once more.", typed.email)
        };
        let mut stack = column![title("Sign in again", sentence)].spacing(space::L);
        if let Some(refused) = &self.refused {
            let remedies = refused.diagnosis().map_or(&[][..], |found| &found.remedies);
            // The field and the button below are these two.
            let others: Vec<&Remedy> = remedies
                .iter()
                .filter(|remedy| {
                    !matches!(remedy, Remedy::TypePassword | Remedy::TryAgain) || !asks
                })
                .collect();
            stack = stack.push(explained(
                refused,
                self.details,
                buttons(Side::Incoming, &others, false),
            ));
        }
        if asks {
            stack = stack.push(secret("Password", Part::Password, typed));
        }
        stack = stack.push(self.outgoing_password());
        let back = text_button("Back", Kind::Secondary, Some(Message::Back));
        let by_hand = text_button("Change settings", Kind::Quiet, Some(Message::ByHand));
        let on = text_button("Sign in", Kind::Primary, Some(Message::Submit));
        page(stack, NARROW, foot(back, [by_hand, on]))
    }
}
