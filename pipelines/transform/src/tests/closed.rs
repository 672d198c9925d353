//! Closed months: what changes them is refused with the list, and published with a reason.

use insta::assert_snapshot;
use warehouse::progress::Silent;
use warehouse::{AsOf, Closing, MaintainOptions, Period, maintain, open_publication};

use super::lake::{Files, Lake, contracts_but, now, print};
use crate::{Published, RestateOptions, TransformError};

/// As first loaded, but `a` used 1.75 and not 1.5 in January.
const CORRECTED: &str =
    "select organization_id, month, cast(kwh as decimal(18,4)) as electricity_kwh
    from (values ('a', '2024-01', 1.75), ('a', '2024-02', 2.5), ('b', '2024-01', 4))
    as forms (organization_id, month, kwh)";

/// As first loaded, and a form of March.
const LATER: &str = "select organization_id, month, cast(kwh as decimal(18,4)) as electricity_kwh
    from (values ('a', '2024-01', 1.5), ('a', '2024-02', 2.5), ('b', '2024-01', 4),
        ('b', '2024-03', 9))
    as forms (organization_id, month, kwh)";

fn month(text: &str) -> Period {
    text.parse().expect("a month")
}

/// A lake whose first publication is closed through a month.
async fn closed_through(text: &str) -> Lake {
    let lake = Lake::with_forms().await;
    let models = Files::sound().models();
    lake.build(&models).await.expect("the build");
    lake.publish(&models).await.expect("the publication");
    let closing = Closing {
        month: month(text),
        closed_at: now(),
        publication: 1,
    };
    let held = lake.warehouse.periods().close(closing.clone()).await;
    assert_eq!(held.expect("it is closed"), closing);
    lake
}

async fn restate(lake: &Lake, months: &[&str]) -> Result<Published, TransformError> {
    let options = RestateOptions {
        now: now(),
        note: None,
        months: months.iter().map(|text| month(text)).collect(),
        reason: "the bill of `a` was read wrongly".to_owned(),
    };
    let models = Files::sound().models();
    let restated = crate::restate(&lake.warehouse, &models, &options, &Silent).await;
    restated.map(|(published, _)| published)
}

#[tokio::test]
async fn a_number_of_a_closed_month_is_not_changed_without_a_reason() {
    let lake = closed_through("2024-12").await;
    let models = Files::sound().models();
    lake.load("energy.monthly", CORRECTED).await;
    lake.build(&models).await.expect("the build");
    let error = lake.publish(&models).await.expect_err("it is closed");
    assert_snapshot!(print(&error), @r"
        error: nothing was published: 2 numbers of 2024, 2024-01, closed through 2024-12, would change: mart.energy_month (organization_id = a, month = 2024-01) electricity_kwh: 1.5000 -> 1.7500; mart.energy_year (organization_id = a, year = 2024) electricity_kwh: 4.0000 -> 4.2500
        hint: if they are right, restate them: `jieyue restate 2024-01 --reason '…'`; else mend what was loaded
    ");
    let latest = lake.warehouse.publications().latest().await;
    assert_eq!(latest.expect("a lake").expect("one").number, 1);
}

#[tokio::test]
async fn an_open_month_is_published_beside_a_closed_one() {
    // 2024 is not closed: its row of the year may change.
    let lake = closed_through("2024-02").await;
    let models = Files::sound().models();
    lake.load("energy.monthly", LATER).await;
    lake.build(&models).await.expect("the build");
    let published = lake.publish(&models).await.expect("March is open");
    assert_eq!(published.publication.number, 2);
    assert_eq!(published.publication.restates, None);
}

#[tokio::test]
async fn a_mart_that_leaves_the_project_does_not_take_closed_numbers_with_it() {
    // Before its year is closed it may go; its model and its contract with it.
    for (through, is_kept) in [("2024-12", true), ("2024-11", false)] {
        let lake = closed_through(through).await;
        let contracts = contracts_but("mart.energy_year", None);
        let files = Files::sound().without("sql/marts/energy_year.");
        let models = files.models_under(&contracts);
        let lake = lake.under(contracts).await;
        lake.build(&models).await.expect("the build");
        let published = lake.publish(&models).await;
        if !is_kept {
            assert_eq!(published.expect("2024 is open").publication.number, 2);
            continue;
        }
        assert_snapshot!(print(&published.expect_err("2024 is closed")), @r"
        error: nothing was published: 2 numbers of 2024, closed through 2024-12, would change: mart.energy_year (year = 2024): a row -> nothing; mart.energy_year (year = 2024): a row -> nothing
        hint: if they are right, restate them: `jieyue restate 2024-12 --reason '…'`; else mend what was loaded
        ");
    }
}

#[tokio::test]
async fn a_column_that_leaves_a_mart_does_not_take_closed_numbers_with_it() {
    let lake = closed_through("2024-12").await;
    let columns = [
        "organization_id text key",
        "year integer key",
        "people integer person",
    ];
    let contracts = contracts_but("mart.energy_year", Some(&columns));
    let sum = "sum(electricity_kwh) as electricity_kwh,";
    let files = Files::sound()
        .change("sql/marts/energy_year.sql", sum, "")
        .change(
            "sql/marts/energy_year.test.yaml",
            " electricity_kwh: 1.6,",
            "",
        );
    let models = files.models_under(&contracts);
    let lake = lake.under(contracts).await;
    lake.build(&models).await.expect("the build");
    let error = lake.publish(&models).await.expect_err("2024 is closed");
    assert_snapshot!(print(&error), @r"
        error: nothing was published: 2 numbers of 2024, closed through 2024-12, would change: mart.energy_year (organization_id = a, year = 2024) electricity_kwh: 4.0000 -> nothing; mart.energy_year (organization_id = b, year = 2024) electricity_kwh: 4.0000 -> nothing
        hint: if they are right, restate them: `jieyue restate 2024-12 --reason '…'`; else mend what was loaded
    ");
}

#[tokio::test]
async fn a_restatement_lists_what_changed_and_keeps_what_was() {
    let lake = closed_through("2024-12").await;
    let models = Files::sound().models();
    lake.load("energy.monthly", CORRECTED).await;
    lake.build(&models).await.expect("the build");
    let published = restate(&lake, &["2024-01"]).await.expect("a restatement");
    let restates = published.publication.restates.expect("it restates");
    assert_eq!((restates.previous, restates.changes), (1, 2));
    assert_eq!(restates.reason, "the bill of `a` was read wrongly");
    let kept = lake.warehouse.periods().restatements().await;
    let kept = kept.expect("a lake");
    let changes: Vec<String> = kept[0].changes.iter().map(ToString::to_string).collect();
    assert_eq!(
        changes,
        [
            "mart.energy_month (organization_id = a, month = 2024-01) electricity_kwh: 1.5000 -> 1.7500",
            "mart.energy_year (organization_id = a, year = 2024) electricity_kwh: 4.0000 -> 4.2500",
        ]
    );

    // The numbers as they were are still there a month and an upkeep later.
    let later = MaintainOptions::new(now() + chrono::TimeDelta::days(40));
    maintain(&lake.warehouse, later, &Silent)
        .await
        .expect("upkeep");
    for (number, expected) in [(1, "1.5000"), (2, "1.7500")] {
        let publications = lake.warehouse.publications();
        let publication = publications.as_of(AsOf::Number(number)).await;
        let publication = publication.expect("it is kept");
        let session = open_publication(&lake.warehouse, &publication).await;
        let sql = "select cast(electricity_kwh as varchar) as kwh from energy_month
            where organization_id = 'a' and month = '2024-01'";
        let rows = session.expect("it opens").sql(sql).await.expect("a plan");
        let batches = rows.collect().await.expect("rows");
        let shown = crate::explain::text(&batches[0], 0, 0).expect("text");
        assert_eq!(shown.as_deref(), Some(expected), "publication {number}");
    }
}

#[tokio::test]
async fn a_restatement_is_of_closed_months_that_change_and_of_no_others() {
    let lake = closed_through("2024-12").await;
    let models = Files::sound().models();
    let error = restate(&lake, &["2025-01"]).await.expect_err("it is open");
    assert_snapshot!(print(&error), @r"
        error: 2025-01 is not closed; 2024-12 is the last month that is
        hint: `jieyue publish` publishes months that are open
    ");
    let error = restate(&lake, &["2024-01"])
        .await
        .expect_err("nothing is new");
    assert_snapshot!(print(&error), @r"
        error: nothing was restated: no published number of 2024-01 would change
        hint: load and build what is to be restated first; `jieyue publish` publishes the rest
    ");
    lake.load("energy.monthly", CORRECTED).await;
    lake.build(&models).await.expect("the build");
    let error = restate(&lake, &["2024-02"])
        .await
        .expect_err("January changes");
    assert_snapshot!(print(&error), @r"
        error: nothing was published: 1 number of 2024-01, closed through 2024-12, would change: mart.energy_month (organization_id = a, month = 2024-01) electricity_kwh: 1.5000 -> 1.7500
        hint: if they are right, restate them: `jieyue restate 2024-01 --reason '…'`; else mend what was loaded
    ");
}
