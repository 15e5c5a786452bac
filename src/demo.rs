//! A small mail provider in this process, so that anyone can try the program
//! without an account: IMAP, POP3 and SMTP submission on loopback, two people
//! who can write to each other, everything in memory and gone at the end.
//!
//! It is a stand-in for a provider and knows nothing of the engine. It speaks
//! without TLS, therefore it listens on 127.0.0.1 only.

mod imap;
mod lines;
mod mailstore;
mod message;
mod pop3;
pub mod sample;
mod sasl;
mod server;
mod smtp;

#[cfg(test)]
mod tests;

pub use sample::SampleMessage;
pub use server::{DemoServer, Ports};
