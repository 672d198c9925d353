//! Workbooks. Those in `fixtures/` were written by xlwt, openpyxl and msoffcrypto-tool, the others are
//! written here.

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use super::{read, try_read};
use crate::decode::DecodeError;
use crate::format::Kind;

fn book(build: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut book = Workbook::new();
    build(&mut book);
    book.save_to_buffer().expect("a workbook")
}

fn sheet(build: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    book(|book| build(book.add_worksheet()))
}

/// Writes texts from a cell on, `-` for none.
fn write(sheet: &mut Worksheet, row: u32, texts: &[&str]) {
    for (column, text) in texts.iter().enumerate().filter(|(_, text)| **text != "-") {
        sheet.write(row, column as u16, *text).expect("a cell");
    }
}

#[test]
fn cells_become_the_text_excel_shows() {
    let bytes = sheet(|sheet| {
        let day = Format::new().set_num_format("yyyy-mm-dd");
        let hour = Format::new().set_num_format("yyyy/m/d h:mm");
        let long = Format::new().set_num_format("[h]:mm:ss");
        write(
            sheet,
            0,
            &[
                "number", "noise", "large", "day", "hour", "duration", "truth", "error", "text",
                "formula",
            ],
        );
        sheet.write(1, 0, 12.5).expect("a cell");
        sheet.write(1, 1, 0.1 + 0.2).expect("a cell");
        sheet.write(1, 2, 1e15).expect("a cell");
        let date = ExcelDateTime::from_ymd(2026, 1, 31).expect("a day");
        sheet.write_with_format(1, 3, &date, &day).expect("a cell");
        let moment = ExcelDateTime::from_ymd(2026, 1, 31)
            .expect("a day")
            .and_hms(23, 30, 0)
            .expect("a time");
        sheet
            .write_with_format(1, 4, &moment, &hour)
            .expect("a cell");
        sheet
            .write_with_format(1, 5, 1.145_833_333_333_333_3, &long)
            .expect("a cell");
        sheet.write(1, 6, true).expect("a cell");
        sheet
            .write(1, 7, Formula::new("NA()").set_result("#N/A"))
            .expect("a cell");
        sheet.write(1, 8, "00123").expect("a cell");
        sheet
            .write(1, 9, Formula::new("A2*2").set_result("25"))
            .expect("a cell");
    });
    let table = read("t.xlsx", bytes, "");
    assert_eq!(
        table.shown(),
        ["12.5|0.3|1000000000000000|2026-01-31|2026-01-31T23:30:00|27:30:00|true|#N/A|00123|25"]
    );
}

#[test]
fn title_rows_merged_header_and_blank_rows_are_understood() {
    let bytes = sheet(|sheet| {
        let plain = Format::new();
        sheet
            .merge_range(0, 0, 0, 4, "2025年能源消费", &plain)
            .expect("merged");
        sheet
            .merge_range(1, 0, 2, 0, "单位", &plain)
            .expect("merged");
        sheet.merge_range(1, 1, 1, 2, "电", &plain).expect("merged");
        sheet.merge_range(1, 3, 1, 4, "水", &plain).expect("merged");
        write(sheet, 2, &["-", "数量", "金额", "数量", "金额"]);
        write(sheet, 3, &["甲", "1", "2", "3", "4"]);
        // Merged in the data: the value stands in the first row only.
        sheet.merge_range(5, 0, 6, 0, "乙", &plain).expect("merged");
        write(sheet, 5, &["-", "5"]);
        write(sheet, 6, &["-", "6"]);
    });
    let table = read("t.xlsx", bytes, "header: { rows: [2, 3] }");
    assert_eq!(
        table.detected.columns,
        ["单位", "电_数量", "电_金额", "水_数量", "水_金额"]
    );
    assert_eq!(table.shown(), ["甲|1|2|3|4", "乙|5|-|-|-", "-|6|-|-|-"]);
    assert_eq!(table.numbers, [4, 6, 7]);
}

#[test]
fn sheets_are_chosen_by_name_or_by_number_among_the_visible() {
    let bytes = book(|book| {
        for (name, is_hidden) in [("说明", true), ("一月", false), ("二月", false)] {
            let sheet = book.add_worksheet().set_name(name).expect("a name");
            sheet.set_hidden(is_hidden).set_active(name == "一月");
            write(sheet, 0, &["a"]);
            write(sheet, 1, &[name]);
        }
    });
    for (yaml, expected) in [
        ("", "一月"),
        ("sheet: 1", "一月"),
        ("sheet: 2", "二月"),
        ("sheet: 二月", "二月"),
        ("sheet: 说明", "说明"),
    ] {
        let table = read("t.xlsx", bytes.clone(), yaml);
        assert_eq!(table.shown(), [expected], "{yaml}");
        assert_eq!(table.sheets, [Some(expected.to_owned())]);
        assert_eq!(table.detected.sheet.as_deref(), Some(expected));
    }
    let error = try_read("t.xlsx", bytes, "sheet: 3").expect_err("no such sheet");
    let DecodeError::NoSheet { sheets, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(sheets, ["(说明)", "一月", "二月"]);
}

#[test]
fn cell_beyond_the_header_refuses_its_row() {
    let bytes = sheet(|sheet| {
        write(sheet, 0, &["a", "b"]);
        write(sheet, 1, &["1", "2", "-", "note"]);
        write(sheet, 2, &["3", "4"]);
    });
    let table = read("t.xlsx", bytes, "");
    assert_eq!(table.shown(), ["3|4"]);
    assert_eq!(
        table.refusals(),
        ["2 uneven_row: cell D2 holds `note`, the header ends with column B"]
    );
    assert_eq!(table.refused[0].sheet.as_deref(), Some("Sheet1"));
    assert_eq!(table.refused[0].raw, "1\t2\t\tnote");
}

#[test]
fn formula_without_a_stored_value_refuses_its_row() {
    let table = read(
        "not_computed.xlsx",
        include_bytes!("fixtures/not_computed.xlsx"),
        "",
    );
    assert_eq!(table.shown(), ["2|4"]);
    assert_eq!(
        table.refusals(),
        ["2 formula_not_computed: cell B2 holds a formula without a stored value"]
    );
}

#[test]
fn markers_units_and_footers_work_as_in_text() {
    let bytes = sheet(|sheet| {
        write(sheet, 0, &["title"]);
        write(sheet, 1, &["data"]);
        write(sheet, 2, &["a", "b"]);
        write(sheet, 3, &["kWh", "m3"]);
        write(sheet, 4, &["1", "2"]);
        write(sheet, 5, &["3", "4"]);
        write(sheet, 6, &["end"]);
        write(sheet, 7, &["制表人"]);
    });
    let yaml = "{ after: data, until: end, skip_after_header: 1, footer_rows: 1 }";
    let table = read("t.xlsx", bytes.clone(), yaml);
    assert_eq!(
        (table.shown(), table.numbers),
        (vec!["1|2".to_owned()], vec![5])
    );
    let table = read(
        "t.xlsx",
        bytes,
        "{ skip_rows: 4, header: none, footer_rows: 2 }",
    );
    assert_eq!(
        (table.shown(), table.numbers),
        (vec!["1|2".to_owned(), "3|4".to_owned()], vec![5, 6])
    );
}

#[test]
fn header_alone_is_a_table_without_rows_and_a_note() {
    let table = read("t.xlsx", sheet(|sheet| write(sheet, 0, &["a", "b"])), "");
    assert_eq!(table.detected.columns, ["a", "b"]);
    assert_eq!(
        table.detected.notes,
        ["the sheet holds a header and no rows"]
    );
}

#[test]
fn old_workbook_is_read_like_a_new_one() {
    let bytes = include_bytes!("fixtures/old.xls");
    let table = read("old.xls", bytes, "header: { rows: [2, 3] }");
    assert_eq!(table.detected.kind, Kind::Xls);
    assert_eq!(table.detected.sheet.as_deref(), Some("用能"));
    assert_eq!(
        table.detected.columns,
        ["单位", "电_数量", "电_金额", "日期", "备注"]
    );
    // xlwt stores an empty text as the value of the formula in row 6.
    assert_eq!(
        table.shown(),
        [
            "市机关事务局|1234|0.3|2025-01-31|00123",
            "市档案馆|-|true|2025-02-28T12:30:00|-"
        ]
    );
    assert_eq!(table.numbers, [4, 6]);
    // Under the wrong extension the bytes tell, and the report says so.
    let named = read("old.xlsx", bytes, "header: { rows: [2, 3] }");
    assert_eq!(
        named.detected.notes,
        ["`old.xlsx`: its first bytes are those of an old workbook (xls)"]
    );
}

#[test]
fn workbook_behind_a_password_is_an_error() {
    let error =
        try_read("t.xlsx", include_bytes!("fixtures/password.xlsx"), "").expect_err("a password");
    assert!(matches!(error, DecodeError::Password { .. }), "{error:?}");
    // The record that says "encrypted" in an old workbook, put where the name of its writer stands.
    let mut old = include_bytes!("fixtures/old.xls").to_vec();
    let writer = [0x5c, 0x00, 0x70, 0x00];
    let at = old
        .windows(4)
        .position(|bytes| bytes == writer)
        .expect("the record of the writer's name");
    old[at] = 0x2f;
    old[at + 4] = 1;
    let error = try_read("t.xls", old, "").expect_err("a password");
    assert!(matches!(error, DecodeError::Password { .. }), "{error:?}");
}

#[test]
fn damaged_workbook_is_an_error_with_the_last_row_read() {
    let bytes = sheet(|sheet| write(sheet, 0, &["a"]));
    let error = try_read("t.xlsx", &bytes[..bytes.len() / 2], "").expect_err("half a workbook");
    assert!(matches!(error, DecodeError::Workbook { .. }), "{error:?}");
}
