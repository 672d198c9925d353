//! Building: what is built and when, and what is refused.

use insta::assert_snapshot;
use warehouse::progress::Silent;

use super::lake::{Files, Lake, now, print};
use crate::{BuildOptions, BuildReport, MartOutcome, TransformError};

const MONTH: &str = "sql/marts/energy_month.sql";

/// `mart: outcome (reason) rows` a line.
fn summary(report: &BuildReport) -> String {
    let lines = report.marts.iter().map(|mart| {
        let outcome = match mart.outcome {
            MartOutcome::Built => "built",
            MartOutcome::Unchanged => "unchanged",
        };
        format!(
            "{}: {outcome}, {} rows ({})",
            mart.mart, mart.rows, mart.reason
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

async fn refused(lake: &Lake, files: Files) -> String {
    match lake.build(&files.models()).await {
        Ok(report) => panic!("it was built:\n{}", summary(&report)),
        Err(error) => print(&error),
    }
}

#[tokio::test]
async fn marts_are_built_in_order_and_only_again_when_something_changed() {
    let lake = Lake::with_forms().await;
    let models = Files::sound().models();

    let first = lake.build(&models).await.expect("the first build");
    assert_snapshot!(summary(&first), @r"
        energy_month: built, 3 rows (it was not built before)
        energy_year: built, 2 rows (it was not built before)
    ");
    assert_snapshot!(lake.query("select * from energy_year order by organization_id").await, @r"
        +-----------------+------+-----------------+--------+
        | organization_id | year | electricity_kwh | people |
        +-----------------+------+-----------------+--------+
        | a               | 2024 | 4.0000          |        |
        | b               | 2024 | 4.0000          |        |
        +-----------------+------+-----------------+--------+
    ");

    let second = lake.build(&models).await.expect("the second build");
    assert_snapshot!(summary(&second), @r"
        energy_month: unchanged, 3 rows (inputs and SQL are unchanged)
        energy_year: unchanged, 2 rows (inputs and SQL are unchanged)
    ");
    assert!(!second.changed());

    lake.load(
        "reference.headcount",
        "select 'a' as organization_id, 2024 as year, 10 as people",
    )
    .await;
    let third = lake.build(&models).await.expect("the third build");
    assert_snapshot!(summary(&third), @r"
        energy_month: unchanged, 3 rows (inputs and SQL are unchanged)
        energy_year: built, 2 rows (reference.headcount changed)
    ");
    assert_snapshot!(lake.query("select * from mart.energy_year order by organization_id").await, @r"
        +-----------------+------+-----------------+--------+
        | organization_id | year | electricity_kwh | people |
        +-----------------+------+-----------------+--------+
        | a               | 2024 | 4.0000          | 10     |
        | b               | 2024 | 4.0000          |        |
        +-----------------+------+-----------------+--------+
    ");
}

#[tokio::test]
async fn changed_sql_rebuilds_the_mart_and_what_reads_it() {
    let lake = Lake::with_forms().await;
    lake.build(&Files::sound().models())
        .await
        .expect("the first build");
    let changed = Files::sound().change(
        "sql/staging/stg_energy__monthly.sql",
        "from energy.monthly",
        "from energy.monthly where organization_id = 'a'",
    );
    let report = lake
        .build(&changed.models())
        .await
        .expect("the second build");
    assert_snapshot!(summary(&report), @r"
        energy_month: built, 2 rows (its SQL changed)
        energy_year: built, 1 rows (mart.energy_month changed)
    ");
    assert_snapshot!(lake.query("select count(*) as rows from energy_month").await, @r"
        +------+
        | rows |
        +------+
        | 2    |
        +------+
    ");
}

#[tokio::test]
async fn full_and_selected_builds_do_what_they_say() {
    let lake = Lake::with_forms().await;
    let models = Files::sound().models();
    lake.build(&models).await.expect("the first build");
    let options = BuildOptions {
        select: vec!["energy_month".to_owned()],
        full: true,
        ..BuildOptions::all(now())
    };
    let report = crate::build(&lake.warehouse, &models, &options, &Silent)
        .await
        .expect("the selected build");
    assert_snapshot!(summary(&report), @"energy_month: built, 3 rows (everything was asked for)");

    let options = BuildOptions {
        select: vec!["energy_moth".to_owned()],
        ..options
    };
    let error = crate::build(&lake.warehouse, &models, &options, &Silent).await;
    assert_snapshot!(print(&error.expect_err("no such mart")), @r"
        error: there is no mart `energy_moth`
        hint: write `energy_month`
    ");
}

#[tokio::test]
async fn compaction_of_an_input_is_no_change() {
    let lake = Lake::with_forms().await;
    let models = Files::sound().models();
    lake.build(&models).await.expect("the first build");
    let before = lake.version("energy.monthly").await.expect("the table");
    // An empty commit makes a version without changing rows, as maintenance does.
    let id = "energy.monthly".parse().expect("a table");
    let table = lake.warehouse.table(&id).await.expect("the table");
    let on = table.snapshot().await.expect("its state");
    table
        .commit(&on, warehouse::Change::default())
        .await
        .expect("an empty commit");
    assert_eq!(lake.version("energy.monthly").await, Some(before + 1));
    let report = lake.build(&models).await.expect("the second build");
    assert!(!report.changed(), "{}", summary(&report));
}

#[tokio::test]
async fn a_lake_without_rows_builds_empty_marts() {
    let lake = Lake::new().await;
    let report = lake
        .build(&Files::sound().models())
        .await
        .expect("the build");
    assert_snapshot!(summary(&report), @r"
        energy_month: built, 0 rows (it was not built before)
        energy_year: built, 0 rows (it was not built before)
    ");
}

#[tokio::test]
async fn a_mart_with_a_null_in_its_key_is_refused_with_examples() {
    let lake = Lake::with_forms().await;
    let files = Files::sound().change(
        MONTH,
        "select organization_id, month, electricity_kwh from forms",
        "select nullif(organization_id, 'a') as organization_id, month, electricity_kwh from forms",
    );
    assert_snapshot!(refused(&lake, files).await, @r"
        error: 2 of 2 marts could not be built: `energy_month` (mart `energy_month` (sql/marts/energy_month.sql) has 2 rows with a null in its key (organization_id, month); for example organization_id = null, month = 2024-01; organization_id = null, month = 2024-02); `energy_year` (it reads `energy_month`, which failed)
        hint: leave such rows out, or join them to what gives them (organization_id, month)
    ");
    // The table is there, and nothing is in it.
    assert_eq!(lake.version("mart.energy_month").await, Some(0));
    assert_eq!(lake.version("mart.energy_year").await, None);
}

#[tokio::test]
async fn a_mart_with_two_rows_of_one_key_is_refused_with_examples() {
    let lake = Lake::with_forms().await;
    lake.build(&Files::sound().models())
        .await
        .expect("the sound build");
    let files = Files::sound().change(
        MONTH,
        "select organization_id, month, electricity_kwh from forms",
        "select organization_id, month, electricity_kwh from forms\n\
         union all\n\
         select organization_id, month, 2 * electricity_kwh as electricity_kwh from forms",
    );
    assert_snapshot!(refused(&lake, files).await, @r"
        error: 2 of 2 marts could not be built: `energy_month` (mart `energy_month` (sql/marts/energy_month.sql) has 3 rows beyond the first of their key (organization_id, month); for example organization_id = a, month = 2024-01; organization_id = a, month = 2024-02; organization_id = b, month = 2024-01); `energy_year` (it reads `energy_month`, which failed)
        hint: group by the grain, or mend the join that multiplies rows
    ");
    assert_snapshot!(lake.query("select count(*) as rows from energy_month").await, @r"
        +------+
        | rows |
        +------+
        | 3    |
        +------+
    ");
}

#[tokio::test]
async fn a_division_by_zero_names_the_model() {
    let lake = Lake::with_forms().await;
    let files = Files::sound().change(
        MONTH,
        "select organization_id, month, electricity_kwh from forms",
        "select organization_id, month,\n\
         cast(electricity_kwh / (electricity_kwh - electricity_kwh) * electricity_kwh \
         as decimal(18,4)) as electricity_kwh from forms",
    );
    assert_snapshot!(refused(&lake, files).await, @r"
        error: 2 of 2 marts could not be built: `energy_month` (model `energy_month` (sql/marts/energy_month.sql) divides by zero); `energy_year` (it reads `energy_month`, which failed)
        hint: divide by `nullif(x, 0)`, and say in a column of its own why there is no value
    ");
}

#[tokio::test]
async fn a_value_too_large_for_its_column_names_the_mart() {
    let lake = Lake::with_forms().await;
    let files = Files::sound().change(
        MONTH,
        "select organization_id, month, electricity_kwh from forms",
        "select organization_id, month, electricity_kwh * 1000000000000000 as electricity_kwh from forms",
    );
    assert_snapshot!(refused(&lake, files).await, @r"
        error: 2 of 2 marts could not be built: `energy_month` (a value of mart `energy_month` (sql/marts/energy_month.sql) does not fit its column: 1500000000000000.0000 is too large to store in a Decimal128 of precision 18. Max is 99999999999999.9999); `energy_year` (it reads `energy_month`, which failed)
        hint: widen the column in its contract, or find the wrong value
    ");
}

#[tokio::test]
async fn one_failing_mart_does_not_stop_those_that_do_not_read_it() {
    let lake = Lake::with_forms().await;
    let files = Files::sound().change(
        "sql/marts/energy_year.sql",
        "sum(electricity_kwh) as",
        "sum(electricity_kwh) / min(0 * months.year) as",
    );
    let files = files.change(
        "sql/marts/energy_year.sql",
        "sum(electricity_kwh) /",
        "cast(sum(electricity_kwh) /",
    );
    let files = files.change(
        "sql/marts/energy_year.sql",
        "min(0 * months.year) as",
        "min(0 * months.year) as decimal(18,4)) as",
    );
    let error = lake
        .build(&files.models())
        .await
        .expect_err("the year divides by zero");
    assert_snapshot!(print(&error), @r"
        error: 1 of 2 marts could not be built: `energy_year` (model `energy_year` (sql/marts/energy_year.sql) divides by zero)
        hint: divide by `nullif(x, 0)`, and say in a column of its own why there is no value
    ");
    let TransformError::Build { report } = error else {
        panic!("a build error");
    };
    assert_snapshot!(summary(&report), @"energy_month: built, 3 rows (it was not built before)");
}

#[tokio::test]
async fn two_builds_at_once_leave_one_right_state() {
    let lake = Lake::with_forms().await;
    let models = Files::sound().models();
    let (one, two) = tokio::join!(lake.build(&models), lake.build(&models));
    one.expect("one build");
    two.expect("the other build");
    assert_snapshot!(lake.query("select count(*) as rows, sum(electricity_kwh) as kwh from energy_month").await, @r"
        +------+--------+
        | rows | kwh    |
        +------+--------+
        | 3    | 8.0000 |
        +------+--------+
    ");
}
