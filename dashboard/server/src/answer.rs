//! Answers: columns with titles and units, rows, notes; written as JSON, CSV or an Arrow stream.
//!
//! In JSON a decimal is a string, so that it stays exact; integers and booleans are themselves, days
//! and times are ISO 8601 in UTC. CSV is UTF-8 without a mark, RFC 4180.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int64Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use contracts::Titles;
use serde::Serialize;
use serde_json::Value;
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
    /// `text`, `integer`, `decimal`, `boolean`, `date` or `timestamp`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The unit of its values, such as `kWh` or `yuan`.
    pub unit: Option<String>,
    /// How many decimals a reader wants, such as `0.00`.
    pub format: Option<String>,
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
    pub title: Option<BothTitles>,
    pub columns: Vec<Column>,
    pub rows: RecordBatch,
    pub notes: Vec<Note>,
    /// Rows there are, before the limit.
    pub total_rows: usize,
    pub limit: Option<usize>,
    pub offset: Option<usize>,
}

/// Rows with their meaning.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnswerBody {
    /// The panel, metric or list.
    pub panel: String,
    /// Its title.
    pub title: Option<BothTitles>,
    /// The publication it is from.
    pub publication: PublicationRef,
    /// What each cell of a row is.
    pub columns: Vec<ColumnBody>,
    /// Cells in the order of the columns; decimals are strings.
    #[schema(value_type = Vec<Vec<Object>>)]
    pub rows: Vec<Vec<Value>>,
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

impl Answer {
    /// The bytes of the answer in a format.
    pub fn write(self, format: Format, publication: &Publication) -> Result<Vec<u8>, ApiError> {
        match format {
            Format::Json => Ok(serde_json::to_vec(&self.body(publication)?)?),
            Format::Csv => self.csv(),
            Format::Arrow => {
                let mut bytes = Vec::new();
                let mut writer =
                    arrow::ipc::writer::StreamWriter::try_new(&mut bytes, &self.rows.schema())?;
                writer.write(&self.rows)?;
                writer.finish()?;
                drop(writer);
                Ok(bytes)
            }
        }
    }

    fn body(self, publication: &Publication) -> Result<AnswerBody, ApiError> {
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
        Ok(AnswerBody {
            panel: self.name,
            title: self.title,
            publication: publication.into(),
            columns,
            rows: json_rows(&self.rows)?,
            notes: self.notes,
            total_rows: self.total_rows,
            limit: self.limit,
            offset: self.offset,
        })
    }

    fn csv(&self) -> Result<Vec<u8>, ApiError> {
        let names = self.columns.iter().map(|column| column.name.as_str());
        let schema = self.rows.schema();
        let fields: Vec<_> = names
            .zip(schema.fields())
            .map(|(name, field)| field.as_ref().clone().with_name(name))
            .collect();
        let schema = std::sync::Arc::new(arrow::datatypes::Schema::new(fields));
        let rows = RecordBatch::try_new(schema, self.rows.columns().to_vec())?;
        let mut bytes = Vec::new();
        let mut writer = arrow::csv::WriterBuilder::new()
            .with_header(true)
            .build(&mut bytes);
        writer.write(&rows)?;
        drop(writer);
        Ok(bytes)
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

/// The word for a type in JSON.
fn kind_of(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Boolean => "boolean",
        DataType::Date32 => "date",
        DataType::Timestamp(..) => "timestamp",
        DataType::Decimal128(..) => "decimal",
        other if other.is_integer() => "integer",
        _ => "text",
    }
}

/// The rows as JSON cells.
pub(crate) fn json_rows(rows: &RecordBatch) -> Result<Vec<Vec<Value>>, ApiError> {
    let options = FormatOptions::default().with_timestamp_tz_format(Some("%Y-%m-%dT%H:%M:%SZ"));
    let mut cells: Vec<Vec<Value>> = vec![Vec::with_capacity(rows.num_columns()); rows.num_rows()];
    for array in rows.columns() {
        let formatter = ArrayFormatter::try_new(array, &options)?;
        for (row, cells) in cells.iter_mut().enumerate() {
            cells.push(match array.data_type() {
                _ if array.is_null(row) => Value::Null,
                DataType::Boolean => Value::Bool(array.as_boolean().value(row)),
                DataType::Int64 => Value::from(array.as_primitive::<Int64Type>().value(row)),
                _ => Value::String(formatter.value(row).try_to_string()?),
            });
        }
    }
    Ok(cells)
}
