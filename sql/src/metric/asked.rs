//! Reads a metric query: names looked up, time as days, what cannot be answered refused.

use contracts::text::nearest;

use super::branch::{PERIOD, key};
use super::error::QueryError;
use super::filter::{Filter, FilterTest};
use super::period::{Grain, Period, Range, first_of_year};
use super::query::{Compare, MetricQuery};
use super::{Aggregate, Metric, Metrics, OverTime};

/// A query whose names have been looked up and whose time has been read.
pub(super) struct Asked<'a> {
    pub metrics: Vec<&'a Metric>,
    pub dimensions: Vec<&'a str>,
    pub grain: Option<Grain>,
    pub compare: Compare,
    pub filters: Vec<&'a Filter>,
    pub range: Range,
}

impl<'a> Asked<'a> {
    pub fn read(query: &'a MetricQuery, metrics: &'a Metrics) -> Result<Self, QueryError> {
        if query.metrics.is_empty() {
            return Err(QueryError::NoMetric);
        }
        let mut found = Vec::new();
        for name in &query.metrics {
            let Some(metric) = metrics.get(name) else {
                let names = metrics.iter().map(|metric| metric.name.as_str());
                return Err(QueryError::UnknownMetric {
                    metric: name.clone(),
                    nearest: nearest(name, names).map(str::to_owned),
                });
            };
            found.push(metric);
        }
        let mut asked = Self {
            metrics: found,
            dimensions: Vec::new(),
            grain: query.grain,
            compare: query.compare,
            filters: Vec::new(),
            range: Range::default(),
        };
        asked.read_dimensions(query)?;
        asked.read_time(query)?;
        Ok(asked)
    }

    fn read_dimensions(&mut self, query: &'a MetricQuery) -> Result<(), QueryError> {
        let filtered = query.filters.iter().map(|filter| filter.column.as_str());
        for column in query.dimensions.iter().map(String::as_str).chain(filtered) {
            for metric in &self.metrics {
                if !metric.has_dimension(column) {
                    let choices: Vec<String> =
                        metric.dimensions.iter().map(ToString::to_string).collect();
                    return Err(QueryError::UnknownDimension {
                        metric: metric.name.clone(),
                        dimension: column.to_owned(),
                        nearest: nearest(column, choices.iter().map(String::as_str))
                            .map(str::to_owned),
                        choices,
                    });
                }
            }
        }
        for dimension in &query.dimensions {
            match self.time_grain_of(dimension) {
                // The column of time as a dimension asks for its grain.
                Some(grain) => self.grain = self.grain.or(Some(grain)),
                None if self.dimensions.contains(&dimension.as_str()) => {}
                None => self.dimensions.push(dimension),
            }
        }
        Ok(())
    }

    fn read_time(&mut self, query: &'a MetricQuery) -> Result<(), QueryError> {
        let (mut from, mut to) = (query.from.as_deref(), query.to.as_deref());
        for filter in &query.filters {
            match (&filter.test, self.time_grain_of(&filter.column)) {
                (FilterTest::Eq(value), Some(_)) => {
                    from = Some(value);
                    to = Some(value);
                }
                (
                    FilterTest::Range {
                        from: first,
                        to: last,
                    },
                    Some(_),
                ) => {
                    from = first.as_deref().or(from);
                    to = last.as_deref().or(to);
                }
                // A list of times cannot be moved by a year as a range can.
                (_, Some(_)) if self.compare.is_some() => {
                    return Err(QueryError::CompareNeedsRange);
                }
                _ => self.filters.push(filter),
            }
        }
        let from: Option<Period> = from.map(str::parse).transpose()?;
        let to: Option<Period> = to.map(str::parse).transpose()?;
        self.range = Range {
            from: from.map(|period| period.first_day()),
            to: to.map(|period| period.last_day()),
        };
        if self.compare.is_some() && (from.is_none() || to.is_none()) {
            return Err(QueryError::CompareNeedsRange);
        }
        let finest = [self.grain, from.map(|p| p.grain()), to.map(|p| p.grain())]
            .into_iter()
            .flatten()
            .min();
        for metric in &self.metrics {
            let Some(asked) = finest else { continue };
            match &metric.time {
                None => {
                    return Err(QueryError::NoTime {
                        metric: metric.name.clone(),
                    });
                }
                Some(time) if asked < time.grain => {
                    return Err(QueryError::TooFine {
                        metric: metric.name.clone(),
                        asked,
                        has: time.grain,
                    });
                }
                Some(_) => {}
            }
        }
        if self.compare == Compare::YtdYoy {
            self.range.from = self.range.from.map(first_of_year);
            self.check_running()?;
        }
        Ok(())
    }

    /// A running total adds up; counts of different things and extremes do not.
    fn check_running(&self) -> Result<(), QueryError> {
        if !self.is_running() {
            return Ok(());
        }
        for metric in &self.metrics {
            let adds_up = [Some(&metric.numerator), metric.denominator.as_ref()]
                .into_iter()
                .flatten()
                .all(|part| matches!(part.aggregate, Aggregate::Sum | Aggregate::Count));
            if !adds_up && metric.over_time == OverTime::Aggregate {
                return Err(QueryError::NotRunning {
                    metric: metric.name.clone(),
                });
            }
        }
        Ok(())
    }

    /// Whether values by month are totals from January.
    pub fn is_running(&self) -> bool {
        self.compare == Compare::YtdYoy && matches!(self.grain, Some(Grain::Day | Grain::Month))
    }

    /// The grain of time of `column` when it is the time of every metric asked for.
    fn time_grain_of(&self, column: &str) -> Option<Grain> {
        let mut grain = None;
        for metric in &self.metrics {
            let time = metric.time.as_ref()?;
            if time.column.as_str() != column {
                return None;
            }
            grain = Some(time.grain);
        }
        grain
    }

    /// The name of the answer's time column: the marts' own where it is the same, else the grain's.
    pub fn period_name(&self) -> Option<String> {
        let grain = self.grain?;
        let mut names = self.metrics.iter().filter_map(|metric| {
            let time = metric.time.as_ref()?;
            (time.grain == grain).then(|| time.column.as_str())
        });
        let first = names.next();
        let is_shared = first.is_some_and(|first| names.all(|name| name == first));
        Some(
            first
                .filter(|_| is_shared)
                .unwrap_or(grain.word())
                .to_owned(),
        )
    }

    /// The names of the keys inside the plan.
    pub fn keys(&self) -> Vec<String> {
        let period = self.grain.map(|_| PERIOD.to_owned());
        (0..self.dimensions.len()).map(key).chain(period).collect()
    }
}
