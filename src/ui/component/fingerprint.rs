//! The fingerprint of a certificate in groups, which the eye can compare.

use iced::widget::{column, container, row, text};

use crate::ui::font;
use crate::ui::theme::{size, space};
use crate::ui::widget::Element;

/// Digits that stand together.
const GROUP: usize = 4;
/// Groups in a line.
const LINE: usize = 4;
/// Width of a group: the digits of the typeface are not all as wide.
const CELL: f32 = 56.0;

/// The groups, four in a line.
pub(crate) fn view<'a, M: 'a>(sha256: &str) -> Element<'a, M> {
    let groups = groups(sha256);
    let lines = groups.chunks(LINE).map(|line| {
        row(line.iter().map(|group| {
            container(text(group.clone()).size(size::LIST).font(font::MEDIUM))
                .width(CELL)
                .into()
        }))
        .into()
    });
    column(lines).spacing(space::XS).into()
}

fn groups(sha256: &str) -> Vec<String> {
    let digits: Vec<char> = sha256.chars().map(|c| c.to_ascii_uppercase()).collect();
    digits
        .chunks(GROUP)
        .map(|group| group.iter().collect())
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_digit_of_a_fingerprint_is_lost() {
        let sha256 = "0123456789abcdef".repeat(4);
        let groups = super::groups(&sha256);
        assert_eq!(groups.len(), 16);
        assert_eq!(groups.concat().to_lowercase(), sha256);
    }
}
