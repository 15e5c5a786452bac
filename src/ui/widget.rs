//! The window's own widgets, and the element type every view returns.

pub(crate) mod focusable;
pub(crate) mod splitter;

/// What every view returns.
pub(crate) type Element<'a, Message> = iced::Element<'a, Message>;

pub(crate) use focusable::focusable;
pub(crate) use splitter::Splitter;
