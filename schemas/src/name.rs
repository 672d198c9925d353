//! Names of tables and columns.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The name of a table: a schema (the source or layer) and a table in it, `energy.monthly`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TableId {
    schema: String,
    table: String,
}

/// The name of a column: lower-case letters, digits and underscores, beginning with a letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ColumnName(String);

/// Why a text is not a name of a table or column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not of the form `schema.table`.
    #[error("`{0}` is not of the form `schema.table`")]
    NotSchemaAndTable(String),
    /// Characters or a beginning that names do not have.
    #[error(
        "`{0}` is not a name: lower-case letters, digits and underscores, beginning with a letter"
    )]
    NotAName(String),
}

impl TableId {
    /// The table `table` of `schema`; both are names (lower-case letters, digits, underscores).
    ///
    /// # Errors
    /// When one of them is not a name.
    pub fn new(schema: &str, table: &str) -> Result<TableId, NameError> {
        Ok(TableId {
            schema: name(schema)?,
            table: name(table)?,
        })
    }

    /// The schema: `energy` of `energy.monthly`.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// The table: `monthly` of `energy.monthly`.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// Whether rows are computed or written by this program itself (schemas `mart` and `ops`): such
    /// tables carry no provenance columns.
    pub fn is_made_here(&self) -> bool {
        matches!(self.schema.as_str(), "mart" | "ops")
    }
}

impl ColumnName {
    /// A column name.
    ///
    /// # Errors
    /// When the text is not a name.
    pub fn new(text: impl Into<String>) -> Result<ColumnName, NameError> {
        let text = text.into();
        if is_name(&text) {
            Ok(ColumnName(text))
        } else {
            Err(NameError::NotAName(text))
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn name(text: &str) -> Result<String, NameError> {
    if is_name(text) {
        Ok(text.to_owned())
    } else {
        Err(NameError::NotAName(text.to_owned()))
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

impl FromStr for TableId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<TableId, NameError> {
        match text.split_once('.') {
            Some((schema, table)) if !table.contains('.') => TableId::new(schema, table),
            _ => Err(NameError::NotSchemaAndTable(text.to_owned())),
        }
    }
}

impl TryFrom<String> for TableId {
    type Error = NameError;

    fn try_from(text: String) -> Result<TableId, NameError> {
        text.parse()
    }
}

impl From<TableId> for String {
    fn from(id: TableId) -> String {
        id.to_string()
    }
}

impl fmt::Display for TableId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.table)
    }
}

impl FromStr for ColumnName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<ColumnName, NameError> {
        ColumnName::new(text)
    }
}

impl TryFrom<String> for ColumnName {
    type Error = NameError;

    fn try_from(text: String) -> Result<ColumnName, NameError> {
        ColumnName::new(text)
    }
}

impl From<ColumnName> for String {
    fn from(name: ColumnName) -> String {
        name.0
    }
}

impl fmt::Display for ColumnName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for ColumnName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for ColumnName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for ColumnName {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for ColumnName {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_id_is_read_and_shown_as_schema_and_table() {
        let id: TableId = "energy.monthly".parse().expect("a table id");
        assert_eq!((id.schema(), id.table()), ("energy", "monthly"));
        assert_eq!(id.to_string(), "energy.monthly");
        assert_eq!(
            serde_json::to_string(&id).expect("json"),
            "\"energy.monthly\""
        );
    }

    #[test]
    fn what_is_not_a_table_id_is_refused() {
        for text in [
            "monthly",
            "a.b.c",
            "Energy.monthly",
            "energy.",
            ".monthly",
            "energy.2x",
        ] {
            assert!(text.parse::<TableId>().is_err(), "{text}");
        }
    }

    #[test]
    fn names_with_a_leading_underscore_are_kept_for_provenance() {
        assert!(ColumnName::new("_row").is_err());
        assert!(ColumnName::new("row_count").is_ok());
    }
}
