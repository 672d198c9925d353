//! A publication, and what a question about its numbers means in it.

use contracts::text::nearest;
use models::metric::{Filter, MetricQuery, Metrics, QueryError};
use transform::Regions;
use warehouse::{AsOf, Publication, Warehouse};

use crate::cli::{Condition, Which};
use crate::failure::{Failure, Outcome};

/// The column whose values mean what is below them too.
const REGION: &str = "region_code";

/// The publication that is asked.
///
/// # Errors
/// There is none by that number or day, or its rows are no longer kept.
pub async fn find(lake: &Warehouse, as_of: Option<AsOf>) -> Outcome<Publication> {
    let publications = lake.publications();
    Ok(publications.as_of(as_of.unwrap_or(AsOf::Latest)).await?)
}

/// The metric must be there before a lake is opened for it.
///
/// # Errors
/// It is not; the nearest is named.
pub fn known<'a>(metrics: &'a Metrics, name: &str) -> Outcome<&'a models::metric::Metric> {
    let names = metrics.iter().map(|metric| metric.name.as_str());
    metrics.get(name).ok_or_else(|| {
        QueryError::UnknownMetric {
            metric: name.to_owned(),
            nearest: nearest(name, names).map(str::to_owned),
        }
        .into()
    })
}

/// The question of a metric under the conditions of the command line.
///
/// # Errors
/// A region that is not there; a column that is named twice.
pub fn question(metric: &str, which: &Which, regions: &Regions) -> Outcome<MetricQuery> {
    let mut query = MetricQuery {
        metrics: vec![metric.to_owned()],
        from: which.from.clone(),
        to: which.to.clone(),
        ..MetricQuery::default()
    };
    for condition in &which.conditions {
        let Condition { column, values } = condition;
        if query.filters.iter().any(|known| known.column == *column) {
            return Err(Failure::usage(
                format!("`{column}` is given twice"),
                format!("write it once: {column}={},…", values.join(",")),
            ));
        }
        query.filters.push(match values.as_slice() {
            _ if column == REGION => within(values, regions)?,
            [value] => Filter::eq(column, value),
            values => Filter::is_in(column, values.to_vec()),
        });
    }
    Ok(query)
}

/// The regions named and all below them.
fn within(codes: &[String], regions: &Regions) -> Outcome<Filter> {
    let mut all = std::collections::BTreeSet::new();
    for code in codes {
        if !regions.knows(code) {
            let hint = match nearest(code, regions.codes()) {
                Some(code) => format!("write `{code}`"),
                None => {
                    "`jieyue query 'select region_code, name_zh from reference.region'` lists them"
                        .to_owned()
                }
            };
            return Err(Failure::user(format!("there is no region `{code}`"), hint));
        }
        all.extend(regions.within(code));
    }
    Ok(Filter::is_in(REGION, all))
}
