//! Words people type: the nearest right one, and full-width forms folded to ASCII.

use std::borrow::Cow;

/// The choice nearest to `word`, or `None` when nothing is near enough to be worth offering.
///
/// Near is: the same but for case; at most a third of its letters apart (insertions, deletions,
/// substitutions, swaps of neighbours; at most three); or a common beginning long enough for a
/// Jaro-Winkler similarity of 0.9, so that `electricity` finds `electricity_kwh`. Of equals the first is
/// taken. A word of one or two letters is near nothing but itself: `L5` may mean any of L1 to L3.
///
/// # Example
/// ```
/// use contracts::text::nearest;
/// assert_eq!(nearest("kwhh", ["kWh", "kW", "m3"]), Some("kWh"));
/// assert_eq!(nearest("banana", ["kWh", "m3"]), None);
/// ```
pub fn nearest<'a>(word: &str, choices: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let letters = word.chars().count();
    let reach = (letters / 3).min(3);
    let mut best: Option<(usize, &'a str)> = None;
    let mut best_alike: Option<(f64, &'a str)> = None;
    for choice in choices {
        let folded = choice.to_lowercase();
        let distance = strsim::osa_distance(&word, &folded);
        if distance <= reach && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, choice));
        }
        let alike = strsim::jaro_winkler(&word, &folded);
        if alike >= 0.9 && letters >= 4 && best_alike.is_none_or(|(most, _)| alike > most) {
            best_alike = Some((alike, choice));
        }
    }
    best.map(|(_, choice)| choice)
        .or(best_alike.map(|(_, choice)| choice))
}

/// Folds full-width forms (`１２，３４５．６`, `（`, `－`, `￥`, the ideographic space) to ASCII and `¥`.
///
/// Borrows when there is nothing to fold.
pub fn half_width(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.chars().any(|c| fold(c) != c) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(fold).collect())
}

fn fold(c: char) -> char {
    match c {
        // The full-width block repeats ASCII 0x21..=0x7E at this distance.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '\u{3000}' | '\u{00A0}' | '\u{202F}' => ' ',
        '\u{FFE5}' => '¥',
        _ => c,
    }
}

/// Blanks as they occur at the ends of cells: white space, the byte order mark, zero-width spaces.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '\u{FEFF}' | '\u{200B}' | '\u{200C}' | '\u{200D}')
    })
}

/// English words from a name: `petrol_parts` gives `Petrol parts`.
pub(crate) fn words_of(name: &str) -> String {
    let mut words = name.replace('_', " ");
    if let Some(first) = words.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_finds_the_one_meant() {
        let keys = [
            "businessName",
            "logicalType",
            "logicalTypeOptions",
            "required",
            "name",
        ];
        let check = |word: &str, expected: Option<&str>| {
            assert_eq!(nearest(word, keys), expected, "{word}")
        };
        check("bussinesName", Some("businessName"));
        check("logicaltype", Some("logicalType"));
        check("requried", Some("required"));
        check("nmae", Some("name"));
        check("classification", None);
    }

    #[test]
    fn a_beginning_finds_the_whole_name() {
        assert_eq!(
            nearest("electricity", ["water_m3", "electricity_kwh"]),
            Some("electricity_kwh")
        );
    }

    #[test]
    fn a_short_word_is_near_nothing_but_itself() {
        assert_eq!(nearest("m", ["t", "M"]), Some("M"));
        assert_eq!(nearest("m", ["t", "L"]), None);
        assert_eq!(nearest("L5", ["L1", "L2", "L3"]), None);
        assert_eq!(nearest("电费", ["水费", "电量"]), None);
    }

    #[test]
    fn full_width_digits_and_signs_fold_to_ascii() {
        assert_eq!(half_width("（１，２３４．５０）"), "(1,234.50)");
        assert_eq!(half_width("￥\u{3000}８％"), "¥ 8%");
        assert!(matches!(half_width("荆门 12"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_name_reads_as_words() {
        assert_eq!(words_of("petrol_parts"), "Petrol parts");
        assert_eq!(words_of(""), "");
    }
}
