//! Which format an answer is sent in, by the request's `Accept` (RFC 9110, 12.5.1).

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::error::ApiError;

/// The formats of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Format {
    Json,
    Csv,
    Arrow,
}

/// The formats rows are sent in; the first is sent to whoever does not care.
const OF_ROWS: [Format; 3] = [Format::Json, Format::Csv, Format::Arrow];

impl Format {
    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Json => "application/json",
            Format::Csv => "text/csv; charset=utf-8",
            Format::Arrow => "application/vnd.apache.arrow.stream",
        }
    }

    /// The format of rows a request likes best; JSON when it does not say.
    ///
    /// # Errors
    /// Nothing it accepts can be sent.
    pub fn of(headers: &HeaderMap) -> Result<Format, ApiError> {
        best(headers, &OF_ROWS)
    }

    /// How much an accepted range says about this format: 3 all of it, 1 that anything goes.
    fn matched_by(self, range: &str) -> Option<u8> {
        let own = self.media_type().split(';').next().unwrap_or_default();
        let family = own.split('/').next().unwrap_or_default();
        match range.split_once('/') {
            _ if range == own => Some(3),
            Some((wanted, "*")) if wanted == family => Some(2),
            Some(("*", "*")) => Some(1),
            _ => None,
        }
    }
}

/// The request accepts JSON: what is one document, not rows, is sent in no other format.
pub(crate) struct AcceptsJson;

impl<S: Send + Sync> FromRequestParts<S> for AcceptsJson {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        best(&parts.headers, &[Format::Json]).map(|_| AcceptsJson)
    }
}

/// Of what can be sent, what the request likes best: the heaviest, then what it names first.
fn best(headers: &HeaderMap, offered: &[Format]) -> Result<Format, ApiError> {
    let accepted = accepted(headers);
    if accepted.is_empty() {
        return Ok(offered[0]);
    }
    let mut best: Option<(f32, usize, Format)> = None;
    for &format in offered {
        // The most telling range decides: `application/json;q=0, */*` means anything but JSON.
        let matched = accepted.iter().enumerate().filter_map(|(place, range)| {
            let telling = format.matched_by(&range.media)?;
            Some((telling, place, range.weight))
        });
        let Some((_, place, weight)) = matched.max_by_key(|(telling, place, _)| {
            // Of equals the first.
            (*telling, usize::MAX - place)
        }) else {
            continue;
        };
        let is_better = best.is_none_or(|(heaviest, first, _)| {
            weight > heaviest || (weight == heaviest && place < first)
        });
        if weight > 0.0 && is_better {
            best = Some((weight, place, format));
        }
    }
    best.map(|(_, _, format)| format).ok_or_else(|| {
        let media = offered
            .iter()
            .map(|format| format.media_type().split(';').next().unwrap_or_default());
        ApiError::NotAcceptable {
            offered: media.collect(),
        }
    })
}

/// A range of media types and how much it is liked, 0 to 1.
struct Accepted {
    media: String,
    weight: f32,
}

fn accepted(headers: &HeaderMap) -> Vec<Accepted> {
    let values = headers.get_all(header::ACCEPT).iter();
    let ranges = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter(|range| !range.trim().is_empty());
    let accepted = ranges.map(|range| {
        let mut parts = range.split(';').map(str::trim);
        Accepted {
            media: parts.next().unwrap_or_default().to_ascii_lowercase(),
            weight: parts
                .find_map(|part| part.strip_prefix("q="))
                .and_then(|weight| weight.parse().ok())
                .unwrap_or(1.0),
        }
    });
    accepted.collect()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::Format;

    fn check(accept: Option<&'static str>, expected: Option<Format>) {
        let mut headers = HeaderMap::new();
        if let Some(accept) = accept {
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        }
        assert_eq!(Format::of(&headers).ok(), expected, "{accept:?}");
    }

    #[test]
    fn the_format_a_request_likes_best_is_sent() {
        check(None, Some(Format::Json));
        check(Some(""), Some(Format::Json));
        check(Some("*/*"), Some(Format::Json));
        check(Some("text/*"), Some(Format::Csv));
        check(Some("Text/CSV; header=present"), Some(Format::Csv));
        check(Some("text/csv;q=0.5, application/json"), Some(Format::Json));
        check(
            Some("application/vnd.apache.arrow.stream, */*;q=0.1"),
            Some(Format::Arrow),
        );
        // As a browser asks for a page.
        check(
            Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            Some(Format::Json),
        );
    }

    #[test]
    fn of_equals_the_first_named_is_sent() {
        check(Some("text/csv, application/json"), Some(Format::Csv));
        check(Some("application/json, text/csv"), Some(Format::Json));
    }

    #[test]
    fn what_is_refused_by_name_is_not_sent_by_a_wildcard() {
        check(Some("*/*, application/json;q=0"), Some(Format::Csv));
        check(
            Some("application/*, application/json;q=0"),
            Some(Format::Arrow),
        );
        check(Some("*/*;q=0"), None);
    }

    #[test]
    fn what_is_not_on_offer_is_not_guessed() {
        check(Some("image/png"), None);
        check(Some("application/xml, text/html;q=0.5"), None);
    }
}
