//! The JSON Schema of our contract dialect, for editors.

use crate::odcs::ContractFile;

/// The JSON Schema of a contract file, as checked in at `schemas/json/contract.schema.json`.
pub fn contract_json_schema() -> serde_json::Value {
    schemars::schema_for!(ContractFile).to_value()
}
