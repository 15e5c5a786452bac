//! Mail that is HTML: made safe, laid out, painted; and plain text as HTML.
//!
//! The only home of the HTML and CSS parsers, and of the layout engine.

mod find;
mod letterhead;
#[cfg(feature = "pages")]
pub mod page;
mod pieces;
mod plain;
mod sanitize;

pub use find::occurrences;
pub use letterhead::letterhead;
pub use pieces::{Kind, Piece, pieces};
pub use plain::text_page;
pub use sanitize::{CleanHtml, Remote, RemoteKind, for_reading, sanitize};
