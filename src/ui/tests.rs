//! The window, tested without one.

mod app;
mod arranging;
mod contrast;
mod files;
pub(in crate::ui) mod fixture;
pub(in crate::ui) mod harness;
mod ice;
mod mail_screen;
mod mail_state;
mod reading;
mod shots;
