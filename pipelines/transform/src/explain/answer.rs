//! What an explanation says.

use contracts::{TableId, Titles};
use serde::Serialize;

use super::formula::Formula;

/// One value, taken apart down to the rows that were loaded.
///
/// Numbers are text and exact; null is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The metric.
    pub metric: String,
    /// Its title.
    pub title: Titles,
    /// What to keep in mind when reading it.
    pub caveat: Option<Titles>,
    /// The unit of the value.
    pub unit: String,
    /// How the value is printed, such as `0.00`.
    pub format: Option<String>,
    /// The number of the publication it is of.
    pub publication: u64,
    /// What was asked, such as `region_code = 420800`.
    pub filters: Vec<String>,
    /// The value.
    pub value: Option<String>,
    /// Why there is no value.
    pub reason: Option<String>,
    /// How it is computed.
    pub formula: Formula,
    /// What is measured.
    pub numerator: Part,
    /// What it is divided by.
    pub denominator: Option<Part>,
    /// What should be known of the explanation itself.
    pub notes: Vec<Titles>,
}

impl Explanation {
    /// Every listing of stored rows, to look up what they were landed as.
    pub fn sources_mut(&mut self) -> impl Iterator<Item = &mut Source> {
        let parts = [Some(&mut self.numerator), self.denominator.as_mut()];
        let parts = parts.into_iter().flatten();
        parts.flat_map(|part| part.sources.iter_mut().chain(&mut part.references))
    }
}

/// A numerator or a denominator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// In symbols: `sum(energy_kgce)`.
    pub symbols: String,
    /// In words.
    pub words: Titles,
    /// What it comes to.
    pub total: Option<String>,
    /// The unit of its column.
    pub unit: Option<String>,
    /// The mart.
    pub mart: TableId,
    /// The column of the mart.
    pub column: String,
    /// The mart's rows that count, largest first.
    pub mart_rows: MartRows,
    /// The stored rows that were loaded, by table.
    pub sources: Vec<Source>,
    /// Coefficients, factors and other rows of reference that were used.
    pub references: Vec<Source>,
}

/// A column of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListedColumn {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Titles,
    /// The unit of its values.
    pub unit: Option<String>,
}

/// Rows of a mart, a page of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MartRows {
    /// The columns: the mart's key, its dimensions, the measure.
    pub columns: Vec<ListedColumn>,
    /// The rows, cells in the order of the columns.
    pub rows: Vec<Vec<Option<String>>>,
    /// How many there are.
    pub total_rows: u64,
    /// Rows passed over.
    pub offset: usize,
}

/// How a part is made of the rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Making {
    /// The rows' parts add up to it.
    Sum,
    /// The rows were used, and what was done with them has no parts: a mean, a maximum, a count of
    /// different values.
    Used,
}

/// The rows of one stored table behind a part, a page of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The table.
    pub table: TableId,
    /// Its title.
    pub title: Titles,
    /// How the part is made of the rows.
    pub making: Making,
    /// The sum of the parts of all rows, not of the page alone; absent when they do not add up.
    pub sum: Option<String>,
    /// Whether that sum, with those of the tables in `together_with`, is the total to the last digit;
    /// absent when parts do not add up.
    pub agrees: Option<bool>,
    /// Tables whose rows make the total together with these.
    pub together_with: Vec<TableId>,
    /// What was done to the values on their way, from the table up.
    pub steps: Vec<String>,
    /// The columns of [`SourceRow::cells`]: the table's key, the values used, source and grade.
    pub columns: Vec<ListedColumn>,
    /// The rows, largest part first.
    pub rows: Vec<SourceRow>,
    /// How many there are.
    pub total_rows: u64,
    /// Rows passed over.
    pub offset: usize,
}

/// A stored row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceRow {
    /// Its values, in the order of [`Source::columns`].
    pub cells: Vec<Option<String>>,
    /// The columns whose values were used.
    pub used: Vec<String>,
    /// What it adds to the total; where parts do not add up, the value that was used.
    pub part: Option<String>,
    /// What was done to the value: `defaulted`, `converted`.
    pub marks: Vec<Mark>,
    /// Where it was landed.
    pub place: Option<Place>,
    /// The row as it is in the landed object, by column; absent until it is looked up.
    pub raw: Option<RawRow>,
}

/// What was done to a stored value before it was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// It was nothing, and something was put in its place.
    Defaulted,
    /// What is added is not the value as it is stored.
    Converted,
}

/// Where a row is in what was landed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Place {
    /// The first 16 hexadecimal digits of the landed object's SHA-256.
    pub object: String,
    /// The sheet, in workbooks.
    pub sheet: Option<String>,
    /// The row, from 1, header counted.
    pub row: i64,
}

/// A row as it was landed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RawRow {
    /// The landed object's key in the lake.
    pub object: String,
    /// The file's name as its source gave it.
    pub file: String,
    /// The file's columns and the text in them.
    pub cells: Vec<(String, Option<String>)>,
}
