//! Every message and hint, as people see it.

use std::fmt::Write;

use super::try_read;
use crate::decode::DecodeError;

/// Message, causes, hint, whose fault, whether to retry.
fn report(error: &DecodeError) -> String {
    let mut text = format!("error: {error}\n");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let _ = writeln!(text, "cause: {error}");
        cause = error.source();
    }
    let _ = write!(
        text,
        "hint: {}\n({}, retry {:?})",
        error.hint(),
        error.fault(),
        error.retry()
    );
    text
}

fn check(name: &str, bytes: impl Into<Vec<u8>>, yaml: &str) -> String {
    report(&try_read(name, bytes, yaml).expect_err("an error"))
}

#[test]
fn files_that_are_empty_or_of_another_kind() {
    insta::assert_snapshot!(
        [
            check("empty.csv", "", ""),
            check("blank.csv", "\n\n  \n", ""),
            check("blank.json", " \n", ""),
            check("notes.doc", "hello", ""),
            check("readings.cvs", "a,b\n1,2\n", ""),
            check(
                "export.xls",
                "<html><table><tr><td>1</td></tr></table></html>",
                ""
            ),
            check("letter.csv", "%PDF-1.7", ""),
            check("readings.csv", b"\x1f\x8b\x08\x00", ""),
            check("readings.csv", b"PK\x03\x04", "kind: csv"),
            check("readings.parquet", "a,b\n", ""),
            check("book.xlsx", "a,b\n1,2\n", "kind: xlsx"),
        ]
        .join("\n\n")
    );
}

#[test]
fn encodings_that_are_wrong() {
    let gbk = encoding_rs::GB18030.encode("单位,电\n市档案馆,1\n").0;
    insta::assert_snapshot!(
        [
            check("a.csv", gbk.clone(), "encoding: utf-8"),
            check("a.csv", "单位,电\n市档案馆,1\n", "encoding: gbk"),
            check("a.csv", "\u{feff}a,b\n", "encoding: gbk"),
            check("a.csv", b"a,b\n\xff\xff\xff\xff,\xfe\n", "encoding: gbk"),
        ]
        .join("\n\n")
    );
}

#[test]
fn headers_and_markers_that_are_not_there() {
    insta::assert_snapshot!(
        [
            check("a.csv", "title\na,b\n1,2\n", "header: { row: 10 }"),
            check("a.csv", "a,b\n1,2\n", "skip_rows: 5"),
            check("a.csv", "title\n\na,b\n1,2\n", "header: { row: 2 }"),
            check("a.csv", "a\n,,\n1,2\n", "header: { row: 2 }"),
            check("a.csv", "a,\0\n1,2\n", ""),
            check("a.csv", format!("{}\n", "x,".repeat(16_400)), ""),
            check("a.csv", "a,b\n1,2\n", "after: data"),
            check("a.csv", "a,b\n1,2\n", "until: end data"),
        ]
        .join("\n\n")
    );
}

#[test]
fn quotes_that_do_not_close() {
    insta::assert_snapshot!(
        [
            check("a.csv", "a,b\n1,\"x\n2,y\n", ""),
            check("a.csv", "a,b\n1,\"5 inch\n2,y\n3,\"z\"\n", ""),
        ]
        .join("\n\n")
    );
}

#[test]
fn workbooks_that_cannot_be_read() {
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, is_hidden) in [("一月", false), ("底稿", true)] {
        let sheet = book.add_worksheet().set_name(name).expect("a name");
        sheet.set_hidden(is_hidden);
        sheet.write(1, 0, "a").expect("a cell");
    }
    let bytes = book.save_to_buffer().expect("a workbook");
    insta::assert_snapshot!(
        [
            check("a.xlsx", include_bytes!("fixtures/password.xlsx"), ""),
            check("a.xlsx", bytes.clone(), "sheet: 2月"),
            check("a.xlsx", bytes.clone(), "sheet: 一月份"),
            check("a.xlsx", bytes.clone(), "sheet: 2"),
            check("a.xlsx", bytes.clone(), "header: { row: 1 }"),
            check("a.xlsx", bytes.clone(), "header: { row: 7 }"),
            check("a.xlsx", bytes.clone(), "after: data"),
            check("a.xlsx", bytes.clone(), "until: end"),
            check("a.xlsx", bytes[..2000].to_vec(), ""),
            check(
                "a.xlsx",
                include_bytes!("fixtures/not_computed.xlsx"),
                "header: { row: 2 }"
            ),
        ]
        .join("\n\n")
    );
}

#[test]
fn documents_that_hold_no_records() {
    insta::assert_snapshot!(
        [
            check("a.json", "[{\"a\": 1},\n {\"a\": }]", ""),
            check("a.json", "[{\"a\": 1}", ""),
            check("a.json", "[] trailing", ""),
            check("a.json", "{\"total\": 2, \"items\": [], \"more\": []}", ""),
            check("a.json", "{\"data\": {\"items\": []}}", "path: data"),
            check(
                "a.json",
                "{\"data\": {\"rows\": [], \"total\": 1}}",
                "path: data.items"
            ),
            check("a.json", "{\"data\": []}", "path: data.items"),
            check("a.json", "{\"data\": 7}", "path: data.items"),
            check("a.json", "{\"data\": \"x\"}", "path: data"),
            check("a.json", "[1]", "entries: true"),
            check(
                "a.json",
                format!("[{{\"a\": \"{}\"}}]", "x".repeat(2000)),
                "max_row: 1 KiB"
            ),
        ]
        .join("\n\n")
    );
}

#[test]
fn parquet_that_is_damaged() {
    insta::assert_snapshot!(check("a.parquet", "PAR1 and nothing more PAR1", ""));
}

#[test]
fn reading_that_fails_half_way() {
    use crate::decode::{DecodeBytes, DecodeInput, decode};
    use std::io::{Cursor, Error, Read};

    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(Error::other("connection reset"))
        }
    }
    struct Cut;
    impl Read for Cut {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(Error::other(sources::SourceError::CutShort {
                page: "a.csv.gz".to_owned(),
                compression: "gzip",
                compressed_bytes: 1000,
                expanded_bytes: 4000,
            }))
        }
    }
    let try_read = |name: &str, reader: Box<dyn Read + Send>| {
        let input = DecodeInput {
            name,
            object_prefix: super::PREFIX,
            bytes: DecodeBytes::Reader(reader),
        };
        report(
            &decode(input, &super::format(""), 7)
                .map(|_| ())
                .expect_err("an error"),
        )
    };
    let begin = || Cursor::new("a,b\n1,2\n");
    insta::assert_snapshot!(
        [
            try_read("a.csv", Box::new(begin().chain(Broken))),
            try_read("a.csv.gz", Box::new(begin().chain(Cut))),
        ]
        .join("\n\n")
    );
}
