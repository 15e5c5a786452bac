//! What the program does when it is started as a confined child.

use std::ffi::OsStr;
use std::process::ExitCode;

use crate::documents;
#[cfg(feature = "pages")]
use crate::html::page;

/// Does the work of that kind of child ([`crate::sandbox::started_as`]) until
/// the parent needs it no more.
#[must_use]
pub fn serve_child(kind: &OsStr) -> ExitCode {
    if kind == documents::KIND.name {
        return documents::serve();
    }
    #[cfg(feature = "pages")]
    if kind == page::KIND.name {
        return crate::sandbox::serve(&page::KIND, page::worker);
    }
    #[cfg(feature = "pages")]
    if kind == page::THUMBNAIL.name {
        return crate::sandbox::serve(&page::THUMBNAIL, page::thumbnail_worker);
    }
    #[cfg(feature = "pages")]
    if kind == page::PRINTER.name {
        return crate::sandbox::serve(&page::PRINTER, page::printer);
    }
    tracing::debug!(?kind, "no such kind of child");
    ExitCode::FAILURE
}
