//! Contracts in one line a column.

use std::fmt::Write as _;

/// A contract file for the table `id`. A column is `name type [key] [required] [partition]
/// [unit=…] [derived=…]`; the order of key columns is that of the lines.
pub fn contract(id: &str, columns: &[&str]) -> (String, String) {
    let (schema, table) = id.split_once('.').unwrap();
    let mut yaml = format!(
        "apiVersion: v3.1.0\nkind: DataContract\nid: {id}\nname: {table}\nversion: 1.0.0\n\
         status: active\ndomain: {schema}\ndescription:\n  purpose: A table for tests.\n\
         customProperties: [{{ property: titleZh, value: 测试 }}]\n\
         schema:\n  - name: {table}\n    physicalType: table\n    properties:\n"
    );
    let (mut keys, mut partitions) = (0, 0);
    for column in columns {
        write_column(&mut yaml, column, &mut keys, &mut partitions);
    }
    (format!("{schema}/{table}.yaml"), yaml)
}

fn write_column(yaml: &mut String, column: &str, keys: &mut u32, partitions: &mut u32) {
    let mut words = column.split_whitespace();
    let name = words.next().unwrap();
    let (logical, physical) = match words.next().unwrap() {
        "text" => ("string", None),
        decimal if decimal.starts_with("decimal") => ("number", Some(decimal)),
        other => (other, None),
    };
    let mut custom = vec!["{ property: shareType, value: conditional }".to_owned()];
    let mut lines = Vec::new();
    for word in words {
        match word.split_once('=') {
            Some(("unit", unit)) => {
                custom.push(format!("{{ property: unit, value: \"{unit}\" }}"));
            }
            Some(("derived", from)) => {
                custom.push(format!("{{ property: derived, value: \"{from}\" }}"));
            }
            None if word == "key" => {
                *keys += 1;
                lines.push(format!(
                    "required: true\nprimaryKey: true\nprimaryKeyPosition: {keys}"
                ));
            }
            None if word == "required" => lines.push("required: true".to_owned()),
            None if word == "partition" => {
                *partitions += 1;
                lines.push(format!(
                    "partitioned: true\npartitionKeyPosition: {partitions}"
                ));
            }
            _ => panic!("`{word}` is no word of a column"),
        }
    }
    writeln!(yaml, "      - name: {name}").unwrap();
    writeln!(yaml, "        businessName: {name}的名称").unwrap();
    writeln!(yaml, "        logicalType: {logical}").unwrap();
    if let Some(physical) = physical {
        writeln!(yaml, "        physicalType: {physical}").unwrap();
    }
    writeln!(yaml, "        classification: L2").unwrap();
    for line in lines.iter().flat_map(|lines| lines.lines()) {
        writeln!(yaml, "        {line}").unwrap();
    }
    writeln!(yaml, "        customProperties: [{}]", custom.join(", ")).unwrap();
}
