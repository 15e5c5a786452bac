//! Waxwing's binary.
fn main() {}
