//! The Waxwing mail engine: everything of the program but its window.
//!
//! ```text
//! ui (bin) ──► engine ──► sync ──► { protocol ─► net }, store, mime
//!                │                       │          │      │
//!                └───────────────────────┴──────────┴──────┴──► model, error
//! ```
//!
//! A front end (the window, the headless commands, a test) starts an
//! [`engine::Engine`], talks to it through a [`engine::Handle`] and learns of
//! changes through [`engine::Event`]s, which name what changed and never what
//! it is now: the front end reads that anew. The layers below the engine are
//! private, so no view can open the store or a socket.

pub mod config;
pub mod demo;
pub mod engine;
pub mod error;
pub mod html;
pub mod model;
pub mod sandbox;

mod archive;
mod diagnosis;
mod discovery;
mod documents;
mod mime;
mod net;
mod oauth;
mod protocol;
mod providers;
mod search;
mod secrets;
mod store;
mod sync;
mod trust;

pub use error::{Error, ErrorKind, Result};
