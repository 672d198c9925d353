//! What can be wrong with the shape of a declared file.

use std::sync::Arc;

use crate::fault::{Fault, Retry};
use crate::place::Place;
use crate::text;

/// What is wrong with the shape of a declared file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum YamlFault {
    /// The text is not YAML.
    #[error("cannot read the YAML at {at}: {reason}")]
    Syntax {
        /// Where the reader stopped.
        at: Place,
        /// What it stumbled on.
        reason: String,
    },
    /// The text is YAML of the right shape, but a value does not make sense to its reader.
    #[error("cannot read the value at {at}: {reason}")]
    Unreadable {
        /// Where the value stands.
        at: Place,
        /// What the reader said.
        reason: String,
    },
    /// A key nobody knows.
    #[error("unknown key `{key}`{of} at {at}", of = inside(within))]
    UnknownKey {
        /// Where the key stands.
        at: Place,
        /// The key as written.
        key: String,
        /// The path of the mapping it stands in; empty at the top.
        within: String,
        /// The keys that may stand there.
        known: Vec<String>,
    },
    /// A key that must be there and is not.
    #[error("key `{key}` is missing{of} at {at}", of = inside(within))]
    MissingKey {
        /// Where the mapping begins.
        at: Place,
        /// The key.
        key: String,
        /// The path of the mapping; empty at the top.
        within: String,
    },
    /// The same key twice in one mapping.
    #[error("key `{key}`{of} at {at} is a repetition of line {first_line}", of = inside(within))]
    RepeatedKey {
        /// Where it stands the second time.
        at: Place,
        /// The key.
        key: String,
        /// The path of the mapping; empty at the top.
        within: String,
        /// The line it stood on before.
        first_line: u32,
    },
    /// A value of another type.
    #[error("{of} at {at} must be {expected}, found {found}", of = subject(path))]
    WrongType {
        /// Where the value stands.
        at: Place,
        /// Its path in the file; empty for the whole.
        path: String,
        /// The types that fit, in words.
        expected: String,
        /// The type found, in words.
        found: &'static str,
    },
    /// A word that is none of a short list.
    #[error("`{path}` at {at} cannot be `{word}`")]
    UnknownWord {
        /// Where the word stands.
        at: Place,
        /// Its path in the file.
        path: String,
        /// The word as written.
        word: String,
        /// The words that fit.
        known: Vec<String>,
    },
}

impl YamlFault {
    /// Where the fault is.
    pub fn place(&self) -> &Place {
        match self {
            YamlFault::Syntax { at, .. }
            | YamlFault::Unreadable { at, .. }
            | YamlFault::UnknownKey { at, .. }
            | YamlFault::MissingKey { at, .. }
            | YamlFault::RepeatedKey { at, .. }
            | YamlFault::WrongType { at, .. }
            | YamlFault::UnknownWord { at, .. } => at,
        }
    }

    /// How to mend it.
    pub fn hint(&self) -> Option<String> {
        match self {
            YamlFault::Syntax { .. } | YamlFault::Unreadable { .. } => None,
            YamlFault::UnknownKey { key, known, .. } => Some(write_one_of(key, known)),
            YamlFault::MissingKey { key, .. } => Some(format!("add `{key}:`")),
            YamlFault::RepeatedKey { .. } => Some("keep one of the two".to_owned()),
            YamlFault::WrongType {
                expected, found, ..
            } => (expected == "text" && matches!(*found, "a number" | "a boolean"))
                .then(|| "put it in quotes".to_owned()),
            YamlFault::UnknownWord { word, known, .. } => Some(write_one_of(word, known)),
        }
    }

    /// Always the user's: a declared file is theirs.
    pub fn fault(&self) -> Fault {
        Fault::User
    }

    /// Never: the same text gives the same fault.
    pub fn retry(&self) -> Retry {
        Retry::Never
    }
}

/// "write `x`" for the nearest of the known words, or the list of them.
pub(crate) fn write_one_of<S: AsRef<str>>(word: &str, known: &[S]) -> String {
    match text::nearest(word, known.iter().map(AsRef::as_ref)) {
        Some(nearest) => format!("write `{nearest}`"),
        None if known.len() == 1 => format!("write `{}`", known[0].as_ref()),
        None => {
            let list: Vec<String> = known.iter().map(|k| format!("`{}`", k.as_ref())).collect();
            format!("write one of {}", list.join(", "))
        }
    }
}

pub(super) fn syntax(file: &Arc<str>, source: &serde_saphyr::Error) -> YamlFault {
    YamlFault::Syntax {
        at: place(file, source),
        reason: reason(source),
    }
}

pub(super) fn unreadable(file: &Arc<str>, source: &serde_saphyr::Error) -> YamlFault {
    YamlFault::Unreadable {
        at: place(file, source),
        reason: reason(source),
    }
}

fn place(file: &Arc<str>, source: &serde_saphyr::Error) -> Place {
    let line = source.location().map_or(0, |at| at.line());
    Place::new(Arc::clone(file), u32::try_from(line).unwrap_or(0))
}

/// The reader's own sentence without the place, which we say ourselves.
fn reason(source: &serde_saphyr::Error) -> String {
    let text = source.without_snippet().to_string();
    let first = text.lines().next().unwrap_or_default().trim();
    // Behind a semicolon it gives advice to programmers.
    let first = first.split(';').next().unwrap_or_default();
    let bare = match first.find(" at line ") {
        Some(end) => &first[..end],
        None => first,
    };
    bare.trim_end_matches(['.', ' ']).to_owned()
}

fn subject(path: &str) -> String {
    if path.is_empty() {
        "the file".to_owned()
    } else {
        format!("`{path}`")
    }
}

fn inside(within: &str) -> String {
    if within.is_empty() {
        String::new()
    } else {
        format!(" in `{within}`")
    }
}
