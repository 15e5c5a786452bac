//! Small parts of views: functions and a little state, no engine.

pub(crate) mod address_field;
pub(crate) mod avatar;
pub(crate) mod control;
pub(crate) mod date;
pub(crate) mod empty;
pub(crate) mod form;
pub(crate) mod toast;

pub(crate) use control::{icon, icon_button, icon_text_button, label, tip};
