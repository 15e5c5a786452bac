//! The provider's own sign-in, in the person's browser.

use waxwing::Error;

/// How far it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Browser {
    /// The page that was opened.
    pub(super) page: Option<String>,
    /// Why it did not work.
    pub(super) failure: Option<Error>,
}

impl Browser {
    /// The host of the page, for the person to compare.
    pub(super) fn host(&self) -> Option<&str> {
        let (_, rest) = self.page.as_ref()?.split_once("://")?;
        rest.split(['/', '?', '#']).next()
    }
}
