//! 不动产权证号: `鄂(2021)荆门市不动产权第0012345号`. Brackets are kept half-width.

use std::borrow::Cow;

use super::{IdentifierError, IdentifierKind};

pub(super) fn check(code: Cow<'_, str>) -> Result<Cow<'_, str>, IdentifierError> {
    if has_form(&code).is_some() {
        return Ok(code);
    }
    Err(IdentifierError::Form {
        kind: IdentifierKind::TitleNumber,
        expected: "as in `鄂(2021)荆门市不动产权第0012345号`",
    })
}

/// One character, a year in brackets, the place, the number.
fn has_form(code: &str) -> Option<()> {
    let (province, rest) = code.split_once('(')?;
    let (year, rest) = rest.split_once(')')?;
    let (place, rest) = rest.split_once("不动产权第")?;
    let number = rest.strip_suffix('号')?;
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_whole = province.chars().count() == 1
        && year.len() == 4
        && are_digits(year)
        && !place.is_empty()
        && are_digits(number);
    is_whole.then_some(())
}
