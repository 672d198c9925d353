//! The `source:` key of a job that reads files.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::{ByteSize, Wait};

/// Which files a job reads.
///
/// ```yaml
/// source: { files: "data/energy/monthly_*.csv" }
/// source: { files: ["a.zip", "s3://bucket/in/*.zip"], entry: "*.csv", max_expanded: "20 GiB" }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FilesConfig {
    /// Pattern of file names, or several. `*` and `?` stay inside a folder, `**` goes through folders.
    pub files: Patterns,
    /// Which files of a zip are read, as a pattern of their names. Without it a zip holds one file.
    pub entry: Option<String>,
    /// Most bytes one file may hold after it is expanded; a larger one is refused.
    #[serde(default = "max_expanded")]
    pub max_expanded: ByteSize,
    /// Whether only files are read that are new or have changed since the last pull; then it is no fault
    /// that there is none.
    #[serde(default)]
    pub changed_only: bool,
    /// With `changed_only`: how long a file must have been left alone before it is read.
    #[serde(default = "settle")]
    pub settle: Wait,
}

/// Twenty times the largest export met so far, and small enough for an ordinary disk.
fn max_expanded() -> ByteSize {
    ByteSize::gib(20)
}

/// Longer than a copy over the network pauses.
fn settle() -> Wait {
    Wait::seconds(30)
}

impl FilesConfig {
    /// One pattern and nothing else.
    pub fn of(pattern: impl Into<String>) -> FilesConfig {
        FilesConfig {
            files: Patterns(vec![pattern.into()]),
            entry: None,
            max_expanded: max_expanded(),
            changed_only: false,
            settle: settle(),
        }
    }
}

/// Patterns of file names; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patterns(Vec<String>);

impl Patterns {
    /// The patterns in the order of the job.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Patterns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PatternsVisitor;
        impl<'de> de::Visitor<'de> for PatternsVisitor {
            type Value = Patterns;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a pattern of file names, or a list of them")
            }
            fn visit_str<E: de::Error>(self, pattern: &str) -> Result<Patterns, E> {
                checked(vec![pattern.to_owned()])
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Patterns, A::Error> {
                let mut patterns = Vec::new();
                while let Some(pattern) = list.next_element::<String>()? {
                    patterns.push(pattern);
                }
                checked(patterns)
            }
        }
        fn checked<E: de::Error>(patterns: Vec<String>) -> Result<Patterns, E> {
            match patterns.iter().any(|pattern| pattern.trim().is_empty()) || patterns.is_empty() {
                true => Err(E::custom("a pattern of file names is missing")),
                false => Ok(Patterns(patterns)),
            }
        }
        deserializer.deserialize_any(PatternsVisitor)
    }
}

impl JsonSchema for Patterns {
    fn schema_name() -> Cow<'static, str> {
        "Patterns".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "string", "minLength": 1 },
                { "type": "array", "minItems": 1, "items": { "type": "string", "minLength": 1 } }
            ]
        })
    }
}
