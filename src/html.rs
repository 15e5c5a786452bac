//! Mail that is HTML: made safe, laid out, painted.
//!
//! The only home of the HTML and CSS parsers, and of the layout engine.

mod find;
#[cfg(feature = "pages")]
pub mod page;
mod sanitize;

pub use find::occurrences;
pub use sanitize::{CleanHtml, Remote, RemoteKind, for_reading, sanitize, text_page};
