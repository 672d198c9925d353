//! Job files to jobs: every part validated, every fault reported.

mod fingerprint;
mod source;

use std::sync::Arc;

use contracts::parse::{Ambiguity, DateFormat, Missing, TwoDigitYears, Zone};
use contracts::text::nearest;
use contracts::unit::Unit;
use contracts::yaml::{self, At};
use contracts::{ColumnName, Contract, Contracts, Place};

use super::error::SelectFault;
use super::file::{AmbiguousTime, DecimalMark, JobFile, ModeWord, ParseFile, UnpivotFile};
use super::{Job, JobError, JobName, Jobs, Mode, Reading, Selection};
use crate::format::Format;
use crate::select::Select;
use crate::unpivot::Unpivot;

/// Reads jobs from (path, text) pairs.
///
/// # Errors
/// Every fault of every file, in the order of path and line.
pub fn parse(
    files: impl IntoIterator<Item = (String, String)>,
    contracts: &Contracts,
) -> Result<Jobs, Vec<JobError>> {
    let (jobs, faults) = parse_sound(files, contracts);
    if faults.is_empty() {
        Ok(jobs)
    } else {
        Err(faults)
    }
}

/// Reads job files as [`parse`] does, and answers the jobs without a fault beside every fault of the others:
/// one wrong file is no reason to leave the others' rows unloaded. Of two jobs of one name neither is sound.
pub fn parse_sound(
    files: impl IntoIterator<Item = (String, String)>,
    contracts: &Contracts,
) -> (Jobs, Vec<JobError>) {
    let mut faults = Vec::new();
    let mut jobs = Jobs::default();
    let mut names: Vec<(JobName, Place)> = Vec::new();
    for (path, text) in files {
        let read = yaml::read::<JobFile>(&path, &text);
        let told = faults.len();
        faults.extend(read.faults.into_iter().map(JobError::Shape));
        let Some(file) = read.value else { continue };
        let mut reader = Reader {
            file: Arc::from(path.as_str()),
            text: &text,
            faults: Vec::new(),
        };
        let place = reader.at(&file.job);
        let job = reader.job(file, contracts);
        faults.append(&mut reader.faults);
        let Some(job) = job else { continue };
        let is_sound = faults.len() == told;
        match names.iter().find(|(name, _)| *name == job.name) {
            Some((name, first)) => {
                faults.push(JobError::Repeated {
                    at: place,
                    name: name.to_string(),
                    first: first.clone(),
                });
                jobs.jobs.remove(name);
            }
            None => {
                names.push((job.name.clone(), place));
                if is_sound {
                    jobs.jobs.insert(job.name.clone(), job);
                }
            }
        }
    }
    faults.sort_by(|a, b| a.place().cmp(b.place()));
    (jobs, faults)
}

struct Reader<'a> {
    file: Arc<str>,
    text: &'a str,
    faults: Vec<JobError>,
}

impl Reader<'_> {
    /// The job, if nothing in it is wrong beyond what the faults say.
    fn job(&mut self, file: JobFile, contracts: &Contracts) -> Option<Job> {
        let name = self.name(&file.job);
        let mut format = self.format(file.format.as_ref());
        let source = self.source(&file.source, &mut format);
        let unpivot = file.unpivot.as_ref().map(|unpivot| self.unpivot(unpivot));
        let select = self.select(file.select.as_ref());
        let contract = self.contract(&file.table, contracts)?;
        if let (Some(at), Some(Selection::Query(select))) = (&file.select, &select) {
            self.outputs(at, select, contract);
        }
        let reading = self.reading(&file.parse, contract);
        let mode = self.mode(&file.mode, file.period.as_ref(), contract);
        if let (Some(source), Some(mode)) = (&source, &mode) {
            self.removal(&file.source, source, mode);
        }
        let fingerprint = fingerprint::fingerprint(&file, &format, contract);
        Some(Job {
            name: name?,
            table: contract.id.clone(),
            path: self.file.to_string(),
            description: file.description,
            source: source?,
            format,
            mode: mode?,
            on_conflict: file.on_conflict,
            schedule: file.schedule,
            unpivot: match unpivot {
                None => None,
                Some(unpivot) => Some(unpivot?),
            },
            select: select?,
            reading,
            fingerprint,
        })
    }

    fn format(&mut self, format: Option<&At<Format>>) -> Format {
        let Some(format) = format else {
            return Format::default();
        };
        let at = self.at(format);
        let faults = format.value.faults();
        self.faults
            .extend(faults.into_iter().map(|fault| JobError::Format {
                at: at.clone(),
                fault,
            }));
        format.value.clone()
    }

    fn name(&mut self, name: &At<String>) -> Option<JobName> {
        let at = self.at(name);
        let Some(valid) = JobName::new(name) else {
            self.faults.push(JobError::NotAName {
                at,
                name: name.value.clone(),
            });
            return None;
        };
        Some(valid)
    }

    fn contract<'c>(
        &mut self,
        table: &At<String>,
        contracts: &'c Contracts,
    ) -> Option<&'c Contract> {
        let at = self.at(table);
        let found = table.parse().ok().and_then(|id| contracts.get(&id));
        match found {
            Some(contract) if contract.id.is_made_here() => {
                self.faults.push(JobError::OwnTable {
                    at,
                    table: contract.id.clone(),
                });
                None
            }
            Some(contract) => Some(contract),
            None => {
                let names: Vec<String> = contracts
                    .iter()
                    .filter(|contract| !contract.id.is_made_here())
                    .map(|contract| contract.id.to_string())
                    .collect();
                self.faults.push(JobError::UnknownTable {
                    at,
                    table: table.value.clone(),
                    nearest: nearest(table, names.iter().map(String::as_str)).map(str::to_owned),
                });
                None
            }
        }
    }

    fn unpivot(&mut self, file: &UnpivotFile) -> Option<Unpivot> {
        let at = self.at(&file.columns);
        if file.columns.is_empty() {
            self.faults.push(JobError::NoColumns { at });
            return None;
        }
        let globs = &file.columns.value;
        let (name, value) = (file.name.value.clone(), file.value.value.clone());
        match Unpivot::new(globs.clone(), name, value) {
            Ok(unpivot) => Some(unpivot),
            Err((index, source)) => {
                self.faults.push(JobError::BadGlob {
                    at,
                    glob: globs[index].clone(),
                    reason: source.kind().to_string(),
                });
                None
            }
        }
    }

    fn select(&mut self, select: Option<&At<String>>) -> Option<Selection> {
        let Some(select) = select else {
            return Some(Selection::ByName);
        };
        match Select::parse(select) {
            Ok(parsed) => Some(Selection::Query(parsed)),
            Err(faults) => {
                for fault in faults {
                    let at = self.sql_line(select, fault.line);
                    let fault = SelectFault(fault.what);
                    self.faults.push(JobError::Select { at, fault });
                }
                None
            }
        }
    }

    /// Compares the select's columns with the contract's, as far as the select names them.
    fn outputs(&mut self, at: &At<String>, select: &Select, contract: &Contract) {
        let Some(outputs) = &select.outputs else {
            return;
        };
        for output in outputs {
            if contract.column(&output.name).is_none() {
                let nearest = nearest(&output.name, contract.column_names()).map(str::to_owned);
                let at = self.sql_line(at, output.line);
                self.faults.push(JobError::UnknownOutput {
                    at,
                    column: output.name.clone(),
                    table: contract.id.clone(),
                    nearest,
                });
            }
        }
        for column in &contract.columns {
            let is_given = outputs
                .iter()
                .any(|output| column.name == output.name.as_str());
            if column.required && column.derived.is_none() && !is_given {
                let at = self.at(at);
                self.faults.push(JobError::MissingOutput {
                    at,
                    column: column.name.to_string(),
                    table: contract.id.clone(),
                });
            }
        }
    }

    fn mode(
        &mut self,
        mode: &At<ModeWord>,
        period: Option<&At<String>>,
        contract: &Contract,
    ) -> Option<Mode> {
        let plain = match mode.value {
            ModeWord::Append => Mode::Append,
            ModeWord::Upsert => Mode::Upsert,
            ModeWord::Snapshot => Mode::Snapshot,
            ModeWord::ReplacePeriod => {
                let Some(period) = period else {
                    let at = self.at(mode);
                    self.faults.push(JobError::PeriodMissing { at });
                    return None;
                };
                return self
                    .column("period", period, contract)
                    .map(Mode::ReplacePeriod);
            }
        };
        if let Some(period) = period {
            let at = self.at(period);
            self.faults.push(JobError::PeriodUnused {
                at,
                mode: plain.as_str(),
            });
            return None;
        }
        Some(plain)
    }

    fn column(
        &mut self,
        key: &'static str,
        name: &At<String>,
        contract: &Contract,
    ) -> Option<ColumnName> {
        if let Some(column) = contract.column(name) {
            return Some(column.name.clone());
        }
        let at = self.at(name);
        self.faults.push(JobError::UnknownColumn {
            at,
            key,
            column: name.value.clone(),
            table: contract.id.clone(),
            nearest: nearest(name, contract.column_names()).map(str::to_owned),
        });
        None
    }

    fn reading(&mut self, parse: &ParseFile, contract: &Contract) -> Reading {
        let mut dates = Vec::new();
        for word in &parse.dates {
            match word.parse::<DateFormat>() {
                Ok(format) => dates.push(format),
                Err(error) => {
                    let at = self.at(word);
                    self.faults.push(JobError::DateFormat {
                        at,
                        word: word.value.clone(),
                        reason: error.to_string(),
                        hint: error.hint(),
                    });
                }
            }
        }
        let mut years = TwoDigitYears::default();
        if let Some(last) = &parse.two_digit_years_until {
            if (1000..=9999).contains(&last.value) {
                years = TwoDigitYears::until(last.value);
            } else {
                let at = self.at(last);
                let year = last.value;
                self.faults.push(JobError::TwoDigitYears { at, year });
            }
        }
        let mut zone = Zone::CITY;
        if let Some(word) = &parse.time_zone {
            match word.parse::<Zone>() {
                Ok(named) => zone = named,
                Err(error) => {
                    let at = self.at(word);
                    self.faults.push(JobError::TimeZone {
                        at,
                        word: word.value.clone(),
                        nearest: error.nearest.map(str::to_owned),
                    });
                }
            }
        }
        let units = parse.units.iter().filter_map(|(column, unit)| {
            self.unit(column, unit, contract)
                .map(|unit| (column.clone(), unit))
        });
        Reading {
            units: units.collect(),
            dates,
            years,
            missing: Missing::new(&parse.missing),
            missing_numbers: Missing::new(parse.missing.iter().chain(&parse.numbers.missing)),
            decimal_comma: parse.numbers.decimal == DecimalMark::Comma,
            currency: parse.numbers.currency.clone(),
            zone,
            ambiguity: match parse.ambiguous_time {
                None => Ambiguity::Refuse,
                Some(AmbiguousTime::Earliest) => Ambiguity::Earliest,
                Some(AmbiguousTime::Latest) => Ambiguity::Latest,
            },
        }
    }

    fn unit(&mut self, name: &str, word: &At<String>, contract: &Contract) -> Option<Unit> {
        let at = self.at(word);
        let Some(column) = contract.column(name) else {
            self.faults.push(JobError::UnknownColumn {
                at,
                key: "units",
                column: name.to_owned(),
                table: contract.id.clone(),
                nearest: nearest(name, contract.column_names()).map(str::to_owned),
            });
            return None;
        };
        let Ok(unit) = Unit::parse(word) else {
            self.faults.push(JobError::UnknownUnit {
                at,
                unit: word.value.clone(),
                nearest: Unit::nearest(word),
            });
            return None;
        };
        match &column.unit {
            None => {
                self.faults.push(JobError::NoUnit {
                    at,
                    column: name.to_owned(),
                    table: contract.id.clone(),
                });
                None
            }
            Some(expected) if unit.factor_to(expected).is_none() => {
                self.faults.push(JobError::OtherDimension {
                    at,
                    unit: word.value.clone(),
                    column: name.to_owned(),
                    expected: expected.to_string(),
                });
                None
            }
            Some(_) => Some(unit),
        }
    }

    fn at<T>(&self, at: &At<T>) -> Place {
        yaml::place_of(&self.file, at)
    }

    /// The place of a line of the select, which begins behind its key or, as a block, on the next line.
    fn sql_line(&self, select: &At<String>, line: u64) -> Place {
        let begin = select.line as usize;
        let written = self
            .text
            .lines()
            .nth(begin.saturating_sub(1))
            .unwrap_or_default();
        let is_block = written.trim_end().ends_with(['|', '-', '+', '>']) && written.contains(':');
        let line = match (usize::try_from(line), is_block) {
            (Ok(0) | Err(_), _) => begin,
            (Ok(line), true) => begin + line,
            (Ok(line), false) => begin + line - 1,
        };
        Place::new(
            Arc::clone(&self.file),
            u32::try_from(line).unwrap_or(select.line),
        )
    }
}
