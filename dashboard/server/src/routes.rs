//! The resources of the API, a file each: extract, call, shape.

pub(crate) mod boards;
pub(crate) mod explanations;
pub(crate) mod metrics;
pub(crate) mod operations;
mod page;
pub(crate) mod publications;
pub(crate) mod registers;
pub(crate) mod runs;
pub(crate) mod service;
pub(crate) mod tables;
