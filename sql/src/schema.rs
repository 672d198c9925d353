//! The JSON Schemas of this crate's YAML files, checked in under `sql/json/` for editors.

use crate::case::CaseFile;
use crate::metric::MetricsFile;

/// (file name, JSON Schema) of each kind of file: `metrics.schema.json`, `cases.schema.json`.
pub fn json_schemas() -> Vec<(&'static str, serde_json::Value)> {
    vec![
        (
            "metrics.schema.json",
            schemars::schema_for!(MetricsFile).to_value(),
        ),
        (
            "cases.schema.json",
            schemars::schema_for!(Vec<CaseFile>).to_value(),
        ),
    ]
}
