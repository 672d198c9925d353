//! Checks a YAML tree against the JSON Schema derived from a file's type.
//!
//! Only what schemars derives from our file types is understood: references, objects with known keys,
//! arrays, scalar types, enumerations of words, optional values and alternatives told apart by type.
//! That is a small part of JSON Schema, and it gives what a general validator cannot: the line of the
//! fault and the nearest right word.

use std::sync::Arc;

use serde_json::Value;

use super::fault::YamlFault;
use super::tree::{Kind, Node};
use crate::place::Place;

/// Every difference between `tree` and `schema`.
pub(super) fn check(tree: &Node, schema: &Value, file: &Arc<str>) -> Vec<YamlFault> {
    let mut checker = Checker {
        root: schema,
        file,
        faults: Vec::new(),
    };
    checker.check(tree, schema, "");
    checker.faults
}

struct Checker<'a> {
    root: &'a Value,
    file: &'a Arc<str>,
    faults: Vec<YamlFault>,
}

impl<'a> Checker<'a> {
    fn check(&mut self, node: &Node, schema: &'a Value, path: &str) {
        let schema = self.resolve(schema);
        if let Some(words) = words(self.root, schema) {
            self.check_word(node, &words, path);
        } else if let Some(branches) = branches(schema) {
            self.check_branches(node, branches, path);
        } else if !self.has_type(node, schema, path) {
            // The type is wrong, so nothing inside it can be judged.
        } else if let Kind::Map(entries) = &node.value {
            self.check_map(node, entries, schema, path);
        } else if let (Kind::List(items), Some(of)) = (&node.value, schema.get("items")) {
            for (index, item) in items.iter().enumerate() {
                self.check(item, of, &format!("{path}[{index}]"));
            }
        }
    }

    fn check_map(
        &mut self,
        node: &Node,
        entries: &[(super::At<String>, Node)],
        schema: &'a Value,
        path: &str,
    ) {
        let known = schema.get("properties").and_then(Value::as_object);
        let others = schema.get("additionalProperties");
        let is_open = others.is_none_or(|others| *others != Value::Bool(false));
        for (position, (key, value)) in entries.iter().enumerate() {
            let before = entries[..position]
                .iter()
                .find(|(k, _)| k.value == key.value);
            if let Some((first, _)) = before {
                self.faults.push(YamlFault::RepeatedKey {
                    at: self.place(key.line),
                    key: key.value.clone(),
                    within: path.to_owned(),
                    first_line: first.line,
                });
                continue;
            }
            let inner = join(path, &key.value);
            match (known.and_then(|known| known.get(&key.value)), others) {
                (Some(schema), _) => self.check(value, schema, &inner),
                (None, Some(schema)) if schema.is_object() => self.check(value, schema, &inner),
                (None, _) if is_open => {}
                (None, _) => self.faults.push(YamlFault::UnknownKey {
                    at: self.place(key.line),
                    key: key.value.clone(),
                    within: path.to_owned(),
                    known: known
                        .map(|k| k.keys().cloned().collect())
                        .unwrap_or_default(),
                }),
            }
        }
        for key in strings(schema.get("required")) {
            if !entries.iter().any(|(k, _)| k.value == key) {
                self.faults.push(YamlFault::MissingKey {
                    at: self.place(node.line),
                    key: key.to_owned(),
                    within: path.to_owned(),
                });
            }
        }
    }

    fn check_word(&mut self, node: &Node, words: &[&str], path: &str) {
        match &node.value {
            Kind::Text(word) if words.contains(&word.as_str()) => {}
            Kind::Text(word) => self.faults.push(YamlFault::UnknownWord {
                at: self.place(node.line),
                path: path.to_owned(),
                word: word.clone(),
                known: words.iter().map(|&w| w.to_owned()).collect(),
            }),
            _ => self.wrong_type(node, "text", path),
        }
    }

    fn check_branches(&mut self, node: &Node, branches: &'a [Value], path: &str) {
        let fitting: Vec<&Value> = branches
            .iter()
            .map(|branch| self.resolve(branch))
            .filter(|branch| {
                let types = types(branch);
                types.is_empty() || fits(node, &types)
            })
            .collect();
        match fitting[..] {
            [] => {
                let expected: Vec<&str> = branches
                    .iter()
                    .flat_map(|branch| types(self.resolve(branch)))
                    .collect();
                self.wrong_type(node, &in_words(&expected), path);
            }
            [branch] => self.check(node, branch, path),
            // Several fit by type: the one with the fewest faults is what was meant.
            _ => {
                let before = std::mem::take(&mut self.faults);
                let mut fewest: Option<Vec<YamlFault>> = None;
                for branch in fitting {
                    self.check(node, branch, path);
                    let found = std::mem::take(&mut self.faults);
                    if fewest
                        .as_ref()
                        .is_none_or(|least| found.len() < least.len())
                    {
                        fewest = Some(found);
                    }
                }
                self.faults = before;
                self.faults.extend(fewest.unwrap_or_default());
            }
        }
    }

    fn has_type(&mut self, node: &Node, schema: &Value, path: &str) -> bool {
        let types = types(schema);
        let fits = types.is_empty() || fits(node, &types);
        if !fits {
            self.wrong_type(node, &in_words(&types), path);
        }
        fits
    }

    fn wrong_type(&mut self, node: &Node, expected: &str, path: &str) {
        self.faults.push(YamlFault::WrongType {
            at: self.place(node.line),
            path: path.to_owned(),
            expected: expected.to_owned(),
            found: node.value.in_words(),
        });
    }

    fn resolve(&self, schema: &'a Value) -> &'a Value {
        resolve(self.root, schema)
    }

    fn place(&self, line: u32) -> Place {
        Place::new(Arc::clone(self.file), line)
    }
}

fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let mut schema = schema;
    // Derived references are at most a few deep and never in a circle without an object between.
    while let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        match root.pointer(target.trim_start_matches('#')) {
            Some(found) => schema = found,
            None => break,
        }
    }
    schema
}

/// The words of an enumeration, whether derived as `enum`, `const` or alternatives of these.
fn words<'a>(root: &'a Value, schema: &'a Value) -> Option<Vec<&'a str>> {
    if let Some(word) = schema.get("const").and_then(Value::as_str) {
        return Some(vec![word]);
    }
    let listed = strings(schema.get("enum"));
    if !listed.is_empty() {
        return Some(listed);
    }
    let mut all = Vec::new();
    for branch in branches(schema)? {
        all.extend(words(root, resolve(root, branch))?);
    }
    Some(all)
}

fn branches(schema: &Value) -> Option<&[Value]> {
    schema
        .get("anyOf")
        .or_else(|| schema.get("oneOf"))
        .and_then(Value::as_array)
        .map(Vec::as_slice)
}

/// The JSON types a schema allows; none given means any.
fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(several) => strings(Some(several)),
        None if schema.get("const").is_some() || schema.get("enum").is_some() => vec!["string"],
        None => branch_types(schema),
    }
}

/// The types of all alternatives; none if one of them allows any.
fn branch_types(schema: &Value) -> Vec<&str> {
    let mut all = Vec::new();
    for branch in branches(schema).unwrap_or_default() {
        let of_branch = types(branch);
        if of_branch.is_empty() {
            return Vec::new();
        }
        all.extend(of_branch);
    }
    all.dedup();
    all
}

fn fits(node: &Node, types: &[&str]) -> bool {
    types.iter().any(|&t| match &node.value {
        Kind::Null => t == "null",
        Kind::Boolean => t == "boolean",
        Kind::Integer => t == "integer" || t == "number",
        Kind::Number => t == "number",
        Kind::Text(_) => t == "string",
        Kind::List(_) => t == "array",
        Kind::Map(_) => t == "object",
    })
}

fn in_words(types: &[&str]) -> String {
    let words: Vec<&str> = types
        .iter()
        .filter_map(|&t| match t {
            "string" => Some("text"),
            "integer" => Some("a whole number"),
            "number" => Some("a number"),
            "boolean" => Some("`true` or `false`"),
            "array" => Some("a list"),
            "object" => Some("a mapping"),
            _ => None,
        })
        .collect();
    words.join(" or ")
}

fn strings(list: Option<&Value>) -> Vec<&str> {
    list.and_then(Value::as_array)
        .map(|items| items.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default()
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
