//! Metric files against the contracts of their marts.

use std::collections::BTreeMap;

use contracts::text::nearest;
use contracts::unit::Unit;
use contracts::yaml::At;
use contracts::{Column, Contract, Contracts, LogicalType, Place, TableId, Titles};

use super::file::{MeasureFile, MetricFile, MetricsFile, OverTimeFile, TitlesFile};
use super::filter::{Filter, FilterTest};
use super::period::Grain;
use super::{Aggregate, Measure, Metric, Metrics, OverTime, TimeColumn};
use crate::error::ModelError;

/// What a metric without a reason of its own says when its denominator is nothing or zero.
const NO_DENOMINATOR: &str = "no_denominator";

pub(super) fn parse(
    files: impl IntoIterator<Item = (String, String)>,
    contracts: &Contracts,
) -> Result<Metrics, Vec<ModelError>> {
    let mut files: Vec<(String, String)> = files
        .into_iter()
        .filter(|(path, _)| is_metrics_file(path))
        .collect();
    files.sort();
    let mut faults = Vec::new();
    let mut metrics: BTreeMap<String, Metric> = BTreeMap::new();
    for (path, text) in files {
        let read = contracts::yaml::read::<MetricsFile>(&path, &text);
        faults.extend(read.faults.into_iter().map(ModelError::Yaml));
        for file in read.value.into_iter().flat_map(|file| file.metrics) {
            let mut check = MetricCheck {
                path: &path,
                name: file.metric.value.clone(),
                faults: &mut faults,
            };
            let Some(metric) = check.metric(file, contracts) else {
                continue;
            };
            match metrics.get(&metric.name) {
                Some(first) => faults.push(ModelError::DuplicateMetric {
                    at: metric.at,
                    metric: metric.name,
                    first: first.at.clone(),
                }),
                None => {
                    metrics.insert(metric.name.clone(), metric);
                }
            }
        }
    }
    if faults.is_empty() {
        return Ok(Metrics { metrics });
    }
    faults.sort_by(|a, b| a.place().cmp(b.place()));
    Err(faults)
}

fn is_metrics_file(path: &str) -> bool {
    let in_folder = path.split('/').rev().nth(1) == Some("metrics");
    in_folder && (path.ends_with(".yaml") || path.ends_with(".yml"))
}

struct MetricCheck<'a> {
    path: &'a str,
    name: String,
    faults: &'a mut Vec<ModelError>,
}

impl MetricCheck<'_> {
    fn metric(&mut self, file: MetricFile, contracts: &Contracts) -> Option<Metric> {
        let at = self.at(file.metric.line);
        if crate::name::ModelName::new(&self.name).is_none() {
            self.faults.push(ModelError::BadName {
                at: at.clone(),
                name: self.name.clone(),
            });
        }
        let contract = self.contract(&file.mart, contracts)?;
        let numerator = self.measure("numerator", &file.numerator, contract);
        let denominator = file
            .denominator
            .as_ref()
            .map(|measure| self.measure("denominator", measure, contract));
        let mut dimensions = Vec::new();
        for dimension in &file.dimensions {
            if let Some(column) = self.column(dimension, contract) {
                dimensions.push(column.name.clone());
            }
        }
        let time = file
            .time
            .as_ref()
            .and_then(|time| self.time(time, contract));
        let unit = self.unit(&file.unit);

        let numerator = numerator?;
        let denominator = match denominator {
            Some(measure) => Some(measure?),
            None => None,
        };
        let unit = unit?;
        let factor = self.factor(
            &file.unit,
            &unit,
            &numerator,
            denominator.as_ref(),
            contract,
        )?;
        Some(Metric {
            name: file.metric.value,
            at,
            title: titles(file.title),
            description: file.description.map(titles),
            caveat: file.caveat.map(titles),
            owner: file.owner,
            unit,
            mart: contract.id.clone(),
            numerator,
            denominator,
            dimensions,
            time,
            over_time: match file.over_time {
                OverTimeFile::Aggregate => OverTime::Aggregate,
                OverTimeFile::Last => OverTime::Last,
            },
            format: file.format,
            reason_when_empty: file
                .reason_when_empty
                .unwrap_or_else(|| NO_DENOMINATOR.to_owned()),
            factor,
        })
    }

    fn contract<'c>(
        &mut self,
        mart: &At<String>,
        contracts: &'c Contracts,
    ) -> Option<&'c Contract> {
        let id = TableId::new("mart", mart).ok();
        let found = id.and_then(|id| contracts.get(&id));
        if found.is_none() {
            let marts = contracts
                .iter()
                .filter(|contract| contract.id.schema() == "mart")
                .map(|contract| contract.id.table());
            self.faults.push(ModelError::UnknownMart {
                at: self.at(mart.line),
                metric: self.name.clone(),
                mart: mart.value.clone(),
                nearest: nearest(mart, marts).map(str::to_owned),
            });
        }
        found
    }

    fn measure(
        &mut self,
        part: &'static str,
        file: &At<MeasureFile>,
        contract: &Contract,
    ) -> Option<Measure> {
        let named: Vec<(Aggregate, &At<String>)> = [
            (Aggregate::Sum, &file.sum),
            (Aggregate::Count, &file.count),
            (Aggregate::CountDistinct, &file.count_distinct),
            (Aggregate::Min, &file.min),
            (Aggregate::Max, &file.max),
        ]
        .into_iter()
        .filter_map(|(aggregate, column)| Some((aggregate, column.as_ref()?)))
        .collect();
        let [(aggregate, column_name)] = named[..] else {
            self.faults.push(ModelError::BadMeasure {
                at: self.at(file.line),
                metric: self.name.clone(),
                part,
                found: named.len(),
            });
            return None;
        };
        let column = self.column(column_name, contract)?;
        let counts = matches!(aggregate, Aggregate::Count | Aggregate::CountDistinct);
        let is_number = matches!(
            column.ty,
            LogicalType::Integer | LogicalType::Decimal { .. }
        );
        if !counts && !is_number {
            self.faults.push(ModelError::NotSummable {
                at: self.at(column_name.line),
                metric: self.name.clone(),
                column: column.name.to_string(),
                found: type_word(column.ty),
            });
            return None;
        }
        let mut only = Vec::new();
        for (name, values) in &file.only.0 {
            let Some(condition) = self.column(name, contract) else {
                continue;
            };
            let filter = Filter {
                column: condition.name.to_string(),
                test: match values.0.as_slice() {
                    [value] => FilterTest::Eq(value.clone()),
                    values => FilterTest::In(values.to_vec()),
                },
            };
            let schema = contract.arrow_schema();
            if let Some((_, field)) = schema.column_with_name(condition.name.as_str()) {
                for value in &values.0 {
                    if crate::value::parse_value(Some(value), field.data_type()).is_err() {
                        self.faults.push(ModelError::FilterValue {
                            at: self.at(values.line),
                            column: condition.name.to_string(),
                            value: value.clone(),
                            expected: type_word(condition.ty),
                        });
                    }
                }
            }
            only.push(filter);
        }
        let measure = Measure {
            aggregate,
            column: column.name.clone(),
            only,
        };
        if !counts && column.unit.is_none() {
            self.faults.push(ModelError::ColumnWithoutUnit {
                at: self.at(column_name.line),
                metric: self.name.clone(),
                column: column.name.to_string(),
                contract: contract.path.clone(),
            });
            return None;
        }
        Some(measure)
    }

    fn column<'c>(&mut self, name: &At<String>, contract: &'c Contract) -> Option<&'c Column> {
        let found = contract.column(name);
        if found.is_none() {
            self.faults.push(ModelError::unknown_column(
                self.at(name.line),
                name.value.clone(),
                Some(contract.id.to_string()),
                contract.column_names().map(str::to_owned).collect(),
            ));
        }
        found
    }

    fn time(&mut self, name: &At<String>, contract: &Contract) -> Option<TimeColumn> {
        let column = self.column(name, contract)?;
        let grain = match column.ty {
            LogicalType::Date => Grain::Day,
            LogicalType::Integer => Grain::Year,
            LogicalType::Text if column.is_month() => Grain::Month,
            other => {
                self.faults.push(ModelError::BadTime {
                    at: self.at(name.line),
                    metric: self.name.clone(),
                    column: column.name.to_string(),
                    found: type_word(other),
                });
                return None;
            }
        };
        Some(TimeColumn {
            column: column.name.clone(),
            grain,
        })
    }

    fn unit(&mut self, unit: &At<String>) -> Option<Unit> {
        match Unit::parse(unit) {
            Ok(unit) => Some(unit),
            Err(error) => {
                self.faults.push(ModelError::BadUnit {
                    at: self.at(unit.line),
                    unit: unit.value.clone(),
                    reason: match Unit::nearest(unit) {
                        Some(near) => format!("write `{near}`"),
                        None => error.to_string(),
                    },
                });
                None
            }
        }
    }

    /// What the measure is multiplied with to be in the declared unit.
    fn factor(
        &mut self,
        written: &At<String>,
        declared: &Unit,
        numerator: &Measure,
        denominator: Option<&Measure>,
        contract: &Contract,
    ) -> Option<contracts::unit::Ratio> {
        let above = unit_of(numerator, contract)?;
        let found = match denominator {
            Some(denominator) => above.div(&unit_of(denominator, contract)?)?,
            None => above,
        };
        let factor = found.factor_to(declared);
        if factor.is_none() {
            self.faults.push(ModelError::UnitMismatch {
                at: self.at(written.line),
                metric: self.name.clone(),
                declared: written.value.clone(),
                found: found.to_string(),
            });
        }
        factor
    }

    fn at(&self, line: u32) -> Place {
        Place::new(self.path, line)
    }
}

fn unit_of(measure: &Measure, contract: &Contract) -> Option<Unit> {
    match measure.aggregate {
        Aggregate::Count | Aggregate::CountDistinct => Unit::parse("count").ok(),
        _ => contract.column(measure.column.as_str())?.unit.clone(),
    }
}

fn titles(file: TitlesFile) -> Titles {
    Titles {
        zh: file.zh,
        en: file.en,
    }
}

fn type_word(ty: LogicalType) -> String {
    match ty {
        LogicalType::Text => "text".to_owned(),
        LogicalType::Integer => "integer".to_owned(),
        LogicalType::Decimal { precision, scale } => format!("decimal({precision},{scale})"),
        LogicalType::Boolean => "boolean".to_owned(),
        LogicalType::Date => "date".to_owned(),
        LogicalType::Timestamp => "timestamp".to_owned(),
    }
}
