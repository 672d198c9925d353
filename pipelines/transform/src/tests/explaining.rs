//! Explanations of marts of every shape: what is listed makes the number, or says that it cannot.
//!
//! Forms: `a` used 1.5 in January and 2.5 in February, `b` 4 in January.

use models::Models;
use models::metric::{Filter, MetricQuery, Metrics};

use super::lake::{Files, Lake, contracts};
use crate::explain::{Explainer, Explanation, Making, Mark, Page, Question};

const METRICS: &str = "\
metrics:
  - metric: electricity
    title: { zh: 用电量, en: Electricity }
    unit: kWh
    mart: energy_year
    numerator: { sum: electricity_kwh }
    dimensions: [organization_id]
    time: year
  - metric: highest
    title: { zh: 最大月用电量, en: Highest month }
    unit: kWh
    mart: energy_month
    numerator: { max: electricity_kwh }
    dimensions: [organization_id]
    time: month
  - metric: users
    title: { zh: 用电单位数, en: Users }
    unit: count
    mart: energy_month
    numerator: { count_distinct: organization_id }
    dimensions: [organization_id]
    time: month
  - metric: forms
    title: { zh: 报表数, en: Forms }
    unit: count
    mart: energy_month
    numerator: { count: electricity_kwh }
    dimensions: [organization_id]
    time: month
";

/// The months' rows by another select, and nothing else changed.
fn months(select: &str) -> Models {
    let path = "sql/marts/energy_month.sql";
    let header = "-- grain: organization_id, month\n-- purpose: electricity by month\n";
    Files::sound()
        .with(path, &format!("{header}{select}\n"))
        .models()
}

/// A value of the forms' lake under models.
async fn explain(models: &Models, metric: &str, filters: &[(&str, &str)]) -> Explanation {
    let lake = Lake::with_forms().await;
    lake.build(models).await.expect("the build");
    let published = lake.publish(models).await.expect("the publication");
    let files = [("sql/metrics/all.yaml".to_owned(), METRICS.to_owned())];
    let metrics = Metrics::parse(files, &contracts()).expect("metrics");
    let explainer = Explainer::open(&lake.warehouse, models, &published.publication);
    let explainer = explainer.await.expect("it opens");
    let filters = filters.iter();
    let question = Question {
        query: MetricQuery {
            metrics: vec![metric.to_owned()],
            filters: filters
                .map(|(name, value)| Filter::eq(*name, *value))
                .collect(),
            ..MetricQuery::default()
        },
        page: Page {
            limit: 100,
            offset: 0,
        },
        table: None,
        may_show: &|_| true,
    };
    let explanation = explainer.explain(&metrics, &question).await;
    explanation.expect("an explanation")
}

/// The only table's rows: `organisation month: stored -> part`, and how the number is made of them.
fn listed(explanation: &Explanation) -> (Making, Vec<String>) {
    let [source] = explanation.numerator.sources.as_slice() else {
        panic!("{:#?}", explanation.numerator.sources);
    };
    assert_eq!(
        source.agrees,
        (source.making == Making::Sum).then_some(true)
    );
    let text = |cell: &Option<String>| cell.clone().unwrap_or_else(|| "-".to_owned());
    let rows = source.rows.iter().map(|row| {
        let cells: Vec<String> = row.cells.iter().map(text).collect();
        format!("{} -> {}", cells.join(" "), text(&row.part))
    });
    (source.making, rows.collect())
}

#[tokio::test]
async fn a_mart_over_a_mart_opens_down_to_the_forms() {
    let explanation = explain(&Files::sound().models(), "electricity", &[]).await;
    assert_eq!(explanation.value.as_deref(), Some("8.0000"));
    let (making, rows) = listed(&explanation);
    assert_eq!(making, Making::Sum);
    assert_eq!(
        rows,
        [
            "b 2024-01 4.0000 -> 4.0000",
            "a 2024-02 2.5000 -> 2.5000",
            "a 2024-01 1.5000 -> 1.5000",
        ]
    );
    let models = Files::sound().models();
    let of_a = [("organization_id", "a"), ("year", "2024")];
    let one = explain(&models, "electricity", &of_a).await;
    assert_eq!(one.value.as_deref(), Some("4.0000"));
    assert_eq!(listed(&one).1.len(), 2);
}

#[tokio::test]
async fn what_is_converted_or_put_in_the_place_of_nothing_says_so() {
    let models = months(
        "select organization_id, month,
             cast(
                 coalesce(nullif(electricity_kwh, electricity_kwh), electricity_kwh * 1.5) * 2
                 as decimal(18, 4)
             ) as electricity_kwh
         from stg_energy__monthly",
    );
    let explanation = explain(&models, "electricity", &[("organization_id", "b")]).await;
    // 4 was taken for nothing, 4 * 1.5 put in its place, and doubled.
    assert_eq!(explanation.value.as_deref(), Some("12.0000"));
    let (_, rows) = listed(&explanation);
    assert_eq!(rows, ["b 2024-01 4.0000 -> 12.0000"]);
    let source = &explanation.numerator.sources[0];
    assert_eq!(source.rows[0].marks, [Mark::Converted]);
    assert!(
        source.steps.contains(
            &"electricity_kwh = coalesce(nullif(electricity_kwh, electricity_kwh), \
                  electricity_kwh * 1.5) * 2"
                .to_owned()
        ),
        "{:?}",
        source.steps
    );
}

#[tokio::test]
async fn branches_of_a_union_add_up() {
    let models = months(
        "with twice as (
             select organization_id, month, electricity_kwh from stg_energy__monthly
             union all
             select organization_id, month, electricity_kwh from stg_energy__monthly
             where organization_id = 'a'
         )
         select organization_id, month, sum(electricity_kwh) as electricity_kwh
         from twice
         group by organization_id, month",
    );
    // (1.5 + 2.5) twice and 4 once.
    let explanation = explain(&models, "electricity", &[]).await;
    assert_eq!(explanation.value.as_deref(), Some("12.0000"));
    let (making, rows) = listed(&explanation);
    assert_eq!((making, rows.len()), (Making::Sum, 5));
}

#[tokio::test]
async fn windows_name_the_rows_they_look_at() {
    // Each month with the one before: a 1.5, then 2.5 + 1.5; b 4.
    let models = months(
        "with looked_back as (
             select organization_id, month, electricity_kwh,
                 lag(electricity_kwh, 1) over (
                     partition by organization_id order by month
                 ) as before_kwh
             from stg_energy__monthly
         )
         select organization_id, month,
             cast(electricity_kwh + coalesce(before_kwh, 0) as decimal(18, 4)) as electricity_kwh
         from looked_back",
    );
    let explanation = explain(&models, "electricity", &[("organization_id", "a")]).await;
    assert_eq!(explanation.value.as_deref(), Some("5.5000"));
    let (making, rows) = listed(&explanation);
    assert_eq!(making, Making::Sum);
    assert_eq!(
        rows,
        [
            "a 2024-02 2.5000 -> 2.5000",
            "a 2024-01 1.5000 -> 1.5000",
            "a 2024-01 1.5000 -> 1.5000",
        ]
    );
    // From January on: a 1.5, then 4.0; b 4.
    let models = months(
        "select organization_id, month,
             cast(sum(electricity_kwh) over (
                 partition by organization_id order by month
             ) as decimal(18, 4)) as electricity_kwh
         from stg_energy__monthly",
    );
    let explanation = explain(&models, "electricity", &[]).await;
    assert_eq!(explanation.value.as_deref(), Some("9.5000"));
    let (making, rows) = listed(&explanation);
    assert_eq!(making, Making::Sum);
    assert_eq!(
        rows,
        [
            "b 2024-01 4.0000 -> 4.0000",
            "a 2024-01 1.5000 -> 3.0000",
            "a 2024-02 2.5000 -> 2.5000",
        ]
    );
}

#[tokio::test]
async fn a_count_is_a_sum_of_ones() {
    let explanation = explain(&Files::sound().models(), "forms", &[]).await;
    assert_eq!(explanation.value.as_deref(), Some("3"));
    let (making, rows) = listed(&explanation);
    assert_eq!((making, rows.len()), (Making::Sum, 3));
    assert!(rows.iter().all(|row| row.ends_with("-> 1")), "{rows:?}");
}

#[tokio::test]
async fn what_has_no_parts_lists_the_rows_it_used_and_says_so() {
    let highest = explain(&Files::sound().models(), "highest", &[]).await;
    assert_eq!(highest.value.as_deref(), Some("4.0000"));
    let (making, rows) = listed(&highest);
    assert_eq!((making, rows.len()), (Making::Used, 3));
    let users = explain(&Files::sound().models(), "users", &[]).await;
    assert_eq!(users.value.as_deref(), Some("2"));
    let (making, rows) = listed(&users);
    assert_eq!((making, rows.len()), (Making::Used, 3));
}
