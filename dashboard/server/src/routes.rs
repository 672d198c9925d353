//! The resources of the API, a file each: extract, call, shape.

pub(crate) mod boards;
pub(crate) mod health;
pub(crate) mod lists;
pub(crate) mod metrics;
pub(crate) mod publications;
pub(crate) mod tables;
