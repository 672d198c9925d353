//! Other engines read what this one writes.

use std::process::Command;

use warehouse::Removal;

use crate::support::python::python;
use crate::support::*;

/// Reads the table by the Delta log with delta-rs, its files with Polars and, as files, with DuckDB;
/// prints the rows as text in the order of the key.
const READ: &str = r#"
import sys
import deltalake, duckdb, polars

polars.Config.set_fmt_str_lengths(100)
path = sys.argv[1]
table = deltalake.DeltaTable(path)
print("protocol", table.protocol().min_reader_version, table.protocol().min_writer_version)
print("description", table.metadata().description)
print("unit", [f.metadata.get("unit") for f in table.schema().fields if f.name == "quantity"])

def show(rows):
    for row in rows:
        print("|".join("" if value is None else str(value) for value in row))

columns = "meter_id month quantity read_date is_estimated pulses".split()
print("polars")
frame = polars.read_delta(path).sort("meter_id", "read_at")
show(frame.select(polars.col("read_at").dt.strftime("%Y-%m-%dT%H:%M:%S"), *columns).iter_rows())
print("duckdb")
files = table.file_uris()
duckdb.sql("set timezone = 'UTC'")
query = "select strftime(read_at, '%Y-%m-%dT%H:%M:%S'), " + ", ".join(columns)
query += f" from read_parquet({files!r}, hive_partitioning = true, hive_types_autocast = false)"
show(duckdb.sql(query + " order by meter_id, read_at").fetchall())
"#;

#[tokio::test(flavor = "multi_thread")]
async fn polars_and_duckdb_read_the_same_rows() {
    let Some(python) = python(&["deltalake", "polars", "duckdb"]) else {
        return;
    };
    let (lake, table) = Lake::with_readings().await;
    append(&table, &reading_rows(1, 4)).await;
    append(&table, &reading_rows(2, 3)).await;
    // Old files are named in the log only; a reader of the directory alone would see them.
    let remove = Removal::Partitions(vec![warehouse::PartitionValues::of("month", "2025-02")]);
    commit(&table, &reading_rows(2, 2), remove).await.unwrap();
    let output = Command::new(python)
        .args(["-c", READ])
        .arg(lake.path("tables/mart/reading"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let shown = String::from_utf8(output.stdout).unwrap();
    let (_, rows) = shown.split_once("polars\n").unwrap();
    let (polars, duckdb) = rows.split_once("duckdb\n").unwrap();
    assert_eq!(polars, duckdb);
    insta::assert_snapshot!(shown);
}
