//! Messages as bytes: reading them, writing them, answering them.
//!
//! The only home of the MIME parser, the MIME builder and the charset guesser.
//! Everything here is pure, never panics on what a stranger sent, and takes
//! time in proportion to the size of what it is given.

mod address;
mod attachment;
mod authentication;
mod body;
mod build;
mod calendar;
mod charset;
mod contact;
mod danger;
mod enclosed;
mod encoded_word;
mod filename;
mod flowed;
mod header;
mod index;
mod lighten;
mod line_ends;
mod list;
mod names;
mod parse;
mod prepare;
mod preview;
mod quote;
mod receipt;
mod repair;
mod reply;
mod skeleton;
mod tnef;
mod to_text;

pub(crate) use address::address_list;
pub(crate) use attachment::{SavedPart, attached_documents, attachment_bytes, saved_parts};
pub(crate) use authentication::{
    Authentication, Finding, Vouched, arrived, authentication, signers,
};
pub(crate) use build::{build, new_message_id};
pub use charset::{all as charsets, named as charset_named};
pub(crate) use filename::name_in;
pub(crate) use header::HeaderSummary;
pub(crate) use index::people;
pub(crate) use lighten::Excerpt;
pub(crate) use line_ends::normalise_crlf;
pub(crate) use list::{ListFields, field, list_fields};
pub(crate) use names::followed;
pub(crate) use parse::{headers_of, index_text, parse, parse_as, parse_skeleton, summary};
pub(crate) use prepare::{Prepared, prepare_raw};
pub(crate) use receipt::{build_receipt, receipt_wanted};
pub(crate) use reply::{draft_from, draft_from_eml};
pub(crate) use skeleton::{Piece, assemble, is_left_out};
pub(crate) use to_text::{is_flooded, to_text};

#[cfg(test)]
mod tests;
