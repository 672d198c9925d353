//! The little of an answer that is looked at: whether it is data, where its rows are, what it says about
//! other pages.

use serde_json::Value;

use super::error::HttpError;

/// Names that a message about a missing path shows.
const NAMES_SHOWN: usize = 8;

/// Letters of an answer that a message shows.
const LETTERS_SHOWN: usize = 160;

/// Reads an answer as JSON.
pub(super) fn read(url: &str, bytes: &[u8]) -> Result<Value, HttpError> {
    if let Some(title) = web_page(bytes) {
        return Err(HttpError::WebPage {
            url: url.to_owned(),
            title,
        });
    }
    let bare = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bare).map_err(|error| match error.is_eof() {
        true => HttpError::CutShort {
            url: url.to_owned(),
            bytes: bytes.len() as u64,
        },
        false => HttpError::NotJson {
            url: url.to_owned(),
            reason: error.to_string(),
        },
    })
}

/// The title of a web page (empty when it has none); nothing when the bytes are no web page.
pub(super) fn web_page(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(16 << 10)]);
    let text = head.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let lower = text.to_ascii_lowercase();
    if !lower.starts_with("<!doctype html") && !lower.starts_with("<html") {
        return None;
    }
    let title = lower.find("<title").and_then(|at| {
        let begin = at + lower[at..].find('>')? + 1;
        let end = begin + lower[begin..].find("</title")?;
        text.get(begin..end)
    });
    Some(excerpt(title.unwrap_or_default()))
}

/// The beginning of what an answer says, in one line; of a web page its title.
pub(super) fn said(bytes: &[u8]) -> String {
    if let Some(title) = web_page(bytes) {
        return title;
    }
    excerpt(&String::from_utf8_lossy(&bytes[..bytes.len().min(4 << 10)]))
}

fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LETTERS_SHOWN) {
        None => line,
        Some((end, _)) => format!("{}…", &line[..end]),
    }
}

/// The value at a path of member names.
pub(super) fn at<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, name| value.get(name))
}

/// The names in a path such as `meta.next`.
pub(super) fn path(text: &str) -> Vec<String> {
    text.trim_start_matches("$.")
        .split('.')
        .map(str::to_owned)
        .collect()
}

/// The records of an answer; `null` in their place means none.
pub(super) fn rows<'v>(
    url: &str,
    answer: &'v Value,
    path: &[String],
    entries: bool,
) -> Result<Vec<&'v Value>, HttpError> {
    match at(answer, path) {
        Some(Value::Array(rows)) => Ok(rows.iter().collect()),
        Some(Value::Object(rows)) if entries => Ok(rows.values().collect()),
        Some(Value::Null) if !path.is_empty() => Ok(Vec::new()),
        _ => Err(HttpError::NoRows {
            url: url.to_owned(),
            path: match path {
                [] => "its top".to_owned(),
                path => format!("`{}`", path.join(".")),
            },
            found: outline(answer),
        }),
    }
}

fn outline(answer: &Value) -> String {
    match answer {
        Value::Object(members) if members.is_empty() => "an empty object".to_owned(),
        Value::Object(members) => {
            let mut names: Vec<String> = Vec::new();
            for (name, value) in members.iter().take(NAMES_SHOWN) {
                names.push(match value {
                    Value::Array(_) => format!("a list `{name}`"),
                    Value::Object(_) => format!("an object `{name}`"),
                    _ => format!("`{name}`"),
                });
            }
            if members.len() > NAMES_SHOWN {
                names.push(format!("{} more", members.len() - NAMES_SHOWN));
            }
            names.join(", ")
        }
        Value::Array(rows) => format!("a list of {}", rows.len()),
        other => format!("only `{}`", excerpt(&other.to_string())),
    }
}
