//! The engine and the commands against real servers.

#[path = "it/demo_clients.rs"]
mod demo_clients;
