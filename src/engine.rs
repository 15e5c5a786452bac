//! The engine: what a front end starts and talks to.

pub mod check;
pub mod event;
pub mod handle;
mod pass;
mod start;

pub use check::{CheckProgress, CheckStep, CheckStepKind};
pub use event::{AccountState, Event};
pub use handle::{Done, Handle, PartBytes, Passwords};
pub use pass::{SyncReport, SyncRequest};
pub use start::{Engine, Options};

pub use crate::secrets::SecretsChoice;
