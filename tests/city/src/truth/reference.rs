//! The reference rows that the truth needs, read from the same files as the warehouse's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::CityError;
use crate::number::{Factor, Fixed};

/// Coefficients, factors, regions, settings and targets of `schemas/reference/`.
#[derive(Debug, Clone)]
pub struct Reference {
    coefficients: Vec<Record>,
    factors: Vec<Record>,
    regions: Vec<Record>,
    targets: Vec<Record>,
    settings: BTreeMap<String, String>,
}

/// One line of a file, by column.
pub(crate) type Record = BTreeMap<String, String>;

/// An emission factor chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub id: String,
    pub kgco2_per_unit: Factor,
    pub is_carried_forward: bool,
}

/// A target of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub plan: String,
    pub region_code: String,
    pub metric: String,
    pub base_year: i32,
    pub target_year: i32,
    pub change_pct: Fixed<4>,
    pub is_linear: bool,
}

impl Reference {
    /// Reads the files of a folder.
    ///
    /// # Errors
    /// When a file cannot be read or lacks a column.
    pub fn read(folder: &Path) -> Result<Self, CityError> {
        let settings = read(folder, "setting.csv", &["name", "value"])?;
        Ok(Self {
            coefficients: read(
                folder,
                "energy_coefficient.csv",
                &[
                    "set_id",
                    "carrier",
                    "unit",
                    "kgce_per_unit",
                    "from_date",
                    "to_date",
                ],
            )?,
            factors: read(
                folder,
                "emission_factor.csv",
                &[
                    "factor_id",
                    "carrier",
                    "region_code",
                    "year",
                    "kgco2_per_unit",
                ],
            )?,
            regions: read(
                folder,
                "region.csv",
                &["region_code", "parent_code", "level", "grid_region_code"],
            )?,
            targets: read(
                folder,
                "target.csv",
                &[
                    "plan",
                    "region_code",
                    "metric",
                    "base_year",
                    "target_year",
                    "change_pct",
                    "path",
                ],
            )?,
            settings: settings
                .into_iter()
                .map(|mut row| {
                    (
                        row.remove("name").unwrap_or_default(),
                        row.remove("value").unwrap_or_default(),
                    )
                })
                .collect(),
        })
    }

    pub(crate) fn setting(&self, name: &str) -> &str {
        self.settings.get(name).map_or("", String::as_str)
    }

    /// The coefficient of the chosen set that holds on a day, as `2024-01-31`.
    pub(crate) fn coefficient(&self, carrier: &str, day: &str) -> Option<Factor> {
        let set = self.setting("energy_coefficient_set");
        let row = self.coefficients.iter().find(|row| {
            row["set_id"] == set
                && row["carrier"] == carrier
                && row["from_date"].as_str() <= day
                && (row["to_date"].is_empty() || day <= row["to_date"].as_str())
        })?;
        Factor::parse(&row["kgce_per_unit"])
    }

    /// The province a region lies in, or the country where it lies in none.
    pub(crate) fn province_of(&self, region: &str) -> String {
        self.lineage(region)
            .find(|row| row["level"] == "province")
            .map_or_else(|| "CN".to_owned(), |row| row["region_code"].clone())
    }

    /// Whether a region is the other or lies in it.
    pub(crate) fn is_within(&self, region: &str, ancestor: &str) -> bool {
        self.lineage(region)
            .any(|row| row["region_code"] == ancestor)
    }

    fn lineage<'a>(&'a self, region: &str) -> impl Iterator<Item = &'a Record> {
        let find = |code: &str| self.regions.iter().find(|row| row["region_code"] == code);
        std::iter::successors(find(region), move |row| find(&row["parent_code"]))
    }

    /// The factor that stays fixed: for electricity the one that is set, for others the row for any
    /// year, the province's before the country's.
    pub(crate) fn fixed_factor(&self, carrier: &str, province: &str) -> Option<Chosen> {
        if carrier == "electricity" {
            let id = self.setting("electricity_fixed_factor_id");
            return self
                .factors
                .iter()
                .find(|row| row["factor_id"] == id)
                .and_then(|row| chosen(row, false));
        }
        [province, "CN"].into_iter().find_map(|place| {
            self.factors
                .iter()
                .filter(|row| row["carrier"] == carrier && row["region_code"] == place)
                .min_by_key(|row| row["year"].parse::<i32>().unwrap_or(i32::MIN))
                .and_then(|row| chosen(row, false))
        })
    }

    /// The factor of a year: the province's series, else its grid region's, else the country's; in it the
    /// latest year up to this one, else a row for any year.
    pub(crate) fn year_factor(&self, carrier: &str, province: &str, year: i32) -> Option<Chosen> {
        let grid = self
            .regions
            .iter()
            .find(|row| row["region_code"] == province)
            .map_or("", |row| row["grid_region_code"].as_str());
        [province, grid, "CN"]
            .into_iter()
            .filter(|place| !place.is_empty())
            .find_map(|place| {
                self.factors
                    .iter()
                    .filter(|row| row["carrier"] == carrier && row["region_code"] == place)
                    .filter(|row| {
                        row["year"].parse::<i32>().is_ok_and(|of| of <= year)
                            || row["year"].is_empty()
                    })
                    .max_by_key(|row| row["year"].parse::<i32>().unwrap_or(i32::MIN))
                    .and_then(|row| {
                        chosen(row, row["year"].parse::<i32>().is_ok_and(|of| of < year))
                    })
            })
    }

    /// The targets of the region served and of regions in it.
    pub(crate) fn targets(&self) -> Vec<Target> {
        let home = self.setting("home_region_code");
        let number = |row: &Record, column: &str| row[column].parse::<i32>().unwrap_or_default();
        self.targets
            .iter()
            .filter(|row| self.is_within(&row["region_code"], home))
            .map(|row| Target {
                plan: row["plan"].clone(),
                region_code: row["region_code"].clone(),
                metric: row["metric"].clone(),
                base_year: number(row, "base_year"),
                target_year: number(row, "target_year"),
                change_pct: Fixed::parse(&row["change_pct"]).unwrap_or_default(),
                is_linear: row["path"] == "linear",
            })
            .collect()
    }
}

fn chosen(row: &Record, is_carried_forward: bool) -> Option<Chosen> {
    Some(Chosen {
        id: row["factor_id"].clone(),
        kgco2_per_unit: Factor::parse(&row["kgco2_per_unit"])?,
        is_carried_forward,
    })
}

/// Reads a small CSV file whose cells hold no line breaks, and checks that it has the columns named.
fn read(folder: &Path, name: &str, columns: &[&str]) -> Result<Vec<Record>, CityError> {
    let path: PathBuf = folder.join(name);
    let text = std::fs::read_to_string(&path).map_err(|source| CityError::File {
        path: path.clone(),
        source,
    })?;
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let header = split(lines.next().unwrap_or(""));
    for column in columns {
        if !header.iter().any(|name| name == column) {
            return Err(CityError::Reference {
                path,
                what: format!("column `{column}`"),
            });
        }
    }
    Ok(lines
        .filter(|line| !line.is_empty())
        .map(|line| header.iter().cloned().zip(split(line)).collect())
        .collect())
}

/// Splits a line at its commas; quoted cells may hold commas and doubled quotes.
fn split(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut is_quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        let last = cells.len() - 1;
        match (character, is_quoted) {
            ('"', true) if characters.peek() == Some(&'"') => {
                characters.next();
                cells[last].push('"');
            }
            ('"', _) => is_quoted = !is_quoted,
            (',', false) => cells.push(String::new()),
            _ => cells[last].push(character),
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_cells_keep_their_commas_and_quotes() {
        assert_eq!(split(r#"a,"b, ""c""",,d"#), ["a", r#"b, "c""#, "", "d"]);
    }
}
