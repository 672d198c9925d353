//! The walk over a plan: what is known of each column that a node gives.

use contracts::Place;
use datafusion::common::{DFSchema, DFSchemaRef, JoinType, TableReference};
use datafusion::logical_expr::{
    Aggregate, Distinct, Expr, Join, LogicalPlan, Projection, TableScan, Union, Unnest, Window,
};

use super::condition::{Side, equate, substituted};
use super::declared::Declarations;
use super::fact::Fact;
use super::fault::UnitFault;
use super::formula::{Formula, Substitution};
use super::table::{Names, Table, Tables};

/// Derives the units of plans of one file.
pub(super) struct Deriver<'a> {
    pub file: &'a str,
    /// Where what has no place of its own stands: the step that is derived.
    pub at: Place,
    pub tables: &'a Tables,
    /// The steps of the file derived so far.
    pub steps: Tables,
    pub names: &'a mut Names,
    pub declared: &'a Declarations,
    pub faults: &'a mut Vec<UnitFault>,
    /// Whether this is an audit, where a tolerance may be a literal.
    pub is_audit: bool,
    /// What encloses the subquery that is derived, the innermost last.
    pub outer: Vec<Scope>,
    /// Text columns of the projection at hand that tell a unit by the same conditions as a number.
    pub siblings: Vec<Sibling>,
}

/// The columns in reach of an expression.
#[derive(Clone)]
pub(super) struct Scope {
    pub schema: DFSchemaRef,
    pub facts: Vec<Fact>,
}

/// A `case` that names a unit in each branch: `case when … then 'kWh' else 'L' end as unit`.
pub(super) struct Sibling {
    pub case: datafusion::logical_expr::Case,
    pub branches: Vec<Option<Formula>>,
    pub names: Formula,
}

impl Scope {
    pub fn column(&self, column: &datafusion::common::Column) -> Option<&Fact> {
        let index = self.schema.maybe_index_of_column(column)?;
        self.facts.get(index)
    }

    pub fn under(&self, by: &Substitution) -> Scope {
        Scope {
            schema: DFSchemaRef::clone(&self.schema),
            facts: substituted(&self.facts, by),
        }
    }
}

impl Deriver<'_> {
    /// What is known of the columns of `plan`, in their order.
    pub fn plan(&mut self, plan: &LogicalPlan) -> Vec<Fact> {
        let mut facts = match plan {
            LogicalPlan::TableScan(scan) => self.scan(scan),
            LogicalPlan::Projection(projection) => self.projection(projection),
            LogicalPlan::Filter(filter) => {
                let scope = self.scope(&filter.input);
                let by = self.holds(&filter.predicate, &scope);
                let scope = scope.under(&by);
                self.fact(&filter.predicate, &scope);
                scope.facts
            }
            LogicalPlan::Join(join) => self.join(join),
            LogicalPlan::Aggregate(aggregate) => self.aggregate(aggregate),
            LogicalPlan::Window(window) => self.window(window),
            LogicalPlan::Union(union) => self.union(union),
            LogicalPlan::Unnest(unnest) => self.unnest(unnest),
            LogicalPlan::SubqueryAlias(alias) => self.plan(&alias.input),
            LogicalPlan::Sort(sort) => {
                let scope = self.scope(&sort.input);
                for key in &sort.expr {
                    self.fact(&key.expr, &scope);
                }
                scope.facts
            }
            LogicalPlan::Distinct(Distinct::On(on)) => {
                let scope = self.scope(&on.input);
                on.select_expr
                    .iter()
                    .map(|expr| self.fact(expr, &scope))
                    .collect()
            }
            LogicalPlan::Values(values) => {
                let scope = empty_scope();
                let rows: Vec<Vec<Fact>> = values
                    .values
                    .iter()
                    .map(|row| row.iter().map(|expr| self.fact(expr, &scope)).collect())
                    .collect();
                self.stacked(&rows, &values.schema)
            }
            LogicalPlan::RecursiveQuery(recursive) => {
                let first = self.plan(&recursive.static_term);
                let table = table_of(&recursive.schema, &first);
                let hidden = self.steps.insert(recursive.name.clone(), table);
                let next = self.plan(&recursive.recursive_term);
                match hidden {
                    Some(hidden) => self.steps.insert(recursive.name.clone(), hidden),
                    None => self.steps.remove(&recursive.name),
                };
                self.stacked(&[first, next], &recursive.schema)
            }
            LogicalPlan::EmptyRelation(_) => Vec::new(),
            other => match other.inputs().as_slice() {
                [input] => self.plan(input),
                _ => Vec::new(),
            },
        };
        // Columns a node adds beyond what is derived here (marks, grouping ids) are plain.
        facts.resize(plan.schema().fields().len(), Fact::Other);
        facts
    }

    pub fn scope(&mut self, plan: &LogicalPlan) -> Scope {
        Scope {
            facts: self.plan(plan),
            schema: DFSchemaRef::clone(plan.schema()),
        }
    }

    fn scan(&mut self, scan: &TableScan) -> Vec<Fact> {
        let key = key_of(&scan.table_name);
        let table = self.steps.get(&key).or_else(|| self.tables.get(&key));
        let table = table.map(|table| table.read(self.names));
        let fields = scan.projected_schema.fields();
        fields
            .iter()
            .map(|field| {
                let known = table.as_ref().and_then(|table| table.get(field.name()));
                match known {
                    Some(fact) => fact.clone(),
                    // The row number of the source file, and the values of a series.
                    None if field.data_type().is_numeric() => {
                        Fact::number(format!("`{}` of {key}", field.name()))
                    }
                    None if field.data_type().is_string() => {
                        Fact::text(self.names.new_name(field.name()))
                    }
                    None => Fact::Other,
                }
            })
            .collect()
    }

    fn projection(&mut self, projection: &Projection) -> Vec<Fact> {
        let scope = self.scope(&projection.input);
        let hidden = std::mem::take(&mut self.siblings);
        let mut facts: Vec<Option<Fact>> = vec![None; projection.expr.len()];
        // Texts first: a number may be in the unit that a text beside it tells.
        for (index, expr) in projection.expr.iter().enumerate() {
            if let Some(case) = super::expression::case_of(expr)
                && let Some(sibling) = self.sibling(case, &scope, name_of(expr))
            {
                facts[index] = Some(Fact::Text {
                    names: sibling.names.clone(),
                    value: None,
                });
                self.siblings.push(sibling);
            }
        }
        let facts = projection
            .expr
            .iter()
            .zip(facts)
            .map(|(expr, known)| {
                let fact = known.unwrap_or_else(|| self.fact(expr, &scope));
                self.named(expr, fact)
            })
            .collect();
        self.siblings = hidden;
        facts
    }

    fn join(&mut self, join: &Join) -> Vec<Fact> {
        let left = self.scope(&join.left);
        let right = self.scope(&join.right);
        let mut by = Substitution::new();
        for (on_left, on_right) in &join.on {
            let sides = (self.side(on_left, &left), self.side(on_right, &right));
            if let (Some(a), Some(b)) = sides {
                equate(a, b, &mut by);
            }
        }
        let both = left.schema.join(&right.schema).ok().map(|schema| Scope {
            schema: DFSchemaRef::new(schema),
            facts: [left.facts.clone(), right.facts.clone()].concat(),
        });
        if let (Some(filter), Some(both)) = (&join.filter, &both) {
            let more = self.holds(filter, &both.under(&by));
            for formula in by.values_mut() {
                *formula = formula.substitute(&more);
            }
            by.extend(more);
            self.fact(filter, &both.under(&by));
        }
        let (left, right) = (left.under(&by), right.under(&by));
        for (on_left, on_right) in &join.on {
            let a = self.fact(on_left, &left);
            let b = self.fact(on_right, &right);
            let at = self.place_of(&[on_left, on_right]);
            self.unified(&a, &b, "compares", &at);
        }
        match join.join_type {
            JoinType::LeftSemi | JoinType::LeftAnti | JoinType::LeftMark => left.facts,
            JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark => right.facts,
            _ => [left.facts, right.facts].concat(),
        }
    }

    fn aggregate(&mut self, aggregate: &Aggregate) -> Vec<Fact> {
        let scope = self.scope(&aggregate.input);
        let keys: Vec<&Expr> = aggregate
            .group_expr
            .iter()
            .flat_map(|expr| match expr {
                Expr::GroupingSet(set) => set.distinct_expr(),
                other => vec![other],
            })
            .collect();
        let is_set = matches!(aggregate.group_expr.as_slice(), [Expr::GroupingSet(_)]);
        let mut facts: Vec<Fact> = keys.iter().map(|key| self.fact(key, &scope)).collect();
        let told = facts.clone();
        if is_set {
            facts.push(Fact::Other);
        }
        for expr in &aggregate.aggr_expr {
            facts.push(self.drawn(expr, &scope, &told));
        }
        facts
    }

    fn window(&mut self, window: &Window) -> Vec<Fact> {
        let scope = self.scope(&window.input);
        let mut facts = scope.facts.clone();
        for expr in &window.window_expr {
            facts.push(self.fact(expr, &scope));
        }
        facts
    }

    fn union(&mut self, union: &Union) -> Vec<Fact> {
        let mut branches = Vec::new();
        for input in &union.inputs {
            branches.extend(self.branches_of(input));
        }
        self.stacked(&branches, &union.schema)
    }

    /// The branches of a union within a union, each by itself: what tells a unit in three branches need
    /// not tell it in the first two.
    fn branches_of(&mut self, plan: &LogicalPlan) -> Vec<Vec<Fact>> {
        match plan {
            LogicalPlan::Union(union) => {
                let inputs = union.inputs.iter();
                inputs.flat_map(|input| self.branches_of(input)).collect()
            }
            // The engine casts the columns of a union to common types.
            LogicalPlan::Projection(projection)
                if matches!(projection.input.as_ref(), LogicalPlan::Union(_)) =>
            {
                let branches = self.branches_of(&projection.input);
                let schema = projection.input.schema();
                let mut facts = Vec::new();
                for branch in branches {
                    let scope = Scope {
                        schema: DFSchemaRef::clone(schema),
                        facts: branch,
                    };
                    let exprs = projection.expr.iter();
                    facts.push(exprs.map(|expr| self.fact(expr, &scope)).collect());
                }
                facts
            }
            other => vec![self.plan(other)],
        }
    }

    /// Rows of several branches under one another.
    ///
    /// Where a column is in one unit in each branch and in different ones over all, a text column that
    /// names each branch's unit tells it: `'kWh' as unit, electricity_kwh as quantity`.
    fn stacked(&mut self, branches: &[Vec<Fact>], schema: &DFSchema) -> Vec<Fact> {
        let width = schema.fields().len();
        let column = |index: usize| -> Vec<Fact> {
            let facts = branches.iter().map(|facts| facts.get(index).cloned());
            facts.map(|fact| fact.unwrap_or(Fact::Other)).collect()
        };
        let mut facts: Vec<Option<Fact>> = vec![None; width];
        let mut texts: Vec<(Vec<Fact>, Formula)> = Vec::new();
        for (index, known) in facts.iter_mut().enumerate() {
            let branches = column(index);
            if branches
                .iter()
                .any(|fact| matches!(fact, Fact::Text { .. }))
            {
                let names = self.told_by_all(&branches, schema.field(index).name());
                *known = Some(Fact::Text {
                    names: names.clone(),
                    value: None,
                });
                texts.push((branches, names));
            }
        }
        facts
            .into_iter()
            .enumerate()
            .map(|(index, known)| match known {
                Some(fact) => fact,
                None => {
                    let name = schema.field(index).name();
                    self.stacked_column(&column(index), name, &texts)
                }
            })
            .collect()
    }

    fn stacked_column(
        &mut self,
        branches: &[Fact],
        name: &str,
        texts: &[(Vec<Fact>, Formula)],
    ) -> Fact {
        let mut merged = Fact::Fits;
        let mut is_like = true;
        for branch in branches {
            match merge(&merged, branch) {
                Some(fact) => merged = fact,
                None => is_like = false,
            }
        }
        // A null fits any unit, so that all branches may be alike and yet a text tell the unit of each;
        // a name that says the unit decides.
        let is_open = branches.iter().any(|fact| matches!(fact, Fact::Fits))
            && super::formula::unit_by_name(name).is_none();
        if is_like && !(is_open && matches!(merged, Fact::Measure(_))) {
            return merged;
        }
        if let Some(fact) = told_beside(branches, texts) {
            return fact;
        }
        if is_like {
            return merged;
        }
        // Told again, with the fault.
        let at = self.output_place(name);
        let mut merged = Fact::Fits;
        for branch in branches {
            merged = self.unified(&merged, branch, "puts into one column", &at);
        }
        merged
    }

    /// What a text column names after a union: one thing, or a name of its own.
    fn told_by_all(&mut self, branches: &[Fact], column: &str) -> Formula {
        let mut told = branches.iter().filter_map(|fact| match fact {
            Fact::Text { names, .. } => Some(names),
            _ => None,
        });
        let first = told.next();
        match first {
            Some(first) if told.all(|other| other == first) => first.clone(),
            _ => Formula::named(self.names.new_name(column)),
        }
    }

    fn unnest(&mut self, unnest: &Unnest) -> Vec<Fact> {
        let input = self.plan(&unnest.input);
        unnest
            .dependency_indices
            .iter()
            .map(|index| input.get(*index).cloned().unwrap_or(Fact::Other))
            .collect()
    }

    /// What holds where `condition` does.
    pub fn holds(&mut self, condition: &Expr, scope: &Scope) -> Substitution {
        let mut found = Vec::new();
        super::condition::equations(condition, &mut found);
        let mut by = Substitution::new();
        for (left, right) in found {
            let sides = (self.side(left, scope), self.side(right, scope));
            if let (Some(left), Some(right)) = sides {
                equate(left, right, &mut by);
            }
        }
        by
    }

    fn side(&mut self, expr: &Expr, scope: &Scope) -> Option<Side> {
        if let Some(text) = super::expression::text_of(expr) {
            return Some(Side::Literal(text));
        }
        // Only columns: deriving more would tell its faults twice.
        match super::expression::column_of(expr).and_then(|column| scope.column(column)) {
            Some(Fact::Text { names, .. }) => Some(Side::Names(names.clone())),
            _ => None,
        }
    }
}

/// Two facts of one column; `None` when their units are unlike.
pub(super) fn merge(a: &Fact, b: &Fact) -> Option<Fact> {
    match (a, b) {
        (Fact::Measure(a), Fact::Measure(b)) => a.unify(b).map(Fact::Measure),
        (Fact::Fits, other) | (other, Fact::Fits) => Some(other.clone()),
        (Fact::Undeclared(origins), Fact::Measure(number))
        | (Fact::Measure(number), Fact::Undeclared(origins)) => {
            number.is_number.then(|| Fact::Undeclared(origins.clone()))
        }
        (Fact::Unknown(why), _) | (_, Fact::Unknown(why)) => Some(Fact::Unknown(why.clone())),
        (Fact::Undeclared(a), Fact::Undeclared(b)) => Some(Fact::Undeclared(a.with(b))),
        (other, _) => Some(other.clone()),
    }
}

/// The unit of a column as a text column beside it tells it in every branch, alone or as a divisor.
fn told_beside(branches: &[Fact], texts: &[(Vec<Fact>, Formula)]) -> Option<Fact> {
    for (told, names) in texts {
        if names.as_name().is_none() {
            continue;
        }
        for power in [1, -1] {
            if let Some(rest) = super::expression::rest_beside(branches, told, power) {
                let (rest, origins) = rest;
                let unit = rest.mul(&names.pow(power)?)?;
                return Some(Fact::measure(unit, origins));
            }
        }
    }
    None
}

pub(super) fn table_of(schema: &DFSchema, facts: &[Fact]) -> Table {
    let names = schema.fields().iter().map(|field| field.name().clone());
    Table {
        columns: names.zip(facts.iter().cloned()).collect(),
    }
}

pub(super) fn empty_scope() -> Scope {
    Scope {
        schema: DFSchemaRef::new(DFSchema::empty()),
        facts: Vec::new(),
    }
}

fn key_of(table: &TableReference) -> String {
    match table.schema() {
        Some(schema) => format!("{schema}.{}", table.table()),
        None => table.table().to_owned(),
    }
}

/// The name a projection gives.
pub(super) fn name_of(expr: &Expr) -> &str {
    match expr {
        Expr::Alias(alias) => &alias.name,
        Expr::Column(column) => &column.name,
        _ => "",
    }
}
