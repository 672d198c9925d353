//! Explanations: every number of a made-up city, opened down to the rows of its files.

#![expect(clippy::panic, reason = "a test that cannot go on says why")]

use std::collections::{BTreeMap, BTreeSet};

use city::{Month, Spec};
use ingest::{LandedPlace, landed_rows};
use models::metric::{Filter, Metric, MetricQuery, Metrics};
use transform::explain::{
    ExplainError, Explainer, Explanation, Making, Page, Part, Question, Source,
};
use transform::{BuildOptions, PublishOptions};
use warehouse::progress::Silent;

use crate::city::Story;
use crate::lake::now;

/// A year that is over, so that marts of years are whole.
const YEAR: &str = "2024";

/// A county of three years.
fn county() -> Spec {
    Spec {
        from: Month::new(2022, 1),
        to: Month::new(2025, 3),
        ..Spec::county(107)
    }
}

/// A story whose city is loaded, built and published, and that publication.
async fn published() -> (Story, Explainer) {
    let story = Story::begin(&county()).await;
    story.load().await;
    let models = &story.project.models;
    let options = BuildOptions::all(now());
    transform::build(&story.lake, models, &options, &Silent)
        .await
        .unwrap_or_else(|error| panic!("{error:?}"));
    let options = PublishOptions {
        now: now(),
        note: None,
    };
    let published = transform::publish(&story.lake, models, &options, &Silent)
        .await
        .unwrap_or_else(|error| panic!("{error:?}"));
    let explainer = Explainer::open(&story.lake, models, &published.publication)
        .await
        .unwrap_or_else(|error| panic!("{error:?}"));
    (story, explainer)
}

/// The one value of a metric that is asked for: the year, where it has time.
fn query(metric: &Metric) -> MetricQuery {
    let time = metric.time.as_ref().map(|_| YEAR.to_owned());
    MetricQuery {
        metrics: vec![metric.name.clone()],
        from: time.clone(),
        to: time,
        ..MetricQuery::default()
    }
}

async fn explain(
    explainer: &Explainer,
    story: &Story,
    query: MetricQuery,
    page: Page,
) -> Result<Explanation, ExplainError> {
    let question = Question {
        query,
        page,
        table: None,
        may_show: &|_| true,
    };
    explainer.explain(&story.project.metrics, &question).await
}

/// Ten times that of the service, for everything at once instead of a page.
const DEADLINE: std::time::Duration = std::time::Duration::from_secs(300);

/// Metrics whose way down is not followed to its end yet: too long, or over rows whose use has no value
/// that can be listed. What the answer then says is tested; that no other joins them, too.
const NOT_FOLLOWED: [&str; 14] = [
    "asset_rent_due_in_year",
    "centralized_people_rate",
    "cooling_degree_days",
    "electricity_billed_price",
    "energy_counted",
    "energy_per_area_degree_day",
    "evaluated_targets",
    "held_to_approved_area",
    "meter_completeness",
    "quota_judged",
    "reporting_days_late",
    "targets_judged",
    "vehicle_check_coverage",
    "vehicle_suspicion_impact",
];

const EVERYTHING: Page = Page {
    limit: 1_000_000,
    offset: 0,
};

fn parts(explanation: &Explanation) -> impl Iterator<Item = &Part> {
    [
        Some(&explanation.numerator),
        explanation.denominator.as_ref(),
    ]
    .into_iter()
    .flatten()
}

/// A decimal as a whole number of its smallest places, twelve of them: sums of such are exact.
fn exact(text: &str) -> i128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{}{fraction:0<12}", whole.trim_start_matches('-'));
    let number: i128 = digits
        .parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"));
    if text.starts_with('-') {
        -number
    } else {
        number
    }
}

/// The rows as listed, added up here: not the sum that the explanation itself gives.
fn added_up(source: &Source) -> i128 {
    let parts = source.rows.iter().filter_map(|row| row.part.as_deref());
    parts.map(exact).sum()
}

/// One metric of each mart; with `JIEYUE_EXPLAIN=all` every one, which takes a quarter of an hour.
fn chosen(metrics: &Metrics) -> Vec<&Metric> {
    if std::env::var_os("JIEYUE_EXPLAIN").is_some_and(|which| which == "all") {
        return metrics.iter().collect();
    }
    let mut marts = BTreeSet::new();
    let firsts = metrics.iter().filter(|metric| marts.insert(&metric.mart));
    firsts.collect()
}

#[tokio::test]
async fn numbers_of_every_mart_open_down_to_rows_that_make_them() {
    let (story, explainer) = published().await;
    let mut faults: Vec<String> = Vec::new();
    let mut without_parts: BTreeSet<String> = BTreeSet::new();
    let (mut explained, mut followed) = (0, 0);
    for metric in chosen(&story.project.metrics) {
        let begun = std::time::Instant::now();
        let asked = explain(&explainer, &story, query(metric), EVERYTHING);
        let explanation = match tokio::time::timeout(DEADLINE, asked).await {
            Ok(Ok(explanation)) => explanation,
            Ok(Err(error)) => {
                faults.push(format!("{}: {error:?}", metric.name));
                continue;
            }
            Err(_) => {
                faults.push(format!("{}: no answer within {DEADLINE:?}", metric.name));
                continue;
            }
        };
        if begun.elapsed() > DEADLINE / 100 {
            println!("{}: {:?}", metric.name, begun.elapsed());
        }
        explained += usize::from(explanation.value.is_some());
        let is_followed = !explanation
            .notes
            .iter()
            .any(|note| note.en.contains("could not be followed"));
        for note in &explanation.notes {
            if is_followed || !NOT_FOLLOWED.contains(&metric.name.as_str()) {
                faults.push(format!("{}: {}", metric.name, note.en));
            }
        }
        if !is_followed {
            println!("{}: not followed", metric.name);
            continue;
        }
        followed += usize::from(explanation.value.is_some());
        for part in parts(&explanation) {
            let name = format!("{} {}", metric.name, part.symbols);
            let total = part.total.as_deref().map_or(0, exact);
            let sources: Vec<&Source> = part.sources.iter().chain(&part.references).collect();
            if sources.is_empty() && total != 0 {
                faults.push(format!("{name}: {total} comes from no row"));
            }
            let adds = sources.iter().filter(|source| source.making == Making::Sum);
            for source in adds.clone() {
                // Where several tables make the number together, their rows do.
                let with = sources.iter().filter(|other| {
                    source.together_with.contains(&other.table)
                        && other.together_with.contains(&source.table)
                });
                let sum = added_up(source) + with.map(|other| added_up(other)).sum::<i128>();
                if sum != total || u64::try_from(source.rows.len()) != Ok(source.total_rows) {
                    faults.push(format!("{name}: {} {sum} of {total}", source.table));
                }
            }
            if adds.count() == 0 && !sources.is_empty() {
                without_parts.insert(name);
            }
        }
    }
    println!(
        "explained {explained}; without parts:\n{}",
        without_parts.iter().cloned().collect::<Vec<_>>().join("\n")
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(explained > 30, "only {explained} metrics have a value");
    assert!(followed > 20, "only {followed} metrics open down to rows");
}

#[tokio::test]
async fn a_row_is_shown_as_it_was_landed() {
    let (story, explainer) = published().await;
    let metrics = &story.project.metrics;
    let metric = metrics
        .get("electricity")
        .unwrap_or_else(|| panic!("a metric"));
    let explanation = explain(&explainer, &story, query(metric), EVERYTHING).await;
    let explanation = explanation.unwrap_or_else(|error| panic!("{error:?}"));
    let source = explanation
        .numerator
        .sources
        .iter()
        .find(|source| source.table.to_string() == "energy.monthly")
        .unwrap_or_else(|| panic!("{:?}", explanation.numerator));
    let row = &source.rows[0];
    let place = row.place.as_ref().unwrap_or_else(|| panic!("{row:?}"));
    let place = LandedPlace {
        object: place.object.clone(),
        sheet: place.sheet.clone(),
        row: place.row,
    };
    let places = BTreeSet::from([place.clone()]);
    let found = landed_rows(&story.lake, &story.jobs, &source.table, &places).await;
    let found: BTreeMap<_, _> = found.unwrap_or_else(|error| panic!("{error:?}"));
    let raw = &found[&place];
    let part = row.part.as_deref().map(exact);
    let is_there = raw.cells.iter().any(|(_, text)| {
        let text = text.as_deref().unwrap_or_default();
        let is_number = text.chars().all(|c| c.is_ascii_digit() || c == '.');
        is_number && !text.is_empty() && Some(exact(text)) == part
    });
    assert!(is_there, "{part:?} is not in {raw:?}");
}

#[tokio::test]
async fn what_does_not_fit_a_metric_is_refused_with_the_nearest_word() {
    let (story, explainer) = published().await;
    let metric = story
        .project
        .metrics
        .get("energy_per_capita")
        .unwrap_or_else(|| panic!("a metric"));
    let ask = async |query: MetricQuery| {
        let question = Question {
            query,
            page: EVERYTHING,
            table: None,
            may_show: &|_| true,
        };
        let error = explainer
            .explain(&story.project.metrics, &question)
            .await
            .err()
            .unwrap_or_else(|| panic!("it was explained"));
        format!("{error}; {}", error.hint().unwrap_or_default())
    };
    let mut wrong = query(metric);
    wrong.filters.push(Filter::eq("region_cod", "420800"));
    assert_eq!(
        ask(wrong).await,
        "metric `energy_per_capita` has no dimension `region_cod`; write `region_code`"
    );
    let mut several = query(metric);
    several.dimensions.push("region_code".to_owned());
    assert_eq!(
        ask(several).await,
        "an explanation is of one value of one metric; leave out dimensions, grain and comparison; \
         name the row by filters and time"
    );
}
