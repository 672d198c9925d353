//! The order of many rows, found on numbers.
//!
//! Comparing rows column by column, or as the byte strings of Arrow's row format, is what a sort spends
//! its time on. Rows that are sorted together have few different values in most of their key: some hundred
//! meters, some months, times of a few years. So each column becomes a small number that compares as its
//! values do (the rank of a text among those that occur, the distance from the smallest number).
//!
//! The last columns of a key mostly rise with the position: a collector writes in the order of time, and
//! rows of a file come in theirs. Such columns say nothing that the position does not and are left out.
//! What is left is packed into one number a row; few bits are counted, more are sorted as integers with the
//! position below them, which keeps equal rows in the order they came. Keys that need more than 128 bits
//! are compared in row format.

use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, RecordBatch};
use arrow::datatypes::{
    DataType, Date32Type, Int64Type, TimeUnit, TimestampMicrosecondType, UInt32Type,
};
use arrow::error::ArrowError;
use arrow::row::{RowConverter, SortField};
use datafusion::common::HashMap;

/// Keys of so many bits are sorted by counting: the counters then fit the processor's nearest memory.
const COUNTED_BITS: u32 = 12;

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
    let key: Vec<Vec<ArrayRef>> = columns
        .iter()
        .map(|index| {
            let arrays = batches.iter().map(|batch| batch.column(*index).clone());
            arrays.collect()
        })
        .collect();
    let positions = positions(&key, places.len())?;
    Ok(positions
        .into_iter()
        .map(|position| places[position as usize])
        .collect())
}

/// The positions of `rows` rows in the order of `key`, each column of which is given in parts, one after the
/// other (ascending, nothing first). Equal rows stay as they stand.
///
/// # Errors
/// When a column has a type that cannot be ordered.
pub(super) fn positions(key: &[Vec<ArrayRef>], rows: usize) -> Result<Vec<u32>, ArrowError> {
    let count = u32::try_from(rows).map_err(|_| {
        ArrowError::InvalidArgumentError(format!("{rows} rows are too many to be ordered at once"))
    })?;
    let numbers: Option<Vec<Numbers>> = key.iter().map(|parts| Numbers::of(parts)).collect();
    let Some(mut numbers) = numbers else {
        return by_rows(key, count);
    };
    numbers.truncate(count_before_rising(&numbers, rows));
    let key_bits: u32 = numbers.iter().map(|column| column.bits).sum();
    let position_bits = bits_of(u64::from(count));
    Ok(match key_bits {
        0 => (0..count).collect(),
        bits if bits <= COUNTED_BITS => counted(&packed::<u64>(&numbers, rows), bits),
        bits if bits + position_bits <= u64::BITS => {
            let mut keys = packed::<u64>(&numbers, rows);
            for (key, position) in keys.iter_mut().zip(0_u64..) {
                *key = *key << position_bits | position;
            }
            keys.sort_unstable();
            let mask = (1 << position_bits) - 1;
            keys.into_iter().map(|key| (key & mask) as u32).collect()
        }
        bits if bits + position_bits <= u128::BITS => {
            let mut keys = packed::<u128>(&numbers, rows);
            for (key, position) in keys.iter_mut().zip(0_u128..) {
                *key = *key << position_bits | position;
            }
            keys.sort_unstable();
            let mask = (1 << position_bits) - 1;
            keys.into_iter().map(|key| (key & mask) as u32).collect()
        }
        _ => return by_rows(key, count),
    })
}

/// How many columns stand before the longest end of the key that never falls from one row to the next.
fn count_before_rising(columns: &[Numbers], rows: usize) -> usize {
    let mut before = columns.len();
    let mut ends = vec![0_u64; rows];
    let mut bits = 0;
    for (index, column) in columns.iter().enumerate().rev() {
        if bits + column.bits > u64::BITS {
            break;
        }
        if column.bits > 0 {
            for (end, number) in ends.iter_mut().zip(&column.values) {
                *end |= number << bits;
            }
        }
        bits += column.bits;
        if ends.is_sorted() {
            before = index;
        }
    }
    before
}

/// One number a row, the first column in its highest bits.
fn packed<T>(columns: &[Numbers], rows: usize) -> Vec<T>
where
    T: Copy + From<u64> + std::ops::Shl<u32, Output = T> + std::ops::BitOr<Output = T>,
{
    let mut keys = vec![T::from(0); rows];
    for column in columns {
        for (key, number) in keys.iter_mut().zip(&column.values) {
            *key = *key << column.bits | T::from(*number);
        }
    }
    keys
}

/// The positions of keys below 2^`bits`, by counting how many there are of each.
fn counted(keys: &[u64], bits: u32) -> Vec<u32> {
    let mut begins = vec![0_u32; (1 << bits) + 1];
    for key in keys {
        begins[*key as usize + 1] += 1;
    }
    for index in 1..begins.len() {
        begins[index] += begins[index - 1];
    }
    let mut positions = vec![0; keys.len()];
    for (key, position) in keys.iter().zip(0..) {
        let place = &mut begins[*key as usize];
        positions[*place as usize] = position;
        *place += 1;
    }
    positions
}

/// A column as numbers that compare as its values do; nothing is 0.
struct Numbers {
    values: Vec<u64>,
    /// How many bits the largest needs.
    bits: u32,
}

impl Numbers {
    fn of(parts: &[ArrayRef]) -> Option<Numbers> {
        let Some(first) = parts.first() else {
            return Some(Numbers {
                values: Vec::new(),
                bits: 0,
            });
        };
        match first.data_type() {
            DataType::Utf8 => Some(Numbers::of_text(parts)),
            DataType::Boolean => Some(Numbers::of_booleans(parts)),
            DataType::Date32 => Numbers::of_integers::<Date32Type>(parts),
            DataType::UInt32 => Numbers::of_integers::<UInt32Type>(parts),
            DataType::Int64 => Numbers::of_integers::<Int64Type>(parts),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                Numbers::of_integers::<TimestampMicrosecondType>(parts)
            }
            _ => None,
        }
    }

    /// Ranks among the texts that occur.
    fn of_text(parts: &[ArrayRef]) -> Numbers {
        let mut known: HashMap<&str, u32> = HashMap::default();
        let mut texts: Vec<&str> = Vec::new();
        let mut values = Vec::with_capacity(parts.iter().map(|part| part.len()).sum());
        // Sources write one text many times over, or the same texts in the same turn (all meters, hour by
        // hour): the text that came after the last one before is mostly the next one again.
        let mut next_of: Vec<u32> = vec![0];
        let mut last = 0;
        for part in parts {
            for text in part.as_string::<i32>() {
                let Some(text) = text else {
                    values.push(0);
                    continue;
                };
                let expected = next_of[last as usize];
                let is_expected = expected > 0 && texts[expected as usize - 1] == text;
                if !is_expected {
                    next_of[last as usize] = *known.entry(text).or_insert_with(|| {
                        texts.push(text);
                        texts.len() as u32
                    });
                    next_of.resize(texts.len() + 1, 0);
                }
                last = next_of[last as usize];
                values.push(u64::from(last));
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

    fn of_booleans(parts: &[ArrayRef]) -> Numbers {
        let booleans = parts.iter().flat_map(|part| part.as_boolean().iter());
        Numbers {
            values: booleans
                .map(|value| value.map_or(0, |value| u64::from(value) + 1))
                .collect(),
            bits: 2,
        }
    }

    /// Distances from just below the smallest; `None` when they do not fit.
    fn of_integers<T>(parts: &[ArrayRef]) -> Option<Numbers>
    where
        T: ArrowPrimitiveType,
        T::Native: Into<i64>,
    {
        let (mut least, mut most) = (i64::MAX, i64::MIN);
        let mut look = |value: T::Native| {
            let value: i64 = value.into();
            least = least.min(value);
            most = most.max(value);
        };
        for part in parts {
            let part = part.as_primitive::<T>();
            match part.null_count() {
                0 => part.values().iter().copied().for_each(&mut look),
                _ => part.iter().flatten().for_each(&mut look),
            }
        }
        if least > most {
            (least, most) = (0, 0);
        }
        let span = most.checked_sub(least)?.checked_add(1)?;
        let number = |value: T::Native| (value.into() - least) as u64 + 1;
        let mut values = Vec::with_capacity(parts.iter().map(|part| part.len()).sum());
        for part in parts {
            let part = part.as_primitive::<T>();
            match part.null_count() {
                0 => values.extend(part.values().iter().copied().map(number)),
                _ => values.extend(part.iter().map(|value| value.map_or(0, number))),
            }
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
fn by_rows(key: &[Vec<ArrayRef>], count: u32) -> Result<Vec<u32>, ArrowError> {
    let types = key
        .iter()
        .filter_map(|parts| Some(SortField::new(parts.first()?.data_type().clone())));
    let converter = RowConverter::new(types.collect())?;
    let mut rows = converter.empty_rows(count as usize, 0);
    for part in 0..key.first().map_or(0, Vec::len) {
        let columns: Vec<ArrayRef> = key.iter().map(|parts| parts[part].clone()).collect();
        converter.append(&mut rows, &columns)?;
    }
    let mut positions: Vec<u32> = (0..count).collect();
    positions.sort_by(|a, b| rows.row(*a as usize).cmp(&rows.row(*b as usize)));
    Ok(positions)
}

#[cfg(test)]
mod tests;
