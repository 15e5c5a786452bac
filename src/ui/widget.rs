//! The window's own widgets, and the element type every view returns.

pub(crate) mod carried;
pub(crate) mod focusable;
pub(crate) mod marked;
pub(crate) mod page_view;
pub(crate) mod reading;
pub(crate) mod reveal;
pub(crate) mod splitter;
pub(crate) mod virtual_list;
pub(crate) mod with_menu;

/// What every view returns.
pub(crate) type Element<'a, Message> = iced::Element<'a, Message>;

pub(crate) use carried::carried;
pub(crate) use focusable::focusable;
pub(crate) use splitter::Splitter;
pub(crate) use with_menu::with_menu;
