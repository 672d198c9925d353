//! Files nobody here wrote, compared with what Python's csv and openpyxl find in them.
//!
//! The expected numbers of delimited files come from
//! `rows = list(csv.reader(io.StringIO(open(f,'rb').read().decode('utf-8-sig'), newline='')))`:
//! rows behind the header with any content, rows without, fields that are not empty, and characters in
//! all fields. Those of workbooks come from `openpyxl.load_workbook(f, data_only=True)`.

use std::path::PathBuf;

use rstest::rstest;

use super::{PREFIX, Table, format};
use crate::decode::{DecodeBytes, DecodeInput, EncodingBy, LineEnd, decode};

/// The shared data folder; tests pass without it, and say so.
fn shared(file: &str) -> Option<PathBuf> {
    let root = std::env::var_os("JIEYUE_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let path = root.join("data").join(file);
    if path.exists() {
        return Some(path);
    }
    eprintln!(
        "not compared: {} is not there (set JIEYUE_SHARED)",
        path.display()
    );
    None
}

fn read(file: &str, yaml: &str) -> Option<Table> {
    let path = shared(file)?;
    let input = DecodeInput {
        name: file,
        object_prefix: PREFIX,
        bytes: DecodeBytes::Path(path),
    };
    let decoded = decode(input, &format(yaml), 1000).expect("a decoded file");
    Some(Table::collect(decoded).expect("a table"))
}

#[rstest]
#[case(
    "messy/lambeth_payments_2012-06.csv",
    "header: { row: 10 }",
    3157,
    4,
    18_294,
    331_508
)]
#[case("messy/lambeth_payments_2011-01.csv", "", 1072, 0, 2144, 30_794)]
#[case(
    "messy/bedford_radiation_badc_2018.csv",
    "{ after: data, until: end data }",
    8661,
    0,
    190_542,
    747_842
)]
#[case("messy/bdg1_weather0.csv", "", 8999, 0, 126_750, 1_031_188)]
#[case("property/bdg1_buildings_meta.csv", "", 507, 0, 7029, 75_315)]
#[case("property/ut_austin_buildings.csv", "", 569, 0, 5690, 141_847)]
#[case("spending/oxford_jan-mar-2014.csv", "", 3860, 0, 38_591, 519_297)]
#[case("spending/oxford_apr-jun-2015.csv", "", 3993, 0, 39_930, 524_288)]
#[case("spending/oxford_apr-jun-2016.csv", "", 3335, 0, 33_270, 436_655)]
#[case("spending/oxford_jan-mar-2018.csv", "", 1220, 0, 12_182, 131_941)]
#[case(
    "spending/oakland_budget_fy21_22.csv",
    "",
    22_236,
    0,
    133_415,
    1_388_797
)]
#[case("spending/oakland_budget_fy14_15.csv", "", 9120, 0, 45_600, 354_412)]
#[case("fleet/seattle_active_fleet.csv", "", 4109, 0, 40_480, 304_112)]
#[case("fleet/seattle_sold_fleet.tsv", "", 513, 0, 4617, 41_394)]
#[case(
    "fleet/epa_fueleconomy_2000_2015.csv",
    "",
    16_649,
    0,
    199_684,
    1_716_894
)]
#[case("weather/wuhan_daily_2016_2020.csv", "", 1655, 0, 14_892, 57_416)]
#[case(
    "meters/allegheny_county_facility_monthly.csv",
    "",
    20_693,
    0,
    506_836,
    2_687_662
)]
#[case(
    "meters/cambridge/UCam_Building_b40/gas/2018.csv",
    "",
    8760,
    0,
    17_520,
    206_557
)]
#[case(
    "benchmarking/pittsburgh_municipal_2009_2014.csv",
    "",
    834,
    0,
    16_680,
    139_089
)]
#[case("benchmarking/chicago_2020.csv", "", 3582, 0, 79_629, 709_391)]
#[case("map/china_counties.csv", "", 2978, 0, 11_912, 46_325)]
fn delimited_files_hold_what_python_finds_in_them(
    #[case] file: &str,
    #[case] yaml: &str,
    #[case] rows: usize,
    #[case] blank_rows: u64,
    #[case] values: usize,
    #[case] characters: usize,
) {
    let Some(table) = read(file, yaml) else {
        return;
    };
    assert!(table.refused.is_empty(), "{:?}", table.refusals());
    let texts = || table.rows.iter().flatten().flatten();
    let found = (
        table.rows.len(),
        table.blank_rows,
        texts().count(),
        texts().map(|text| text.chars().count()).sum::<usize>(),
    );
    assert_eq!(found, (rows, blank_rows, values, characters));
}

#[test]
fn first_and_last_row_have_the_line_an_editor_shows() {
    // grep -n . FILE | sed -n '11p;$p' and so on; the addresses of the third file hold line breaks.
    for (file, yaml, first, last) in [
        (
            "messy/lambeth_payments_2012-06.csv",
            "header: { row: 10 }",
            11,
            3171,
        ),
        (
            "messy/bedford_radiation_badc_2018.csv",
            "{ after: data, until: end data }",
            77,
            8737,
        ),
        ("property/ut_austin_buildings.csv", "", 2, 1138),
        ("property/bdg1_buildings_meta.csv", "", 2, 508),
        ("spending/oxford_jan-mar-2014.csv", "", 2, 3861),
    ] {
        let Some(table) = read(file, yaml) else {
            return;
        };
        assert_eq!(
            (table.numbers[0], *table.numbers.last().expect("rows")),
            (first, last),
            "{file}"
        );
    }
}

#[test]
fn what_was_detected_is_reported() {
    let Some(bdg1) = read("property/bdg1_buildings_meta.csv", "") else {
        return;
    };
    assert_eq!(bdg1.detected.line_end, Some(LineEnd::Cr));
    assert_eq!(bdg1.detected.encoding.as_deref(), Some("utf-8"));
    assert_eq!(bdg1.detected.encoding_by, Some(EncodingBy::Checked));
    let Some(oxford) = read("spending/oxford_jan-mar-2014.csv", "") else {
        return;
    };
    assert_eq!(oxford.detected.line_end, Some(LineEnd::CrLf));
    let Some(wuhan) = read("weather/wuhan_daily_2016_2020.csv", "footer_rows: 1") else {
        return;
    };
    assert_eq!(wuhan.detected.columns[4..6], ["数据检测", "数据检测_2"]);
    // tail -2: the last day, and below it the spreadsheet's summary that looks like one.
    assert_eq!(
        wuhan.rows.last().expect("rows")[0].as_deref(),
        Some("2020/7/11")
    );
    let Some(weather) = read("messy/bdg1_weather0.csv", "") else {
        return;
    };
    assert_eq!(
        weather.detected.columns.last().map(String::as_str),
        Some("timestamp_2")
    );
}

#[test]
fn short_rows_are_filled_and_keep_what_they_have() {
    // Line 19 of the file has five fields: `…,25/06/2012900,PRIVATE RESIDENTIAL CARE`.
    let Some(table) = read("messy/lambeth_payments_2012-06.csv", "header: { row: 10 }") else {
        return;
    };
    let at = table
        .numbers
        .iter()
        .position(|row| *row == 19)
        .expect("row 19");
    let row: Vec<Option<&str>> = table.rows[at].iter().map(Option::as_deref).collect();
    assert_eq!(
        row[3..],
        [
            Some("25/06/2012900"),
            Some("PRIVATE RESIDENTIAL CARE"),
            None
        ]
    );
}

#[rstest]
#[case("fleet/ved_static_ICE_HEV.xlsx", "", 357, 2496, "VehId", "126851")]
#[case("fleet/ved_static_PHEV_EV.xlsx", "", 27, 189, "VehId", "11722")]
#[case(
    "property/gsa_iolp_buildings.xlsx",
    "",
    8645,
    146_915,
    "Construction Date",
    "17133390"
)]
#[case(
    "spending/oakland_budget_fy2016-17.xlsx",
    "",
    11_231,
    269_544,
    "AMT",
    "2476520156"
)]
fn workbooks_hold_what_openpyxl_finds_in_them(
    #[case] file: &str,
    #[case] yaml: &str,
    #[case] rows: usize,
    #[case] values: usize,
    #[case] column: &str,
    #[case] sum: &str,
) {
    let Some(table) = read(file, yaml) else {
        return;
    };
    assert!(table.refused.is_empty(), "{:?}", table.refusals());
    assert_eq!(
        (
            table.rows.len(),
            table.rows.iter().flatten().flatten().count()
        ),
        (rows, values)
    );
    let found: i64 = table
        .column(column)
        .iter()
        .map(|text| text.parse::<i64>().expect("a whole number"))
        .sum();
    assert_eq!(found.to_string(), sum);
}

#[test]
fn dates_and_decimals_of_a_workbook_are_exact_text() {
    let Some(table) = read("property/gsa_iolp_leases.xlsx", "") else {
        return;
    };
    assert_eq!(
        (
            table.rows.len(),
            table.rows.iter().flatten().flatten().count()
        ),
        (7512, 135_216)
    );
    let dates = table.column("Lease Effective Date");
    let ends = (dates.iter().min().copied(), dates.iter().max().copied());
    assert_eq!(
        (dates.len(), ends),
        (7512, (Some("1945-04-15"), Some("2025-06-12")))
    );
    // openpyxl's sum of the floats is 242564138.38000014; the cents of the texts sum without the noise.
    let cents: i64 = table
        .column("Building Rentable Square Feet")
        .iter()
        .map(|text| {
            let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
            format!("{whole}{fraction:0<2}")
                .parse::<i64>()
                .expect("at most two decimals")
        })
        .sum();
    assert_eq!(cents, 24_256_413_838);
}

#[test]
fn title_rows_above_a_header_are_left_out_and_rows_keep_their_number() {
    // openpyxl: the header is row 5 below four merged title rows.
    let Some(table) = read(
        "property/ut_austin_buildings_provost.xlsx",
        "header: { row: 5 }",
    ) else {
        return;
    };
    assert_eq!(table.detected.columns.len(), 24);
    assert_eq!(table.detected.columns[3], "Buidling Abbreviation");
    assert_eq!((table.rows.len(), table.numbers[0]), (662, 6));
    assert_eq!(table.sheets[0].as_deref(), Some("Page1"));
    assert_eq!(
        table.rows[0][4].as_deref(),
        Some("JOHN S. & DRUCIE CHASE BUILDING")
    );
}

#[test]
fn holiday_calendars_of_two_makers_are_read_from_their_arrays_and_objects() {
    // python3 -c "import json; print(len(json.load(open('2024.json'))['days']))"
    let Some(days) = read("calendar/holiday-cn/2024.json", "path: days") else {
        return;
    };
    assert_eq!(days.detected.columns, ["name", "date", "isOffDay"]);
    assert_eq!(days.rows.len(), 36);
    // … len(json.load(open('chinese-days.json'))['holidays'])
    let Some(holidays) = read(
        "calendar/chinese-days.json",
        "{ path: holidays, entries: true }",
    ) else {
        return;
    };
    assert_eq!(holidays.detected.columns, ["key", "value"]);
    assert_eq!(holidays.rows.len(), 619);
}
