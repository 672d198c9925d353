//! The city seen from outside: the files read back by other means than those that wrote them.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files has failed"
)]

mod determinism;
mod files;
mod identifiers;
mod plausible;
mod read;
mod truth;
