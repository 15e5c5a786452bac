//! What anyone can try without an account: the sample mail.

pub mod sample;
