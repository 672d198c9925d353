//! One job's rows on their way into files: faults are applied, every row is counted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::CityError;
use crate::fault::{Planned, Spoil};
use crate::identifier;
use crate::manifest::{ExpectedLedger, FaultRecord, FileRecord, JobRecord, Place};
use crate::source::Export;
use crate::source::layout::{Layout, RowSink};
use crate::source::row::Row;
use crate::{FaultKind, Fixed};

/// Writes the files of one job and keeps its ledger.
pub(crate) struct JobWriter<'a> {
    folder: PathBuf,
    table: &'static str,
    planned: &'static [Planned],
    faults: Option<&'a BTreeMap<usize, FaultKind>>,
    next: usize,
    file: Option<OpenFile>,
    late: Vec<Row>,
    files: Vec<FileRecord>,
    ledger: ExpectedLedger,
    records: BTreeMap<FaultKind, FaultRecord>,
}

struct OpenFile {
    path: String,
    sink: Box<dyn RowSink>,
    layout: Layout,
    rows: u64,
}

/// How many offers the rows of a wide file make: its filled cells become rows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Offers {
    /// One row, one offer.
    One,
    /// As many offers as filled cells; a row without any is left out.
    Cells(u64),
}

impl<'a> JobWriter<'a> {
    pub(crate) fn new(
        folder: &Path,
        export: &Export,
        faults: Option<&'a BTreeMap<usize, FaultKind>>,
    ) -> Self {
        Self {
            folder: folder.to_owned(),
            table: export.table,
            planned: export.planned,
            faults,
            next: 0,
            file: None,
            late: Vec::new(),
            files: Vec::new(),
            ledger: ExpectedLedger::default(),
            records: BTreeMap::new(),
        }
    }

    /// Closes the file before and opens the next; `path` lies below `data/`.
    pub(crate) fn open(&mut self, path: &str, layout: Layout) -> Result<(), CityError> {
        self.close()?;
        let path = format!("data/{path}");
        let sink = layout.open(&self.folder.join(&path))?;
        self.file = Some(OpenFile {
            path,
            sink,
            layout,
            rows: 0,
        });
        Ok(())
    }

    /// Writes the next row of the export, with its fault if one is planned for it.
    pub(crate) fn row(&mut self, row: &Row) -> Result<(), CityError> {
        self.wide_row(row, Offers::One)
    }

    /// Writes the next row of a wide export.
    pub(crate) fn wide_row(&mut self, row: &Row, offers: Offers) -> Result<(), CityError> {
        let Some(kind) = self.next_fault() else {
            return self.put(row, offers);
        };
        match kind {
            FaultKind::MissingRow => self.note(kind, None),
            FaultKind::LateRow => {
                self.late.push(row.clone());
                Ok(())
            }
            FaultKind::ExactDuplicate => {
                self.put(row, offers)?;
                let place = self.put_refused(row)?;
                self.count(kind, offers);
                self.note(kind, Some(place))
            }
            _ => {
                let spoilt = self.spoil(row, kind);
                let place = self.put_refused(&spoilt)?;
                self.count(kind, offers);
                self.note(kind, Some(place))
            }
        }
    }

    /// Writes the next row of the export, which is at fault as it is.
    pub(crate) fn faulty_row(&mut self, row: &Row, kind: FaultKind) -> Result<(), CityError> {
        self.next += 1;
        let place = self.put_refused(row)?;
        self.count(kind, Offers::One);
        self.note(kind, Some(place))
    }

    /// The fault of the next row, for exports that write their files themselves.
    pub(crate) fn next_fault(&mut self) -> Option<FaultKind> {
        let kind = self
            .faults
            .and_then(|faults| faults.get(&self.next))
            .copied();
        self.next += 1;
        kind
    }

    /// Counts rows that were accepted, written by the export itself.
    pub(crate) fn count_accepted(&mut self, rows: u64) {
        self.ledger.decoded += rows;
        self.ledger.read += rows;
        self.ledger.inserted += rows;
    }

    /// Counts a row with a fault, written by the export itself; a duplicate's first row is counted apart.
    pub(crate) fn count_fault(
        &mut self,
        kind: FaultKind,
        place: Option<Place>,
    ) -> Result<(), CityError> {
        if place.is_some() && kind != FaultKind::LateRow {
            self.ledger.decoded += 1;
            self.count(kind, Offers::One);
        }
        self.note(kind, place)
    }

    /// Records a file that the export wrote itself.
    pub(crate) fn add_file(&mut self, path: String, rows: u64) -> Result<(), CityError> {
        let full = self.folder.join(&path);
        let size =
            std::fs::metadata(&full).map_err(|source| CityError::File { path: full, source })?;
        self.files.push(FileRecord {
            path,
            rows,
            size_bytes: size.len(),
        });
        Ok(())
    }

    /// Where the job's files go.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    fn put(&mut self, row: &Row, offers: Offers) -> Result<(), CityError> {
        self.write(row)?;
        self.ledger.decoded += 1;
        let count = match offers {
            Offers::One => 1,
            Offers::Cells(count) => count,
        };
        self.ledger.read += count;
        self.ledger.inserted += count;
        self.ledger.left_out += u64::from(count == 0);
        Ok(())
    }

    fn put_refused(&mut self, row: &Row) -> Result<Place, CityError> {
        let place = self.write(row)?;
        self.ledger.decoded += 1;
        Ok(place)
    }

    fn write(&mut self, row: &Row) -> Result<Place, CityError> {
        let file = self
            .file
            .as_mut()
            .expect("an export opens a file before it writes rows");
        file.sink.write(row)?;
        file.rows += 1;
        Ok(Place {
            file: file.path.clone(),
            row: file.layout.first_row() + file.rows - 1,
        })
    }

    fn count(&mut self, kind: FaultKind, offers: Offers) {
        let count = match offers {
            Offers::One => 1,
            // A cell too many makes the decoder refuse the row before it is unpivoted.
            Offers::Cells(_) if kind == FaultKind::TooManyFields => 1,
            Offers::Cells(count) => count,
        };
        self.ledger.read += count;
        if kind == FaultKind::ExactDuplicate {
            self.ledger.duplicate += count;
            return;
        }
        self.ledger.quarantined += count;
        let rule = self.plan_of(kind).map_or("", |planned| planned.rule);
        *self.ledger.by_rule.entry(rule.to_owned()).or_default() += count;
    }

    fn note(&mut self, kind: FaultKind, place: Option<Place>) -> Result<(), CityError> {
        let planned = self.plan_of(kind).copied();
        let record = self.records.entry(kind).or_insert_with(|| FaultRecord {
            kind,
            column: planned.map_or("", |planned| planned.column).to_owned(),
            rule: planned.map_or("", |planned| planned.rule).to_owned(),
            count: 0,
            places: Vec::new(),
        });
        record.count += 1;
        record.places.extend(place);
        Ok(())
    }

    fn plan_of(&self, kind: FaultKind) -> Option<&Planned> {
        self.planned.iter().find(|planned| planned.kind == kind)
    }

    fn spoil(&self, row: &Row, kind: FaultKind) -> Row {
        let mut spoilt = row.clone();
        if kind == FaultKind::TooManyFields {
            spoilt.text("多余内容");
            return spoilt;
        }
        let Some(planned) = self.plan_of(kind) else {
            return spoilt;
        };
        let layout = self.file.as_ref().map(|file| &file.layout);
        let Some(place) = layout.and_then(|layout| layout.place(planned.column)) else {
            debug_assert!(false, "column `{}` is not in the file", planned.column);
            return spoilt;
        };
        let cell = row.cell(place);
        let replaced = match planned.cell {
            Spoil::Nothing => cell.to_owned(),
            Spoil::To(text) => text.to_owned(),
            Spoil::Negative => match cell {
                "" | "0" => "-1".to_owned(),
                cell => format!("-{}", cell.trim_start_matches('-')),
            },
            Spoil::Thousandfold => Fixed::<6>::parse(&cell.replace(',', ""))
                .filter(|number| !number.is_zero())
                .map_or("1000".to_owned(), |number| {
                    crate::number::Trimmed(Fixed::<6>::new(number.digits() * 1000)).to_string()
                }),
            Spoil::OtherCheck => identifier::spoil_check(cell),
            Spoil::BelowColumn(other) => layout
                .and_then(|layout| layout.place(other))
                .and_then(|other| row.cell(other).parse::<i64>().ok())
                .map_or_else(String::new, |number| (number - 1).to_string()),
        };
        row.with_cell(place, &replaced)
    }

    fn close(&mut self) -> Result<(), CityError> {
        let Some(file) = self.file.take() else {
            return Ok(());
        };
        self.ledger.decoded += u64::from(file.layout.footer.is_some());
        self.ledger.left_out += u64::from(file.layout.footer.is_some());
        file.sink.finish()?;
        self.add_file(file.path, file.rows)
    }

    /// Writes the late rows into a file of their own and returns the record.
    pub(crate) fn finish(mut self) -> Result<JobRecord, CityError> {
        let late = std::mem::take(&mut self.late);
        if let (false, Some(file)) = (late.is_empty(), &self.file) {
            let (path, layout) = (late_path(&file.path), file.layout.clone());
            self.close()?;
            let layout = Layout {
                footer: None,
                ..layout
            };
            let sink = layout.open(&self.folder.join(&path))?;
            self.file = Some(OpenFile {
                path,
                sink,
                layout,
                rows: 0,
            });
            for row in &late {
                let place = self.write(row)?;
                self.ledger.decoded += 1;
                self.ledger.read += 1;
                self.ledger.inserted += 1;
                self.note(FaultKind::LateRow, Some(place))?;
            }
        }
        self.close()?;
        self.files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(JobRecord {
            table: self.table.to_owned(),
            files: self.files,
            ledger: self.ledger,
            faults: self.records.into_values().collect(),
        })
    }
}

/// `data/energy/monthly_2024.csv` gives `data/energy/monthly_late.csv`: the part after the last `_` of the
/// file's stem is what changes from file to file.
pub(crate) fn late_path(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, extension) = name.split_once('.').unwrap_or((name, ""));
    let stem = stem.rsplit_once('_').map_or(stem, |(stem, _)| stem);
    format!("{folder}/{stem}_late.{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_rows_go_to_a_file_the_same_glob_finds() {
        assert_eq!(
            late_path("data/energy/monthly_2024.csv"),
            "data/energy/monthly_late.csv"
        );
        assert_eq!(
            late_path("data/vehicle/trip_2020.ndjson.gz"),
            "data/vehicle/trip_late.ndjson.gz"
        );
    }
}
