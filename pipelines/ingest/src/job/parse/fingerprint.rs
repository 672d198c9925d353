//! What decides what a row comes to, in one hash.

use contracts::Contract;
use sha2::{Digest, Sha256};

use crate::format::Format;
use crate::job::file::JobFile;

/// A hash of all that decides what a source's row comes to in the table: the format, the select, how text
/// is read, and the contract's columns. Lines and comments do not count.
pub(super) fn fingerprint(file: &JobFile, format: &Format, contract: &Contract) -> String {
    let parse = &file.parse;
    let dates: Vec<&str> = parse.dates.iter().map(|date| date.value.as_str()).collect();
    let units = parse
        .units
        .iter()
        .map(|(column, unit)| (column, &unit.value));
    let unpivot = file.unpivot.as_ref().map(|unpivot| {
        (
            &unpivot.columns.value,
            &unpivot.name.value,
            &unpivot.value.value,
        )
    });
    let columns = contract.columns.iter();
    let columns: Vec<String> = columns
        .map(|column| format!("{} {}", column.name, column.data_type()))
        .collect();
    let all = format!(
        "{format:?}{unpivot:?}{:?}{dates:?}{:?}{:?}{:?}{:?}{:?}{:?}{columns:?}",
        file.select.as_ref().map(|select| &select.value),
        parse.two_digit_years_until.as_ref().map(|year| year.value),
        parse.missing,
        parse.numbers,
        units.collect::<Vec<_>>(),
        parse.time_zone.as_ref().map(|zone| &zone.value),
        parse.ambiguous_time,
    );
    hex::encode(&Sha256::digest(all)[..16])
}
