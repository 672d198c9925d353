//! What people write in cells, and what is read from it.

mod dates;
mod decimals;
mod moments;
mod words;
