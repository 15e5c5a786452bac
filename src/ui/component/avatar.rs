//! A person as a coloured disc with initials. Nothing is ever fetched for it.

use iced::alignment::{Horizontal, Vertical};
use iced::widget::{container, text};
use iced::{Border, Color, Theme};

use waxwing::model::Address;

use crate::ui::font;
use crate::ui::theme::{palette::blend, tokens};
use crate::ui::widget::Element;

/// The hues people get, in turn by their address.
const HUES: [Color; 8] = [
    Color::from_rgb(0.71, 0.28, 0.16),
    Color::from_rgb(0.60, 0.42, 0.08),
    Color::from_rgb(0.33, 0.47, 0.16),
    Color::from_rgb(0.11, 0.49, 0.41),
    Color::from_rgb(0.13, 0.44, 0.62),
    Color::from_rgb(0.33, 0.37, 0.70),
    Color::from_rgb(0.51, 0.31, 0.64),
    Color::from_rgb(0.66, 0.26, 0.45),
];

/// One or two letters for a person.
pub(crate) fn initials(address: &Address) -> String {
    let words = address.short();
    let words = words.split('@').next().unwrap_or(words);
    let mut letters = words
        .split(|c: char| !c.is_alphanumeric())
        .filter_map(|word| word.chars().next());
    let first = letters.next();
    let last = letters.next_back();
    first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .collect()
}

/// The colour a person keeps, from the address alone.
pub(crate) fn hue(address: &str) -> Color {
    let sum = address
        .to_lowercase()
        .bytes()
        .fold(5381_usize, |sum, byte| {
            sum.wrapping_mul(33).wrapping_add(usize::from(byte))
        });
    HUES.get(sum % HUES.len()).copied().unwrap_or(Color::BLACK)
}

/// The disc, `side` pixels wide.
pub(crate) fn avatar<'a, Message: 'a>(address: &Address, side: f32) -> Element<'a, Message> {
    let hue = hue(&address.address);
    container(
        text(initials(address))
            .size((side * 0.38).round())
            .font(font::SEMIBOLD),
    )
    .width(side)
    .height(side)
    .align_x(Horizontal::Center)
    .align_y(Vertical::Center)
    .style(move |theme: &Theme| {
        let t = tokens(theme);
        let (ground, ink) = if t.dark {
            (blend(hue, t.surface, 0.55), t.text)
        } else {
            (blend(hue, t.surface, 0.14), hue)
        };
        container::Style::default()
            .background(ground)
            .color(ink)
            .border(Border::default().rounded(side / 2.0))
    })
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_first_and_last() {
        assert_eq!(
            initials(&Address::new("Ada King Lovelace", "a@x.test")),
            "AL"
        );
        assert_eq!(initials(&Address::new("", "jo.doe@x.test")), "JD");
        assert_eq!(initials(&Address::new("Éva", "e@x.test")), "É");
        assert_eq!(initials(&Address::new("", "")), "");
    }

    #[test]
    fn colour_follows_the_address_not_its_case() {
        assert_eq!(hue("Ada@X.test"), hue("ada@x.test"));
    }
}
