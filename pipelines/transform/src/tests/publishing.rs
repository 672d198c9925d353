//! Audits and publications: what is published, and what is not.

use datafusion::arrow::util::pretty::pretty_format_batches;
use insta::assert_snapshot;
use warehouse::progress::Silent;

use super::lake::{Files, Lake, print};

const NEGATIVE: &str = "select organization_id, '2024-01' as month,
    cast(kwh as decimal(18,4)) as electricity_kwh
    from (values ('a', -1), ('b', 2), ('c', -3)) as forms (organization_id, kwh)";

#[tokio::test]
async fn what_passed_its_audits_is_published_once() {
    let lake = Lake::with_forms().await;
    let models = Files::sound().models();
    lake.build(&models).await.expect("the build");
    let first = lake.publish(&models).await.expect("the publication");
    assert!(first.is_new);
    assert_eq!(first.publication.number, 1);
    let tables: Vec<String> = first
        .publication
        .tables
        .keys()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        tables,
        ["energy.monthly", "mart.energy_month", "mart.energy_year"]
    );
    assert_eq!(first.publication.audits.len(), 1);

    let again = lake.publish(&models).await.expect("nothing new");
    assert!(!again.is_new);
    assert_eq!(again.publication.number, 1);
}

#[tokio::test]
async fn a_failed_audit_stops_publication_and_readers_keep_the_last_one() {
    let lake = Lake::with_forms().await;
    let models = Files::sound().models();
    lake.build(&models).await.expect("the build");
    lake.publish(&models).await.expect("the publication");

    lake.load("energy.monthly", NEGATIVE).await;
    lake.build(&models).await.expect("the build of wrong rows");
    let error = lake.publish(&models).await.expect_err("the audit failed");
    assert_snapshot!(print(&error), @r"
        error: nothing was published: audit `not_negative` of `energy_month` found 2 rows (nobody uses less than nothing); for example organization_id = a, month = 2024-01, electricity_kwh = -1.0000; organization_id = c, month = 2024-01, electricity_kwh = -3.0000
        hint: look at the rows with `jieyue query --unpublished`; readers keep the last good publication
    ");
    let latest = lake
        .warehouse
        .publications()
        .latest()
        .await
        .expect("the lake can be read")
        .expect("the first publication");
    assert_eq!(latest.number, 1);

    // Readers see the three good rows; who looks at the newest state sees what failed.
    let published = warehouse::open_publication(&lake.warehouse, &latest)
        .await
        .expect("the publication is readable");
    let query = "select count(*) as rows, min(electricity_kwh) as least from energy_month";
    let rows = published.sql(query).await.expect("it plans");
    let rows = rows.collect().await.expect("it runs");
    assert_snapshot!(pretty_format_batches(&rows).expect("rows print"), @r"
        +------+--------+
        | rows | least  |
        +------+--------+
        | 3    | 1.5000 |
        +------+--------+
    ");
    assert_snapshot!(lake.query(query).await, @r"
        +------+---------+
        | rows | least   |
        +------+---------+
        | 3    | -3.0000 |
        +------+---------+
    ");
}

#[tokio::test]
async fn a_warning_is_published_with_its_count() {
    let lake = Lake::new().await;
    lake.load("energy.monthly", NEGATIVE).await;
    let models = Files::sound()
        .change(
            "sql/marts/energy_month.not_negative.audit.sql",
            "severity: error",
            "severity: warning",
        )
        .models();
    lake.build(&models).await.expect("the build");
    let published = lake.publish(&models).await.expect("the publication");
    let audit = &published.publication.audits[0];
    assert_eq!(audit.rows, 2);
    assert_snapshot!(audit.message.clone().unwrap_or_default(), @"audit `not_negative` of `energy_month` found 2 rows (nobody uses less than nothing); for example organization_id = a, month = 2024-01, electricity_kwh = -1.0000; organization_id = c, month = 2024-01, electricity_kwh = -3.0000");
}

#[tokio::test]
async fn audits_can_be_run_without_publishing() {
    let lake = Lake::with_forms().await;
    let models = Files::sound().models();
    lake.build(&models).await.expect("the build");
    let reports = crate::audit(
        &lake.warehouse,
        &models,
        &["energy_month".to_owned()],
        &Silent,
    )
    .await
    .expect("the audits");
    assert_eq!(reports.len(), 1);
    assert!(reports[0].passed());
    let error = crate::audit(
        &lake.warehouse,
        &models,
        &["energy_mont".to_owned()],
        &Silent,
    )
    .await
    .expect_err("no such model");
    assert_snapshot!(print(&error), @r"
        error: there is no model `energy_mont`
        hint: write `energy_month`
    ");
}

#[tokio::test]
async fn what_was_not_built_or_was_built_on_other_rows_is_not_published() {
    let lake = Lake::with_forms().await;
    let models = Files::sound().models();
    let error = lake.publish(&models).await.expect_err("nothing is built");
    assert_snapshot!(print(&error), @r"
        error: nothing was published: not built yet: `energy_month`, `energy_year`
        hint: run `jieyue build`, then publish
    ");

    lake.build(&models).await.expect("the build");
    let changed = Files::sound()
        .change(
            "sql/marts/energy_month.sql",
            "from forms",
            "from forms where month > '2024'",
        )
        .models();
    let error = lake
        .publish(&changed)
        .await
        .expect_err("the SQL is another");
    assert_snapshot!(print(&error), @r"
        error: nothing was published: built on older rows or other SQL: `energy_month`
        hint: run `jieyue build`, then publish
    ");
}

#[tokio::test]
async fn rows_loaded_after_the_build_wait_for_the_next_publication() {
    let lake = Lake::with_forms().await;
    let models = Files::sound().models();
    lake.build(&models).await.expect("the build");
    let built_on = lake.version("energy.monthly").await;
    lake.load("energy.monthly", NEGATIVE).await;
    let published = lake.publish(&models).await.expect("the publication");
    let table = "energy.monthly".parse().expect("a table");
    assert_eq!(published.publication.tables.get(&table).copied(), built_on);
    assert_ne!(lake.version("energy.monthly").await, built_on);
}
