//! One answer in three formats, plain and compressed.

use std::io::{Cursor, Read};

use arrow::ipc::reader::StreamReader;
use arrow::util::display::array_value_to_string;
use serde_json::Value;

use super::lake::{House, RUNS};

const ARROW: &str = "application/vnd.apache.arrow.stream";
const CARRIERS: &str = "/api/v1/boards/energy/panels/carriers";

/// Addresses whose columns are of every type: text, decimals, integers; dates, booleans, nulls, text
/// that needs quotes; timestamps.
const ROWS: [&str; 5] = [
    CARRIERS,
    "/api/v1/boards/energy/panels/rows",
    "/api/v1/organizations",
    "/api/v1/regions",
    "/api/v1/runs",
];

async fn house() -> House {
    let house = House::published().await;
    house.load("ops.run", RUNS).await;
    house
}

#[tokio::test]
async fn json_csv_and_arrow_say_the_same() {
    let house = house().await;
    for address in ROWS {
        let json = house.get(address).await;
        assert_eq!(json.header("content-type"), "application/json", "{address}");
        let json = cells_of_json(&json.json());
        let csv = house.get_with(address, &[("accept", "text/csv")]).await;
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        let arrow = house.get_with(address, &[("accept", ARROW)]).await;
        assert_eq!(arrow.header("content-type"), ARROW);
        assert_eq!(cells_of_arrow(&arrow.body), json, "{address}");
        let blank: Vec<Vec<String>> = json
            .iter()
            .map(|row| {
                row.iter()
                    .map(|cell| cell.clone().unwrap_or_default())
                    .collect()
            })
            .collect();
        assert_eq!(cells_of_csv(&csv.body), blank, "{address}");
        assert!(json.len() > 1, "{address} has no rows to compare");
    }
}

#[tokio::test]
async fn csv_is_what_a_spreadsheet_reads() {
    let house = house().await;
    let csv = house.get_with(CARRIERS, &[("accept", "text/csv")]).await;
    insta::assert_snapshot!(csv.text(), @r"
    carrier,energy_kgce,cost_yuan,forms
    electricity,368.7615,1800.30,2
    natural_gas,13.3000,35.00,1
    ");
}

#[tokio::test]
async fn arrow_carries_titles_and_units() {
    let house = house().await;
    let arrow = house.get_with(CARRIERS, &[("accept", ARROW)]).await;
    let reader = StreamReader::try_new(Cursor::new(arrow.body), None).expect("a stream");
    let schema = reader.schema();
    let field = schema.field_with_name("energy_kgce").expect("the column");
    assert_eq!(field.metadata()["unit"], "kgce");
    assert_eq!(field.metadata()["title_zh"], "折标准煤");
}

#[tokio::test]
async fn an_answer_in_no_format_on_offer_is_refused() {
    let house = house().await;
    for address in ROWS {
        let png = house.get_with(address, &[("accept", "image/png")]).await;
        assert_eq!(png.status, 406, "{address}");
    }
    // What is a document, not rows, has one format.
    for address in [
        "/api/v1/boards",
        "/api/v1/boards/energy",
        "/api/v1/metrics",
        "/api/v1/tables",
        "/api/v1/tables/mart.energy_month",
        "/api/v1/publications",
        "/api/v1/publications/1",
    ] {
        let csv = house.get_with(address, &[("accept", "text/csv")]).await;
        assert_eq!(csv.status, 406, "{address}");
        let any = house
            .get_with(address, &[("accept", "text/html, */*;q=0.1")])
            .await;
        assert_eq!(any.status, 200, "{address}");
    }
}

#[tokio::test]
async fn answers_are_compressed_for_who_reads_that() {
    let house = house().await;
    let address = "/api/v1/tables";
    let plain = house.get(address).await;
    assert_eq!(plain.header("content-encoding"), "");
    for encoding in ["gzip", "zstd"] {
        let packed = house
            .get_with(address, &[("accept-encoding", encoding)])
            .await;
        assert_eq!(packed.header("content-encoding"), encoding);
        let vary = packed.headers.get_all("vary").iter();
        let vary: Vec<_> = vary.filter_map(|value| value.to_str().ok()).collect();
        assert_eq!(vary.join(", "), "accept, accept-encoding");
        assert!(packed.body.len() < plain.body.len() / 2, "{encoding}");
        assert_eq!(unpacked(encoding, &packed.body), plain.body, "{encoding}");
        // One tag stands for the plain and the packed answer, so it is a weak one.
        assert_eq!(packed.header("etag"), plain.header("etag"));
        assert!(packed.header("etag").starts_with("W/"));
    }
    let neither = house
        .get_with(address, &[("accept-encoding", "identity")])
        .await;
    assert_eq!(neither.body, plain.body);
}

fn unpacked(encoding: &str, bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match encoding {
        "gzip" => flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain),
        _ => zstd::stream::read::Decoder::new(bytes)
            .expect("a zstd frame")
            .read_to_end(&mut plain),
    }
    .expect("packed bytes");
    plain
}

type Cells = Vec<Vec<Option<String>>>;

/// Names, then cells as text; null is none.
fn cells_of_json(answer: &Value) -> Cells {
    let text = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    let names = answer["columns"].as_array().expect("columns");
    let names = names.iter().map(|column| text(&column["name"])).collect();
    let rows = answer["rows"].as_array().expect("rows").iter();
    let rows = rows.map(|row| row.as_array().expect("cells").iter().map(text).collect());
    std::iter::once(names).chain(rows).collect()
}

fn cells_of_arrow(bytes: &[u8]) -> Cells {
    let reader = StreamReader::try_new(Cursor::new(bytes), None).expect("a stream");
    let names = reader.schema();
    let names = names
        .fields()
        .iter()
        .map(|field| Some(field.name().clone()));
    let mut cells = vec![names.collect()];
    for batch in reader {
        let batch = batch.expect("a batch");
        for row in 0..batch.num_rows() {
            let cell = |array: &arrow::array::ArrayRef| {
                let text = array_value_to_string(array, row).expect("a cell");
                array.is_valid(row).then_some(text)
            };
            cells.push(batch.columns().iter().map(cell).collect());
        }
    }
    cells
}

/// RFC 4180, read by a reader that is not the writer's.
fn cells_of_csv(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv_core::Reader::new();
    let (mut output, mut ends) = (vec![0; bytes.len() + 64], vec![0; 512]);
    let (mut rest, mut cells) = (bytes, Vec::new());
    loop {
        let (result, read, _, fields) = reader.read_record(rest, &mut output, &mut ends);
        rest = &rest[read..];
        match result {
            csv_core::ReadRecordResult::Record => {
                let starts = std::iter::once(0).chain(ends.iter().copied());
                let fields = starts
                    .zip(&ends[..fields])
                    .map(|(from, to)| &output[from..*to]);
                cells.push(
                    fields
                        .map(|field| String::from_utf8(field.to_vec()).expect("text"))
                        .collect(),
                );
            }
            csv_core::ReadRecordResult::End => return cells,
            csv_core::ReadRecordResult::InputEmpty => rest = &[],
            full => panic!("the buffers are too small: {full:?}"),
        }
    }
}
