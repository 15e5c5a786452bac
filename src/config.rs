//! The profile: where everything of one person lies, and its TOML files.
//!
//! No password is ever in one of these files.

pub mod account_file;
pub mod accounts;
pub mod certificates;
pub(crate) mod file;
pub mod load;
mod migrate;
pub(crate) mod oauth_file;
pub mod paths;
pub mod settings;
pub mod state;

#[cfg(test)]
mod tests;

pub use accounts::Accounts;
pub use certificates::Certificates;
pub use load::Loaded;
pub use paths::{Profile, ProfileLock};
pub use settings::Settings;
pub use state::UiState;
