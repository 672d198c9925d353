//! Tests of the whole tree: small projects as text, faults as people read them.

mod cases;
mod faults;
mod graph;
mod house;
mod metric_faults;
mod schemas;
mod tree;
mod units;
mod world;
