//! Mail that is HTML: made safe, laid out, painted.
//!
//! The only home of the HTML and CSS parsers, and of the layout engine.

#[cfg(feature = "pages")]
pub mod page;
mod sanitize;

pub use sanitize::{CleanHtml, Remote, RemoteKind, sanitize, text_page};
