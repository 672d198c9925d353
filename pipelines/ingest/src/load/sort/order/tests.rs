use std::sync::Arc;

use arrow::array::{
    BooleanArray, Date32Array, Decimal128Array, Int64Array, StringArray, TimestampMicrosecondArray,
    UInt32Array, UInt64Array,
};
use arrow::compute::{SortColumn, SortOptions, concat_batches, lexsort_to_indices};
use arrow::datatypes::{Field, Schema};
use proptest::prelude::*;

use super::*;

/// A row of a column of each kind of key.
type Row = (Option<String>, Option<i64>, Option<bool>, Option<u32>);

/// A batch of one column of each type a key may have, the last one numbering the rows.
fn batch(rows: &[Row], from: usize) -> RecordBatch {
    let texts: StringArray = rows.iter().map(|row| row.0.as_deref()).collect();
    let numbers: Int64Array = rows.iter().map(|row| row.1).collect();
    let moments =
        TimestampMicrosecondArray::from_iter(rows.iter().map(|row| row.1)).with_timezone("UTC");
    let days: Date32Array = rows
        .iter()
        .map(|row| row.3.map(|day| day as i32 - 9))
        .collect();
    let flags: BooleanArray = rows.iter().map(|row| row.2).collect();
    let small: UInt32Array = rows.iter().map(|row| row.3).collect();
    let amounts: Decimal128Array = rows.iter().map(|row| row.1.map(i128::from)).collect();
    let positions = UInt64Array::from_iter_values((from..from + rows.len()).map(|row| row as u64));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(texts),
        Arc::new(numbers),
        Arc::new(moments),
        Arc::new(days),
        Arc::new(flags),
        Arc::new(small),
        Arc::new(amounts),
        Arc::new(positions),
    ];
    let fields: Vec<Field> = columns
        .iter()
        .enumerate()
        .map(|(index, column)| Field::new(format!("c{index}"), column.data_type().clone(), true))
        .collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("a batch")
}

/// The positions in Arrow's own order, made stable by the position itself.
fn by_arrow(batches: &[RecordBatch], columns: &[usize]) -> Vec<u64> {
    let whole = concat_batches(batches[0].schema_ref(), batches).expect("one batch");
    let options = Some(SortOptions::new(false, true));
    let mut key: Vec<SortColumn> = columns
        .iter()
        .map(|index| SortColumn {
            values: whole.column(*index).clone(),
            options,
        })
        .collect();
    let positions = whole.column(7).clone();
    key.push(SortColumn {
        values: positions,
        options,
    });
    let order = lexsort_to_indices(&key, None).expect("an order");
    order.values().iter().map(|row| u64::from(*row)).collect()
}

fn ours(batches: &[RecordBatch], columns: &[usize]) -> Vec<u64> {
    let order = order(batches, columns).expect("an order");
    let position = |(batch, row): (usize, usize)| {
        batches[batch]
            .column(7)
            .as_primitive::<arrow::datatypes::UInt64Type>()
            .value(row)
    };
    order.into_iter().map(position).collect()
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let text = proptest::option::of("(|[a-c]{0,3}|表[一二]|meter-0000[0-9])");
    let number = proptest::option::of(prop_oneof![
        Just(i64::MIN),
        Just(i64::MAX),
        -3_i64..3,
        any::<i64>()
    ]);
    let small =
        prop_oneof![-3_i64..3, 1_700_000_000_000_000_i64..1_700_000_000_000_009].prop_map(Some);
    let row = (
        text,
        prop_oneof![2 => small, 1 => number],
        any::<Option<bool>>(),
        proptest::option::of(0_u32..9),
    );
    proptest::collection::vec(row, 1..40)
}

proptest! {
    #[test]
    fn rows_stand_as_arrow_sorts_them(
        parts in proptest::collection::vec(rows(), 1..4),
        columns in proptest::sample::subsequence(vec![0_usize, 1, 2, 3, 4, 5, 6], 1..5).prop_shuffle(),
    ) {
        let mut from = 0;
        let batches: Vec<RecordBatch> = parts
            .iter()
            .map(|rows| {
                from += rows.len();
                batch(rows, from - rows.len())
            })
            .collect();
        prop_assert_eq!(ours(&batches, &columns), by_arrow(&batches, &columns));
    }
}

/// Of each of 400 rows a meter of 13 and a moment, hours apart.
fn readings(moment: impl Fn(i64) -> i64) -> Vec<Row> {
    let reading = |row: i64| {
        let meter = Some(format!("meter-{:05}", row * 7 % 13));
        (meter, Some(moment(row) * 3_600_000_000), None, Some(1))
    };
    (0..400).map(reading).collect()
}

/// Keys that rise already, that are counted, that take 64 bits, 128, and more.
#[rstest::rstest]
#[case::by_time(readings(|row| row / 13), &[2])]
#[case::by_meter_of_rows_in_the_order_of_time(readings(|row| row / 13), &[0, 2, 5])]
#[case::by_meter_of_rows_in_any_order(readings(|row| row * 5 % 17), &[0, 2, 5])]
#[case::by_far_moments(readings(|row| row * 5 % 17 * 100_000_000), &[1, 2, 0])]
#[case::by_the_farthest(readings(|row| [i64::MIN, 0, i64::MAX][row as usize % 3] / 3_600_000_000), &[1, 0])]
fn readings_stand_as_arrow_sorts_them(#[case] rows: Vec<Row>, #[case] columns: &[usize]) {
    let batches = [batch(&rows[..150], 0), batch(&rows[150..], 150)];
    assert_eq!(ours(&batches, columns), by_arrow(&batches, columns));
}

#[test]
fn no_rows_have_an_order() {
    assert!(order(&[], &[0]).expect("an order").is_empty());
}
