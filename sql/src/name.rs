//! Names of models, and the kinds of things a model can read.

use std::borrow::Borrow;
use std::fmt;

use contracts::TableId;
use serde::{Serialize, Serializer};

/// The name of a model: its file's name without `.sql`, lower case with underscores.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelName(String);

impl ModelName {
    /// Takes `text` as a model's name when it starts with a letter and holds only `a-z`, `0-9`, `_`.
    pub fn new(text: &str) -> Option<Self> {
        let starts_well = text.starts_with(|first: char| first.is_ascii_lowercase());
        let holds_only = text
            .chars()
            .all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '_');
        (starts_well && holds_only).then(|| Self(text.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for ModelName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Serialize for ModelName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// The folder a model lives in, and with it what may be done there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// One-to-one with a source table: rename, cast, convert, flag. A view.
    Staging,
    /// A step between staging and marts. A view.
    Intermediate,
    /// One entity at one grain, with a contract; stored as the table `mart.<name>`.
    Mart,
}

impl Layer {
    /// The folder under `sql/`.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Staging => "staging",
            Self::Intermediate => "intermediate",
            Self::Mart => "marts",
        }
    }
}

/// Something a model, an audit or a case reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Input {
    /// A loaded table with a contract, written `schema.table` in SQL.
    Source(TableId),
    /// Another model, written by its bare name.
    Model(ModelName),
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(table) => table.fmt(f),
            Self::Model(model) => model.fmt(f),
        }
    }
}

impl Serialize for Input {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
