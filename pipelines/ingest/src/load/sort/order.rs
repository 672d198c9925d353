//! The order of many rows, found on numbers.
//!
//! Comparing rows column by column, or as the byte strings of Arrow's row format, is what a sort spends
//! its time on. The rows of one run have few different values in most of their key: some hundred meters,
//! some months, times of a few years. So each column becomes a small number that compares as its values
//! do (the rank of a text among those of the run, the distance from the smallest number), the numbers of
//! a row are packed into one of 96 bits, and the row's position stands below them, which also keeps equal
//! rows in the order they came. Sorting then compares integers. Keys that need more bits are compared in
//! row format.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{
    DataType, Date32Type, Int64Type, TimeUnit, TimestampMicrosecondType, UInt32Type,
};
use arrow::error::ArrowError;
use arrow::row::{RowConverter, SortField};
use datafusion::common::HashMap;

/// Bits of the key; the others hold the row's position.
const KEY_BITS: u32 = 96;
const POSITION_BITS: u32 = 128 - KEY_BITS;

/// The rows of `batches` in the order of `columns` (ascending, nothing first), each as its batch and its row
/// there. Equal rows stay as they stand.
///
/// # Errors
/// When a column has a type that cannot be ordered.
pub(super) fn order(
    batches: &[RecordBatch],
    columns: &[usize],
) -> Result<Vec<(usize, usize)>, ArrowError> {
    let places: Vec<(usize, usize)> = batches
        .iter()
        .enumerate()
        .flat_map(|(batch, rows)| (0..rows.num_rows()).map(move |row| (batch, row)))
        .collect();
    match packed(batches, columns, places.len()) {
        Some(mut keys) => {
            keys.sort_unstable();
            let position = |key: &u128| (*key & ((1 << POSITION_BITS) - 1)) as usize;
            Ok(keys.iter().map(|key| places[position(key)]).collect())
        }
        None => by_rows(batches, columns, places),
    }
}

/// One number a row, key above position; `None` when a column has no numbers or they need too many bits.
fn packed(batches: &[RecordBatch], columns: &[usize], rows: usize) -> Option<Vec<u128>> {
    if rows as u64 > 1 << POSITION_BITS {
        return None;
    }
    let mut keys = vec![0_u128; rows];
    let mut bits = 0;
    for index in columns {
        let arrays: Vec<&ArrayRef> = batches.iter().map(|batch| batch.column(*index)).collect();
        let numbers = Numbers::of(&arrays)?;
        bits += numbers.bits;
        if bits > KEY_BITS {
            return None;
        }
        for (key, number) in keys.iter_mut().zip(&numbers.values) {
            *key = *key << numbers.bits | u128::from(*number);
        }
    }
    for (position, key) in keys.iter_mut().enumerate() {
        *key = *key << POSITION_BITS | position as u128;
    }
    Some(keys)
}

/// A column as numbers that compare as its values do; nothing is 0.
struct Numbers {
    values: Vec<u64>,
    /// How many bits the largest needs.
    bits: u32,
}

impl Numbers {
    fn of(arrays: &[&ArrayRef]) -> Option<Numbers> {
        match arrays.first()?.data_type() {
            DataType::Utf8 => Some(Numbers::of_text(arrays)),
            DataType::Boolean => Numbers::of_integers(arrays, |array, add| {
                array
                    .as_boolean()
                    .iter()
                    .for_each(|value| add(value.map(i64::from)));
            }),
            DataType::Date32 => Numbers::of_integers(arrays, |array, add| {
                let values = array.as_primitive::<Date32Type>();
                values.iter().for_each(|value| add(value.map(i64::from)));
            }),
            DataType::UInt32 => Numbers::of_integers(arrays, |array, add| {
                let values = array.as_primitive::<UInt32Type>();
                values.iter().for_each(|value| add(value.map(i64::from)));
            }),
            DataType::Int64 => Numbers::of_integers(arrays, |array, add| {
                array.as_primitive::<Int64Type>().iter().for_each(add);
            }),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                Numbers::of_integers(arrays, |array, add| {
                    array
                        .as_primitive::<TimestampMicrosecondType>()
                        .iter()
                        .for_each(add);
                })
            }
            _ => None,
        }
    }

    /// Ranks among the texts that occur.
    fn of_text(arrays: &[&ArrayRef]) -> Numbers {
        let mut known: HashMap<&str, u32> = HashMap::default();
        let mut texts: Vec<&str> = Vec::new();
        let mut values = Vec::with_capacity(arrays.iter().map(|array| array.len()).sum());
        // Sources write the same text many times over in a row.
        let mut last: Option<(&str, u64)> = None;
        for array in arrays {
            for text in array.as_string::<i32>() {
                let Some(text) = text else {
                    values.push(0);
                    continue;
                };
                let number = match last {
                    Some((same, number)) if same == text => number,
                    _ => u64::from(*known.entry(text).or_insert_with(|| {
                        texts.push(text);
                        texts.len() as u32
                    })),
                };
                last = Some((text, number));
                values.push(number);
            }
        }
        let mut by_text: Vec<u32> = (0..texts.len() as u32).collect();
        by_text.sort_unstable_by_key(|number| texts[*number as usize]);
        let mut ranks = vec![0_u64; texts.len() + 1];
        for (rank, number) in by_text.iter().enumerate() {
            ranks[*number as usize + 1] = rank as u64 + 1;
        }
        for value in &mut values {
            *value = ranks[*value as usize];
        }
        Numbers {
            values,
            bits: bits_of(texts.len() as u64),
        }
    }

    /// Distances from just below the smallest; `None` when they do not fit.
    fn of_integers(
        arrays: &[&ArrayRef],
        each: impl Fn(&ArrayRef, &mut dyn FnMut(Option<i64>)),
    ) -> Option<Numbers> {
        let (mut least, mut most) = (i64::MAX, i64::MIN);
        for array in arrays {
            each(array, &mut |value| {
                if let Some(value) = value {
                    least = least.min(value);
                    most = most.max(value);
                }
            });
        }
        if least > most {
            (least, most) = (0, 0);
        }
        let span = most.checked_sub(least)?.checked_add(1)?;
        let mut values = Vec::with_capacity(arrays.iter().map(|array| array.len()).sum());
        for array in arrays {
            each(array, &mut |value| {
                values.push(value.map_or(0, |value| (value - least) as u64 + 1));
            });
        }
        Some(Numbers {
            values,
            bits: bits_of(span as u64),
        })
    }
}

fn bits_of(largest: u64) -> u32 {
    u64::BITS - largest.leading_zeros()
}

/// The order by Arrow's row format.
fn by_rows(
    batches: &[RecordBatch],
    columns: &[usize],
    places: Vec<(usize, usize)>,
) -> Result<Vec<(usize, usize)>, ArrowError> {
    let Some(first) = batches.first() else {
        return Ok(places);
    };
    let types = columns
        .iter()
        .map(|index| SortField::new(first.column(*index).data_type().clone()));
    let converter = RowConverter::new(types.collect())?;
    let rows = batches
        .iter()
        .map(|batch| {
            let key: Vec<ArrayRef> = columns
                .iter()
                .map(|index| batch.column(*index).clone())
                .collect();
            converter.convert_columns(&key)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let mut places = places;
    places.sort_by(|(batch, row), (other_batch, other_row)| {
        rows[*batch]
            .row(*row)
            .cmp(&rows[*other_batch].row(*other_row))
    });
    Ok(places)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{
        BooleanArray, Date32Array, Decimal128Array, Int64Array, StringArray,
        TimestampMicrosecondArray, UInt32Array, UInt64Array,
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
        let positions =
            UInt64Array::from_iter_values((from..from + rows.len()).map(|row| row as u64));
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
            .map(|(index, column)| {
                Field::new(format!("c{index}"), column.data_type().clone(), true)
            })
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

    #[test]
    fn readings_are_ordered_as_numbers_and_wide_keys_as_rows() {
        let hour = 3_600_000_000;
        let reading = |meter: usize, time: i64| {
            (
                Some(format!("meter-{meter:05}")),
                Some(time * hour),
                None,
                Some(1),
            )
        };
        let readings: Vec<_> = (0..200)
            .map(|row| reading(row * 7 % 13, (row as i64 * 5) % 17))
            .collect();
        let batches = [batch(&readings, 0)];
        assert!(packed(&batches, &[0, 2, 5], 200).is_some());
        assert_eq!(ours(&batches, &[0, 2, 5]), by_arrow(&batches, &[0, 2, 5]));
        let far = [batch(
            &[
                reading(1, 0),
                (None, Some(i64::MAX), None, None),
                (None, Some(i64::MIN), None, None),
            ],
            0,
        )];
        assert!(packed(&far, &[1], 3).is_none());
        assert_eq!(ours(&far, &[1]), [2, 0, 1]);
    }

    #[test]
    fn no_rows_have_an_order() {
        assert!(order(&[], &[0]).expect("an order").is_empty());
    }
}
