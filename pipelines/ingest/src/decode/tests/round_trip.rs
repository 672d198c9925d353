//! Any table that a plain quoting writer writes comes back the same.

use encoding_rs::{GB18030, UTF_8, UTF_16LE};
use proptest::prelude::*;

use super::read;

/// Writes a field as RFC 4180 says, quoted when it must be or when `always`.
fn write_field(field: &str, delimiter: char, always: bool) -> String {
    let must = field.contains([delimiter, '"', '\r', '\n']);
    if must || always {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

/// Text with what is special in delimited files, and what is not in every encoding.
fn field() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "[a-zA-Z0-9 .:-]{1,6}",
        2 => "[电水气热荆门市单位金额]{1,4}",
        1 => prop::sample::select(vec![",", ";", "|", "\t", "\"", "\"\"", "\n", "\r\n", "€", "㐀", "'", "#"])
            .prop_map(str::to_owned),
    ];
    prop::collection::vec(part, 0..5).prop_map(|parts| parts.concat())
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    (2usize..6)
        .prop_flat_map(|width| prop::collection::vec(prop::collection::vec(field(), width), 0..30))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn table_written_by_a_quoting_writer_comes_back(
        rows in table(),
        delimiter in prop::sample::select(vec![',', ';', '\t', '|']),
        line_end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        always_quoted in any::<bool>(),
        ends_with_line_end in any::<bool>(),
        encoding in prop::sample::select(vec![UTF_8, GB18030, UTF_16LE]),
    ) {
        let width = rows.first().map_or(3, Vec::len);
        let header: Vec<String> = (1..=width).map(|column| format!("c{column}")).collect();
        let line = |row: &Vec<String>| {
            let fields: Vec<String> =
                row.iter().map(|field| write_field(field, delimiter, always_quoted)).collect();
            fields.join(&delimiter.to_string())
        };
        let mut text = std::iter::once(&header).chain(&rows).map(line).collect::<Vec<_>>().join(line_end);
        if ends_with_line_end {
            text.push_str(line_end);
        }
        let bytes: Vec<u8> = match encoding == UTF_16LE {
            true => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            false => encoding.encode(&text).0.into_owned(),
        };
        let shown = if delimiter == '\t' { "tab".to_owned() } else { delimiter.to_string() };
        let yaml = format!("{{ delimiter: '{shown}', encoding: {} }}", encoding.name());

        let decoded = read("t.csv", bytes, &yaml);

        // A line break inside quotes in a file of carriage returns counts like any other.
        let mut line_number = 2;
        let mut expected_rows = Vec::new();
        let mut expected_numbers = Vec::new();
        for row in &rows {
            if row.iter().any(|field| !field.is_empty()) {
                expected_rows.push(
                    row.iter().map(|field| (!field.is_empty()).then(|| field.clone())).collect::<Vec<_>>(),
                );
                expected_numbers.push(line_number);
            }
            line_number += 1 + row.iter().map(|field| field.matches('\n').count() as i64).sum::<i64>();
        }
        prop_assert_eq!(&decoded.detected.columns, &header);
        prop_assert!(decoded.refused.is_empty(), "{:?}", decoded.refusals());
        prop_assert_eq!(decoded.rows, expected_rows);
        prop_assert_eq!(decoded.numbers, expected_numbers);
    }
}
