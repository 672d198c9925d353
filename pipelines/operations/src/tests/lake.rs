//! A lake with the repository's own contracts of what operations reads, and rows as JSON lines.

use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::json::ReaderBuilder;
use chrono::{DateTime, Utc};
use contracts::{Contracts, TableId};
use datafusion::logical_expr::lit;
use datafusion::prelude::DataFrame;
use datafusion::scalar::ScalarValue;
use tempfile::TempDir;
use warehouse::{Change, LakeLocation, Removal, Settings, Warehouse};

const CONTRACTS: [&str; 5] = [
    "ops/run",
    "ops/quarantine",
    "mart/reporting_month",
    "reference/organization",
    "reference/headcount",
];

pub struct Lake {
    pub warehouse: Warehouse,
    _folder: TempDir,
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

impl Lake {
    pub async fn empty() -> Lake {
        let folder = TempDir::new().expect("a folder");
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/contracts");
        let files = CONTRACTS.map(|name| {
            let path = root.join(format!("{name}.yaml"));
            let text = std::fs::read_to_string(&path).expect("a contract");
            (format!("schemas/contracts/{name}.yaml"), text)
        });
        let contracts = Contracts::parse(files).expect("contracts without faults");
        let location = LakeLocation::local(folder.path().join("lake"));
        let warehouse = Warehouse::open(&location, Arc::new(contracts), Settings::default())
            .await
            .expect("a lake");
        Lake {
            warehouse,
            _folder: folder,
        }
    }

    fn batches(&self, table: &TableId, rows: &str) -> Vec<RecordBatch> {
        let contract = self.warehouse.contract(table).expect("a contract");
        let reader = ReaderBuilder::new(contract.arrow_schema()).build(rows.as_bytes());
        let batches = reader.expect("a reader").collect::<Result<Vec<_>, _>>();
        let mut batches: Vec<RecordBatch> = batches.expect("rows of the contract");
        // A frame of no batch has no columns either.
        batches.push(RecordBatch::new_empty(contract.arrow_schema()));
        batches
    }

    /// Rows that no lake holds.
    pub fn frame(&self, table: &str, rows: &str) -> DataFrame {
        let table = table.parse().expect("a table");
        let frame = self
            .warehouse
            .session()
            .read_batches(self.batches(&table, rows));
        frame.expect("a frame")
    }

    /// Adds rows to a table.
    pub async fn add(&self, table: &str, rows: &str) {
        let id: TableId = table.parse().expect("a table");
        let mut frame = self.frame(table, rows);
        if !matches!(id.schema(), "mart" | "ops") {
            for (name, value) in [
                ("_object", lit("0123456789abcdef")),
                ("_sheet", lit(ScalarValue::Utf8(None))),
                ("_row", lit(1_i64)),
            ] {
                frame = frame.with_column(name, value).expect("a column");
            }
        }
        let session = self.warehouse.session();
        let plan = frame.create_physical_plan().await.expect("a plan");
        let table = self.warehouse.table(&id).await.expect("the table");
        let change = Change {
            add: table.write(plan, &session).await.expect("files"),
            remove: Removal::None,
            ..Change::default()
        };
        let on = table.snapshot().await.expect("its state");
        table.commit(&on, change).await.expect("a commit");
    }
}
