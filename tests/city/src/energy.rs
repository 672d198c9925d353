//! Energy and water: what institutions use, how it is billed, metered and reported.

pub mod account;
pub mod consumption;
pub mod item;
pub mod meter;
pub mod project;
pub mod weather;
