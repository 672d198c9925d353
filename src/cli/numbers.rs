//! What the verbs about numbers may be given: list metrics, ask one, open one down to its rows.

use clap::Args;
use contracts::TableId;
use models::metric::{Compare, Grain};
use warehouse::AsOf;

use super::verbs::{as_of, table};

/// Arguments of `jieyue metrics`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue metrics energy
Prints:   a line a metric: name, title, unit, dimensions, grain, owner and what to keep in mind;
          --format json also its formula, mart and description, in both languages
Next:     jieyue metric NAME asks one, jieyue explain NAME opens a value down to its rows")]
pub struct Metrics {
    /// Only metrics whose name, title or mart has this in it
    pub part: Option<String>,
}

/// Arguments of `jieyue metric`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue metric energy_per_capita --by region_code --grain year --from 2024 --to 2024 \\
              --compare yoy --where region_code=420800
Prints:   the rows: the keys, the value, why it is empty if it is, and with --compare the value a
          year before and the change
Regions:  region_code=420800 means the region and all below it
Reads:    the newest publication; --as-of names an older one or a date")]
pub struct Metric {
    /// The metric; `jieyue metrics` lists them
    pub metric: String,
    /// Dimensions to break it down by, with commas between
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub by: Vec<String>,
    #[command(flatten)]
    pub which: Which,
    /// The grain of time to break it down by: day, month, quarter or year
    #[arg(long, value_name = "GRAIN", value_parser = grain)]
    pub grain: Option<Grain>,
    /// What each value is compared with: yoy (the year before) or ytd_yoy (the same part of it)
    #[arg(long, value_name = "WITH", value_parser = compare)]
    pub compare: Option<Compare>,
    /// Rows to print at the most
    #[arg(long, default_value_t = 1000)]
    pub limit: usize,
}

/// Arguments of `jieyue explain`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:  jieyue explain energy_per_capita --where region_code=420800 --where year=2024
Prints:   the value; its formula; numerator and denominator; the mart's rows that count; factors and
          coefficients used; the loaded rows that sum to it, with what each adds and the landed file
Sum:      says whether the rows come to the number to the last digit; where a mean or a maximum has
          no parts, the rows that were used are listed, and it says so
Pages:    --limit and --offset; --table names the only table whose rows are listed")]
pub struct Explain {
    /// The metric; `jieyue metrics` lists them
    pub metric: String,
    #[command(flatten)]
    pub which: Which,
    /// The only table whose rows are listed, such as energy.monthly
    #[arg(long, value_name = "TABLE", value_parser = table)]
    pub table: Option<TableId>,
    /// Also the text of each row as it was landed
    #[arg(long)]
    pub raw: bool,
    /// Rows of each listing at the most
    #[arg(long, default_value_t = 10)]
    pub limit: usize,
    /// Rows of each listing to pass over
    #[arg(long, default_value_t = 0)]
    pub offset: usize,
}

/// Which rows count, when, and of which publication.
#[derive(Debug, Args)]
pub struct Which {
    /// Keep rows whose column is one of these values, such as carrier=electricity,water; may be repeated
    #[arg(long = "where", value_name = "COLUMN=VALUES", value_parser = condition)]
    pub conditions: Vec<Condition>,
    /// The first time that counts, such as 2024 or 2024-03
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// The last time that counts
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// A publication's number or a date (default: the newest publication)
    #[arg(long, value_name = "N|DATE", value_parser = as_of)]
    pub as_of: Option<AsOf>,
}

/// A column and the values it may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The column.
    pub column: String,
    /// Its values, at least one.
    pub values: Vec<String>,
}

fn condition(text: &str) -> Result<Condition, String> {
    let said = || "write column=value or column=value,value, such as region_code=420800".to_owned();
    let (column, values) = text.split_once('=').ok_or_else(said)?;
    let values = values.split(',').map(|value| value.trim().to_owned());
    let condition = Condition {
        column: column.trim().to_owned(),
        values: values.collect(),
    };
    let is_empty = condition.column.is_empty() || condition.values.iter().any(String::is_empty);
    if is_empty { Err(said()) } else { Ok(condition) }
}

fn grain(text: &str) -> Result<Grain, String> {
    word(text, "day, month, quarter or year")
}

fn compare(text: &str) -> Result<Compare, String> {
    word(text, "yoy or ytd_yoy")
}

fn word<T: serde::de::DeserializeOwned>(text: &str, choices: &str) -> Result<T, String> {
    serde_json::from_value(text.into()).map_err(|_| format!("write {choices}"))
}
