//! The engine: what a front end starts and talks to.

pub mod check;
pub mod event;
pub mod handle;

pub use check::{CheckProgress, CheckStep, CheckStepKind};
pub use event::{AccountState, Event};
pub use handle::{Done, Handle, Passwords};
