//! A service, and everything that can be wrong with one.

mod faults;
mod pages;
mod secrets;
mod server;
mod since;
