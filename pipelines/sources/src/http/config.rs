//! The `source: { http: … }` key of a job.

mod check;

use std::collections::BTreeMap;

use contracts::yaml::{At, Scalar};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::fault::ConfigFault;
use crate::{ByteSize, SecretRef, Wait};
use check::{check_auth, check_pages, check_secret_name, check_url};

/// A REST service or a download.
///
/// ```yaml
/// source:
///   http:
///     url: https://energy.example/api/readings
///     auth: { bearer: "env:ENERGY_TOKEN" }
///     pages: { cursor: meta.next, parameter: after }
///     since: { parameter: changed_since, field: changed_at, overlap: 1 h }
/// format: { kind: json, path: data }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct HttpConfig {
    /// The address, with `https://` or `http://`. Secrets do not belong into it.
    pub url: At<String>,
    /// `get` when not said, or `post` when there is a `form` or `json`.
    #[serde(default)]
    pub method: Option<Method>,
    /// Parameters of the address.
    #[serde(default)]
    pub query: BTreeMap<String, At<Scalar>>,
    /// Headers that are sent. Those that hold secrets belong under `auth`.
    #[serde(default)]
    pub headers: BTreeMap<String, At<String>>,
    /// Fields of a form that is posted.
    #[serde(default)]
    pub form: Option<BTreeMap<String, At<Scalar>>>,
    /// A JSON object that is posted.
    #[serde(default)]
    pub json: Option<Map<String, Value>>,
    /// Who asks.
    #[serde(default)]
    pub auth: Option<At<Auth>>,
    /// A file (PEM) of the authority that signed the service's certificate, where the system does not trust
    /// it already; from the project's folder on.
    #[serde(default)]
    pub authority: Option<At<String>>,
    /// How pages follow each other. Without it there is one answer: with `since` a JSON document, else
    /// a download of any kind, asked for only when it has changed.
    #[serde(default)]
    pub pages: Option<At<Pages>>,
    /// Asks only for what has changed since the last pull.
    #[serde(default)]
    pub since: Option<At<Since>>,
    /// How long, how often and how much at most.
    #[serde(default)]
    pub limits: Limits,
    /// Which files of a downloaded zip are read, as a pattern of their names.
    #[serde(default)]
    pub entry: Option<String>,
    /// Where the array of records is in an answer; the job's `format` says it.
    #[serde(skip)]
    pub rows: Vec<String>,
    /// Whether the value there is an object whose members are the records.
    #[serde(skip)]
    pub entries: bool,
}

/// What is done at the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Read it.
    Get,
    /// Post `form` or `json` to it.
    Post,
}

/// Who asks: one of the ways.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Auth {
    /// A token, sent as `Authorization: Bearer …`.
    #[serde(default)]
    pub bearer: Option<SecretRef>,
    /// A name and a password.
    #[serde(default)]
    pub basic: Option<Basic>,
    /// A key in a header or a parameter.
    #[serde(default)]
    pub api_key: Option<ApiKey>,
    /// A token of OAuth 2 (RFC 6749, 4.4), got with the client's own name and secret.
    #[serde(default)]
    pub oauth: Option<OAuth>,
}

/// HTTP Basic authentication.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Basic {
    /// The name.
    pub user: String,
    /// The password.
    pub password: SecretRef,
}

/// A key in a header, or in a parameter of the address.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ApiKey {
    /// The header it is sent in.
    #[serde(default)]
    pub header: Option<String>,
    /// The parameter it is sent in. Servers write addresses into their logs: a header is better.
    #[serde(default)]
    pub parameter: Option<String>,
    /// The key.
    pub value: SecretRef,
}

/// OAuth 2 client credentials.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct OAuth {
    /// Where tokens are given out.
    pub token_url: At<String>,
    /// The client's name.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: SecretRef,
    /// What the token shall be good for.
    #[serde(default)]
    pub scope: Option<String>,
    /// For whom the token shall be good, where the server asks for it.
    #[serde(default)]
    pub audience: Option<String>,
}

/// How pages follow each other: one of `number`, `offset`, `cursor`, `next` and `link`.
///
/// With `number` and `offset` the end is a page without rows, or `total` rows; a page with fewer rows
/// than asked for is not taken for the last one, because servers cap what they give.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Pages {
    /// The parameter that holds the number of the page.
    #[serde(default)]
    pub number: Option<String>,
    /// The parameter that holds how many rows are passed over.
    #[serde(default)]
    pub offset: Option<String>,
    /// Where an answer holds the mark of the next page (`meta.next`), which is sent as `parameter`.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Where an answer holds the address of the next page: `links.next`.
    #[serde(default)]
    pub next: Option<String>,
    /// Whether the header `Link: <…>; rel="next"` (RFC 8288) names the next page.
    #[serde(default)]
    pub link: bool,
    /// With `cursor`: the parameter the mark is sent as.
    #[serde(default)]
    pub parameter: Option<String>,
    /// The first number, 1 for `number` and 0 for `offset` when not said.
    #[serde(default)]
    pub first: Option<u64>,
    /// The parameter that says how many rows a page shall have.
    #[serde(default)]
    pub size_parameter: Option<String>,
    /// How many rows a page shall have.
    #[serde(default)]
    pub size: Option<u64>,
    /// Where an answer says how many rows there are in all; a pull that got another number fails.
    #[serde(default)]
    pub total: Option<String>,
    /// Whether the answer 404 behind the last page means the end.
    #[serde(default)]
    pub ends_with_404: bool,
}

/// Which changes are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Since {
    /// The parameter that holds the moment from which on changes are wanted.
    pub parameter: String,
    /// The field of a row that says when it was changed last.
    pub field: String,
    /// How far before the newest change seen the next pull begins, for rows that become visible late.
    #[serde(default = "overlap")]
    pub overlap: Wait,
    /// Where the first pull begins; without it the first pull sends no such parameter.
    #[serde(default)]
    pub from: Option<String>,
    /// How moments are written, in `field` and in `parameter`.
    #[serde(default)]
    pub form: MomentForm,
    /// How old the last complete pull may become before everything is read again, as a net below the
    /// overlap.
    #[serde(default)]
    pub full_every: Option<Wait>,
}

fn overlap() -> Wait {
    Wait::seconds(3_600)
}

/// How a service writes moments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MomentForm {
    /// `2026-11-24T08:30:00Z`, with any offset.
    #[default]
    Rfc3339,
    /// `2026-11-24 08:30:00` in the city's time.
    CityTime,
    /// `2026-11-24`, the city's day.
    CityDate,
    /// Seconds since 1970.
    EpochSeconds,
    /// Milliseconds since 1970.
    EpochMillis,
}

/// How long, how often and how much at most.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[serde(default)]
pub struct Limits {
    /// How long one answer may take; for a download, how long it may stand still.
    pub timeout: Wait,
    /// How long a download may take.
    pub download_timeout: Wait,
    /// How long it may take until the other side picks up.
    pub connect_timeout: Wait,
    /// How often a request that failed for a passing reason is tried again.
    pub retries: u32,
    /// The longest wait between two tries, also where the server's `Retry-After` asks for more.
    pub max_wait: Wait,
    /// Requests a minute at most.
    pub requests_per_minute: Option<u32>,
    /// Largest answer of a service.
    pub max_page: ByteSize,
    /// Largest download, and the most bytes it may hold after it is expanded.
    pub max_expanded: ByteSize,
    /// Pages at most, against services that never end.
    pub max_pages: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            timeout: Wait::seconds(60),
            download_timeout: Wait::seconds(2 * 3_600),
            connect_timeout: Wait::seconds(10),
            retries: 5,
            max_wait: Wait::seconds(120),
            requests_per_minute: None,
            max_page: ByteSize::mib(64),
            max_expanded: ByteSize::gib(20),
            max_pages: 1_000_000,
        }
    }
}

impl HttpConfig {
    /// The address alone, for everything else as when it is not said.
    pub fn of(url: impl Into<String>) -> HttpConfig {
        HttpConfig {
            url: At {
                value: url.into(),
                line: 0,
            },
            method: None,
            query: BTreeMap::new(),
            headers: BTreeMap::new(),
            form: None,
            json: None,
            auth: None,
            authority: None,
            pages: None,
            since: None,
            limits: Limits::default(),
            entry: None,
            rows: Vec::new(),
            entries: false,
        }
    }

    /// Whether answers are JSON documents that are looked into; else it is a download.
    pub fn is_service(&self) -> bool {
        self.pages.is_some() || self.since.is_some()
    }

    /// Whether a pull gives only what has changed since the last one.
    pub fn is_incremental(&self) -> bool {
        self.since.is_some()
    }

    pub(super) fn is_post(&self) -> bool {
        self.method == Some(Method::Post)
            || self.method.is_none() && (self.form.is_some() || self.json.is_some())
    }

    /// Everything wrong with it that the shape of the file does not show.
    pub fn faults(&self) -> Vec<ConfigFault> {
        let mut faults = Vec::new();
        check_url(&self.url, &mut faults);
        for (name, value) in &self.query {
            check_secret_name("parameter", name, value.line, &mut faults);
        }
        for (name, value) in &self.headers {
            check_secret_name("header", name, value.line, &mut faults);
            if reqwest::header::HeaderName::try_from(name.as_str()).is_err()
                || reqwest::header::HeaderValue::try_from(value.value.as_str()).is_err()
            {
                faults.push(ConfigFault::new(
                    value.line,
                    format!("`{name}` is no header that can be sent"),
                    "headers are ASCII: letters, digits and `-` before the colon, no line ends behind it",
                ));
            }
        }
        if self.form.is_some() && self.json.is_some() {
            faults.push(ConfigFault::new(
                self.url.line,
                "the source posts both `form` and `json`",
                "keep one of the two",
            ));
        }
        if self.method == Some(Method::Get) && (self.form.is_some() || self.json.is_some()) {
            faults.push(ConfigFault::new(
                self.url.line,
                "`method: get` has no body, and the source has one",
                "write `method: post`, or `query:` for parameters of the address",
            ));
        }
        if let Some(auth) = &self.auth {
            check_auth(auth, &mut faults);
        }
        if let Some(pages) = &self.pages {
            check_pages(pages, &mut faults);
        }
        if let Some(since) = &self.since
            && let Some(from) = &since.from
            && super::since::read(since.form, &Value::String(from.clone())).is_none()
        {
            faults.push(ConfigFault::new(
                since.line,
                format!("`from: {from}` is not written as `form` says"),
                format!("write {}", super::since::example(since.form)),
            ));
        }
        faults
    }
}
