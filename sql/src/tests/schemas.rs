//! The JSON Schemas checked in under `sql/json/` are those of the code.

use std::path::Path;

#[test]
fn checked_in_json_schemas_are_current() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("json");
    let update = std::env::var_os("JIEYUE_UPDATE").is_some();
    for (name, schema) in crate::json_schemas() {
        let path = folder.join(name);
        let current = serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
        if update {
            std::fs::create_dir_all(&folder).expect("the folder can be made");
            std::fs::write(&path, &current).expect("the schema can be written");
        }
        let stored = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            stored, current,
            "sql/json/{name} is stale: run the tests with JIEYUE_UPDATE=1"
        );
    }
}
