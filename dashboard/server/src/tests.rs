//! The routes over a small lake in a folder, asked as any client would.

mod caching;
mod description;
mod formats;
mod lake;
mod measures;
mod operations;
mod problems;
mod resources;
mod stopping;
