//! The engine: what a front end starts and talks to.

mod account;
mod accounts;
mod alive;
mod apply;
mod attachments;
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
mod opened;
mod pass;
mod people;
mod post;
mod prefetching;
#[cfg(feature = "pages")]
mod printing;
mod proving;
mod pushed;
mod quota;
mod reading;
mod saving;
pub mod searching;
pub mod sender;
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

pub use attachments::PartBytes;
pub use backup::{BackupProgress, restore};
pub use check::{CheckProgress, CheckStep, CheckStepKind};
pub use children::serve_child;
pub use discovering::mail_domain;
pub use event::{AccountState, Event};
pub use exporting::{ExportFormat, ExportProgress, ExportRequest};
pub use handle::{Attempt, Done, Handle, Passwords};
pub use importing::{ImportProgress, ImportRequest};
pub use keeping::Keeping;
pub use opened::Source;
pub use pass::{SyncReport, SyncRequest};
#[cfg(feature = "pages")]
pub use printing::{PrintLook, Printed, Printing};
pub use searching::{SearchResults, ServerResults, parse_search, parse_search_typing};
pub use sender::{Unsubscribed, deceptive_link, untracked};
pub use signing_in::BrowserSignIn;
pub use start::{Engine, Options};
#[cfg(feature = "pages")]
pub use viewing::{HtmlMail, Viewer};
pub use writing::{Dispatch, parse_addresses};

pub use crate::mime::{charset_named, charsets};
pub use crate::search::Marker;
pub use crate::secrets::{Asker, SecretQuestion, SecretsChoice, SecretsTrouble, SecretsWay};
