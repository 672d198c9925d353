//! Yes and no.

use super::{Missing, ValueError};
use crate::text;

const YES: [&str; 9] = ["是", "有", "真", "√", "✓", "y", "yes", "true", "1"];
const NO: [&str; 9] = ["否", "无", "假", "×", "✗", "n", "no", "false", "0"];

/// Yes or no: `是/否`, `有/无`, `√/×`, `Y/N`, `yes/no`, `true/false`, `1/0`, in any case.
///
/// # Errors
/// When the cell is neither.
pub fn boolean(cell: &str, missing: &Missing) -> Result<Option<bool>, ValueError> {
    match cell {
        "true" | "1" | "是" | "Y" => return Ok(Some(true)),
        "false" | "0" | "否" | "N" => return Ok(Some(false)),
        _ if missing.is_missing(cell) => return Ok(None),
        _ => {}
    }
    let word = text::half_width(text::trim(cell)).to_lowercase();
    if YES.contains(&word.as_str()) {
        Ok(Some(true))
    } else if NO.contains(&word.as_str()) {
        Ok(Some(false))
    } else {
        Err(ValueError::NotABoolean)
    }
}
