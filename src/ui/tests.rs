//! The window, tested without one.

mod app;
mod arranging;
mod contrast;
mod drag;
mod files;
pub(in crate::ui) mod fixture;
mod folders;
pub(in crate::ui) mod harness;
mod ice;
mod mail_screen;
mod mail_state;
mod palette;
mod reading;
mod shots;
