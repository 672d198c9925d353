//! JSON and NDJSON.

use super::{read, try_read};
use crate::decode::DecodeError;
use crate::format::Kind;

#[test]
fn records_of_an_array_become_rows_with_all_columns_in_order_of_appearance() {
    let json = r#"[{"id": 1, "at": {"code": "420800"}}, {"at": {"name": "荆门"}, "id": 2.50, "tags": [1, "x"]}, {}]"#;
    let table = read("t.json", json, "");
    assert_eq!(table.detected.columns, ["id", "at.code", "at.name", "tags"]);
    assert_eq!(
        table.shown(),
        ["1|420800|-|-", "2.50|-|荆门|[1, \"x\"]", "-|-|-|-"]
    );
    assert_eq!(table.numbers, [1, 2, 3]);
}

#[test]
fn numbers_stay_the_digits_of_the_file() {
    let table = read(
        "t.json",
        r#"[{"a": 0.10, "b": 123456789012345678901234567890.123, "c": 1e400}]"#,
        "",
    );
    assert_eq!(
        table.shown(),
        ["0.10|123456789012345678901234567890.123|1e400"]
    );
}

#[test]
fn array_is_found_at_its_path() {
    let json = r#"{"code": 0, "data": {"total": 2, "items": [{"a": 1}, {"a": 2}], "more": [3]}, "end": true}"#;
    let table = read("t.json", json, "path: data.items");
    assert_eq!(table.shown(), ["1", "2"]);
}

#[test]
fn members_of_an_object_are_records_with_their_name_as_key() {
    let json = r#"{"days": {"2026-01-01": "元旦", "2026-02-17": {"name": "春节", "off": true}}}"#;
    let table = read("t.json", json, "{ path: days, entries: true }");
    assert_eq!(table.detected.columns, ["key", "value", "name", "off"]);
    assert_eq!(
        table.shown(),
        ["2026-01-01|元旦|-|-", "2026-02-17|-|春节|true"]
    );
}

#[test]
fn elements_that_are_no_records_are_refused_in_place() {
    let table = read(
        "t.json",
        r#"[{"a": 1}, 7, {"a": 2, "a": 3}, {"a": "x\u0000"}, {"a": 4}]"#,
        "",
    );
    assert_eq!(table.shown(), ["1", "4"]);
    assert_eq!(
        table.refusals(),
        [
            "2 not_an_object: the record is a number, not an object",
            "3 duplicate_key: the name `a` stands twice",
            "4 nul_byte: the value of `a` holds a NUL",
        ]
    );
    assert_eq!(table.refused[0].raw, "7");
}

#[test]
fn lines_are_records_and_bad_lines_are_refused() {
    let text = "\u{feff}{\"a\": 1}\r\n\r\n{\"a\": 2\r\n[3]\r\n{\"b\": 4.0}";
    let table = read("t.ndjson", text, "");
    assert_eq!(table.detected.columns, ["a", "b"]);
    assert_eq!(table.shown(), ["1|-", "-|4.0"]);
    assert_eq!(table.numbers, [1, 5]);
    assert_eq!(
        table.refusals(),
        [
            "3 invalid_json: EOF while parsing an object at line 1 column 7",
            "4 not_an_object: the record is an array, not an object",
        ]
    );
}

#[test]
fn line_beyond_the_bound_is_refused_and_the_others_are_read() {
    let long = format!("{{\"a\": \"{}\"}}", "x".repeat(5000));
    let table = read(
        "t.jsonl",
        format!("{{\"a\": 1}}\n{long}\n{{\"a\": 2}}\n"),
        "max_row: 1 KiB",
    );
    assert_eq!(table.shown(), ["1", "2"]);
    assert_eq!(
        table.refusals(),
        [
            "2 row_too_long: the line is 5010 bytes long; the bound is 1 KiB (`max_row` in the job's `format`)"
        ]
    );
}

#[test]
fn lines_of_objects_under_the_name_of_a_document_are_told_apart() {
    let table = read("t.json", "{\"a\": 1}\n{\"a\": 2}\n", "");
    assert_eq!(
        (table.detected.kind, table.shown()),
        (Kind::Ndjson, vec!["1".to_owned(), "2".to_owned()])
    );
}

#[test]
fn element_beyond_the_bound_is_an_error() {
    let json = format!("[{{\"a\": 1}}, {{\"a\": \"{}\"}}]", "x".repeat(5000));
    let error = try_read("t.json", json, "max_row: 1 KiB").expect_err("too long");
    assert!(
        matches!(error, DecodeError::ElementTooLong { row: 2, .. }),
        "{error:?}"
    );
}

#[test]
fn siblings_of_the_array_may_be_longer_than_a_record() {
    let json = format!(
        "{{\"text\": \"{}\", \"items\": [{{\"a\": 1}}]}}",
        "x".repeat(5000)
    );
    assert_eq!(
        read("t.json", json, "{ path: items, max_row: 1 KiB }").shown(),
        ["1"]
    );
}

#[test]
fn empty_array_is_a_table_without_rows_and_a_note() {
    let table = read("t.json", "[]", "");
    assert!(table.rows.is_empty());
    assert_eq!(table.detected.notes, ["the file holds no records"]);
}
