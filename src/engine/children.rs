//! What the program does when it is started as a confined child.

use std::ffi::OsStr;
use std::process::ExitCode;

use crate::documents;

/// Does the work of that kind of child ([`crate::sandbox::started_as`]) until
/// the parent needs it no more.
#[must_use]
pub fn serve_child(kind: &OsStr) -> ExitCode {
    match kind.to_str() {
        Some(name) if name == documents::KIND.name => documents::serve(),
        _ => ExitCode::FAILURE,
    }
}
