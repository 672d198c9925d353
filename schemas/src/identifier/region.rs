//! 行政区划代码: GB/T 2260 codes, the longer statistical ones, and local codes of areas without one.
//!
//! Which codes exist is data (`reference.region`); here is only the shape, and how a code that was
//! replaced is read at a date, given the rows that say which code replaced which.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::{IdentifierError, IdentifierKind};

const KIND: IdentifierKind = IdentifierKind::Region;

const EXPECTED: &str = "6 digits (420800), 9 or 12 of a township or village, \
                        or 6 digits and letters of a local area (420800-QJL)";

/// The parts of a region code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Region<'a> {
    /// The six digits of GB/T 2260.
    pub code: &'a str,
    /// How far down it reaches.
    pub level: RegionLevel,
    /// The letters of a local area: `QJL`, `BJ`.
    pub local: Option<&'a str>,
}

/// How far down a region code reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegionLevel {
    /// `420000`.
    Province,
    /// `420800`.
    Prefecture,
    /// `420802`.
    County,
    /// 9 digits of the statistical code.
    Township,
    /// 12 digits of the statistical code, not ending in `000`.
    Village,
    /// A local code below a region: a functional area or the region's own level (本级).
    Local,
}

/// A row that says which code replaced which, and from when: 420821 (京山县) became 420882 (京山市).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeChange {
    /// The code before.
    pub old_code: String,
    /// The code since.
    pub new_code: String,
    /// The first day of the new code.
    pub from_date: NaiveDate,
}

impl<'a> Region<'a> {
    /// Reads a region code in its normal form.
    pub fn parse(code: &'a str) -> Option<Region<'a>> {
        let (digits, local) = match code.split_once('-') {
            Some((digits, letters)) => (digits, Some(letters)),
            None => (code, None),
        };
        // GB/T 2260 provinces begin 1 (华北) to 8 (特别行政区, 台湾).
        let is_numeric = digits.bytes().all(|b| b.is_ascii_digit());
        if !is_numeric || !digits.starts_with(|c| ('1'..='8').contains(&c)) {
            return None;
        }
        let level = match (digits.len(), local) {
            (6, Some(letters)) => {
                let is_local = (1..=8).contains(&letters.len())
                    && letters
                        .bytes()
                        .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
                return is_local.then_some(Region {
                    code: digits,
                    level: RegionLevel::Local,
                    local,
                });
            }
            (_, Some(_)) => return None,
            (6, None) if digits.ends_with("0000") => RegionLevel::Province,
            (6, None) if digits.ends_with("00") => RegionLevel::Prefecture,
            (6, None) => RegionLevel::County,
            (9, None) => RegionLevel::Township,
            (12, None) if digits.ends_with("000000") => RegionLevel::County,
            (12, None) if digits.ends_with("000") => RegionLevel::Township,
            (12, None) => RegionLevel::Village,
            _ => return None,
        };
        Some(Region {
            code: &digits[..6],
            level,
            local: None,
        })
    }

    /// The code of the region above by the digits alone; a local area is below its six digits.
    ///
    /// Directly administered counties (429004) are below 429000, as GB/T 2260 numbers them.
    pub fn parent_code(&self) -> Option<String> {
        match self.level {
            RegionLevel::Province => None,
            RegionLevel::Prefecture => Some(format!("{}0000", &self.code[..2])),
            RegionLevel::County => Some(format!("{}00", &self.code[..4])),
            RegionLevel::Township | RegionLevel::Village | RegionLevel::Local => {
                Some(self.code.to_owned())
            }
        }
    }
}

/// The code that a region written as `code` has on `date`, by `changes` in any order.
///
/// Both ways: a code that is replaced by then gives the one that replaced it, and one that is not in
/// force yet gives the one before, so that a history reads the same whichever code its rows carry.
pub fn region_code_on<'a>(code: &'a str, date: NaiveDate, changes: &'a [CodeChange]) -> &'a str {
    let mut current = code;
    // Each change is passed at most once, so that a circle in the data ends.
    for _ in 0..=changes.len() {
        let next = changes.iter().find_map(|change| {
            if change.old_code == current && change.from_date <= date {
                Some(change.new_code.as_str())
            } else if change.new_code == current && date < change.from_date {
                Some(change.old_code.as_str())
            } else {
                None
            }
        });
        match next {
            Some(next) => current = next,
            None => return current,
        }
    }
    current
}

pub(super) fn check(code: Cow<'_, str>) -> Result<Cow<'_, str>, IdentifierError> {
    match Region::parse(&code) {
        Some(_) => Ok(code),
        None => Err(IdentifierError::Form {
            kind: KIND,
            expected: EXPECTED,
        }),
    }
}
