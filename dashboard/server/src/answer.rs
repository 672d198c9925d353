//! Answers: columns with titles and units, rows, notes; written as JSON, CSV or an Arrow stream.
//!
//! In JSON a decimal is a string, so that it stays exact; integers and booleans are themselves, days
//! and times are ISO 8601 in UTC. CSV is UTF-8 without a mark, quoted as in RFC 4180, lines end in LF;
//! what is null is empty. Cells read the same in JSON and CSV, and are the values of the Arrow stream,
//! whose fields carry `title_zh`, `title_en` and `unit` as contracts' do.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int64Type, Schema};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use contracts::Titles;
use serde::Serialize;
use utoipa::ToSchema;

use crate::board::file::TitlesFile;
use crate::error::ApiError;
use crate::negotiate::Format;
use warehouse::Publication;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct BothTitles {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// The publication that an answer is from.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PublicationRef {
    /// Its number.
    pub number: u64,
    /// When it was made, UTC, RFC 3339.
    pub created_at: String,
}

/// A column before its type is known from the rows.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub name: String,
    pub title: BothTitles,
    pub unit: Option<String>,
    pub format: Option<String>,
}

/// A column of an answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ColumnBody {
    /// Its name.
    pub name: String,
    /// What people read.
    pub title: BothTitles,
    /// What its values are.
    #[serde(rename = "type")]
    pub kind: ColumnKind,
    /// The unit of its values, such as `kWh` or `yuan`.
    pub unit: Option<String>,
    /// How many decimals a reader wants, such as `0.00`.
    pub format: Option<String>,
}

/// What the values of a column are; all but integers and booleans come as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ColumnKind {
    /// Text.
    Text,
    /// Whole numbers.
    Integer,
    /// Exact decimals, with all their places.
    Decimal,
    /// True or false.
    Boolean,
    /// Days, `2025-12-31`.
    Date,
    /// Moments in UTC, RFC 3339.
    Timestamp,
}

/// What kind of remark a note is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NoteKind {
    /// A factor that was used.
    Factor,
    /// To be kept in mind.
    Caveat,
    /// A value of grade D, which the city has to confirm.
    Placeholder,
    /// A factor of an earlier year.
    CarriedForward,
    /// Something is not there.
    Missing,
}

/// Something that must be read beside the numbers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Note {
    /// What kind of remark it is.
    pub kind: NoteKind,
    /// The remark.
    pub text: BothTitles,
    /// Where it is from.
    pub source: Option<String>,
    /// A (read in the source itself) to D (placeholder to be confirmed).
    pub grade: Option<String>,
    /// The column it belongs to; the whole answer when absent.
    pub column: Option<String>,
}

/// Rows with their meaning, before they are written.
pub(crate) struct Answer {
    /// The panel, metric or list.
    pub name: String,
    pub title: BothTitles,
    pub columns: Vec<Column>,
    pub rows: RecordBatch,
    pub notes: Vec<Note>,
    /// Rows there are, before the limit.
    pub total_rows: usize,
    pub limit: Option<usize>,
    pub offset: Option<usize>,
}

/// Rows of a publication.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnswerBody {
    /// The publication it is from.
    pub publication: PublicationRef,
    /// What is in it.
    #[serde(flatten)]
    pub rows: RowsBody,
}

/// Rows with their meaning.
#[derive(Serialize, ToSchema)]
pub(crate) struct RowsBody {
    /// The panel, metric or list.
    pub panel: String,
    /// Its title.
    pub title: BothTitles,
    /// What each cell of a row is.
    pub columns: Vec<ColumnBody>,
    /// Cells in the order of the columns; decimals are strings.
    pub rows: Vec<Vec<Cell>>,
    /// What must be read beside the numbers.
    pub notes: Vec<Note>,
    /// Rows there are, before the limit.
    pub total_rows: usize,
    /// Rows at the most.
    pub limit: Option<usize>,
    /// Rows passed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<usize>,
}

/// A cell.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Cell {
    /// There is none.
    Nothing,
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A text, or a decimal, day or time as text.
    Text(String),
}

impl Answer {
    /// The bytes of the answer in a format; JSON names the publication, if it is of one.
    pub fn write(
        self,
        format: Format,
        publication: Option<&Publication>,
    ) -> Result<Vec<u8>, ApiError> {
        match format {
            Format::Json => {
                let rows = self.body()?;
                Ok(match publication.map(PublicationRef::from) {
                    Some(publication) => serde_json::to_vec(&AnswerBody { publication, rows })?,
                    None => serde_json::to_vec(&rows)?,
                })
            }
            Format::Csv => self.csv(),
            Format::Arrow => {
                let rows = self.described()?;
                let mut bytes = Vec::new();
                let mut writer =
                    arrow::ipc::writer::StreamWriter::try_new(&mut bytes, &rows.schema())?;
                writer.write(&rows)?;
                writer.finish()?;
                drop(writer);
                Ok(bytes)
            }
        }
    }

    fn body(self) -> Result<RowsBody, ApiError> {
        let columns = self.columns.into_iter().zip(self.rows.columns());
        let columns = columns
            .map(|(column, array)| ColumnBody {
                name: column.name,
                title: column.title,
                kind: kind_of(array.data_type()),
                unit: column.unit,
                format: column.format,
            })
            .collect();
        Ok(RowsBody {
            panel: self.name,
            title: self.title,
            columns,
            rows: cells(&self.rows)?,
            notes: self.notes,
            total_rows: self.total_rows,
            limit: self.limit,
            offset: self.offset,
        })
    }

    fn csv(&self) -> Result<Vec<u8>, ApiError> {
        let mut bytes = Vec::new();
        let mut writer = arrow::csv::WriterBuilder::new()
            .with_header(true)
            .build(&mut bytes);
        writer.write(&self.described()?)?;
        drop(writer);
        Ok(bytes)
    }

    /// The rows with the columns' names and meanings in their schema.
    fn described(&self) -> Result<RecordBatch, ApiError> {
        let schema = self.rows.schema();
        let fields = self.columns.iter().zip(schema.fields());
        let fields = fields.map(|(column, field)| {
            let mut metadata = HashMap::from([
                ("title_zh".to_owned(), column.title.zh.clone()),
                ("title_en".to_owned(), column.title.en.clone()),
            ]);
            metadata.extend(column.unit.clone().map(|unit| ("unit".to_owned(), unit)));
            let field = field.as_ref().clone();
            field.with_name(&column.name).with_metadata(metadata)
        });
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        Ok(RecordBatch::try_new(schema, self.rows.columns().to_vec())?)
    }
}

impl Column {
    pub fn of_contract(column: &contracts::Column) -> Column {
        Column {
            name: column.name.to_string(),
            title: (&column.title).into(),
            unit: column.unit.as_ref().map(ToString::to_string),
            format: None,
        }
    }

    pub fn text(name: &str, title: BothTitles) -> Column {
        Column {
            name: name.to_owned(),
            title,
            unit: None,
            format: None,
        }
    }
}

impl BothTitles {
    pub fn same(text: &str) -> BothTitles {
        BothTitles {
            zh: text.to_owned(),
            en: text.to_owned(),
        }
    }
}

impl From<&Titles> for BothTitles {
    fn from(titles: &Titles) -> BothTitles {
        BothTitles {
            zh: titles.zh.clone(),
            en: titles.en.clone(),
        }
    }
}

impl From<&TitlesFile> for BothTitles {
    fn from(titles: &TitlesFile) -> BothTitles {
        BothTitles {
            zh: titles.zh.clone(),
            en: titles.en.clone(),
        }
    }
}

impl From<&Publication> for PublicationRef {
    fn from(publication: &Publication) -> PublicationRef {
        let created_at = publication
            .created_at
            .to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        PublicationRef {
            number: publication.number,
            created_at,
        }
    }
}

fn kind_of(data_type: &DataType) -> ColumnKind {
    match data_type {
        DataType::Boolean => ColumnKind::Boolean,
        DataType::Date32 => ColumnKind::Date,
        DataType::Timestamp(..) => ColumnKind::Timestamp,
        DataType::Decimal128(..) => ColumnKind::Decimal,
        other if other.is_integer() => ColumnKind::Integer,
        _ => ColumnKind::Text,
    }
}

/// The rows as JSON cells.
fn cells(rows: &RecordBatch) -> Result<Vec<Vec<Cell>>, ApiError> {
    let options = FormatOptions::default();
    let mut cells: Vec<Vec<Cell>> = (0..rows.num_rows())
        .map(|_| Vec::with_capacity(rows.num_columns()))
        .collect();
    for array in rows.columns() {
        let formatter = ArrayFormatter::try_new(array, &options)?;
        for (row, cells) in cells.iter_mut().enumerate() {
            cells.push(match array.data_type() {
                _ if array.is_null(row) => Cell::Nothing,
                DataType::Boolean => Cell::Boolean(array.as_boolean().value(row)),
                DataType::Int64 => Cell::Integer(array.as_primitive::<Int64Type>().value(row)),
                _ => Cell::Text(formatter.value(row).try_to_string()?),
            });
        }
    }
    Ok(cells)
}
