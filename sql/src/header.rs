//! The comment lines at the head of a SQL file: `-- grain: a, b`, `-- purpose: …`, `-- unit: a kWh`,
//! `-- severity: …`.
//!
//! A line without a known word before its first colon continues the line above it.

use contracts::text::nearest;
use contracts::{ColumnName, Place};

use crate::error::ModelError;
use crate::place;

/// What the head of a SQL file says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Header {
    pub grain: Option<(Vec<ColumnName>, Place)>,
    pub purpose: Option<String>,
    pub severity: Option<(String, Place)>,
    /// The units of columns that nothing else tells: `months_reported month, distance km`.
    pub unit: Option<(String, Place)>,
}

const WORDS: [&str; 4] = ["grain", "purpose", "severity", "unit"];

impl Header {
    /// Reads the comment lines before the first line of SQL.
    pub fn parse(file: &str, text: &str, faults: &mut Vec<ModelError>) -> Self {
        let mut entries: Vec<(String, String, Place)> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            let Some(comment) = line.strip_prefix("--") else {
                break;
            };
            let at = place::at_line(file, index as u64 + 1);
            let comment = comment.trim();
            let (word, rest) = match comment.split_once(':') {
                Some((word, rest)) => (word.trim(), rest.trim()),
                None => ("", comment),
            };
            if WORDS.contains(&word) {
                if entries.iter().any(|(known, _, _)| known == word) {
                    faults.push(ModelError::HeaderTwice {
                        at: at.clone(),
                        word: word.to_owned(),
                    });
                }
                entries.push((word.to_owned(), rest.to_owned(), at));
                continue;
            }
            let is_one_word = !word.is_empty() && !word.contains(char::is_whitespace);
            if let Some(meant) = nearest(word, WORDS).filter(|_| is_one_word) {
                faults.push(ModelError::UnknownHeader {
                    at,
                    word: word.to_owned(),
                    nearest: meant.to_owned(),
                });
            } else if let Some((_, value, _)) = entries.last_mut() {
                value.push(' ');
                value.push_str(comment);
            }
        }

        let mut header = Self::default();
        for (word, value, at) in entries {
            match word.as_str() {
                "grain" => header.grain = Some((column_names(&value, &at, faults), at)),
                "purpose" => header.purpose = Some(value),
                "unit" => header.unit = Some((value, at)),
                _ => header.severity = Some((value, at)),
            }
        }
        header
    }
}

fn column_names(text: &str, at: &Place, faults: &mut Vec<ModelError>) -> Vec<ColumnName> {
    let mut names = Vec::new();
    for name in text.split([',', ' ']).filter(|name| !name.is_empty()) {
        match ColumnName::new(name) {
            Ok(name) => names.push(name),
            Err(_) => faults.push(ModelError::GrainNotAName {
                at: at.clone(),
                word: name.to_owned(),
            }),
        }
    }
    names
}
