//! The reader: the right rows, from as few files as the bounds allow.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::datasource::MemTable;
use datafusion::physical_plan::displayable;
use warehouse::{PartitionValues, Removal, Snapshot, Table};

use crate::support::*;

/// Twelve months, two files each, with nulls and long texts.
async fn year() -> (Lake, Table) {
    let lake = Lake::new(&[contract(
        "mart.use",
        &[
            "place text key",
            "read_at timestamp key",
            "month text required partition derived=month(read_at)",
            "amount decimal(18,2)",
            "huge decimal(38,4)",
            "day date",
            "pulses integer",
            "note text",
        ],
    )])
    .await;
    let table = lake.warehouse.table(&id("mart.use")).await.unwrap();
    for half in 0..2 {
        let months: Vec<String> = (1..=12).map(|month| month_rows(month, half)).collect();
        append(&table, &months.join(" union all ")).await;
    }
    (lake, table)
}

fn month_rows(month: u32, half: u32) -> String {
    // Places of the two halves do not overlap, so bounds can tell their files apart.
    format!(
        "select
            chr(cast({half} * 10 + value % 10 + 97 as bigint)) || repeat('地', 40) as place,
            arrow_cast(cast(({month} - 1) * 2678400000000 + value * 1000001 as bigint),
                       'Timestamp(Microsecond, Some(\"UTC\"))') as read_at,
            '1970-{month:02}' as month,
            case when value % 7 = 0 then null else cast(value * {month} as decimal(18,2)) / 4 end as amount,
            cast('1234567890123456789.0001' as decimal(38,4)) + value as huge,
            arrow_cast(cast(value * {month} as integer), 'Date32') as day,
            cast(value - 20 as bigint) as pulses,
            case when value % 5 = 0 then null else 'n' || value end as note
        from generate_series(0, 39) as numbers(value)"
    )
}

const PREDICATES: &[&str] = &[
    "true",
    "false",
    "month = '1970-03'",
    "month <> '1970-03'",
    "month in ('1970-01', '1970-12', '1999-01')",
    "month like '1970-1%'",
    "substr(month, 6) = '07'",
    "month >= '1970-06' and month < '1970-09'",
    "month is null",
    "month = '1970-03' or pulses = 3",
    "not (month = '1970-03' and pulses > 0)",
    "month || 'x' = '1970-04x' and amount > 10",
    "place = 'c' || repeat('地', 40)",
    "place < 'd' || repeat('地', 40)",
    "place > 'q' || repeat('地', 40)",
    "place like 'a' || repeat('地', 39) || '%'",
    "place = '地'",
    "pulses < -15",
    "pulses between -3 and 3",
    "pulses is not null and pulses % 11 = 0",
    "amount is null",
    "amount is not null",
    "amount > 100.25",
    "amount = 30.00",
    "amount < 0",
    "huge = 1234567890123456789.0001",
    "huge > 1234567890123456827.0000",
    "huge <= 1234567890123456789.0001",
    "day = date '1970-02-10'",
    "day < date '1970-01-05'",
    "day >= date '1971-01-01'",
    "note is null",
    "note = 'n7'",
    "note > 'n38'",
    "read_at = timestamp '1970-01-01T00:00:01.000001Z'",
    "read_at < timestamp '1970-01-01T00:00:02.000002Z'",
    "read_at > timestamp '1970-12-07T00:00:38.000037Z'",
    "read_at >= timestamp '1970-12-07T00:00:39.000039Z'",
    "read_at between timestamp '1970-05-01T00:00:00Z' and timestamp '1970-07-01T00:00:00Z'",
    "pulses = 3 or note = 'n1'",
    "case when month = '1970-01' then pulses > 5 else pulses < -15 end",
    "coalesce(amount, 0) = 0",
];

/// Every predicate gives the same rows from the files as from memory, where nothing is skipped.
#[tokio::test(flavor = "multi_thread")]
async fn skipping_files_never_loses_a_row() {
    let (_lake, table) = year().await;
    let snapshot = table.snapshot().await.unwrap();
    let memory = in_memory(&snapshot).await;
    for predicate in PREDICATES {
        let sql = format!(
            "select count(*), count(amount), sum(amount), min(place), max(read_at), max(huge),
                    sum(pulses), count(note) from t where {predicate}"
        );
        let from_files = query(&snapshot, &sql).await;
        let from_memory = query_provider(memory.clone(), &sql).await;
        assert_eq!(from_files, from_memory, "where {predicate}");
    }
}

async fn in_memory(snapshot: &Snapshot) -> Arc<dyn TableProvider> {
    let session = session();
    session.register_table("t", snapshot.provider()).unwrap();
    let batches = session
        .sql("select * from t")
        .await
        .unwrap()
        .collect()
        .await
        .unwrap();
    Arc::new(MemTable::try_new(batches[0].schema(), vec![batches]).unwrap())
}

/// The physical plan of a query, and how many files it would read.
async fn plan(snapshot: &Snapshot, sql: &str) -> (String, usize) {
    let session = session();
    session.register_table("t", snapshot.provider()).unwrap();
    let frame = session.sql(sql).await.unwrap();
    let plan = frame.create_physical_plan().await.unwrap();
    let text = displayable(plan.as_ref()).indent(true).to_string();
    let files: BTreeSet<&str> = text
        .split(['[', ']', ',', ' '])
        .filter(|word| word.contains(".parquet"))
        .map(|word| word.split(':').next().unwrap())
        .collect();
    let count = files.len();
    (text, count)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_on_the_partition_is_decided_before_anything_is_read() {
    let (_lake, table) = year().await;
    let snapshot = table.snapshot().await.unwrap();
    let (text, files) = plan(&snapshot, "select pulses from t where month = '1970-03'").await;
    assert_eq!(files, 2);
    assert!(!text.contains("FilterExec"), "{text}");
    let (text, files) = plan(&snapshot, "select pulses from t where month like '1970-1%'").await;
    assert_eq!(files, 6);
    assert!(!text.contains("FilterExec"), "{text}");
    let (_, files) = plan(&snapshot, "select pulses from t where month = '2020-01'").await;
    assert_eq!(files, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn bounds_of_the_key_skip_files() {
    let (_lake, table) = year().await;
    let snapshot = table.snapshot().await.unwrap();
    let sql = "select pulses from t where place = 'c' || repeat('地', 40)";
    // One of the two halves of each month.
    assert_eq!(plan(&snapshot, sql).await.1, 12);
    let sql = "select pulses from t where read_at >= timestamp '1970-12-01T00:00:00Z'";
    assert_eq!(plan(&snapshot, sql).await.1, 2);
    let sql = "select pulses from t where day >= date '1971-01-01'";
    // 39 × 10 = 390 days after 1970-01-01 is the first that can reach 365: months 10, 11, 12.
    assert_eq!(plan(&snapshot, sql).await.1, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_are_answered_without_reading() {
    let (_lake, table) = year().await;
    let snapshot = table.snapshot().await.unwrap();
    let (text, files) = plan(&snapshot, "select count(*), max(day) from t").await;
    assert_eq!(files, 0, "{text}");
    assert_eq!(number(&snapshot, "select count(*) from t").await, 960);
    // The bound of a moment is cut to the millisecond: it must not answer.
    let (text, files) = plan(&snapshot, "select max(read_at) from t").await;
    assert_eq!(files, 24, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_join_on_the_partition_gives_its_rows() {
    let (_lake, table) = year().await;
    let snapshot = table.snapshot().await.unwrap();
    let sql = "select count(*) from t inner join (values ('1970-02'), ('1970-05')) as wanted(month)
               on t.month = wanted.month";
    assert_eq!(number(&snapshot, sql).await, 160);
    let sql = "select count(*) from t where month in (select max(month) from t)";
    assert_eq!(number(&snapshot, sql).await, 80);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_partitions_asked_for_are_read() {
    let (_lake, table) = year().await;
    let snapshot = table.snapshot().await.unwrap();
    let partitions = BTreeSet::from([PartitionValues::of("month", "1970-02")]);
    let shown = query_provider(
        snapshot.provider_of(&partitions),
        "select month, count(*) from t group by month",
    )
    .await;
    insta::assert_snapshot!(shown, @r"
    +---------+----------+
    | month   | count(*) |
    +---------+----------+
    | 1970-02 | 80       |
    +---------+----------+
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_keep_their_order_wherever_the_partition_column_stands() {
    let (_lake, table) = year().await;
    let snapshot = table.snapshot().await.unwrap();
    let sql = "select note, month, pulses, place = '' as is_nowhere from t
               where pulses = 7 and month = '1970-12' order by place";
    insta::assert_snapshot!(query(&snapshot, sql).await, @r"
    +------+---------+--------+------------+
    | note | month   | pulses | is_nowhere |
    +------+---------+--------+------------+
    | n27  | 1970-12 | 7      | false      |
    | n27  | 1970-12 | 7      | false      |
    +------+---------+--------+------------+
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_does_not_see_what_comes_after_it() {
    let (_lake, table) = Lake::with_readings().await;
    append(&table, &reading_rows(1, 10)).await;
    let before = table.snapshot().await.unwrap();
    append(&table, &reading_rows(2, 10)).await;
    commit(&table, &reading_rows(1, 1), Removal::All)
        .await
        .unwrap();
    assert_eq!(number(&before, "select count(pulses) from t").await, 10);
    let again = table.snapshot_at(1).await.unwrap();
    assert_eq!(number(&again, "select count(pulses) from t").await, 10);
    let error = table.snapshot_at(99).await.unwrap_err();
    insta::assert_snapshot!(told(&error));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_table_is_read_as_no_rows() {
    let (_lake, table) = Lake::with_readings().await;
    let snapshot = table.snapshot().await.unwrap();
    assert_eq!(number(&snapshot, "select count(*) from t").await, 0);
    assert_eq!(
        number(&snapshot, "select count(*) from t where month = '2025-01'").await,
        0
    );
    assert_eq!(snapshot.num_rows(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn partition_values_with_odd_characters_come_back_as_they_are() {
    let lake = Lake::new(&[contract(
        "mart.odd",
        &["place text key partition", "n integer key"],
    )])
    .await;
    let table = lake.warehouse.table(&id("mart.odd")).await.unwrap();
    let places = ["荆门 市", "a/b", "50%", "a=b", "x:y?z#1", "it''s"];
    let rows: Vec<String> = places
        .iter()
        .enumerate()
        .map(|(n, place)| format!("select '{place}' as place, {n} as n"))
        .collect();
    append(&table, &rows.join(" union all ")).await;
    let snapshot = table.snapshot().await.unwrap();
    let shown = query(&snapshot, "select place, n from t order by n").await;
    insta::assert_snapshot!(shown, @r"
    +---------+---+
    | place   | n |
    +---------+---+
    | 荆门 市 | 0 |
    | a/b     | 1 |
    | 50%     | 2 |
    | a=b     | 3 |
    | x:y?z#1 | 4 |
    | it's    | 5 |
    +---------+---+
    ");
    // They can be replaced one by one, too.
    let partition = PartitionValues::of("place", "a/b");
    commit(
        &table,
        "select 'a/b' as place, 9 as n",
        Removal::Partitions(vec![partition]),
    )
    .await
    .unwrap();
    let snapshot = table.snapshot().await.unwrap();
    assert_eq!(
        number(&snapshot, "select n from t where place = 'a/b'").await,
        9
    );
}
