//! The engine and the commands against real servers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy exempts test functions, but not what they share"
)]

#[path = "it/demo_clients.rs"]
mod demo_clients;
