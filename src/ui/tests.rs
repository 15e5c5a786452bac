//! The window, tested without one.

mod contrast;
