//! Runs and builds as OpenLineage events, to a file or an address.
//!
//! Each run is told twice, START and then COMPLETE or FAIL, under a UUID made from its id, with the dataset it
//! writes: schema, version, rows written, and the ledger as a facet of our own. What came in are the landed
//! files of a run, or the tables of a build. The form is that of OpenLineage 2-0-2; a test gives the events
//! to the standard's own client. An event that cannot be sent is logged and fails nothing.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use contracts::Contract;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;

const SCHEMA: &str = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";
const PRODUCER: &str = concat!(
    "https://jieyue.invalid/releases/",
    env!("CARGO_PKG_VERSION")
);
const TIMEOUT: Duration = Duration::from_secs(10);

/// Where events go.
#[derive(Debug, Clone)]
pub enum LineageSink {
    /// A file that grows by a line an event.
    File(PathBuf),
    /// An address that takes each event by POST.
    Http(String),
}

/// Tells runs and builds.
#[derive(Debug, Clone)]
pub struct Lineage {
    sink: LineageSink,
    namespace: String,
}

/// What is told.
#[derive(Debug, Clone)]
pub struct LineageRun {
    /// Its id with us, from which its UUID is made.
    pub run_id: String,
    /// The job, or `build.<mart>`.
    pub job: String,
    /// `LOAD` or `BUILD`.
    pub kind: &'static str,
    /// What came in: names of landed files or tables, with the version of a table.
    pub inputs: Vec<(String, Option<u64>)>,
    /// What it writes.
    pub output: LineageOutput,
}

/// The table that is written.
#[derive(Debug, Clone)]
pub struct LineageOutput {
    /// Its name.
    pub table: String,
    /// Its columns: name, type, what they are.
    pub fields: Vec<(String, &'static str, String)>,
    /// The version written; none when nothing was.
    pub version: Option<u64>,
    /// Rows written.
    pub rows: Option<u64>,
    /// The ledger of a run.
    pub ledger: Option<Value>,
}

/// How a run stands.
#[derive(Debug, Clone)]
pub enum LineageTurn {
    /// It begins.
    Start,
    /// It went well.
    Complete,
    /// It failed, for this reason.
    Fail(String),
}

impl LineageOutput {
    /// The table of a contract, of which nothing was written yet.
    pub fn of(contract: &Contract) -> LineageOutput {
        let columns = contract.columns.iter();
        let fields = columns.map(|column| {
            let name = column.name.to_string();
            (name, column.ty.as_str(), column.description.clone())
        });
        LineageOutput {
            table: contract.id.to_string(),
            fields: fields.collect(),
            version: None,
            rows: None,
            ledger: None,
        }
    }
}

impl Lineage {
    /// Tells to `sink`, in a namespace that tells this lake from others.
    pub fn new(sink: LineageSink, namespace: impl Into<String>) -> Lineage {
        Lineage {
            sink,
            namespace: namespace.into(),
        }
    }

    /// Tells how a run stands at `at`. What fails is logged.
    pub async fn tell(&self, run: &LineageRun, turn: &LineageTurn, at: DateTime<Utc>) {
        let event = self.event(run, turn, at);
        if let Err(error) = self.send(&event).await {
            let run_id = &run.run_id;
            tracing::warn!(run_id, %error, "the lineage of run {run_id} is not told: {error}");
        }
    }

    async fn send(&self, event: &Value) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        match &self.sink {
            LineageSink::File(path) => {
                let mut options = tokio::fs::OpenOptions::new();
                let mut file = options.create(true).append(true).open(path).await?;
                // One write a line: several programs may append.
                file.write_all(format!("{event}\n").as_bytes()).await?;
                file.flush().await?;
            }
            LineageSink::Http(url) => {
                let client = reqwest::Client::builder().timeout(TIMEOUT).build()?;
                let request = client.post(url).header("content-type", "application/json");
                request
                    .body(event.to_string())
                    .send()
                    .await?
                    .error_for_status()?;
            }
        }
        Ok(())
    }

    /// One event.
    fn event(&self, run: &LineageRun, turn: &LineageTurn, at: DateTime<Utc>) -> Value {
        let mut run_facets = json!({
            "processing_engine": facet("1-1-1", "ProcessingEngineRunFacet", json!({
                "version": env!("CARGO_PKG_VERSION"),
                "name": "jieyue",
            })),
            "jieyue_run": own_facet("RunFacet", json!({ "runId": run.run_id })),
        });
        let word = match turn {
            LineageTurn::Start => "START",
            LineageTurn::Complete => "COMPLETE",
            LineageTurn::Fail(message) => {
                let error = json!({ "message": message, "programmingLanguage": "Rust" });
                run_facets["errorMessage"] = facet("1-0-1", "ErrorMessageRunFacet", error);
                "FAIL"
            }
        };
        json!({
            "eventType": word,
            "eventTime": at.to_rfc3339_opts(SecondsFormat::Micros, true),
            "producer": PRODUCER,
            "schemaURL": SCHEMA,
            "run": { "runId": uuid(&run.run_id), "facets": run_facets },
            "job": {
                "namespace": self.namespace,
                "name": run.job,
                "facets": {
                    "jobType": facet("2-0-4", "JobTypeJobFacet", json!({
                        "processingType": "BATCH",
                        "integration": "JIEYUE",
                        "jobType": run.kind,
                    })),
                },
            },
            "inputs": run.inputs.iter().map(|(name, version)| self.input(name, *version)).collect::<Vec<_>>(),
            "outputs": [self.output(&run.output)],
        })
    }

    fn input(&self, name: &str, version: Option<u64>) -> Value {
        let facets = version.map_or_else(
            || json!({}),
            |version| json!({ "version": versioned(version) }),
        );
        json!({ "namespace": self.namespace, "name": name, "facets": facets })
    }

    fn output(&self, output: &LineageOutput) -> Value {
        let fields = output.fields.iter().map(|(name, kind, description)| {
            json!({ "name": name, "type": kind, "description": description })
        });
        let fields: Vec<Value> = fields.collect();
        let schema = facet("1-2-0", "SchemaDatasetFacet", json!({ "fields": fields }));
        let mut facets = json!({ "schema": schema });
        if let Some(version) = output.version {
            facets["version"] = versioned(version);
        }
        let mut written = json!({});
        if let Some(rows) = output.rows {
            let rows = json!({ "rowCount": rows });
            written["outputStatistics"] =
                facet("1-0-2", "OutputStatisticsOutputDatasetFacet", rows);
        }
        if let Some(ledger) = &output.ledger {
            written["jieyue_ledger"] = own_facet("LedgerOutputDatasetFacet", ledger.clone());
        }
        json!({
            "namespace": self.namespace,
            "name": output.table,
            "facets": facets,
            "outputFacets": written,
        })
    }
}

fn versioned(version: u64) -> Value {
    let version = json!({ "datasetVersion": version.to_string() });
    facet("1-0-1", "DatasetVersionDatasetFacet", version)
}

/// A facet of the standard.
fn facet(version: &str, name: &str, fields: Value) -> Value {
    let url = format!("https://openlineage.io/spec/facets/{version}/{name}.json#/$defs/{name}");
    with_origin(fields, url)
}

/// A facet of ours.
fn own_facet(name: &str, fields: Value) -> Value {
    with_origin(fields, format!("{PRODUCER}/lineage.json#/$defs/{name}"))
}

fn with_origin(mut fields: Value, url: String) -> Value {
    fields["_producer"] = PRODUCER.into();
    fields["_schemaURL"] = url.into();
    fields
}

/// A UUID (version 8, RFC 9562: made by our own rule) that is always the same for a run: the SHA-256 of its id.
fn uuid(run_id: &str) -> String {
    let digest = Sha256::digest(run_id);
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = hex::encode(bytes);
    let parts = [
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..],
    ];
    parts.join("-")
}
