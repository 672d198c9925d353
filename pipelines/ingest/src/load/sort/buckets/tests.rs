use arrow::array::{AsArray, BooleanArray, Int64Array, StringArray};
use arrow::datatypes::{DataType, Field, Int64Type, Schema};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::future::try_join_all;

use super::*;

/// Month, meter, whether it is late, number: sorted by month, meter and number.
type Row = (Option<String>, String, Option<bool>, i64);

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("month", DataType::Utf8, true),
        Field::new("meter", DataType::Utf8, true),
        Field::new("is_late", DataType::Boolean, true),
        Field::new("number", DataType::Int64, false),
    ]))
}

fn batch(rows: &[Row]) -> RecordBatch {
    let columns: Vec<ArrayRef> = vec![
        Arc::new(
            rows.iter()
                .map(|row| row.0.as_deref())
                .collect::<StringArray>(),
        ),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.1))),
        Arc::new(rows.iter().map(|row| row.2).collect::<BooleanArray>()),
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.3))),
    ];
    RecordBatch::try_new(schema(), columns).expect("a batch")
}

fn rows_of(batch: &RecordBatch) -> Vec<Row> {
    let months = batch.column(0).as_string::<i32>();
    let meters = batch.column(1).as_string::<i32>();
    let late = batch.column(2).as_boolean();
    let numbers = batch.column(3).as_primitive::<Int64Type>();
    let row = |row: usize| {
        let month = months.is_valid(row).then(|| months.value(row).to_owned());
        let is_late = late.is_valid(row).then(|| late.value(row));
        (
            month,
            meters.value(row).to_owned(),
            is_late,
            numbers.value(row),
        )
    };
    (0..batch.num_rows()).map(row).collect()
}

/// 6,000 rows in batches of 250; `month` says the month of a row.
fn batches(month: impl Fn(i64) -> Option<String>) -> Vec<Vec<Row>> {
    let row = |number: i64| {
        let is_late = (2_000..4_000).contains(&number).then_some(number % 3 == 0);
        (
            month(number),
            format!("meter-{}", number * 31 % 97),
            is_late,
            number,
        )
    };
    (0..24)
        .map(|part| (part * 250..(part + 1) * 250).map(row).collect())
        .collect()
}

struct Limits {
    held_bytes: usize,
    sorted_bytes: usize,
    memory_bytes: usize,
}

/// What comes out of each of two lanes.
async fn lanes(batches: &[Vec<Row>], limits: Limits) -> Result<Vec<Vec<Row>>> {
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_limit(limits.memory_bytes, 1.0)
        .build_arc()?;
    let config = SessionConfig::new().with_batch_size(64);
    let context = SessionContext::new_with_config_rt(config, runtime).task_ctx();
    let dealing = Dealing {
        by: SortBy::new(&schema(), vec![0, 1, 3]),
        partition: vec![0],
        held_bytes: limits.held_bytes,
        sorted_bytes: limits.sorted_bytes,
    };
    let batches: Vec<_> = batches.iter().map(|rows| Ok(batch(rows))).collect();
    let rows = RecordBatchStreamAdapter::new(schema(), stream::iter(batches));
    let lanes = dealing.lanes(Box::pin(rows), 2, &context)?;
    let lanes = lanes.into_iter().map(TryStreamExt::try_collect::<Vec<_>>);
    let lanes = try_join_all(lanes).await?;
    Ok(lanes
        .iter()
        .map(|lane| lane.iter().flat_map(rows_of).collect())
        .collect())
}

async fn check(batches: &[Vec<Row>], limits: Limits) -> Result<()> {
    let lanes = lanes(batches, limits).await?;
    let mut expected: Vec<Row> = batches.concat();
    expected.sort_by(|a, b| (&a.0, &a.1, a.3).cmp(&(&b.0, &b.1, b.3)));
    let mut found = Vec::new();
    let months = |lane: &[Row]| lane.iter().map(|row| row.0.clone()).collect::<Vec<_>>();
    for lane in lanes {
        assert!(months(&lane).is_sorted(), "partitions come in their order");
        found.extend(lane);
    }
    // No month is in two lanes, so a stable sort by month brings the lanes together again.
    found.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(found, expected);
    Ok(())
}

const PLENTY: usize = 64 << 20;

fn by_time(number: i64) -> Option<String> {
    Some(format!("2024-{:02}", number / 700 + 1))
}

fn in_turn(number: i64) -> Option<String> {
    (number % 7 != 0).then(|| format!("2024-{:02}", number * 5 % 11 + 1))
}

#[tokio::test]
async fn rows_in_memory_are_sorted_by_partition() -> Result<()> {
    for month in [by_time, in_turn] {
        let limits = Limits {
            held_bytes: PLENTY,
            sorted_bytes: PLENTY,
            memory_bytes: PLENTY,
        };
        check(&batches(month), limits).await?;
    }
    Ok(())
}

#[tokio::test]
async fn rows_on_the_disk_are_sorted_by_partition() -> Result<()> {
    for month in [by_time, in_turn] {
        // All rows take about 200 KiB.
        for held_bytes in [20 << 10, 0] {
            let limits = Limits {
                held_bytes,
                sorted_bytes: PLENTY,
                memory_bytes: PLENTY,
            };
            check(&batches(month), limits).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_partition_that_does_not_fit_is_sorted_in_runs() -> Result<()> {
    for month in [by_time, in_turn] {
        let limits = Limits {
            held_bytes: 20 << 10,
            sorted_bytes: 10 << 10,
            memory_bytes: PLENTY,
        };
        check(&batches(month), limits).await?;
    }
    Ok(())
}

#[tokio::test]
async fn rows_go_to_the_disk_when_memory_is_short() -> Result<()> {
    for month in [by_time, in_turn] {
        let limits = Limits {
            held_bytes: PLENTY,
            sorted_bytes: PLENTY,
            memory_bytes: 400 << 10,
        };
        check(&batches(month), limits).await?;
    }
    Ok(())
}

#[tokio::test]
async fn every_lane_is_told_why_rows_end_early() -> Result<()> {
    let context = SessionContext::new().task_ctx();
    let dealing = Dealing::new(SortBy::new(&schema(), vec![0, 1, 3]), vec![0]);
    let rows = [
        Ok(batch(&batches(by_time)[0])),
        Err(DataFusionError::Execution("the file ends here".into())),
    ];
    let rows = RecordBatchStreamAdapter::new(schema(), stream::iter(rows));
    for lane in dealing.lanes(Box::pin(rows), 2, &context)? {
        let found: Result<Vec<RecordBatch>> = lane.try_collect().await;
        let error = found.expect_err("the rows are not all there");
        assert!(error.to_string().contains("the file ends here"), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn no_rows_are_no_partitions() -> Result<()> {
    let limits = Limits {
        held_bytes: 0,
        sorted_bytes: 0,
        memory_bytes: 0,
    };
    assert!(lanes(&[], limits).await?.concat().is_empty());
    Ok(())
}
