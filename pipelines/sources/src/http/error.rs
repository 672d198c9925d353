//! Why a service or a download could not be read.

use contracts::{Fault, Retry};

use crate::{ByteSize, Wait};

/// Why a service or a download could not be read. Addresses are shown without what is secret in them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(
    missing_docs,
    reason = "the message of a variant says what its fields are"
)]
pub enum HttpError {
    #[error("cannot reach `{url}`: {reason}")]
    Unreachable { url: String, reason: String },
    #[error("`{url}` cannot be trusted: {reason}")]
    Untrusted { url: String, reason: String },
    #[error("`{url}` did not answer within {limit}")]
    TimedOut { url: String, limit: Wait },
    #[error("`{url}` answers {status}{}", told(.said))]
    Refused {
        url: String,
        status: String,
        said: String,
    },
    #[error("`{url}` answers {status}: it does not know who asks, or does not let it in{}", told(.said))]
    NotAllowed {
        url: String,
        status: String,
        said: String,
    },
    #[error("`{url}` answers {status}{}", told(.said))]
    Busy {
        url: String,
        status: String,
        said: String,
    },
    #[error(
        "`{url}` answers {status}, and asks for a wait of {asked}, where {limit} is the longest allowed"
    )]
    LongWait {
        url: String,
        status: String,
        asked: Wait,
        limit: Wait,
    },
    #[error("`{token_url}` gives no token: {reason}")]
    NoToken { token_url: String, reason: String },
    #[error("the answer of `{url}` broke off after {bytes} bytes: {reason}")]
    BrokeOff {
        url: String,
        bytes: u64,
        reason: String,
    },
    #[error("the answer of `{url}` is larger than {bound}")]
    TooLarge {
        url: String,
        bound: ByteSize,
        is_download: bool,
    },
    #[error("`{url}` answers with a web page{}", told(.title))]
    WebPage { url: String, title: String },
    #[error("the answer of `{url}` is no JSON document: {reason}")]
    NotJson { url: String, reason: String },
    #[error("the answer of `{url}` is cut short: its JSON ends after {bytes} bytes")]
    CutShort { url: String, bytes: u64 },
    #[error("the answer of `{url}` has no list of records at {path}; it has {found}")]
    NoRows {
        url: String,
        path: String,
        found: String,
    },
    #[error("the answer of `{url}` has no {what} at `{path}`")]
    NoValue {
        url: String,
        what: &'static str,
        path: String,
    },
    #[error("page {page} of `{url}` is the same as the page before")]
    SamePage {
        url: String,
        page: u64,
        parameter: String,
    },
    #[error("page {page} of `{url}` names itself as the next one")]
    SameCursor { url: String, page: u64 },
    #[error("`{url}` has more than {bound} pages")]
    TooManyPages { url: String, bound: u64 },
    #[error("`{url}` says it has {total} rows, and gave {rows}")]
    TotalDiffers { url: String, total: u64, rows: u64 },
    #[error("`{url}` leads to another host, `{to}`")]
    OtherHost { url: String, to: String },
    #[error("`{url}` leads on more than {bound} times")]
    TooManyRedirects { url: String, bound: usize },
    #[error("row {row} of `{url}` has no moment in `{field}`: {found}")]
    NoMoment {
        url: String,
        row: usize,
        field: String,
        found: String,
        example: &'static str,
    },
    #[error("{last} ({attempts} attempts)")]
    GaveUp { attempts: u32, last: Box<HttpError> },
}

/// What the other side said, behind a colon.
fn told(said: &str) -> String {
    match said {
        "" => String::new(),
        said => format!(": {said}"),
    }
}

impl HttpError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        let hint = match self {
            HttpError::Unreachable { .. } => {
                "check the host and the port in `url`, and whether this machine may reach it (firewall, proxy), then run the job again"
            }
            HttpError::Untrusted { .. } => {
                "its certificate is not one this machine trusts; have the service mend it, or name the file of the authority that signed it: `authority: certificates/city.pem`"
            }
            HttpError::TimedOut { .. } => {
                "run the job again when the service is quicker, or raise `limits: { timeout: … }`, or ask for smaller pages"
            }
            HttpError::Refused { status, .. } if status.starts_with("404") => {
                "check the path in `url`"
            }
            HttpError::Refused { status, .. }
                if status.starts_with("400") || status.starts_with("422") =>
            {
                "check `query`, `json` or `form` against the service's description"
            }
            HttpError::Refused { .. } => "ask whoever runs the service",
            HttpError::NotAllowed { status, .. } if status.starts_with("407") => {
                "the proxy on the way wants a sign-in; set it in HTTPS_PROXY"
            }
            HttpError::NotAllowed { .. } => {
                "check the secret that `auth` names, whether it has expired, and what it is allowed to read"
            }
            HttpError::Busy { .. } => {
                "the service is overloaded or being restarted; run the job again later, or ask less often: `limits: { requests_per_minute: … }`"
            }
            HttpError::LongWait { .. } => {
                "run the job again after that time, or raise `limits: { max_wait: … }`"
            }
            HttpError::NoToken { .. } => {
                "check `token_url`, `client_id` and the secret that `client_secret` names"
            }
            HttpError::BrokeOff { .. } | HttpError::CutShort { .. } => {
                "the service or the network stopped half-way; run the job again"
            }
            HttpError::TooLarge {
                is_download: true, ..
            } => "if it is meant to be that large, raise `limits: { max_expanded: … }`",
            HttpError::TooLarge { .. } => {
                "ask for smaller pages, or raise `limits: { max_page: … }`"
            }
            HttpError::WebPage { .. } => {
                "data are expected; this is more likely a sign-in, an error page or a notice: open the address in a browser, and check `url` and `auth`"
            }
            HttpError::NotJson { .. } => {
                "check `url`; a service is read as JSON, a file in another form is downloaded by a source without `pages` and `since`"
            }
            HttpError::NoRows { .. } => "say where the records are: `format: { path: data.items }`",
            HttpError::NoValue { .. } => "mend the path in the job's `pages`",
            HttpError::SamePage { parameter, .. } => {
                return format!(
                    "the service seems to take no notice of `{parameter}`; check its name"
                );
            }
            HttpError::SameCursor { .. } => "tell whoever runs the service; it would never end",
            HttpError::TooManyPages { .. } => {
                "if it is meant to be that long, raise `limits: { max_pages: … }`"
            }
            HttpError::TotalDiffers { .. } => {
                "rows came or went while the pages were read, or the service left some out; run the job again"
            }
            HttpError::OtherHost { .. } => {
                "secrets are not sent to another host: write its address as `url` if it is the right one"
            }
            HttpError::TooManyRedirects { .. } => {
                "open the address in a browser to see where it leads, and write that as `url`"
            }
            HttpError::NoMoment { example, .. } => {
                return format!(
                    "check `field` and `form` of `since`; as they stand it would be {example}"
                );
            }
            HttpError::GaveUp { last, .. } => return last.hint(),
        };
        hint.to_owned()
    }

    /// The address it is about.
    pub fn page(&self) -> &str {
        match self {
            HttpError::Unreachable { url, .. }
            | HttpError::Untrusted { url, .. }
            | HttpError::TimedOut { url, .. }
            | HttpError::Refused { url, .. }
            | HttpError::NotAllowed { url, .. }
            | HttpError::Busy { url, .. }
            | HttpError::LongWait { url, .. }
            | HttpError::BrokeOff { url, .. }
            | HttpError::TooLarge { url, .. }
            | HttpError::WebPage { url, .. }
            | HttpError::NotJson { url, .. }
            | HttpError::CutShort { url, .. }
            | HttpError::NoRows { url, .. }
            | HttpError::NoValue { url, .. }
            | HttpError::SamePage { url, .. }
            | HttpError::SameCursor { url, .. }
            | HttpError::TooManyPages { url, .. }
            | HttpError::TotalDiffers { url, .. }
            | HttpError::OtherHost { url, .. }
            | HttpError::TooManyRedirects { url, .. }
            | HttpError::NoMoment { url, .. } => url,
            HttpError::NoToken { token_url, .. } => token_url,
            HttpError::GaveUp { last, .. } => last.page(),
        }
    }

    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            HttpError::NotAllowed { .. }
            | HttpError::NoToken { .. }
            | HttpError::TooLarge { .. }
            | HttpError::NoRows { .. }
            | HttpError::NoValue { .. }
            | HttpError::OtherHost { .. }
            | HttpError::SamePage { .. }
            | HttpError::TooManyPages { .. }
            | HttpError::NoMoment { .. } => Fault::User,
            HttpError::Refused { status, .. } if status.starts_with('4') => Fault::User,
            HttpError::GaveUp { last, .. } => last.fault(),
            _ => Fault::External,
        }
    }

    /// Whether the same run may succeed when it is tried again.
    pub fn retry(&self) -> Retry {
        match self {
            HttpError::Unreachable { .. }
            | HttpError::TimedOut { .. }
            | HttpError::Busy { .. }
            | HttpError::LongWait { .. }
            | HttpError::BrokeOff { .. }
            | HttpError::CutShort { .. }
            | HttpError::TotalDiffers { .. }
            | HttpError::WebPage { .. } => Retry::Later,
            HttpError::GaveUp { last, .. } => last.retry(),
            _ => Retry::Never,
        }
    }
}
