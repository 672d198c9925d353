//! Measures written in the query: boards' panels, with every expected number worked out beside it.

use insta::assert_snapshot;
use models::metric::{
    Compute, ContractMarts, Filter, FilterTest, GroupAggregate, GroupMeasure, GroupQuery, Order,
    compile_group,
};

use super::metrics::{World, print};

fn measure(name: &str, compute: Compute) -> GroupMeasure {
    GroupMeasure {
        name: name.to_owned(),
        compute,
        title: None,
        unit: None,
        format: None,
        is_hidden: false,
    }
}

fn hidden(name: &str, compute: Compute) -> GroupMeasure {
    GroupMeasure {
        is_hidden: true,
        ..measure(name, compute)
    }
}

fn sum(column: &str, only: &[Filter]) -> Compute {
    Compute::Aggregate {
        how: GroupAggregate::Sum(column.to_owned()),
        only: only.to_vec(),
    }
}

fn in_year(year: &str) -> Filter {
    Filter {
        column: "month".to_owned(),
        test: FilterTest::Range {
            from: Some(format!("{year}-01")),
            to: Some(format!("{year}-02")),
        },
    }
}

/// Cost to February of this year against last year's and the budget.
fn cost_to_date() -> GroupQuery {
    GroupQuery {
        from: "cost_month".to_owned(),
        dimensions: vec!["region_code".to_owned()],
        measures: vec![
            measure("current_yuan", sum("executed_yuan", &[in_year("2026")])),
            measure("previous_yuan", sum("executed_yuan", &[in_year("2025")])),
            measure(
                "change_pct",
                Compute::Change {
                    from: "previous_yuan".to_owned(),
                    to: "current_yuan".to_owned(),
                },
            ),
            hidden("budget_yuan", sum("budget_yuan", &[in_year("2026")])),
            measure(
                "used_pct",
                Compute::Share {
                    part: "current_yuan".to_owned(),
                    whole: "budget_yuan".to_owned(),
                },
            ),
        ],
        ..GroupQuery::default()
    }
}

#[tokio::test]
async fn shares_and_changes_are_of_sums() {
    let world = World::new().await;
    let compiled =
        compile_group(&cost_to_date(), &world.contracts, &world.marts).expect("the query compiles");
    // Region 1: 110 + 70.01 = 180.01 against 100 + 50 + 8 = 158: 22.01 / 158 = 13.930379… %;
    // of 1000 that is 18.001 %. Region 2: 60 against 40 = 50 %; its budget is zero.
    assert_snapshot!(world.rows(compiled.plan).await, @r"
        +-------------+--------------+---------------+------------+----------+
        | region_code | current_yuan | previous_yuan | change_pct | used_pct |
        +-------------+--------------+---------------+------------+----------+
        | 1           | 180.01       | 158.00        | 13.9304    | 18.0010  |
        | 2           | 60.00        | 40.00         | 50.0000    |          |
        +-------------+--------------+---------------+------------+----------+
    ");
    let columns: Vec<String> = compiled
        .columns
        .iter()
        .map(|column| format!("{} [{}]", column.name, column.unit.as_deref().unwrap_or("")))
        .collect();
    assert_snapshot!(columns.join("\n"), @r"
        region_code []
        current_yuan [yuan]
        previous_yuan [yuan]
        change_pct [%]
        used_pct [%]
    ");
}

#[tokio::test]
async fn a_sum_without_rows_is_null_and_a_count_is_zero() {
    let world = World::new().await;
    let travel = Filter::eq("expense_code", "30211");
    let query = GroupQuery {
        from: "cost_month".to_owned(),
        dimensions: vec!["region_code".to_owned()],
        measures: vec![
            measure(
                "travel_yuan",
                sum("executed_yuan", std::slice::from_ref(&travel)),
            ),
            measure(
                "travel_rows",
                Compute::Aggregate {
                    how: GroupAggregate::CountRows,
                    only: vec![travel],
                },
            ),
            measure(
                "months",
                Compute::Aggregate {
                    how: GroupAggregate::CountDistinct("month".to_owned()),
                    only: Vec::new(),
                },
            ),
        ],
        ..GroupQuery::default()
    };
    let compiled =
        compile_group(&query, &world.contracts, &world.marts).expect("the query compiles");
    // Region 1 never travels and has rows in 5 months; region 2 travels in 3.
    assert_snapshot!(world.rows(compiled.plan).await, @r"
        +-------------+-------------+-------------+--------+
        | region_code | travel_yuan | travel_rows | months |
        +-------------+-------------+-------------+--------+
        | 1           |             | 0           | 5      |
        | 2           | 100.00      | 3           | 3      |
        +-------------+-------------+-------------+--------+
    ");
}

#[tokio::test]
async fn a_ratio_has_the_unit_of_its_parts_and_groups_can_be_left_out() {
    let world = World::new().await;
    let query = GroupQuery {
        from: "intensity_year".to_owned(),
        filters: vec![Filter::eq("year", "2024")],
        dimensions: vec!["region_code".to_owned()],
        measures: vec![
            hidden("energy_kgce", sum("energy_kgce", &[])),
            hidden("people", sum("people", &[])),
            measure(
                "per_person",
                Compute::Ratio {
                    numerator: "energy_kgce".to_owned(),
                    denominator: "people".to_owned(),
                },
            ),
        ],
        having: vec![Filter {
            column: "people".to_owned(),
            test: FilterTest::Range {
                from: Some("1".to_owned()),
                to: None,
            },
        }],
        order: vec![Order {
            by: "energy_kgce".to_owned(),
            descending: true,
        }],
        limit: Some(2),
    };
    let compiled =
        compile_group(&query, &world.contracts, &world.marts).expect("the query compiles");
    assert_eq!(compiled.columns[1].unit.as_deref(), Some("kgce/person"));
    // Region 1: 150 / 3; region 3: 1 / 512; region 2 knows no people, region 4 is past the limit.
    assert_snapshot!(world.rows(compiled.plan).await, @r"
        +-------------+-------------+
        | region_code | per_person  |
        +-------------+-------------+
        | 1           | 50.00000000 |
        | 3           | 0.00195313  |
        +-------------+-------------+
    ");
}

#[tokio::test]
async fn questions_about_what_is_not_there_are_refused_without_a_lake() {
    let world = World::new().await;
    let refusal = |query: &GroupQuery| {
        let error = compile_group(query, &world.contracts, &ContractMarts(&world.contracts));
        print(&error.expect_err("the query is wrong"))
    };
    let mut query = cost_to_date();
    assert!(compile_group(&query, &world.contracts, &ContractMarts(&world.contracts)).is_ok());
    query.dimensions = vec!["region".to_owned()];
    assert_snapshot!(refusal(&query), @r"
        error: mart `cost_month` has no column `region`
        hint: write `region_code`
    ");

    let mut query = cost_to_date();
    query.measures[2].compute = Compute::Change {
        from: "previous".to_owned(),
        to: "current_yuan".to_owned(),
    };
    assert_snapshot!(refusal(&query), @r"
        error: no measure `previous` is named before it is used
        hint: write `previous_yuan`
    ");

    let mut query = cost_to_date();
    query.measures[0].compute = sum("month", &[]);
    assert_snapshot!(refusal(&query), @r"
        error: the query sums `month`, which is text
        hint: name a column whose type can be aggregated so
    ");

    let mut query = cost_to_date();
    query.having = vec![Filter::eq("budget", "1")];
    assert_snapshot!(refusal(&query), @r"
        error: the answer has no column `budget`
        hint: its columns are `region_code`, `budget_yuan`, `change_pct`, `current_yuan`, `previous_yuan`, `used_pct`
    ");

    let mut query = cost_to_date();
    query.from = "cost_months".to_owned();
    assert_snapshot!(refusal(&query), @r"
        error: unknown mart `cost_months`
        hint: write `cost_month`
    ");
}
