//! Whole passes against a server of the tests' own, which can do everything
//! wrong that a server can do wrong.

mod bench;
mod cut;
mod faults;
mod held;
mod identity;
mod parts;
mod prefetch;
mod reused;
mod server;
mod swift;
