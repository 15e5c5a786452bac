//! The window's own widgets, and the element type every view returns.

pub(crate) mod focusable;
pub(crate) mod marked;
pub(crate) mod page_view;
pub(crate) mod reading;
pub(crate) mod reveal;
pub(crate) mod splitter;
pub(crate) mod virtual_list;

/// What every view returns.
pub(crate) type Element<'a, Message> = iced::Element<'a, Message>;

pub(crate) use focusable::focusable;
pub(crate) use splitter::Splitter;
