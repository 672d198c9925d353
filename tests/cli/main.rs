//! The binary as a process: what it prints, how it ends, and what bad input does to a lake.
//!
//! Each test has a small project and a lake of its own ([`house`]). Cargo builds the binary for these
//! tests, which is why they are the root package's and not in `tests/it`.

mod bad_input;
mod check;
mod commands;
mod demo;
mod help;
mod house;
mod output;
mod schedule;
mod telling;
mod wrong_use;
