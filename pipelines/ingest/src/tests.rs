//! Runs end to end, on small files in a lake in a temporary folder.

mod faults;
mod formats;
mod harness;
mod kills;
mod model;
mod modes;
mod pulls;
mod replays;
mod rules;
mod together;
