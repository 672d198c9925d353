//! Tests over a lake in a temporary directory, and of this repository's own models.

mod building;
mod cases;
mod closed;
mod explaining;
mod incremental;
mod lake;
mod levels;
mod messages;
mod metrics;
mod planning;
mod publishing;
mod reach;
mod repository;
mod sharing;
