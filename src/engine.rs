//! The engine: what a front end starts and talks to.

mod account;
mod accounts;
mod alive;
mod apply;
mod backoff;
mod certificates;
pub mod check;
mod discovering;
mod editing;
pub mod event;
mod filing;
pub mod handle;
mod listening;
mod mailbox;
mod pass;
mod post;
mod prefetching;
mod proving;
mod pushed;
mod quota;
mod reading;
mod saving;
pub mod searching;
mod servers;
mod shared;
mod signing_in;
mod start;
mod store_check;
mod undo;
mod verbs;
mod watching;
mod words;
mod writing;

pub use check::{CheckProgress, CheckStep, CheckStepKind};
pub use discovering::mail_domain;
pub use event::{AccountState, Event};
pub use handle::{Attempt, Done, Handle, PartBytes, Passwords};
pub use pass::{SyncReport, SyncRequest};
pub use searching::{SearchResults, ServerResults, parse_search, parse_search_typing};
pub use signing_in::BrowserSignIn;
pub use start::{Engine, Options};
pub use writing::{Dispatch, parse_addresses};

pub use crate::secrets::SecretsChoice;
