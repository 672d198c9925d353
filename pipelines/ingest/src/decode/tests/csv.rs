//! Delimited text.

use std::io::Read;

use rstest::rstest;

use super::{PREFIX, Table, format, read, try_read};
use crate::decode::{DecodeBytes, DecodeError, DecodeInput, LineEnd, RefusalRule, decode};

#[rstest]
#[case::line_feed("a,b\n1,2\n3,4\n", LineEnd::Lf)]
#[case::no_last_line_end("a,b\n1,2\n3,4", LineEnd::Lf)]
#[case::carriage_return_and_line_feed("a,b\r\n1,2\r\n3,4\r\n", LineEnd::CrLf)]
#[case::carriage_return("a,b\r1,2\r3,4\r", LineEnd::Cr)]
#[case::carriage_return_without_last("a,b\r1,2\r3,4", LineEnd::Cr)]
#[case::doubled_carriage_returns("a,b\r\r\n1,2\r\r\n3,4\r\r\n", LineEnd::CrLf)]
fn every_line_end_is_read(#[case] text: &str, #[case] line_end: LineEnd) {
    let table = read("t.csv", text, "");
    assert_eq!(table.detected.line_end, Some(line_end));
    assert_eq!(table.shown(), ["1|2", "3|4"]);
    assert_eq!(table.numbers, [2, 3]);
}

#[rstest]
#[case::comma("a,b,c\n1,2,3\n", ",")]
#[case::semicolon_with_decimal_commas("a;b;c\n1,5;2,5;3,5\n4,5;5,5;6,5\n", ";")]
#[case::tab("a\tb\tc\n1,000\t2,000\t3\n", "tab")]
#[case::bar("a|b|c\n1,2|3|4\n", "|")]
#[case::commas_inside_quotes("a;b\n\"1,2,3\";4\n\"5,6,7\";8\n", ";")]
#[case::one_column("a\n1\n2\n", ",")]
fn delimiter_is_found_by_even_field_counts(#[case] text: &str, #[case] delimiter: &str) {
    let table = read("t.csv", text, "");
    assert_eq!(table.detected.delimiter.as_deref(), Some(delimiter));
    assert!(table.refused.is_empty());
}

#[test]
fn hint_of_excel_in_the_first_line_is_followed_and_left_out() {
    let table = read("t.csv", "sep=;\r\na;b\r\n1,5;2\r\n", "");
    assert_eq!(table.detected.columns, ["a", "b"]);
    assert_eq!(
        (table.shown(), table.numbers),
        (vec!["1,5|2".to_owned()], vec![3])
    );
    let table = read("t.csv", "sep=|\na|b\n1|2\n", "header: { row: 2 }");
    assert_eq!(table.shown(), ["1|2"]);
}

#[test]
fn declared_delimiter_and_quote_win() {
    let table = read(
        "t.csv",
        "a:b\n'1:2':3\n",
        "{ delimiter: ':', quote: \"'\" }",
    );
    assert_eq!(table.shown(), ["1:2|3"]);
    let table = read("t.csv", "a,b\n5\",6\"\n\"7,8\n", "quote: none");
    assert_eq!(table.shown(), ["5\"|6\"", "\"7|8"]);
}

#[test]
fn quoted_fields_hold_delimiters_quotes_and_line_breaks() {
    let table = read(
        "t.csv",
        "a,b\n\"x,y\",\"say \"\"hi\"\"\"\n\"two\nlines\",\"\"\n\"\r\n\",z\n",
        "",
    );
    assert_eq!(table.shown(), ["x,y|say \"hi\"", "two\nlines|-", "\r\n|z"]);
    assert_eq!(table.numbers, [2, 3, 5]);
}

#[test]
fn quote_inside_a_field_is_a_character_like_others() {
    // As Python's csv reads it: a quote counts at the beginning of a field only.
    let table = read("t.csv", "a,b\n5\" pipe,6\n\"ab\"c,d\n x, \"y\"\n", "");
    assert_eq!(table.shown(), ["5\" pipe|6", "abc|d", " x| \"y\""]);
}

#[test]
fn text_is_not_trimmed_and_empty_is_null() {
    let table = read("t.csv", "a,b,c\n x ,,\"\"\n\u{3000},0,-\n", "");
    assert_eq!(table.rows[0], [Some(" x ".to_owned()), None, None]);
    assert_eq!(table.shown()[1], "\u{3000}|0|-");
}

#[test]
fn short_rows_are_filled_and_long_ones_refused_unless_the_rest_is_empty() {
    let table = read("t.csv", "a,b\n1\n1,2,,\n1,2,3\n4,5\n", "");
    assert_eq!(table.shown(), ["1|-", "1|2", "4|5"]);
    assert_eq!(table.numbers, [2, 3, 5]);
    assert_eq!(
        table.refusals(),
        ["4 uneven_row: the row has 3 fields, the header 2; beyond it stands `3`"]
    );
    assert_eq!(table.refused[0].raw, "1,2,3");
    assert_eq!(table.short_rows, 1);
}

#[test]
fn short_rows_are_refused_when_every_row_is_written_in_full() {
    // As in Lambeth's payments: the comma between a day and an amount below a thousand is gone.
    let text = "payee,day,amount,what\nA,25/06/2012900,care\nB,25/06/2012,\"1,200\",rent\n,,,\n,\n";
    let table = read("t.csv", text, "short_rows: refuse");
    assert_eq!(table.shown(), ["B|25/06/2012|1,200|rent"]);
    assert_eq!(
        table.refusals(),
        [
            "2 uneven_row: the row has 3 fields, the header 4: a delimiter is missing, or the end of the row"
        ]
    );
    assert_eq!((table.short_rows, table.blank_rows), (0, 2));
}

#[test]
fn rows_without_content_are_counted_and_left_out() {
    let table = read("t.csv", "a,b\n\n1,2\n,\n\"\",\n\n3,4\n,,,\n", "");
    assert_eq!(table.shown(), ["1|2", "3|4"]);
    assert_eq!(table.numbers, [3, 7]);
    assert_eq!(table.blank_rows, 3);
}

#[test]
fn title_rows_header_units_and_footer_are_left_out() {
    let text = "\
        2025年能源消费统计表,,\n\
        填报单位：市机关事务局,,\n\
        \n\
        单位,电,水\n\
        ,kWh,m3\n\
        甲,1,2\n\
        乙,3,4\n\
        合计,4,6\n\
        制表人：张三,,\n";
    let table = read(
        "t.csv",
        text,
        "{ header: { row: 4 }, skip_after_header: 1, footer_rows: 2 }",
    );
    assert_eq!(table.detected.columns, ["单位", "电", "水"]);
    assert_eq!(table.detected.header_row, Some(4));
    assert_eq!(table.shown(), ["甲|1|2", "乙|3|4"]);
    assert_eq!(table.numbers, [6, 7]);
    let same = read(
        "t.csv",
        text,
        "{ skip_rows: 3, header: { row: 1 }, skip_after_header: 1, footer_rows: 2 }",
    );
    assert_eq!(same.numbers, table.numbers);
}

#[test]
fn footer_longer_than_a_batch_and_than_the_file_is_left_out() {
    let rows: String = (1..=40).map(|row| format!("{row}\n")).collect();
    // Seven rows a batch: the footer begins inside the third.
    let table = read("t.csv", format!("a\n{rows}"), "footer_rows: 23");
    assert_eq!(table.rows.len(), 17);
    assert_eq!(table.rows[16][0].as_deref(), Some("17"));
    assert!(
        read("t.csv", format!("a\n{rows}"), "footer_rows: 41")
            .rows
            .is_empty()
    );
}

#[test]
fn refused_rows_count_as_footer_rows() {
    let table = read("t.csv", "a\n1\n2,x\n3\n", "footer_rows: 2");
    assert_eq!(
        (table.shown(), table.refused.len()),
        (vec!["1".to_owned()], 0)
    );
}

#[test]
fn header_over_two_rows_is_joined() {
    let text = "单位,电,,水,\n,数量,金额,数量,金额\n甲,1,2,3,4\n";
    let table = read("t.csv", text, "header: { rows: [1, 2] }");
    assert_eq!(
        table.detected.columns,
        ["单位", "电_数量", "电_金额", "水_数量", "水_金额"]
    );
    assert_eq!(table.detected.header_row, Some(2));
    assert_eq!(table.numbers, [3]);
}

#[test]
fn columns_without_header_are_numbered_or_named_by_the_job() {
    let text = "1,2\n3,4,5\n6\n";
    let table = read("t.csv", text, "header: none");
    assert_eq!(table.detected.columns, ["column_1", "column_2", "column_3"]);
    assert_eq!(table.shown(), ["1|2|-", "3|4|5", "6|-|-"]);
    assert_eq!(table.numbers, [1, 2, 3]);
    let table = read("t.csv", "1,2\n3,4\n", "header: { names: [x, y] }");
    assert_eq!(
        (table.detected.columns, table.numbers),
        (vec!["x".to_owned(), "y".to_owned()], vec![1, 2])
    );
}

#[test]
fn markers_bound_the_data() {
    let text = "Conventions,G\nend,x\ndata\na,b\n1,2\nend data\nmore,rows\n";
    let table = read("t.csv", text, "{ after: data, until: end data }");
    assert_eq!(table.shown(), ["1|2"]);
    assert_eq!(table.numbers, [5]);
    let padded = read(
        "t.csv",
        "x,,\ndata,,\na,b,\n1,2,\nend data,,\n",
        "{ after: data, until: end data }",
    );
    assert_eq!(padded.shown(), ["1|2|-"]);
}

#[test]
fn header_alone_is_a_table_without_rows_and_a_note() {
    for text in ["a,b\n", "a,b", "a,b\r\n\r\n", "\u{feff}a,b\n"] {
        let table = read("t.csv", text, "");
        assert_eq!(table.detected.columns, ["a", "b"]);
        assert!(table.rows.is_empty() && table.refused.is_empty());
        assert_eq!(
            table.detected.notes,
            ["the file holds a header and no rows"]
        );
    }
}

#[test]
fn row_with_a_nul_is_refused_and_the_others_are_read() {
    let table = read("t.csv", "a,b\n1,2\n3,\0\0\n5,\"x\0\ny\"\n6,7\n", "");
    assert_eq!(table.shown(), ["1|2", "6|7"]);
    assert_eq!(
        table.refusals(),
        [
            "3 nul_byte: the row holds a NUL byte",
            "4 nul_byte: the row holds a NUL byte"
        ]
    );
}

#[test]
fn row_beyond_the_bound_is_refused_and_the_others_are_read() {
    let long = "x".repeat(70_000);
    for text in [
        format!("a,b\n1,2\n{long},3\n4,5\n"),
        format!("a,b\n1,2\n\"{long}\n{long}\",3\n4,5\n"),
        format!("a,b\r1,2\r{long},3\r4,5\r"),
    ] {
        let table = read("t.csv", text.clone(), "max_row: 64 KiB");
        assert_eq!(table.shown(), ["1|2", "4|5"]);
        assert_eq!(table.refused.len(), 1);
        assert_eq!(
            (table.refused[0].row, table.refused[0].rule),
            (3, RefusalRule::RowTooLong)
        );
        assert_eq!(table.refused[0].raw.len(), 1024);
        assert_eq!(
            table.numbers[1],
            if text.matches(&long).count() == 2 {
                5
            } else {
                4
            }
        );
    }
}

/// A table whose third line is a gibibyte long, made while it is read.
struct LongLine {
    left: u64,
    state: u8,
}

impl Read for LongLine {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        match self.state {
            0 => {
                self.state = 1;
                into[..8].copy_from_slice(b"a,b\n1,2\n");
                Ok(8)
            }
            1 => {
                let count = into
                    .len()
                    .min(usize::try_from(self.left).unwrap_or(usize::MAX));
                into[..count].fill(b'x');
                self.left -= count as u64;
                self.state = if self.left == 0 { 2 } else { 1 };
                Ok(count)
            }
            2 => {
                self.state = 3;
                into[..5].copy_from_slice(b"\n3,4\n");
                Ok(5)
            }
            _ => Ok(0),
        }
    }
}

#[test]
fn line_of_a_gibibyte_is_refused_in_little_memory() {
    let bytes = DecodeBytes::Reader(Box::new(LongLine {
        left: 1 << 30,
        state: 0,
    }));
    let input = DecodeInput {
        name: "t.csv",
        object_prefix: PREFIX,
        bytes,
    };
    let before = resident_bytes();
    let table =
        Table::collect(decode(input, &format(""), 100).expect("a decoded file")).expect("a table");
    // The window grows to the bound of 16 MiB and a piece.
    if let (Some(before), Some(after)) = (before, resident_bytes()) {
        assert!(
            after.saturating_sub(before) < 64 << 20,
            "{before} -> {after}"
        );
    }
    assert_eq!(table.shown(), ["1|2", "3|4"]);
    assert_eq!(
        table.refusals(),
        [
            "3 row_too_long: the row is 1073741824 bytes long; the bound is 16 MiB (`max_row` in the job's `format`)"
        ]
    );
}

/// Most memory this process has had in RAM, on Linux.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace()
        .nth(1)?
        .parse::<u64>()
        .ok()
        .map(|kib| kib << 10)
}

#[test]
fn quote_that_is_never_closed_is_an_error_not_a_long_row() {
    for text in [
        "a,b\n1,2\n3,\"x\n4,5\n6,7\n".to_owned(),
        format!("a,b\n1,2\n3,\"{}\n", "x\n".repeat(40_000)),
    ] {
        let error = try_read("t.csv", text, "max_row: 64 KiB").expect_err("an unclosed quote");
        assert!(
            matches!(
                error,
                DecodeError::UnclosedQuote {
                    line: 3,
                    field: 2,
                    ..
                }
            ),
            "{error:?}"
        );
    }
}

#[test]
fn quote_that_swallows_lines_is_an_error() {
    let error = try_read("t.csv", "a,b\n1,\"x\n2,y\n3,\"z\"\n", "").expect_err("a stray quote");
    assert!(
        matches!(
            error,
            DecodeError::StrayQuote {
                line: 2,
                closed_line: 4,
                field: 2,
                ..
            }
        ),
        "{error:?}"
    );
}

#[test]
fn records_across_the_pieces_of_a_stream_are_whole() {
    // 300 000 rows of five to eleven bytes are several pieces of 256 KiB; one byte at a time is the worst.
    let rows: String = (0..300_000)
        .map(|row| format!("{row},\"{}\"\r\n", row % 7))
        .collect();
    let text = format!("a,b\r\n{rows}");
    let table = read("t.csv", text, "");
    assert_eq!(table.rows.len(), 300_000);
    for (at, row) in table.rows.iter().enumerate() {
        assert_eq!(row[0].as_deref(), Some(at.to_string().as_str()));
    }
    assert_eq!(table.numbers.last(), Some(&300_001));
}

#[test]
fn file_named_like_a_workbook_that_is_text_is_read_as_text_with_a_note() {
    let table = read("export.xls", "a\tb\n1\t2\n", "");
    assert_eq!(table.shown(), ["1|2"]);
    assert_eq!(
        table.detected.notes,
        ["`export.xls` is named like a workbook and is read as delimited text"]
    );
}

/// `fixtures/quotes.json` holds texts of letters, commas, quotes, blanks and line feeds, made at random, each
/// with what Python finds in it: `[[r.line_num before + 1, *row] for row in (r := csv.reader(text)) if row]`,
/// for those texts that its `strict=True` does not refuse.
#[test]
fn quotes_are_understood_as_python_understands_them() {
    type Case = (String, Vec<Vec<serde_json::Value>>);
    let cases: Vec<Case> =
        serde_json::from_str(include_str!("fixtures/quotes.json")).expect("cases");
    assert_eq!(cases.len(), 300);
    for (text, rows) in cases {
        let table = read(
            "t.csv",
            text.clone(),
            "{ delimiter: ',', header: { names: [a, b] } }",
        );
        let mut found: Vec<(i64, Option<String>, Option<String>)> = Vec::new();
        for (number, row) in table.numbers.iter().zip(&table.rows) {
            found.push((*number, row[0].clone(), row[1].clone()));
        }
        let refused: Vec<i64> = table.refused.iter().map(|row| row.row).collect();

        let (mut expected, mut uneven, mut blank) = (Vec::new(), Vec::new(), 0);
        for row in &rows {
            let number = row[0].as_i64().expect("a line");
            let field = |at: usize| {
                let text = row
                    .get(at)
                    .and_then(|field| field.as_str())
                    .unwrap_or_default();
                (!text.is_empty()).then(|| text.to_owned())
            };
            if (1..row.len()).all(|at| field(at).is_none()) {
                blank += 1;
            } else if (3..row.len()).any(|at| field(at).is_some()) {
                uneven.push(number);
            } else {
                expected.push((number, field(1), field(2)));
            }
        }
        assert_eq!(
            (found, refused, table.blank_rows),
            (expected, uneven, blank),
            "{text:?}"
        );
    }
}
