//! Which page comes next.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::body;
use super::config::{HttpConfig, Pages};
use super::error::HttpError;

/// A page of a pull.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Position {
    /// The address as the job writes it.
    Start,
    /// The page of this number.
    Number(u64),
    /// The page after so many rows.
    Offset(u64),
    /// The page of this mark.
    Mark(String),
    /// The page of this address.
    Address(String),
}

/// What is asked.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) is_post: bool,
    pub(super) url: Url,
    pub(super) body: Option<Body>,
}

/// What is posted.
#[derive(Debug, Clone)]
pub(super) enum Body {
    Form(Vec<(String, String)>),
    Json(Value),
}

/// What an answer says about its place among the pages.
pub(super) struct Answered<'a> {
    /// The page's name, for messages.
    pub(super) name: &'a str,
    /// Where it was answered.
    pub(super) url: &'a Url,
    pub(super) value: &'a Value,
    /// The header `Link`.
    pub(super) link: Option<&'a str>,
    /// Its rows.
    pub(super) rows: usize,
    /// All rows with it.
    pub(super) rows_so_far: u64,
}

/// The first page.
pub(super) fn first(pages: Option<&Pages>) -> Position {
    match pages {
        Some(pages) if pages.number.is_some() => Position::Number(pages.first.unwrap_or(1)),
        Some(pages) if pages.offset.is_some() => Position::Offset(pages.first.unwrap_or(0)),
        _ => Position::Start,
    }
}

/// The page after `at`; none when it was the last.
pub(super) fn next(
    pages: Option<&Pages>,
    at: &Position,
    answered: &Answered<'_>,
) -> Result<Option<Position>, HttpError> {
    let Some(pages) = pages else { return Ok(None) };
    match at {
        Position::Number(_) | Position::Offset(_) => {
            let total = total(pages, answered)?;
            if answered.rows == 0 || total.is_some_and(|total| answered.rows_so_far >= total) {
                return Ok(None);
            }
            Ok(Some(match at {
                Position::Number(number) => Position::Number(number + 1),
                // What came counts, not what was asked for: servers cap it.
                Position::Offset(offset) => Position::Offset(offset + answered.rows as u64),
                _ => unreachable!("matched above"),
            }))
        }
        _ => following(pages, answered),
    }
}

/// The mark or address of the next page in an answer.
fn following(pages: &Pages, answered: &Answered<'_>) -> Result<Option<Position>, HttpError> {
    if let Some(path) = &pages.cursor {
        return Ok(text_at(path, answered)?.map(Position::Mark));
    }
    let address = match &pages.next {
        Some(path) => text_at(path, answered)?,
        None => answered.link.and_then(next_link),
    };
    let Some(address) = address else {
        return Ok(None);
    };
    let other = |to: &str| HttpError::OtherHost {
        url: answered.name.to_owned(),
        to: to.to_owned(),
    };
    let next = answered
        .url
        .join(&address)
        .map_err(|_| other("an address that is none"))?;
    if next.origin() != answered.url.origin() {
        return Err(other(next.host_str().unwrap_or("no host")));
    }
    Ok(Some(Position::Address(next.into())))
}

/// The text at a path; none when it is missing, null, false or empty. Where even the object around it is
/// missing, the path is wrong: to take that for the end would lose the pages behind it.
fn text_at(path: &str, answered: &Answered<'_>) -> Result<Option<String>, HttpError> {
    let names = body::path(path);
    let around = &names[..names.len().saturating_sub(1)];
    match body::at(answered.value, around) {
        Some(Value::Object(_)) => {}
        Some(Value::Null) => return Ok(None),
        _ => {
            return Err(HttpError::NoValue {
                url: answered.name.to_owned(),
                what: "mark of the next page",
                path: path.to_owned(),
            });
        }
    }
    Ok(match body::at(answered.value, &names) {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    })
}

/// How many rows an answer says there are in all.
pub(super) fn total(pages: &Pages, answered: &Answered<'_>) -> Result<Option<u64>, HttpError> {
    let Some(path) = &pages.total else {
        return Ok(None);
    };
    let number = match body::at(answered.value, &body::path(path)) {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    match number {
        Some(number) => Ok(Some(number)),
        None => Err(HttpError::NoValue {
            url: answered.name.to_owned(),
            what: "number of rows",
            path: path.clone(),
        }),
    }
}

/// The address of `rel="next"` in a header `Link` (RFC 8288).
fn next_link(header: &str) -> Option<String> {
    let mut rest = header;
    while let Some(begin) = rest.find('<') {
        let end = begin + rest[begin..].find('>')?;
        let address = &rest[begin + 1..end];
        let parameters_end = rest[end..].find('<').map_or(rest.len(), |at| end + at);
        let is_next = rest[end + 1..parameters_end].split(';').any(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let value = value.trim().trim_end_matches(',').trim().trim_matches('"');
            name.trim().eq_ignore_ascii_case("rel")
                && value
                    .split_whitespace()
                    .any(|relation| relation.eq_ignore_ascii_case("next"))
        });
        if is_next {
            return Some(address.to_owned());
        }
        rest = &rest[parameters_end..];
    }
    None
}

/// The request for a page, asking for changes from `since` on.
pub(super) fn request(
    config: &HttpConfig,
    base: &Url,
    at: &Position,
    since: Option<&str>,
) -> Request {
    let mut request = Request {
        is_post: config.is_post(),
        url: base.clone(),
        body: match (&config.form, &config.json) {
            (Some(form), _) => Some(Body::Form(
                form.iter()
                    .map(|(name, value)| (name.clone(), value.value.to_string()))
                    .collect(),
            )),
            (None, Some(json)) => Some(Body::Json(Value::Object(json.clone()))),
            (None, None) => None,
        },
    };
    if let Position::Address(address) = at {
        // The service wrote it; it holds everything.
        if let Ok(url) = Url::parse(address) {
            request.url = url;
        }
        return request;
    }
    for (name, value) in &config.query {
        request
            .url
            .query_pairs_mut()
            .append_pair(name, &value.value.to_string());
    }
    if let (Some(config), Some(since)) = (&config.since, since) {
        request.set(&config.parameter, Value::String(since.to_owned()));
    }
    let Some(pages) = &config.pages else {
        return request;
    };
    if let (Some(name), Some(size)) = (&pages.size_parameter, pages.size) {
        request.set(name, Value::from(size));
    }
    let parameter = match at {
        Position::Number(number) => pages.number.as_ref().zip(Some(Value::from(*number))),
        Position::Offset(offset) => pages.offset.as_ref().zip(Some(Value::from(*offset))),
        Position::Mark(mark) => pages
            .parameter
            .as_ref()
            .zip(Some(Value::from(mark.as_str()))),
        Position::Start | Position::Address(_) => None,
    };
    if let Some((name, value)) = parameter {
        request.set(name, value);
    }
    request
}

impl Request {
    /// Sets a parameter: in what is posted, or else in the address.
    fn set(&mut self, name: &str, value: Value) {
        let text = match &value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match &mut self.body {
            Some(Body::Form(fields)) => {
                fields.retain(|(field, _)| field != name);
                fields.push((name.to_owned(), text));
            }
            Some(Body::Json(object)) => {
                let mut place = object;
                for member in name.split('.') {
                    if !place.is_object() {
                        *place = Value::Object(serde_json::Map::new());
                    }
                    place = &mut place[member];
                }
                *place = value;
            }
            None => {
                self.url.query_pairs_mut().append_pair(name, &text);
            }
        }
    }
}

impl Position {
    /// How the page is called behind its address, where the address does not say it.
    pub(super) fn suffix(&self, is_post: bool) -> String {
        match self {
            Position::Number(number) if is_post => format!("#page={number}"),
            Position::Offset(offset) if is_post => format!("#offset={offset}"),
            Position::Mark(mark) if is_post => format!("#mark={mark}"),
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_among_links() {
        let header = "<https://a.example/x?page=1>; rel=\"prev\", <https://a.example/x?page=3>; title=\"a\"; rel=\"next last\"";
        assert_eq!(
            next_link(header).as_deref(),
            Some("https://a.example/x?page=3")
        );
        assert_eq!(next_link("<x?p=2>; rel=next").as_deref(), Some("x?p=2"));
        assert_eq!(next_link("<x>; rel=\"last\""), None);
        assert_eq!(next_link("broken"), None);
    }
}
