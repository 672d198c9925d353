//! Every message and hint, as people read them.

use std::io::{Error as IoError, ErrorKind};

use contracts::Contracts;
use datafusion::error::DataFusionError;
use deltalake::DeltaTableError;
use object_store::Error as StoreError;

use super::*;
use crate::partition::PartitionValues;

fn table() -> TableId {
    TableId::new("energy", "monthly").expect("a name")
}

fn lake() -> String {
    "s3://city/lake".to_owned()
}

fn cause() -> Cause {
    "connection reset".into()
}

fn delta() -> Box<DeltaTableError> {
    Box::new(DeltaTableError::generic("the log is spoilt"))
}

fn plan() -> Box<DataFusionError> {
    Box::new(DataFusionError::Plan("no such column".to_owned()))
}

fn json() -> serde_json::Error {
    serde_json::from_str::<u64>("{").expect_err("no number")
}

/// One of each.
fn one_of_each() -> Vec<WarehouseError> {
    use WarehouseError as E;
    let contracts = Contracts::parse([]).expect("no contracts, no faults");
    let unknown = contracts.require(&table()).expect_err("there are none");
    vec![
        E::Location {
            text: "hdfs://x".to_owned(),
            reason: "only `file://` and `s3://` are known",
        },
        E::LocationOption {
            location: lake(),
            option: "AWS_ENDPOINT".to_owned(),
        },
        E::LakeMissing { location: lake() },
        E::NotALake {
            location: lake(),
            found: "thesis.doc".to_owned(),
        },
        E::FormatUnreadable {
            location: lake(),
            source: json(),
        },
        E::NewerFormat {
            location: lake(),
            found: 2,
            supported: 1,
        },
        E::Read {
            what: "format.json".to_owned(),
            source: cause(),
        },
        E::Write {
            what: "format.json".to_owned(),
            source: cause(),
        },
        E::DiskFull {
            what: "energy.monthly".to_owned(),
            source: cause(),
        },
        E::Denied {
            what: "format.json".to_owned(),
            source: cause(),
        },
        E::NoContract {
            table: table(),
            source: Box::new(unknown),
        },
        E::TableUnreadable {
            table: table(),
            source: delta(),
        },
        E::VersionMissing {
            table: table(),
            version: 99,
            newest: 7,
        },
        E::TableGone { table: table() },
        E::NoSuchFile {
            table: table(),
            version: 7,
            path: "month=2025-01/part-0.parquet".to_owned(),
        },
        E::Unsupported {
            table: table(),
            feature: "deletion vectors".to_owned(),
        },
        E::Evolution {
            table: table(),
            faults: vec![
                EvolutionFault::Gone {
                    column: "coal_t".to_owned(),
                },
                EvolutionFault::NewAndRequired {
                    column: "gas_m3".to_owned(),
                },
            ],
        },
        E::Columns {
            table: table(),
            faults: vec![
                ColumnFault::Missing {
                    column: "coal_t".to_owned(),
                },
                ColumnFault::Twice {
                    column: "gas_m3".to_owned(),
                },
                ColumnFault::Unknown {
                    column: "mont".to_owned(),
                    nearest: Some("month".to_owned()),
                },
            ],
        },
        E::RequiredIsNull {
            table: table(),
            column: "month".to_owned(),
        },
        E::Compute {
            table: table(),
            source: plan(),
        },
        E::OutOfMemory {
            table: table(),
            memory_mib: 512,
            source: plan(),
        },
        E::Files {
            table: table(),
            source: delta(),
        },
        E::Conflict {
            table: table(),
            read: 7,
            newest: 9,
            cause: ConflictCause::Partition(PartitionValues::of("month", "2025-01")),
        },
        E::AlreadyCommitted {
            table: table(),
            application: "energy.monthly_forms".to_owned(),
            number: 3,
            committed: 4,
        },
        E::Contended {
            table: table(),
            attempts: 50,
        },
        E::Commit {
            table: table(),
            source: delta(),
        },
        E::ObjectPrefix {
            text: "0123".to_owned(),
        },
        E::Extension {
            extension: ".csv".to_owned(),
        },
        E::ObjectUnknown {
            table: table(),
            prefix: ObjectPrefix::parse("0123456789abcdef").expect("16 digits"),
        },
        E::Incoming {
            table: table(),
            source: ErrorKind::ConnectionReset.into(),
        },
        E::PublicationMissing {
            number: 7,
            newest: 3,
        },
        E::NothingPublished,
        E::NothingPublishedBy {
            date: NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day"),
        },
        E::PublicationRetired { number: 7 },
        E::PublicationPinned { number: 7 },
        E::PublicationUnreadable {
            key: "publications/00000007.json".to_owned(),
            source: json(),
        },
        E::RowsLost {
            table: table(),
            before: 10,
            after: 9,
        },
        E::RetentionTooShort {
            hours: 2,
            minimum_hours: 24,
        },
    ]
}

#[test]
fn every_error_says_what_where_and_how_to_mend() {
    let told: Vec<String> = one_of_each()
        .iter()
        .map(|error| {
            let hint = error.hint().unwrap_or_else(|| "none".to_owned());
            let (fault, retry) = (error.fault(), error.retry());
            format!("error: {error}\nhint: {hint}\nfault: {fault}, retry: {retry:?}")
        })
        .collect();
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn conflicts_name_their_cause() {
    let causes = [
        ConflictCause::Partition(PartitionValues::of("month", "2025-01")),
        ConflictCause::Partition(PartitionValues::default()),
        ConflictCause::Application("energy.monthly_forms".to_owned()),
        ConflictCause::Columns,
    ];
    insta::assert_debug_snapshot!(causes.map(|cause| cause.to_string()), @r#"
    [
        "both touch month=2025-01",
        "both touch whole table",
        "both record a number of `energy.monthly_forms`",
        "it changed the table's columns",
    ]
    "#);
}

fn wrapped(kind: ErrorKind) -> DeltaTableError {
    DeltaTableError::ObjectStore {
        source: StoreError::Generic {
            store: "LocalFileSystem",
            source: Box::new(IoError::from(kind)),
        },
    }
}

#[test]
fn what_the_disk_says_is_found_below_all_layers() {
    for (kind, is_full) in [
        (ErrorKind::StorageFull, true),
        (ErrorKind::QuotaExceeded, true),
        (ErrorKind::PermissionDenied, false),
        (ErrorKind::ReadOnlyFilesystem, false),
    ] {
        for error in [
            WarehouseError::commit(&table(), wrapped(kind)),
            WarehouseError::files(&table(), wrapped(kind)),
        ] {
            let is_expected = match &error {
                WarehouseError::DiskFull { .. } => is_full,
                WarehouseError::Denied { .. } => !is_full,
                _ => false,
            };
            assert!(is_expected, "{kind:?} became {error:?}");
        }
    }
    let other = WarehouseError::commit(&table(), wrapped(ErrorKind::TimedOut));
    assert!(matches!(other, WarehouseError::Commit { .. }), "{other:?}");
}
