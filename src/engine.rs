//! The engine: what a front end starts and talks to.

mod account;
mod accounts;
mod alive;
mod apply;
mod backoff;
pub mod backup;
mod certificates;
pub mod check;
mod children;
mod discovering;
mod documents;
mod editing;
pub mod event;
mod excerpts;
pub mod exporting;
mod filing;
pub mod handle;
mod housekeeping;
pub mod importing;
mod keeping;
mod listening;
mod listing;
mod mailbox;
mod pass;
mod people;
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
#[cfg(feature = "pages")]
mod viewing;
mod watching;
mod window;
mod words;
mod writing;

pub use backup::{BackupProgress, restore};
pub use check::{CheckProgress, CheckStep, CheckStepKind};
pub use children::serve_child;
pub use discovering::mail_domain;
pub use event::{AccountState, Event};
pub use exporting::{ExportFormat, ExportProgress, ExportRequest};
pub use handle::{Attempt, Done, Handle, PartBytes, Passwords};
pub use importing::{ImportProgress, ImportRequest};
pub use keeping::Keeping;
pub use pass::{SyncReport, SyncRequest};
pub use searching::{SearchResults, ServerResults, parse_search, parse_search_typing};
pub use signing_in::BrowserSignIn;
pub use start::{Engine, Options};
#[cfg(feature = "pages")]
pub use viewing::{HtmlMail, Viewer};
pub use writing::{Dispatch, parse_addresses};

pub use crate::search::Marker;
pub use crate::secrets::{Asker, SecretQuestion, SecretsChoice, SecretsTrouble, SecretsWay};
