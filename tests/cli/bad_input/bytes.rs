//! Files whose bytes cannot be what they are said to be.

use std::io::Write;

use super::{HEADER, House, mended, refused, refused_file};

#[test]
fn an_empty_file_is_refused() {
    insta::assert_snapshot!(refused_file("data/use_2.csv", ""), @r"
    exit 3
    energy.use: 1 file could not be read
    energy.use: cannot read `data/use_2.csv`: `data/use_2.csv` is empty
      hint: check that the export has finished; when there is nothing to report, a file with the header alone is fine
    ");
}

#[test]
fn a_header_alone_is_a_file_without_rows() {
    let house = House::loaded();
    let before = house.use_table();
    house.write("data/use_2.csv", HEADER);
    let told = house.jieyue(&["run", "energy.use"]).succeeds();
    insta::assert_snapshot!(told.err, @"energy.use: data/use_2.csv: the file holds a header and no rows");
    assert_eq!(house.use_table(), before);
    house.ledgers_balance();
}

#[test]
fn a_wrong_encoding_is_told_with_line_and_byte() {
    let house = House::loaded();
    let job = "pipelines/jobs/energy/use.yaml";
    // 单 in GBK is B5 A5, which is no UTF-8.
    let spoil = |house: &House| {
        house.edit(
            job,
            "mode: upsert",
            "mode: upsert\nformat: { encoding: utf-8 }",
        );
        house.write(
            "data/use_2.csv",
            [
                HEADER.as_bytes(),
                b"\xb5\xa5\xce\xbb,2026-03,400,240.00,2026-04-01\n",
            ]
            .concat(),
        );
    };
    let mend = |house: &House| {
        house.edit(job, "encoding: utf-8", "encoding: gb18030");
        house.write("data/use_2.csv", mended());
    };
    insta::assert_snapshot!(refused(&house, spoil, mend), @r"
    exit 1
    energy.use: 1 file could not be read
    energy.use: cannot read `data/use_2.csv`: `data/use_2.csv` is not utf-8: line 2, byte 58: found 0xB5
      hint: it looks like gb18030; write `encoding: gb18030` in the job's `format`, or leave `encoding` out
    ");
}

fn gzip(text: &str) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).expect("bytes");
    gzip.finish().expect("bytes")
}

#[test]
fn a_truncated_gzip_loads_none_of_its_rows() {
    let rows: String = (0..20_000)
        .map(|row| format!("o{row},2026-03,{row},1,2026-04-01\n"))
        .collect();
    let whole = gzip(&format!("{HEADER}{rows}"));
    insta::assert_snapshot!(refused_file("data/use_2.csv.gz", &whole[..whole.len() / 2]), @r"
    exit 3
    energy.use: 1 file could not be read
    energy.use: cannot read `data/use_2.csv.gz`: `data/use_2.csv.gz` is cut short: its gzip data end at byte 41727, after 322137 bytes of content
      hint: the transfer or the export stopped half-way; fetch the file again
    ");
}

#[test]
fn a_zip_of_two_files_asks_which() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["january.csv", "february.csv"] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .expect("an entry");
        zip.write_all(mended().as_bytes()).expect("bytes");
    }
    let bytes = zip.finish().expect("an archive").into_inner();
    insta::assert_snapshot!(refused_file("data/use_2.zip", bytes), @r#"
    exit 1
    energy.use: 1 file could not be read
    energy.use: cannot read `data/use_2.zip`: zip `data/use_2.zip` holds 2 files: `february.csv`, `january.csv`
      hint: name the file in the job: `source: { files: …, entry: "february.csv" }`; a pattern such as `*.csv` takes each that matches
    "#);
}

/// How the fixture was made: `tests/fixtures/bad/README.md`.
#[test]
fn a_workbook_behind_a_password_is_refused() {
    let bytes = include_bytes!("../../fixtures/bad/password.xlsx");
    insta::assert_snapshot!(refused_file("data/use_2.xlsx", bytes), @r"
    exit 3
    energy.use: 1 file could not be read
    energy.use: cannot read `data/use_2.xlsx`: workbook `data/use_2.xlsx` is protected by a password
      hint: save it without a password (Excel: File, Info, Protect Workbook), or ask for the export anew
    ");
}

#[test]
fn a_row_with_a_nul_is_set_aside() {
    let house = House::loaded();
    house.write(
        "data/use_2.csv",
        format!("{HEADER}{}d,2026-\03,1,1,2026-04-01\n", super::MENDED),
    );
    let told = house.jieyue(&["run", "energy.use"]);
    insta::assert_snapshot!(told.fault(), @r"
    exit 0
    energy.use: 1 row refused by `nul_byte`
      data/use_2.csv row 3: the row holds a NUL byte
    ");
    assert!(house.use_table().1.contains("c,2026-03,400.0000"));
    house.ledgers_balance();
}

#[test]
fn a_file_of_nuls_is_refused() {
    insta::assert_snapshot!(refused_file("data/use_2.csv", vec![0; 100_000]), @r"
    exit 3
    energy.use: 1 file could not be read
    energy.use: cannot read `data/use_2.csv`: the header in row 1 of `data/use_2.csv` cannot be read: the row holds a NUL byte
      hint: mend that row in the file, or the names in the job: `header: { names: [...] }` with `skip_rows`
    ");
}
