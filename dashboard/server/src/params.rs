//! The parameters of a request's address, refused at the door when they are not of the form.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// Rows of a list that names no limit.
const DEFAULT_LIMIT: usize = 100;
/// Rows of a list at the most.
const MAX_LIMIT: usize = 10_000;

/// The parameters, and `as_of` taken out of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Params {
    pub as_of: Option<String>,
    pub others: BTreeMap<String, String>,
}

impl Params {
    /// All parameters must be among these; `as_of` too, where an answer is of a publication.
    pub fn only(&self, known: &[&str]) -> Result<(), ApiError> {
        let as_of = self.as_of.iter().map(|_| "as_of");
        let mut given = self.others.keys().map(String::as_str).chain(as_of);
        match given.find(|name| !known.contains(name)) {
            None => Ok(()),
            Some(name) if known.is_empty() => Err(ApiError::bad(
                format!("there is no parameter `{name}`"),
                "this address takes no parameters",
            )),
            Some(name) => Err(ApiError::unknown("parameter", name, known.iter().copied())),
        }
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.others.get(name).map(String::as_str)
    }

    /// Names with commas between, as in `dimensions=region_code,year`.
    pub fn list(&self, name: &str) -> Vec<String> {
        let text = self.get(name).unwrap_or_default();
        text.split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    }

    pub fn limit(&self) -> Result<usize, ApiError> {
        let limit = self.number("limit", DEFAULT_LIMIT)?;
        if (1..=MAX_LIMIT).contains(&limit) {
            return Ok(limit);
        }
        Err(ApiError::bad(
            format!("`limit` cannot be {limit}"),
            format!("ask for 1 to {MAX_LIMIT} rows, and page with offset"),
        ))
    }

    pub fn offset(&self) -> Result<usize, ApiError> {
        self.number("offset", 0)
    }

    pub fn number(&self, name: &str, default: usize) -> Result<usize, ApiError> {
        match self.get(name).map(str::parse) {
            None => Ok(default),
            Some(Ok(number)) => Ok(number),
            Some(Err(_)) => Err(ApiError::bad(
                format!("`{name}` is not a whole number"),
                format!("write {name}=50"),
            )),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let Query(pairs) = query.map_err(|error| {
            ApiError::bad(error.body_text(), "encode the parameters as in a URL")
        })?;
        let mut params = Params::default();
        for (name, value) in pairs {
            let before = match name.as_str() {
                "as_of" => params.as_of.replace(value),
                _ => params.others.insert(name.clone(), value),
            };
            if before.is_some() {
                return Err(ApiError::bad(
                    format!("`{name}` is given twice"),
                    "give it once; lists take commas",
                ));
            }
        }
        Ok(params)
    }
}

/// The names in a request's path.
pub(crate) struct Names<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Names<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(names)) => Ok(Names(names)),
            Err(error) => Err(ApiError::bad(
                error.body_text(),
                "encode the address as UTF-8, as in a URL",
            )),
        }
    }
}

/// What a request that changes something says, in JSON.
pub(crate) struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match Json::from_request(request, state).await {
            Ok(Json(body)) => Ok(JsonBody(body)),
            Err(error) => Err(ApiError::bad(
                error.body_text(),
                "send JSON with `content-type: application/json`, as /api/v1/openapi.json says",
            )),
        }
    }
}
