//! An explanation as the API sends it.

use serde::Serialize;
use transform::explain::{
    Explanation, ListedColumn, Making, Mark, Part, Place, RawRow, Source, SourceRow,
};
use utoipa::ToSchema;
use warehouse::Publication;

use crate::answer::{BothTitles, PublicationRef};

/// One value, taken apart. Numbers are text and exact.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExplanationBody {
    /// The publication it is from.
    publication: PublicationRef,
    /// The metric.
    metric: String,
    /// Its title.
    title: BothTitles,
    /// What to keep in mind.
    caveat: Option<BothTitles>,
    /// The unit of the value.
    unit: String,
    /// How it is printed, such as `0.00`.
    format: Option<String>,
    /// What was asked, for people.
    filters: Vec<String>,
    /// The value.
    value: Option<String>,
    /// Why there is none.
    reason: Option<String>,
    /// How it is computed.
    formula: FormulaBody,
    /// What is measured.
    numerator: PartBody,
    /// What it is divided by.
    denominator: Option<PartBody>,
    /// What should be known of the explanation itself.
    notes: Vec<BothTitles>,
}

/// How a metric is computed.
#[derive(Serialize, ToSchema)]
pub(crate) struct FormulaBody {
    /// In symbols: `sum(energy_kgce) / sum(people)`.
    symbols: String,
    /// In words.
    words: BothTitles,
    /// What it is multiplied with to be in the metric's unit; absent when 1.
    factor: Option<String>,
}

/// A numerator or a denominator.
#[derive(Serialize, ToSchema)]
pub(crate) struct PartBody {
    /// In symbols: `sum(energy_kgce)`.
    symbols: String,
    /// In words.
    words: BothTitles,
    /// What it comes to.
    total: Option<String>,
    /// The unit of its column.
    unit: Option<String>,
    /// The mart.
    mart: String,
    /// The mart's column.
    column: String,
    /// The mart's rows that count, largest first.
    mart_rows: MartRowsBody,
    /// The loaded rows behind it, by table.
    sources: Vec<SourceBody>,
    /// Factors, coefficients and other rows of reference that were used.
    references: Vec<SourceBody>,
}

/// A column of a listing.
#[derive(Serialize, ToSchema)]
pub(crate) struct ListedColumnBody {
    /// Its name.
    name: String,
    /// Its title.
    title: BothTitles,
    /// The unit of its values.
    unit: Option<String>,
}

/// A page of a mart's rows.
#[derive(Serialize, ToSchema)]
pub(crate) struct MartRowsBody {
    /// What each cell of a row is.
    columns: Vec<ListedColumnBody>,
    /// Cells in the order of the columns.
    rows: Vec<Vec<Option<String>>>,
    /// Rows there are.
    total_rows: u64,
    /// Rows passed over.
    offset: usize,
}

/// How a part is made of a table's rows.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MakingBody {
    /// What the rows add comes to it.
    Sum,
    /// The rows were used, and what was done with them has no parts.
    Used,
}

/// A page of the rows of one table behind a part.
#[derive(Serialize, ToSchema)]
pub(crate) struct SourceBody {
    /// The table.
    table: String,
    /// Its title.
    title: BothTitles,
    /// How the part is made of the rows.
    making: MakingBody,
    /// What all rows add, not those of the page alone; absent when they do not add up.
    sum: Option<String>,
    /// Whether that, with the rows of `together_with`, is the total to the last digit; absent when they
    /// do not add up.
    agrees: Option<bool>,
    /// Tables whose rows make the total together with these.
    together_with: Vec<String>,
    /// What was done to the values on their way.
    steps: Vec<String>,
    /// What each cell of a row is.
    columns: Vec<ListedColumnBody>,
    /// The rows, what adds most first.
    rows: Vec<SourceRowBody>,
    /// Rows there are.
    total_rows: u64,
    /// Rows passed over.
    offset: usize,
}

/// A loaded row.
#[derive(Serialize, ToSchema)]
pub(crate) struct SourceRowBody {
    /// Cells in the order of the columns.
    cells: Vec<Option<String>>,
    /// The columns whose values were used.
    used: Vec<String>,
    /// What it adds to the total; where rows do not add up, the value that was used.
    part: Option<String>,
    /// What was done to the value.
    marks: Vec<MarkBody>,
    /// Where it was landed.
    place: Option<PlaceBody>,
    /// The row as it was landed; absent where this reader may not see all of it.
    raw: Option<RawRowBody>,
}

/// What was done to a value before it was added.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MarkBody {
    /// It was nothing, and something was put in its place.
    Defaulted,
    /// What is added is not the value as it is stored.
    Converted,
}

/// Where a row was landed.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlaceBody {
    /// The first 16 hexadecimal digits of the landed object's SHA-256.
    object: String,
    /// The sheet, in workbooks.
    sheet: Option<String>,
    /// The row, from 1, header counted.
    row: i64,
}

/// A row as it was landed.
#[derive(Serialize, ToSchema)]
pub(crate) struct RawRowBody {
    /// The landed object's key in the lake.
    object: String,
    /// The file's name as its source gave it.
    file: String,
    /// The file's columns and the text in them.
    cells: Vec<RawCellBody>,
}

/// A field of a landed file.
#[derive(Serialize, ToSchema)]
pub(crate) struct RawCellBody {
    /// The column, as the file calls it.
    name: String,
    /// The text; absent when the field is empty.
    text: Option<String>,
}

impl ExplanationBody {
    pub fn of(explanation: Explanation, publication: &Publication) -> Self {
        Self {
            publication: publication.into(),
            metric: explanation.metric,
            title: (&explanation.title).into(),
            caveat: explanation.caveat.as_ref().map(BothTitles::from),
            unit: explanation.unit,
            format: explanation.format,
            filters: explanation.filters,
            value: explanation.value,
            reason: explanation.reason,
            formula: FormulaBody {
                symbols: explanation.formula.symbols,
                words: (&explanation.formula.words).into(),
                factor: explanation.formula.factor,
            },
            numerator: explanation.numerator.into(),
            denominator: explanation.denominator.map(PartBody::from),
            notes: explanation.notes.iter().map(BothTitles::from).collect(),
        }
    }
}

impl From<Part> for PartBody {
    fn from(part: Part) -> Self {
        Self {
            symbols: part.symbols,
            words: (&part.words).into(),
            total: part.total,
            unit: part.unit,
            mart: part.mart.to_string(),
            column: part.column,
            mart_rows: MartRowsBody {
                columns: columns(&part.mart_rows.columns),
                rows: part.mart_rows.rows,
                total_rows: part.mart_rows.total_rows,
                offset: part.mart_rows.offset,
            },
            sources: part.sources.into_iter().map(SourceBody::from).collect(),
            references: part.references.into_iter().map(SourceBody::from).collect(),
        }
    }
}

impl From<Source> for SourceBody {
    fn from(source: Source) -> Self {
        Self {
            table: source.table.to_string(),
            title: (&source.title).into(),
            making: match source.making {
                Making::Sum => MakingBody::Sum,
                Making::Used => MakingBody::Used,
            },
            sum: source.sum,
            agrees: source.agrees,
            together_with: source
                .together_with
                .iter()
                .map(ToString::to_string)
                .collect(),
            steps: source.steps,
            columns: columns(&source.columns),
            rows: source.rows.into_iter().map(SourceRowBody::from).collect(),
            total_rows: source.total_rows,
            offset: source.offset,
        }
    }
}

impl From<SourceRow> for SourceRowBody {
    fn from(row: SourceRow) -> Self {
        let marks = row.marks.into_iter().map(|mark| match mark {
            Mark::Defaulted => MarkBody::Defaulted,
            Mark::Converted => MarkBody::Converted,
        });
        Self {
            cells: row.cells,
            used: row.used,
            part: row.part,
            marks: marks.collect(),
            place: row.place.map(PlaceBody::from),
            raw: row.raw.map(RawRowBody::from),
        }
    }
}

impl From<Place> for PlaceBody {
    fn from(place: Place) -> Self {
        Self {
            object: place.object,
            sheet: place.sheet,
            row: place.row,
        }
    }
}

impl From<RawRow> for RawRowBody {
    fn from(raw: RawRow) -> Self {
        let cells = raw.cells.into_iter();
        Self {
            object: raw.object,
            file: raw.file,
            cells: cells
                .map(|(name, text)| RawCellBody { name, text })
                .collect(),
        }
    }
}

fn columns(columns: &[ListedColumn]) -> Vec<ListedColumnBody> {
    let columns = columns.iter().map(|column| ListedColumnBody {
        name: column.name.clone(),
        title: (&column.title).into(),
        unit: column.unit.clone(),
    });
    columns.collect()
}
