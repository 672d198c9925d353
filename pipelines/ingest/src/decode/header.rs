//! From the cells of the header to the names of the columns.

use std::collections::{HashMap, HashSet};

use super::{OBJECT_COLUMN, ROW_COLUMN, SHEET_COLUMN};

/// Columns that are read at most; an .xlsx sheet has no more.
pub(super) const MAX_COLUMNS: usize = 16_384;

/// The names of the columns under one or several header rows, given from the top.
///
/// Each name is trimmed, and line breaks inside it become a blank. With several rows, what stands above a
/// column is joined to it with `_`, each text once. A heading over several columns (its neighbours to the
/// right are empty, as a merged cell leaves them) holds for them too, as long as heading and neighbour both
/// have something below them. An empty name becomes `column_<n>`, the second of two equal ones gets `_2`.
pub(super) fn names(rows: &[Vec<String>]) -> Vec<String> {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            (0..width)
                .map(|at| row.get(at).map_or_else(String::new, |cell| tidy(cell)))
                .collect()
        })
        .collect();
    for level in 0..rows.len().saturating_sub(1) {
        let (above, below) = rows.split_at_mut(level + 1);
        spread(&mut above[level], below);
    }
    let joined = (0..width).map(|at| join(rows.iter().map(|row| row[at].as_str())));
    make_unique(joined.collect())
}

/// Names for columns that have none: `column_1`, `column_2`, …
pub(super) fn numbered(width: usize) -> Vec<String> {
    make_unique(vec![String::new(); width])
}

/// Gives empty names a number and repeated ones a suffix that no other column has.
pub(super) fn make_unique(names: Vec<String>) -> Vec<String> {
    let mut literal: HashSet<String> = names.iter().cloned().collect();
    literal.extend([OBJECT_COLUMN, SHEET_COLUMN, ROW_COLUMN].map(str::to_owned));
    let mut taken: HashSet<String> = [OBJECT_COLUMN, SHEET_COLUMN, ROW_COLUMN]
        .map(str::to_owned)
        .into();
    // Where the search for a free suffix goes on for each stem; without it a thousand equal names take a
    // million tries.
    let mut next: HashMap<String, usize> = HashMap::new();
    let mut unique = Vec::with_capacity(names.len());
    for (index, name) in names.into_iter().enumerate() {
        let stem = if name.is_empty() {
            format!("column_{}", index + 1)
        } else {
            name.clone()
        };
        let mut chosen = stem.clone();
        // A suffixed name must not take what another column is really called.
        while taken.contains(&chosen) || (chosen != name && literal.contains(&chosen)) {
            let number = next.entry(stem.clone()).or_insert(2);
            chosen = format!("{stem}_{number}");
            *number += 1;
        }
        taken.insert(chosen.clone());
        unique.push(chosen);
    }
    unique
}

/// Trims a cell and makes one line of it.
fn tidy(cell: &str) -> String {
    let is_blank = |c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}';
    let trimmed = cell.trim_matches(is_blank);
    if !trimmed.contains(['\n', '\r']) {
        return trimmed.to_owned();
    }
    trimmed
        .split(['\n', '\r'])
        .map(|line| line.trim_matches(is_blank))
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Lets headings hold for the empty cells to their right, while both have something below.
fn spread(row: &mut [String], below: &[Vec<String>]) {
    let has_below = |at: usize| below.iter().any(|row| !row[at].is_empty());
    for at in 1..row.len() {
        if row[at].is_empty() && !row[at - 1].is_empty() && has_below(at - 1) && has_below(at) {
            row[at] = row[at - 1].clone();
        }
    }
}

/// Joins what stands above a column, leaving out what is empty or said already.
fn join<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for cell in cells {
        if !cell.is_empty() && parts.last() != Some(&cell) {
            parts.push(cell);
        }
    }
    parts.join("_")
}

#[cfg(test)]
mod tests {
    use super::names;

    fn check(rows: &[&[&str]], expected: &[&str]) {
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())
            .collect();
        assert_eq!(names(&rows), expected);
    }

    #[test]
    fn names_are_trimmed_and_made_one_line() {
        check(
            &[&["\u{feff} 单位 ", "用电量\n(kWh)", "\u{3000}金额\r\n"]],
            &["单位", "用电量 (kWh)", "金额"],
        );
    }

    #[test]
    fn repeated_names_get_a_number_and_empty_ones_their_position() {
        check(
            &[&["a", "a", "", "a", ""]],
            &["a", "a_2", "column_3", "a_3", "column_5"],
        );
    }

    #[test]
    fn suffix_passes_over_what_another_column_is_called() {
        check(&[&["a", "a", "a_2", "a_3"]], &["a", "a_4", "a_2", "a_3"]);
        check(&[&["", "column_1"]], &["column_1_2", "column_1"]);
    }

    #[test]
    fn names_of_the_place_columns_are_kept_for_them() {
        check(&[&["_row", "_object", "x"]], &["_row_2", "_object_2", "x"]);
    }

    #[test]
    fn heading_over_several_columns_is_joined_to_each() {
        check(
            &[
                &["单位", "电", "", "水", "", "备注"],
                &["", "数量", "金额", "数量", "金额", ""],
            ],
            &["单位", "电_数量", "电_金额", "水_数量", "水_金额", "备注"],
        );
    }

    #[test]
    fn heading_without_anything_below_does_not_spread() {
        check(&[&["单位", ""], &["", "数量"]], &["单位", "数量"]);
    }

    #[test]
    fn three_rows_are_joined_and_a_text_said_twice_stands_once() {
        check(
            &[
                &["能源", "", "能源"],
                &["电", "", "能源"],
                &["数量", "金额", "合计"],
            ],
            &["能源_电_数量", "能源_电_金额", "能源_合计"],
        );
    }
}
