//! The warehouse from outside: real files, real commits, real servers, other engines.
#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

mod commits;
mod crashes;
mod engines;
mod evolution;
mod faults;
mod heads;
mod landing;
mod maintenance;
mod publications;
mod reading;
mod s3;
mod support;
mod writing;
