//! HTTP: REST services page by page, and plain downloads.
//!
//! - `config`: the `http:` key of a job
//! - `client`: one request with its retries, limits and redirects; `auth` adds who asks
//! - `paging`: which page comes next; `since`: from which change on; `body`: the little of an answer
//!   that is looked at for both
//! - `source`: the pull, page by page, and where it goes on after it was cut off

mod auth;
mod body;
mod client;
mod config;
mod error;
mod failure;
mod paging;
mod since;
mod source;

#[cfg(test)]
mod tests;

pub use config::{
    ApiKey, Auth, Basic, HttpConfig, Limits, Method, MomentForm, OAuth, Pages, Since,
};
pub use error::HttpError;
pub use source::Http;
