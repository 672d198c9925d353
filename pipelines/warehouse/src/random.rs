//! Names nobody else takes.

use std::hash::{BuildHasher as _, RandomState};

/// 32 random hexadecimal digits. The standard library seeds its hasher from the system's
/// randomness, which is all that is needed to be unique; it is no secret.
pub(crate) fn name() -> String {
    let half = |salt: u8| RandomState::new().hash_one(salt);
    format!("{:016x}{:016x}", half(0), half(1))
}
