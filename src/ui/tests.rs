//! The window, tested without one.

mod app;
mod arranging;
mod contrast;
mod fixture;
mod harness;
mod ice;
mod mail_screen;
mod mail_state;
mod shots;
