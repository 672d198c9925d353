//! Which format an answer is sent in, by the request's `Accept`.

use axum::http::{HeaderMap, header};

use crate::error::ApiError;

/// The formats of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Format {
    Json,
    Csv,
    Arrow,
}

impl Format {
    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Json => "application/json",
            Format::Csv => "text/csv; charset=utf-8",
            Format::Arrow => "application/vnd.apache.arrow.stream",
        }
    }

    /// The format a request likes best; JSON when it does not say.
    ///
    /// # Errors
    /// Nothing it accepts can be sent.
    pub fn of(headers: &HeaderMap) -> Result<Format, ApiError> {
        let mut best: Option<(f32, Format)> = None;
        let mut said_anything = false;
        for accepted in headers
            .get_all(header::ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
        {
            for range in accepted.split(',') {
                said_anything = true;
                let mut parts = range.split(';').map(str::trim);
                let media = parts.next().unwrap_or_default().to_ascii_lowercase();
                let weight = parts
                    .find_map(|part| part.strip_prefix("q="))
                    .and_then(|q| q.parse().ok())
                    .unwrap_or(1.0);
                let Some(format) = of_media(&media) else {
                    continue;
                };
                if weight > 0.0 && best.is_none_or(|(heaviest, _)| weight > heaviest) {
                    best = Some((weight, format));
                }
            }
        }
        match best {
            Some((_, format)) => Ok(format),
            None if !said_anything => Ok(Format::Json),
            None => Err(ApiError::NotAcceptable),
        }
    }
}

fn of_media(media: &str) -> Option<Format> {
    match media {
        "application/json" | "application/*" | "*/*" => Some(Format::Json),
        "text/csv" | "text/*" => Some(Format::Csv),
        "application/vnd.apache.arrow.stream" => Some(Format::Arrow),
        _ => None,
    }
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
        check(Some("*/*"), Some(Format::Json));
        check(Some("text/csv"), Some(Format::Csv));
        check(Some("text/csv;q=0.5, application/json"), Some(Format::Json));
        check(
            Some("application/vnd.apache.arrow.stream, */*;q=0.1"),
            Some(Format::Arrow),
        );
        check(Some("image/png"), None);
    }
}
