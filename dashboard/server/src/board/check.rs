//! Whether a board speaks of marts, columns, metrics and parameters that exist.

use std::collections::{BTreeMap, BTreeSet};

use contracts::text::nearest;
use contracts::yaml::{At, Scalar};
use contracts::{Contract, Contracts, Place, TableId};
use models::metric::Metrics;

use super::BoardError;
use super::file::{BoardFile, ConditionFile, MeasureFile, QueryFile};

/// Every fault of a board that its form does not show.
pub(super) fn faults(
    board: &BoardFile,
    path: &str,
    contracts: &Contracts,
    metrics: &Metrics,
) -> Vec<BoardError> {
    let mut check = Check {
        path,
        contracts,
        metrics,
        parameters: BTreeSet::new(),
        faults: Vec::new(),
    };
    for parameter in &board.parameters {
        check.parameter(parameter);
        check.parameters.insert(parameter.parameter.value.clone());
    }
    let mut names = BTreeSet::new();
    for panel in &board.panels {
        if !names.insert(panel.panel.value.as_str()) {
            check.faults.push(BoardError::Twice {
                name: panel.panel.value.clone(),
                at: check.at(&panel.panel),
            });
        }
        let line = panel.panel.line;
        check.query(&panel.query, line);
        for note in &panel.notes {
            let mart = note.from.as_ref().unwrap_or(&panel.query.from);
            let Some(contract) = check.mart(mart) else {
                continue;
            };
            check.conditions(&note.when, contract, line);
            check.conditions(&note.filters, contract, line);
            if let Some(column) = &note.factors {
                check.column(column, contract);
            }
            if note.text.is_none() && note.factors.is_none() && note.settings.is_empty() {
                let at = check.at(&panel.panel);
                check.faults.push(BoardError::Shape {
                    name: panel.panel.value.clone(),
                    at,
                    fault: "has a note without text, factors or settings",
                });
            }
        }
    }
    check.faults
}

struct Check<'a> {
    path: &'a str,
    contracts: &'a Contracts,
    metrics: &'a Metrics,
    parameters: BTreeSet<String>,
    faults: Vec<BoardError>,
}

impl<'a> Check<'a> {
    fn parameter(&mut self, parameter: &super::file::ParameterFile) {
        if let Some(choices) = &parameter.choices
            && let Some(contract) = self.mart(&choices.from)
        {
            self.column(&choices.values_of, contract);
        }
        let Some(value) = &parameter.value else {
            if parameter.default.is_none() {
                self.shape(&parameter.parameter, "has neither a default nor a value");
            }
            return;
        };
        match (&value.latest, &value.from, &value.of, value.add_years) {
            (Some(column), Some(mart), None, None) => {
                if let Some(contract) = self.mart(mart) {
                    self.column(column, contract);
                    self.conditions(&value.filters, contract, parameter.parameter.line);
                }
            }
            (None, None, Some(of), Some(_)) => self.reference(&of.value, of.line),
            _ => self.shape(
                &parameter.parameter,
                "needs `latest` with `from`, or `of` with `add_years`",
            ),
        }
    }

    fn query(&mut self, query: &QueryFile, line: u32) {
        let Some(contract) = self.mart(&query.from) else {
            return;
        };
        self.conditions(&query.filters, contract, line);
        if query.columns.is_empty() == query.measures.is_empty() {
            self.shape(&query.from, "needs either `columns` or `measures`");
        }
        for column in query.columns.iter().chain(&query.dimensions) {
            self.column(column, contract);
        }
        let mut measures: Vec<&str> = Vec::new();
        for measure in &query.measures {
            self.measure(measure, contract, &measures);
            measures.push(&measure.measure.value);
        }
        let shown: Vec<&str> = measures
            .iter()
            .copied()
            .chain(
                query
                    .dimensions
                    .iter()
                    .chain(&query.columns)
                    .map(|column| column.value.as_str()),
            )
            .collect();
        for order in &query.order {
            self.one_of("column", &order.column, &shown);
        }
        for name in query.having.keys() {
            if !measures.contains(&name.as_str()) {
                self.unknown("measure", name, line, measures.iter().copied());
            }
        }
    }

    fn measure(&mut self, measure: &MeasureFile, contract: &'a Contract, before: &[&str]) {
        self.conditions(&measure.filters, contract, measure.measure.line);
        let given = [
            measure.metric.is_some(),
            measure.sum.is_some(),
            measure.max.is_some(),
            measure.min.is_some(),
            measure.any.is_some(),
            measure.count.is_some(),
            measure.share.is_some(),
            measure.change.is_some(),
        ];
        if given.iter().filter(|given| **given).count() != 1 {
            self.shape(
                &measure.measure,
                "needs exactly one of metric, sum, max, min, any, count, share, change",
            );
        }
        for column in [&measure.sum, &measure.max, &measure.min, &measure.any]
            .into_iter()
            .flatten()
        {
            self.column(column, contract);
        }
        if let Some(name) = &measure.metric {
            match self.metrics.get(&name.value) {
                None => self.unknown(
                    "metric",
                    &name.value,
                    name.line,
                    self.metrics.iter().map(|metric| metric.name.as_str()),
                ),
                Some(metric) if metric.mart != contract.id => {
                    self.shape(
                        &measure.measure,
                        "is a metric over another mart than the query's",
                    );
                }
                Some(_) => {}
            }
        }
        if let Some(share) = &measure.share {
            self.one_of("measure", &share.part, before);
            self.one_of("measure", &share.whole, before);
        }
        if let Some(change) = &measure.change {
            self.one_of("measure", &change.from, before);
            self.one_of("measure", &change.to, before);
        }
    }

    fn conditions(
        &mut self,
        conditions: &BTreeMap<String, ConditionFile>,
        contract: &'a Contract,
        line: u32,
    ) {
        for (column, condition) in conditions {
            if contract.column(column).is_none() {
                self.unknown("column", column, line, contract.column_names());
            }
            for scalar in scalars(condition) {
                if let Scalar::Text(text) = scalar {
                    self.reference(text, line);
                }
            }
        }
    }

    /// A text that begins with `$` names a parameter that stands before it.
    fn reference(&mut self, text: &str, line: u32) {
        if let Some(name) = text.strip_prefix('$')
            && !self.parameters.contains(name)
        {
            let known: Vec<String> = self.parameters.iter().cloned().collect();
            self.unknown("parameter", name, line, known.iter().map(String::as_str));
        }
    }

    fn mart(&mut self, name: &At<String>) -> Option<&'a Contract> {
        let found = TableId::new("mart", &name.value)
            .ok()
            .and_then(|id| self.contracts.get(&id));
        if found.is_none() {
            let marts = self
                .contracts
                .iter()
                .filter(|contract| contract.id.schema() == "mart")
                .map(|contract| contract.id.table());
            let (at, near) = (
                self.at(name),
                nearest(&name.value, marts).map(str::to_owned),
            );
            self.faults.push(BoardError::Unknown {
                kind: "mart",
                name: name.value.clone(),
                at,
                nearest: near,
            });
        }
        found
    }

    fn column(&mut self, name: &At<String>, contract: &Contract) {
        if contract.column(&name.value).is_none() {
            self.unknown("column", &name.value, name.line, contract.column_names());
        }
    }

    fn one_of(&mut self, kind: &'static str, name: &At<String>, known: &[&str]) {
        if !known.contains(&name.value.as_str()) {
            self.unknown(kind, &name.value, name.line, known.iter().copied());
        }
    }

    fn unknown<'b>(
        &mut self,
        kind: &'static str,
        name: &str,
        line: u32,
        known: impl IntoIterator<Item = &'b str>,
    ) {
        let nearest = nearest(name, known).map(str::to_owned);
        let at = Place::new(self.path, line);
        self.faults.push(BoardError::Unknown {
            kind,
            name: name.to_owned(),
            at,
            nearest,
        });
    }

    fn shape(&mut self, name: &At<String>, fault: &'static str) {
        let at = self.at(name);
        self.faults.push(BoardError::Shape {
            name: name.value.clone(),
            at,
            fault,
        });
    }

    fn at<T>(&self, value: &At<T>) -> Place {
        Place::new(self.path, value.line)
    }
}

/// The literals and references of a condition.
pub(crate) fn scalars(condition: &ConditionFile) -> Vec<&Scalar> {
    match condition {
        ConditionFile::Equal(value) => vec![value],
        ConditionFile::Test(test) => {
            let ends = [&test.within, &test.from, &test.to].into_iter().flatten();
            ends.chain(test.one_of.iter().flatten()).collect()
        }
    }
}
