//! Jieyue.
fn main() {}
