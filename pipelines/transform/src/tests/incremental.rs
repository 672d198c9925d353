//! Builds of some partitions: which, why, and that the content is that of a full build.

mod edits;
mod project;

use insta::assert_snapshot;
use models::Models;
use warehouse::progress::Silent;
use warehouse::{PartitionValues, Removal};

use super::lake::{Lake, now};
use crate::{BuildOptions, BuildReport, Range};
use project::{contracts, files, lines_of};

/// `mart: outcome, partitions (reason)` a line.
fn summary(report: &BuildReport) -> String {
    let lines = report.marts.iter().map(|mart| {
        let what = match (&mart.partitions, mart.reason.as_str()) {
            (_, "inputs and SQL are unchanged") => "unchanged".to_owned(),
            (None, _) => "all".to_owned(),
            (Some(partitions), _) if partitions.is_empty() => "no partition".to_owned(),
            (Some(partitions), _) => partitions.join(" "),
        };
        format!("{}: {what} ({})", mart.mart, mart.reason)
    });
    lines.collect::<Vec<_>>().join("\n")
}

async fn built() -> (Lake, Models) {
    let lake = Lake::with_contracts(contracts()).await;
    let models = files().models_under(&contracts());
    for month in ["2023-11", "2023-12", "2024-01", "2024-02"] {
        let partition = vec![PartitionValues::of("month", month)];
        lake.replace(
            "cost.line",
            &lines_of(month, 3),
            Removal::Partitions(partition),
        )
        .await;
    }
    lake.load("reference.factor", project::FACTORS).await;
    lake.load("reference.unit", project::UNITS).await;
    lake.build(&models).await.expect("the first build");
    (lake, models)
}

#[tokio::test]
async fn a_changed_month_is_rebuilt_alone_and_its_year_above_it() {
    let (lake, models) = built().await;
    let partition = vec![PartitionValues::of("month", "2024-02")];
    lake.replace(
        "cost.line",
        &lines_of("2024-02", 5),
        Removal::Partitions(partition),
    )
    .await;
    let report = lake.build(&models).await.expect("the second build");
    assert_snapshot!(summary(&report), @r"
        cost_month: month=2024-02 (cost.line changed)
        cost_year: year=2024 (mart.cost_month changed)
        cost_trend: all (mart.cost_year changed; mart.cost_year reaches every partition: a window across values of `year`)
    ");
}

#[tokio::test]
async fn a_deleted_month_goes_from_the_marts() {
    let (lake, models) = built().await;
    let partition = vec![PartitionValues::of("month", "2023-11")];
    lake.replace(
        "cost.line",
        &format!("{} limit 0", lines_of("2023-11", 3)),
        Removal::Partitions(partition),
    )
    .await;
    let report = lake.build(&models).await.expect("the second build");
    assert_snapshot!(summary(&report), @r"
        cost_month: month=2023-11 (cost.line changed)
        cost_year: year=2023 (mart.cost_month changed)
        cost_trend: all (mart.cost_year changed; mart.cost_year reaches every partition: a window across values of `year`)
    ");
    let months = lake
        .query("select distinct month from cost_month order by month")
        .await;
    assert_snapshot!(months, @r"
        +---------+
        | month   |
        +---------+
        | 2023-12 |
        | 2024-01 |
        | 2024-02 |
        +---------+
    ");
}

#[tokio::test]
async fn a_column_nobody_reads_touches_no_partition_and_is_built_once() {
    let (lake, models) = built().await;
    lake.load(
        "reference.unit",
        &project::UNITS.replace("'note'", "'another note'"),
    )
    .await;
    let report = lake.build(&models).await.expect("the second build");
    assert_snapshot!(summary(&report), @r"
        cost_month: no partition (reference.unit changed)
        cost_year: unchanged (inputs and SQL are unchanged)
        cost_trend: unchanged (inputs and SQL are unchanged)
    ");
    let again = lake.build(&models).await.expect("the third build");
    assert!(!again.changed(), "{}", summary(&again));
}

#[tokio::test]
async fn a_restated_factor_reaches_every_month_but_only_its_own_year() {
    let (lake, models) = built().await;
    lake.load("reference.factor", &project::FACTORS.replace("2.5", "2.6"))
        .await;
    let report = lake.build(&models).await.expect("the second build");
    assert_snapshot!(summary(&report), @r"
        cost_month: all (reference.factor changed; reference.factor reaches every partition: a join that does not compare `month`)
        cost_year: year=2023 (mart.cost_month changed)
        cost_trend: all (mart.cost_year changed; mart.cost_year reaches every partition: a window across values of `year`)
    ");
}

#[tokio::test]
async fn a_range_is_built_even_where_nothing_changed() {
    let (lake, models) = built().await;
    let options = BuildOptions {
        range: Some(Range::new("2023-12", "2024-01").expect("a range")),
        ..BuildOptions::all(now())
    };
    let report = crate::build(&lake.warehouse, &models, &options, &Silent)
        .await
        .expect("the range");
    assert_snapshot!(summary(&report), @r"
        cost_month: month=2023-12 month=2024-01 (a range was asked for)
        cost_year: all (mart.cost_month changed, in every partition)
        cost_trend: all (mart.cost_year changed, in every partition)
    ");
}

#[tokio::test]
async fn a_mart_partitioned_otherwise_is_built_anew_and_its_publication_stays_readable() {
    let (lake, models) = built().await;
    lake.publish(&models).await.expect("the publication");
    let before = lake
        .query("select * from cost_year order by unit_id, year")
        .await;
    let flat = project::contracts_where_years_are_one();
    let lake = lake.under(flat).await;
    let report = lake
        .build(&models)
        .await
        .expect("the build under other contracts");
    assert_snapshot!(summary(&report), @r"
        cost_month: unchanged (inputs and SQL are unchanged)
        cost_year: all (its contract partitions it otherwise)
        cost_trend: all (mart.cost_year changed; mart.cost_year reaches every partition: its columns changed)
    ");
    assert_eq!(
        lake.query("select * from cost_year order by unit_id, year")
            .await,
        before
    );
    let publication = lake
        .warehouse
        .publications()
        .latest()
        .await
        .expect("the lake can be read")
        .expect("a publication");
    let session = warehouse::open_publication(&lake.warehouse, &publication)
        .await
        .expect("it is readable");
    let rows = session
        .sql("select * from cost_year order by unit_id, year")
        .await
        .expect("it plans")
        .collect()
        .await
        .expect("it runs");
    let published =
        datafusion::arrow::util::pretty::pretty_format_batches(&rows).expect("rows print");
    assert_eq!(published.to_string(), before);
}
