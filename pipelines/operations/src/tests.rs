//! A small lake, and what is told of it; every expected value is counted by hand beside the rows.

mod lake;
mod lateness;
mod lineage;
mod status;
mod telling;
