//! How far rows of an input reach: the nodes a value goes through, and where it ends.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::datasource::empty::EmptyTable;
use datafusion::prelude::SessionContext;

use crate::reach::Reach;

/// Follows `month` of a query over `s.lines` (unit, month, code, amount), `s.factors` (code, year,
/// factor) and `s.days` (month, workdays) down to the tables.
async fn check(sql: &str, expected: &[&str]) {
    let session = SessionContext::new();
    session.sql("create schema s").await.expect("a schema");
    let tables: [(&str, &[(&str, DataType)]); 3] = [
        (
            "lines",
            &[
                ("unit", DataType::Utf8),
                ("month", DataType::Utf8),
                ("code", DataType::Utf8),
                ("amount", DataType::Int64),
            ],
        ),
        (
            "factors",
            &[
                ("code", DataType::Utf8),
                ("year", DataType::Utf8),
                ("factor", DataType::Int64),
            ],
        ),
        (
            "days",
            &[("month", DataType::Utf8), ("workdays", DataType::Int64)],
        ),
    ];
    for (name, columns) in tables {
        let fields: Vec<Field> = columns
            .iter()
            .map(|(name, data_type)| Field::new(*name, data_type.clone(), true))
            .collect();
        session
            .register_table(
                format!("s.{name}"),
                Arc::new(EmptyTable::new(Arc::new(Schema::new(fields)))),
            )
            .expect("a table");
    }
    let frame = session.sql(sql).await.expect("it plans");
    let plan = session
        .state()
        .optimize(frame.logical_plan())
        .expect("it is optimised");
    let reach = Reach::of(plan, "month").expect("it has the column");
    let told: Vec<String> = reach.scans.iter().map(|scan| scan.told()).collect();
    assert_eq!(told, expected, "{sql}");
}

#[tokio::test]
async fn a_value_goes_through_renames_filters_and_groups() {
    check(
        "with lines as (select unit, month as m, amount from s.lines where amount > 0)
         select unit, m as month, sum(amount) as amount from lines group by unit, m",
        &["s.lines <- month"],
    )
    .await;
    check("select distinct month from s.lines", &["s.lines <- month"]).await;
    check(
        "select substr(month, 1, 4) as month, count(*) as n from s.lines group by 1",
        &["s.lines <- substr(month, Int64(1), Int64(4))"],
    )
    .await;
}

#[tokio::test]
async fn a_group_that_does_not_hold_it_ends_it() {
    check(
        "select max(month) as month, unit from s.lines group by unit",
        &["s.lines: a total over several values of `max(s.lines.month)`"],
    )
    .await;
}

#[tokio::test]
async fn a_window_ends_it_unless_it_is_partitioned_by_it() {
    check(
        "select month, rank() over (partition by month, code order by amount) as place from s.lines",
        &["s.lines <- month"],
    )
    .await;
    check(
        "select month, lag(amount) over (partition by unit order by month) as before from s.lines",
        &["s.lines: a window across values of `month`"],
    )
    .await;
}

#[tokio::test]
async fn a_join_passes_it_through_equal_keys_only() {
    check(
        "select lines.month, days.workdays from s.lines as lines
         left join s.days as days on lines.month = days.month",
        &["s.lines <- month", "s.days <- month"],
    )
    .await;
    check(
        "select lines.month, factors.factor from s.lines as lines
         inner join s.factors as factors
         on lines.code = factors.code and substr(lines.month, 1, 4) = factors.year",
        &[
            "s.lines <- month",
            "s.factors: a join that does not compare `month`",
        ],
    )
    .await;
    check(
        "select lines.month, days.workdays from s.lines as lines cross join s.days as days",
        &[
            "s.lines <- month",
            "s.days: a join that does not compare `month`",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_column_that_an_outer_join_fills_with_nulls_ends_it() {
    check(
        "select days.month, lines.amount from s.lines as lines
         left join s.days as days on lines.month = days.month",
        &[
            "s.lines: a join that does not compare `month`",
            "s.days: a join that does not compare `month`",
        ],
    )
    .await;
    check(
        "select lines.month, days.workdays from s.lines as lines
         full join s.days as days on lines.month = days.month",
        &[
            "s.lines: a join that does not compare `month`",
            "s.days: a join that does not compare `month`",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_merged_key_of_a_full_join_is_that_of_either_side() {
    check(
        "select coalesce(lines.month, days.month) as month, days.workdays from s.lines as lines
         full join s.days as days on lines.month = days.month",
        &["s.lines <- month", "s.days <- month"],
    )
    .await;
}

#[tokio::test]
async fn branches_of_a_union_are_followed_apart() {
    check(
        "select month, amount from s.lines union all select month, workdays from s.days",
        &["s.lines <- month", "s.days <- month"],
    )
    .await;
    check(
        "select month, amount from s.lines union all select '2024-01' as month, factor from s.factors",
        &["s.lines <- month", "s.factors <- Utf8(\"2024-01\")"],
    )
    .await;
}

#[tokio::test]
async fn a_limit_and_a_comparison_with_a_total_end_it() {
    check(
        "select month, amount from (select * from s.lines order by amount limit 3) as few",
        &["s.lines: a limit"],
    )
    .await;
    check(
        "select month, amount from s.lines where month in (select month from s.days)",
        &["s.lines <- month", "s.days <- month"],
    )
    .await;
}
