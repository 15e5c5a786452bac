//! A page in front of the mail: a column in the middle that scrolls where the
//! window is small, and buttons that stay where they are.

use iced::widget::{column, container, row, rule, scrollable, space as gap, text};
use iced::{Alignment, Length, Task};

use crate::ui::command::Press;
use crate::ui::font;
use crate::ui::theme::{self, size, space};
use crate::ui::widget::Element;

/// Width of a page with one column.
pub(crate) const NARROW: f32 = 440.0;
/// Width of a page with two columns.
pub(crate) const WIDE: f32 = 800.0;
/// The page that scrolls.
const PAGE: &str = "sheet-page";
/// How far one key scrolls.
const STEP: f32 = 240.0;

/// What a key does to the page, where nothing else wants it.
pub(crate) fn scroll_key<M: Send + 'static>(press: &Press) -> Option<Task<M>> {
    use iced::keyboard::key::Named;
    let far = if press.is(Named::PageDown) {
        STEP
    } else if press.is(Named::PageUp) {
        -STEP
    } else if press.is(Named::ArrowDown) {
        STEP / 4.0
    } else if press.is(Named::ArrowUp) {
        -STEP / 4.0
    } else {
        return None;
    };
    let offset = scrollable::AbsoluteOffset { x: 0.0, y: far };
    Some(iced::widget::operation::scroll_by(PAGE, offset))
}

/// A page that scrolls where the window is small, and its buttons, which stay
/// where they are.
pub(crate) fn page<'a, M: 'a>(
    content: impl Into<Element<'a, M>>,
    widest: f32,
    foot: Element<'a, M>,
) -> Element<'a, M> {
    let sheet = scrollable(
        container(container(content).max_width(widest))
            .center_x(Length::Fill)
            .padding([space::XXL, space::XL]),
    )
    .direction(scrollable::Direction::Vertical(
        scrollable::Scrollbar::new()
            .width(6)
            .scroller_width(6)
            .margin(2),
    ))
    .id(PAGE)
    .style(theme::scrollable::slim)
    .width(Length::Fill)
    .height(Length::Fill);
    let foot = container(container(foot).max_width(widest))
        .center_x(Length::Fill)
        .padding([space::M, space::XL]);
    column![sheet, rule::horizontal(1).style(theme::rule), foot].into()
}

/// Two things side by side, or one below the other where it is narrow.
pub(crate) fn pair<'a, M: 'a>(
    narrow: bool,
    one: impl Into<Element<'a, M>>,
    other: impl Into<Element<'a, M>>,
) -> Element<'a, M> {
    if narrow {
        column![one.into(), other.into()].spacing(space::L).into()
    } else {
        row![one.into(), other.into()].spacing(space::L).into()
    }
}

/// The title of a page with a sentence below it.
pub(crate) fn title<'a, M: 'a>(
    words: impl text::IntoFragment<'a>,
    sentence: impl text::IntoFragment<'a>,
) -> Element<'a, M> {
    column![
        text(words).size(size::TITLE).font(font::BOLD),
        text(sentence).size(size::BODY).style(theme::text::weak),
    ]
    .spacing(space::XS)
    .into()
}

/// The head of a part of a page.
pub(crate) fn heading<'a, M: 'a>(name: &'a str, sentence: &'a str) -> Element<'a, M> {
    column![
        text(name).size(size::HEADING).font(font::SEMIBOLD),
        super::label(sentence)
    ]
    .spacing(space::XS)
    .into()
}

/// The buttons at the foot of a page: the way back left, the way on right.
pub(crate) fn foot<'a, M: 'a>(
    back: Element<'a, M>,
    on: impl IntoIterator<Item = Element<'a, M>>,
) -> Element<'a, M> {
    row![back, gap().width(Length::Fill)]
        .extend(on)
        .spacing(space::S)
        .align_y(Alignment::Center)
        .into()
}
