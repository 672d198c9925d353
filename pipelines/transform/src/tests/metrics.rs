//! Metric queries run over small marts, with every expected number worked out beside it.

use contracts::Contracts;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;
use insta::assert_snapshot;
use models::metric::{
    Compare, Filter, FilterTest, Grain, MetricQuery, Metrics, Order, QueryError, RowQuery, compile,
    compile_rows,
};

use super::lake::contract;
use crate::SessionMarts;

const METRICS: &str = "\
metrics:
  - metric: energy_per_person
    title: { zh: 人均综合能耗, en: Energy per person }
    unit: kgce/person
    mart: intensity_year
    numerator: { sum: energy_kgce }
    denominator: { sum: people }
    dimensions: [region_code, organization_id]
    time: year
    reason_when_empty: no_people
  - metric: people
    title: { zh: 用能人数, en: People }
    unit: person
    mart: intensity_year
    numerator: { sum: people }
    dimensions: [region_code, organization_id]
    time: year
    over_time: last
  - metric: cost
    title: { zh: 运行成本, en: Cost }
    unit: yuan
    mart: cost_month
    numerator: { sum: executed_yuan }
    dimensions: [region_code, organization_id, expense_code]
    time: month
    format: '0.00'
  - metric: cost_wan
    title: { zh: 运行成本, en: Cost }
    unit: 万元
    mart: cost_month
    numerator: { sum: executed_yuan }
    dimensions: [region_code, organization_id, expense_code]
    time: month
  - metric: travel_cost
    title: { zh: 差旅费, en: Travel }
    unit: yuan
    mart: cost_month
    numerator: { sum: executed_yuan, where: { expense_code: '30211' } }
    dimensions: [region_code, expense_code]
    time: month
  - metric: execution_rate
    title: { zh: 执行率, en: Execution rate }
    unit: '%'
    mart: cost_month
    numerator: { sum: executed_yuan }
    denominator: { sum: budget_yuan }
    dimensions: [region_code, organization_id, expense_code]
    time: month
    reason_when_empty: no_budget
  - metric: payers
    title: { zh: 支出单位数, en: Organisations that paid }
    unit: count
    mart: cost_month
    numerator: { count_distinct: organization_id }
    dimensions: [region_code]
    time: month
  - metric: floor
    title: { zh: 建筑面积, en: Floor area }
    unit: m2
    mart: office
    numerator: { sum: floor_m2 }
    dimensions: [region_code]
";

/// `a` and `b` are in region 1, `c` in region 2; `b` has no people, `c` does not say.
const INTENSITY: &str = "select organization_id, year, region_code,
        cast(kgce as decimal(18,4)) as energy_kgce, people
    from (values
        ('a', 2023, '1', 7, 2), ('a', 2024, '1', 100, 3), ('b', 2024, '1', 50, 0),
        ('c', 2024, '2', 10, null), ('d', 2024, '3', 1, 512), ('e', 2024, '4', -1, 512))
    as rows (organization_id, year, kgce_region, kgce, people)";

const COST: &str = "select organization_id, month, expense_code, region_code,
        cast(executed as decimal(18,2)) as executed_yuan,
        cast(budget as decimal(18,2)) as budget_yuan
    from (values
        ('a', '2025-01', '30201', '1', 100.00, 1000),
        ('a', '2025-02', '30201', '1', 50.00, 0),
        ('a', '2025-02', '30215', '1', 8.00, 0),
        ('a', '2025-12', '30201', '1', 999.00, 0),
        ('b', '2025-01', '30211', '2', 40.00, 0),
        ('a', '2026-01', '30201', '1', 110.00, 1000),
        ('b', '2026-01', '30211', '2', 0.00, 0),
        ('a', '2026-02', '30201', '1', 70.01, 0),
        ('b', '2026-02', '30211', '2', 60.00, 0))
    as rows (organization_id, month, expense_code, region_code, executed, budget)";

struct World {
    session: SessionContext,
    contracts: Contracts,
    metrics: Metrics,
    marts: SessionMarts,
}

impl World {
    async fn new() -> Self {
        let contracts = Contracts::parse([
            contract(
                "mart.intensity_year",
                &[
                    "organization_id text key",
                    "year integer key",
                    "region_code text",
                    "energy_kgce decimal(18,4) kgce",
                    "people integer person",
                ],
            ),
            contract(
                "mart.cost_month",
                &[
                    "organization_id text key",
                    "month text key",
                    "expense_code text key",
                    "region_code text",
                    "executed_yuan decimal(18,2) yuan",
                    "budget_yuan decimal(18,2) yuan",
                ],
            ),
            contract(
                "mart.office",
                &[
                    "building_id text key",
                    "region_code text",
                    "floor_m2 decimal(18,2) m2",
                ],
            ),
        ])
        .expect("the contracts are right");
        let files = [("sql/metrics/all.yaml".to_owned(), METRICS.to_owned())];
        let metrics = Metrics::parse(files, &contracts).unwrap_or_else(|faults| {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            panic!("{}", faults.join("\n"))
        });
        let session = crate::cases::session();
        for sql in [
            "create schema mart".to_owned(),
            format!(
                "create table mart.intensity_year as {}",
                INTENSITY.replace("kgce_region", "region_code")
            ),
            format!("create table mart.cost_month as {COST}"),
            "create table mart.office as select 'x' as building_id, '1' as region_code,
                cast(12.5 as decimal(18,2)) as floor_m2"
                .to_owned(),
        ] {
            let done = session.sql(&sql).await.expect("the table is made");
            done.collect().await.expect("the table is filled");
        }
        let marts = SessionMarts::of(&session).await.expect("the marts");
        Self {
            session,
            contracts,
            metrics,
            marts,
        }
    }

    async fn run(&self, query: &MetricQuery) -> String {
        let compiled = compile(query, &self.metrics, &self.contracts, &self.marts)
            .unwrap_or_else(|error| panic!("{error}"));
        let names: Vec<String> = compiled
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect();
        let fields = compiled.plan.schema().fields();
        let of_plan: Vec<String> = fields.iter().map(|field| field.name().clone()).collect();
        assert_eq!(names, of_plan);
        self.rows(compiled.plan).await
    }

    async fn rows(&self, plan: LogicalPlan) -> String {
        let rows = self
            .session
            .execute_logical_plan(plan)
            .await
            .expect("the plan runs");
        let batches = rows.collect().await.expect("the rows come");
        pretty_format_batches(&batches)
            .expect("rows print")
            .to_string()
    }

    fn refusal(&self, query: &MetricQuery) -> String {
        match compile(query, &self.metrics, &self.contracts, &self.marts) {
            Ok(_) => panic!("the query was accepted"),
            Err(error) => print(&error),
        }
    }
}

fn print(error: &QueryError) -> String {
    let hint = error
        .hint()
        .map(|hint| format!("\nhint: {hint}"))
        .unwrap_or_default();
    format!("error: {error}{hint}")
}

fn ask(metrics: &[&str], dimensions: &[&str]) -> MetricQuery {
    MetricQuery {
        metrics: metrics.iter().map(ToString::to_string).collect(),
        dimensions: dimensions.iter().map(ToString::to_string).collect(),
        ..MetricQuery::default()
    }
}

#[tokio::test]
async fn a_ratio_is_sum_over_sum_rounded_once_and_says_why_it_is_empty() {
    let world = World::new().await;
    let query = MetricQuery {
        grain: Some(Grain::Year),
        ..ask(&["energy_per_person"], &["region_code"])
    };
    // Region 1 in 2023: 7 / 2 = 3.5; in 2024: (100 + 50) / (3 + 0) = 50, where the mean of the two
    // ratios would not even exist. Region 2 does not know its people.
    // Regions 3 and 4: ±1 / 512 = ±0.001953125, half away from zero at eight places ±0.00195313.
    assert_snapshot!(world.run(&query).await, @r"
        +------+-------------+-------------------+---------------------------+
        | year | region_code | energy_per_person | energy_per_person__reason |
        +------+-------------+-------------------+---------------------------+
        | 2023 | 1           | 3.50000000        |                           |
        | 2024 | 1           | 50.00000000       |                           |
        | 2024 | 2           |                   | no_people                 |
        | 2024 | 3           | 0.00195313        |                           |
        | 2024 | 4           | -0.00195313       |                           |
        +------+-------------+-------------------+---------------------------+
    ");
}

#[tokio::test]
async fn a_ratio_over_everything_is_one_row() {
    let world = World::new().await;
    // (7 + 100 + 50 + 10 + 1 - 1) / (2 + 3 + 0 + 512 + 512) = 167 / 1029 = 0.162293488…
    assert_snapshot!(world.run(&ask(&["energy_per_person"], &[])).await, @r"
        +-------------------+---------------------------+
        | energy_per_person | energy_per_person__reason |
        +-------------------+---------------------------+
        | 0.16229349        |                           |
        +-------------------+---------------------------+
    ");
    // Nothing passes the filter: one row that says so.
    let query = MetricQuery {
        filters: vec![Filter::eq("region_code", "9")],
        ..ask(&["energy_per_person"], &[])
    };
    assert_snapshot!(world.run(&query).await, @r"
        +-------------------+---------------------------+
        | energy_per_person | energy_per_person__reason |
        +-------------------+---------------------------+
        |                   | no_data                   |
        +-------------------+---------------------------+
    ");
}

#[tokio::test]
async fn measures_are_converted_to_the_declared_unit_exactly() {
    let world = World::new().await;
    let query = MetricQuery {
        from: Some("2026".to_owned()),
        to: Some("2026".to_owned()),
        ..ask(&["cost", "cost_wan", "execution_rate"], &["region_code"])
    };
    // Region 1: 110.00 + 70.01 = 180.01 yuan = 0.018001 万元; of 1000: 18.001 %.
    // Region 2: 60.00 yuan = 0.006 万元; no budget.
    assert_snapshot!(world.run(&query).await, @r"
        +-------------+--------+--------------+------------+------------------+----------------+------------------------+
        | region_code | cost   | cost__reason | cost_wan   | cost_wan__reason | execution_rate | execution_rate__reason |
        +-------------+--------+--------------+------------+------------------+----------------+------------------------+
        | 1           | 180.01 |              | 0.01800100 |                  | 18.00100000    |                        |
        | 2           | 60.00  |              | 0.00600000 |                  |                | no_budget              |
        +-------------+--------+--------------+------------+------------------+----------------+------------------------+
    ");
}

#[tokio::test]
async fn what_does_not_count_is_zero_and_what_is_not_there_is_null() {
    let world = World::new().await;
    let query = MetricQuery {
        grain: Some(Grain::Year),
        ..ask(&["travel_cost", "payers"], &["region_code"])
    };
    // Region 1 has rows and no travel: 0.00. `a` paid in region 1, `b` in region 2, in both years.
    assert_snapshot!(world.run(&query).await, @r"
        +------+-------------+-------------+---------------------+--------+----------------+
        | year | region_code | travel_cost | travel_cost__reason | payers | payers__reason |
        +------+-------------+-------------+---------------------+--------+----------------+
        | 2025 | 1           | 0.00        |                     | 1      |                |
        | 2025 | 2           | 40.00       |                     | 1      |                |
        | 2026 | 1           | 0.00        |                     | 1      |                |
        | 2026 | 2           | 60.00       |                     | 1      |                |
        +------+-------------+-------------+---------------------+--------+----------------+
    ");
}

#[tokio::test]
async fn time_comes_at_any_coarser_grain() {
    let world = World::new().await;
    let query = MetricQuery {
        grain: Some(Grain::Quarter),
        ..ask(&["cost"], &[])
    };
    // 2025 Q1: 100 + 50 + 8 + 40 = 198; Q4: 999. 2026 Q1: 110 + 0 + 70.01 + 60 = 240.01.
    assert_snapshot!(world.run(&query).await, @r"
        +---------+--------+--------------+
        | quarter | cost   | cost__reason |
        +---------+--------+--------------+
        | 2025-Q1 | 198.00 |              |
        | 2025-Q4 | 999.00 |              |
        | 2026-Q1 | 240.01 |              |
        +---------+--------+--------------+
    ");
    let query = MetricQuery {
        dimensions: vec!["month".to_owned()],
        from: Some("2025-12".to_owned()),
        ..ask(&["cost"], &[])
    };
    assert_snapshot!(world.run(&query).await, @r"
        +---------+--------+--------------+
        | month   | cost   | cost__reason |
        +---------+--------+--------------+
        | 2025-12 | 999.00 |              |
        | 2026-01 | 110.00 |              |
        | 2026-02 | 130.01 |              |
        +---------+--------+--------------+
    ");
}

#[tokio::test]
async fn a_stock_takes_the_last_time_of_its_group() {
    let world = World::new().await;
    // All years of region 1 together: the people of 2024, 3 + 0, not 2 + 3 + 0.
    assert_snapshot!(world.run(&ask(&["people"], &["region_code"])).await, @r"
        +-------------+--------+----------------+
        | region_code | people | people__reason |
        +-------------+--------+----------------+
        | 1           | 3      |                |
        | 2           |        | no_data        |
        | 3           | 512    |                |
        | 4           | 512    |                |
        +-------------+--------+----------------+
    ");
}

#[tokio::test]
async fn the_year_before_is_laid_beside_and_codes_that_are_gone_stay_visible() {
    let world = World::new().await;
    let query = MetricQuery {
        grain: Some(Grain::Month),
        from: Some("2026-01".to_owned()),
        to: Some("2026-02".to_owned()),
        compare: Compare::Yoy,
        ..ask(&["cost"], &["expense_code"])
    };
    // 30201: January 110 - 100 = 10 = 10 %; February 70.01 - 50 = 20.01 = 40.02 %.
    // 30211: January 0 against 40 = -40 = -100 %; February 60 against nothing.
    // 30215: February nothing against 8.
    assert_snapshot!(world.run(&query).await, @r"
        +---------+--------------+--------+--------------+----------------+--------------+------------------+---------------------+
        | month   | expense_code | cost   | cost__reason | cost__previous | cost__change | cost__change_pct | cost__change_reason |
        +---------+--------------+--------+--------------+----------------+--------------+------------------+---------------------+
        | 2026-01 | 30201        | 110.00 |              | 100.00         | 10.00        | 10.0000          |                     |
        | 2026-01 | 30211        | 0.00   |              | 40.00          | -40.00       | -100.0000        |                     |
        | 2026-02 | 30201        | 70.01  |              | 50.00          | 20.01        | 40.0200          |                     |
        | 2026-02 | 30211        | 60.00  |              |                |              |                  | no_previous         |
        | 2026-02 | 30215        |        | no_data      | 8.00           |              |                  | no_data             |
        +---------+--------------+--------+--------------+----------------+--------------+------------------+---------------------+
    ");
}

#[tokio::test]
async fn the_year_to_date_stops_at_the_last_month_with_data_in_both_years() {
    let world = World::new().await;
    let query = MetricQuery {
        from: Some("2026".to_owned()),
        to: Some("2026".to_owned()),
        compare: Compare::YtdYoy,
        ..ask(&["cost", "execution_rate"], &[])
    };
    // To February: 2026 110 + 0 + 70.01 + 60 = 240.01; 2025 100 + 50 + 8 + 40 = 198, without December.
    // 42.01 / 198 = 21.2171717… %. Rates: 240.01 / 1000 = 24.001 %; 198 / 1000 = 19.8 %.
    assert_snapshot!(world.run(&query).await, @r"
        +--------+--------------+----------------+----------------+------------------------+--------------------------+--------------+------------------+---------------------+------------------------+----------------------------+-------------------------------+
        | cost   | cost__reason | cost__previous | execution_rate | execution_rate__reason | execution_rate__previous | cost__change | cost__change_pct | cost__change_reason | execution_rate__change | execution_rate__change_pct | execution_rate__change_reason |
        +--------+--------------+----------------+----------------+------------------------+--------------------------+--------------+------------------+---------------------+------------------------+----------------------------+-------------------------------+
        | 240.01 |              | 198.00         | 24.00100000    |                        | 19.80000000              | 42.01        | 21.2172          |                     | 4.20100000             | 21.2172                    |                               |
        +--------+--------------+----------------+----------------+------------------------+--------------------------+--------------+------------------+---------------------+------------------------+----------------------------+-------------------------------+
    ");

    let by_month = MetricQuery {
        grain: Some(Grain::Month),
        ..query.clone()
    };
    // January 110 + 0 = 110 against 100 + 40 = 140; February as above. Rates divide the totals.
    assert_snapshot!(world.run(&by_month).await, @r"
        +---------+--------+--------------+----------------+----------------+------------------------+--------------------------+--------------+------------------+---------------------+------------------------+----------------------------+-------------------------------+
        | month   | cost   | cost__reason | cost__previous | execution_rate | execution_rate__reason | execution_rate__previous | cost__change | cost__change_pct | cost__change_reason | execution_rate__change | execution_rate__change_pct | execution_rate__change_reason |
        +---------+--------+--------------+----------------+----------------+------------------------+--------------------------+--------------+------------------+---------------------+------------------------+----------------------------+-------------------------------+
        | 2026-01 | 110.00 |              | 140.00         | 11.00000000    |                        | 14.00000000              | -30.00       | -21.4286         |                     | -3.00000000            | -21.4286                   |                               |
        | 2026-02 | 240.01 |              | 198.00         | 24.00100000    |                        | 19.80000000              | 42.01        | 21.2172          |                     | 4.20100000             | 21.2172                    |                               |
        +---------+--------+--------------+----------------+----------------+------------------------+--------------------------+--------------+------------------+---------------------+------------------------+----------------------------+-------------------------------+
    ");

    let by_year = MetricQuery {
        grain: Some(Grain::Year),
        from: Some("2025".to_owned()),
        ..query
    };
    // January and February of both years; nothing before 2025.
    assert_snapshot!(world.run(&by_year).await, @r"
        +------+--------+--------------+----------------+----------------+------------------------+--------------------------+--------------+------------------+---------------------+------------------------+----------------------------+-------------------------------+
        | year | cost   | cost__reason | cost__previous | execution_rate | execution_rate__reason | execution_rate__previous | cost__change | cost__change_pct | cost__change_reason | execution_rate__change | execution_rate__change_pct | execution_rate__change_reason |
        +------+--------+--------------+----------------+----------------+------------------------+--------------------------+--------------+------------------+---------------------+------------------------+----------------------------+-------------------------------+
        | 2025 | 198.00 |              |                | 19.80000000    |                        |                          |              |                  | no_previous         |                        |                            | no_previous                   |
        | 2026 | 240.01 |              | 198.00         | 24.00100000    |                        | 19.80000000              | 42.01        | 21.2172          |                     | 4.20100000             | 21.2172                    |                               |
        +------+--------+--------------+----------------+----------------+------------------------+--------------------------+--------------+------------------+---------------------+------------------------+----------------------------+-------------------------------+
    ");
}

#[tokio::test]
async fn metrics_of_several_marts_share_their_rows() {
    let world = World::new().await;
    let query = MetricQuery {
        filters: vec![Filter {
            column: "region_code".to_owned(),
            test: FilterTest::In(vec!["1".to_owned(), "2".to_owned()]),
        }],
        grain: Some(Grain::Year),
        order: vec![Order {
            by: "cost".to_owned(),
            descending: true,
        }],
        limit: Some(3),
        ..ask(&["cost", "people"], &["region_code"])
    };
    // Region 1: 2025 100 + 50 + 8 + 999 = 1157, 2026 180.01, 2024 only people; three rows of five.
    assert_snapshot!(world.run(&query).await, @r"
        +------+-------------+---------+--------------+--------+----------------+
        | year | region_code | cost    | cost__reason | people | people__reason |
        +------+-------------+---------+--------------+--------+----------------+
        | 2025 | 1           | 1157.00 |              |        | no_data        |
        | 2026 | 1           | 180.01  |              |        | no_data        |
        | 2026 | 2           | 60.00   |              |        | no_data        |
        +------+-------------+---------+--------------+--------+----------------+
    ");
}

#[tokio::test]
async fn columns_say_what_they_are() {
    let world = World::new().await;
    let query = MetricQuery {
        grain: Some(Grain::Month),
        from: Some("2026-01".to_owned()),
        to: Some("2026-01".to_owned()),
        compare: Compare::Yoy,
        ..ask(&["cost"], &["region_code"])
    };
    let compiled = compile(&query, &world.metrics, &world.contracts, &world.marts)
        .expect("the query compiles");
    let lines: Vec<String> = compiled
        .columns
        .iter()
        .map(|column| {
            format!(
                "{} {:?} {} / {} [{}]",
                column.name,
                column.kind,
                column.title.zh,
                column.title.en,
                column.unit.as_deref().unwrap_or("")
            )
        })
        .collect();
    assert_snapshot!(lines.join("\n"), @r"
        month Period 月份 / Month []
        region_code Dimension region_code / Region code []
        cost Value 运行成本 / Cost [yuan]
        cost__reason Reason 运行成本：无值原因 / Cost: why empty []
        cost__previous Previous 运行成本：上年同期 / Cost: a year before [yuan]
        cost__change Change 运行成本：同比增减 / Cost: change on the year [yuan]
        cost__change_pct ChangePercent 运行成本：同比 / Cost: change on the year, % [%]
        cost__change_reason ChangeReason 运行成本：同比无值原因 / Cost: why the change is empty []
    ");
}

#[tokio::test]
async fn rows_of_a_mart_are_listed_filtered_and_ordered() {
    let world = World::new().await;
    let query = RowQuery {
        from: "cost_month".to_owned(),
        columns: vec!["month".to_owned(), "executed_yuan".to_owned()],
        filters: vec![
            Filter {
                column: "region_code".to_owned(),
                test: FilterTest::StartsWith("1".to_owned()),
            },
            Filter {
                column: "executed_yuan".to_owned(),
                test: FilterTest::Range {
                    from: Some("50".to_owned()),
                    to: Some("110.00".to_owned()),
                },
            },
        ],
        order: vec![Order {
            by: "budget_yuan".to_owned(),
            descending: true,
        }],
        limit: Some(3),
        offset: 1,
    };
    let compiled =
        compile_rows(&query, &world.contracts, &world.marts).expect("the query compiles");
    // Budget 1000 first: 2025-01 (passed over) and 2026-01; then 0 in the order of the key.
    assert_snapshot!(world.rows(compiled.plan).await, @r"
        +---------+---------------+
        | month   | executed_yuan |
        +---------+---------------+
        | 2026-01 | 110.00        |
        | 2025-02 | 50.00         |
        | 2026-02 | 70.01         |
        +---------+---------------+
    ");

    let wrong = RowQuery {
        from: "cost_moth".to_owned(),
        ..RowQuery::default()
    };
    let error = compile_rows(&wrong, &world.contracts, &world.marts).expect_err("no such mart");
    assert_snapshot!(print(&error), @r"
        error: unknown mart `cost_moth`
        hint: write `cost_month`
    ");
    let wrong = RowQuery {
        columns: vec!["executed".to_owned()],
        ..query
    };
    let error = compile_rows(&wrong, &world.contracts, &world.marts).expect_err("no such column");
    assert_snapshot!(print(&error), @r"
        error: mart `cost_month` has no column `executed`
        hint: write `executed_yuan`
    ");
}

#[tokio::test]
async fn questions_that_have_no_answer_are_refused() {
    let world = World::new().await;
    assert_snapshot!(world.refusal(&MetricQuery::default()), @r"
        error: the query names no metric
        hint: name at least one metric
    ");
    assert_snapshot!(world.refusal(&ask(&["costs"], &[])), @r"
        error: unknown metric `costs`
        hint: write `cost`
    ");
    assert_snapshot!(world.refusal(&ask(&["energy_per_person"], &["expense_code"])), @r"
        error: metric `energy_per_person` has no dimension `expense_code`
        hint: its dimensions are `region_code`, `organization_id`
    ");
    assert_snapshot!(world.refusal(&ask(&["cost"], &["region"])), @r"
        error: metric `cost` has no dimension `region`
        hint: write `region_code`
    ");
    let fine = MetricQuery {
        grain: Some(Grain::Month),
        ..ask(&["energy_per_person"], &[])
    };
    assert_snapshot!(world.refusal(&fine), @r"
        error: metric `energy_per_person` is by year, so it has no month
        hint: ask for year or coarser
    ");
    let timeless = MetricQuery {
        from: Some("2026".to_owned()),
        ..ask(&["floor"], &[])
    };
    assert_snapshot!(world.refusal(&timeless), @r"
        error: metric `floor` has no time
        hint: leave out the time and the comparison
    ");
    let open = MetricQuery {
        compare: Compare::Yoy,
        ..ask(&["cost"], &[])
    };
    assert_snapshot!(world.refusal(&open), @r"
        error: a comparison with the year before needs a range of time
        hint: give both `from` and `to`
    ");
    let running = MetricQuery {
        grain: Some(Grain::Month),
        from: Some("2026".to_owned()),
        to: Some("2026".to_owned()),
        compare: Compare::YtdYoy,
        ..ask(&["payers"], &[])
    };
    assert_snapshot!(world.refusal(&running), @r"
        error: metric `payers` counts different values, so it has no running total by month
        hint: ask for the year or the whole range
    ");
    let month = MetricQuery {
        from: Some("2026-13".to_owned()),
        ..ask(&["cost"], &[])
    };
    assert_snapshot!(world.refusal(&month), @r"
        error: `2026-13` is not a time
        hint: write `2026`, `2026-03` or `2026-03-15`
    ");
    let order = MetricQuery {
        order: vec![Order {
            by: "budget".to_owned(),
            descending: false,
        }],
        ..ask(&["cost"], &["region_code"])
    };
    assert_snapshot!(world.refusal(&order), @r"
        error: the answer has no column `budget`
        hint: its columns are `region_code`, `cost`, `cost__reason`
    ");
    let value = MetricQuery {
        filters: vec![Filter::eq("people", "many")],
        ..ask(&["energy_per_person"], &[])
    };
    assert_snapshot!(world.refusal(&value), @r"
        error: metric `energy_per_person` has no dimension `people`
        hint: its dimensions are `region_code`, `organization_id`
    ");
}

#[tokio::test]
async fn values_that_do_not_fit_their_column_and_marts_that_are_not_there_are_refused() {
    let world = World::new().await;
    let refusal = |filter: Filter| {
        let query = RowQuery {
            from: "cost_month".to_owned(),
            filters: vec![filter],
            ..RowQuery::default()
        };
        let error = compile_rows(&query, &world.contracts, &world.marts);
        print(&error.expect_err("the filter is wrong"))
    };
    assert_snapshot!(refusal(Filter::eq("executed_yuan", "many")), @r"
        error: `many` is no decimal(18,2), which column `executed_yuan` is
        hint: write a number with at most 2 decimals, such as `1.5`
    ");
    let beginning = Filter {
        column: "executed_yuan".to_owned(),
        test: FilterTest::StartsWith("1".to_owned()),
    };
    assert_snapshot!(refusal(beginning), @r"
        error: column `executed_yuan` is decimal(18,2), so it has no beginning to compare
        hint: use a value or a range
    ");

    let empty = SessionMarts::of(&crate::cases::session())
        .await
        .expect("no marts");
    let error = compile(
        &ask(&["cost"], &[]),
        &world.metrics,
        &world.contracts,
        &empty,
    );
    assert_snapshot!(print(&error.expect_err("nothing is published")), @r"
        error: mart `cost_month` is not in what was published
        hint: build and publish, or ask for a later publication
    ");
}
