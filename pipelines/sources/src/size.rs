//! A number of bytes with its unit.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// A number of bytes, written as text with a unit: `"16 MiB"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteSize(u64);

/// Units from large to small with their size in bytes.
const UNITS: [(&str, u64); 5] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];

impl ByteSize {
    /// So many bytes.
    pub const fn bytes(bytes: u64) -> ByteSize {
        ByteSize(bytes)
    }

    /// So many mebibytes.
    pub const fn mib(mebibytes: u64) -> ByteSize {
        ByteSize(mebibytes << 20)
    }

    /// So many gibibytes.
    pub const fn gib(gibibytes: u64) -> ByteSize {
        ByteSize(gibibytes << 30)
    }

    /// The number of bytes.
    pub const fn as_bytes(self) -> u64 {
        self.0
    }
}

impl fmt::Display for ByteSize {
    /// In the largest unit that leaves a whole number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, size) = UNITS
            .into_iter()
            .find(|(_, size)| self.0 >= *size && self.0.is_multiple_of(*size))
            .unwrap_or(("B", 1));
        write!(f, "{} {unit}", self.0 / size)
    }
}

impl FromStr for ByteSize {
    type Err = String;

    fn from_str(text: &str) -> Result<ByteSize, String> {
        let not_a_size =
            || format!("`{text}` is not a size; write a whole number and a unit: `16 MiB`");
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: u64 = text[..digits].parse().map_err(|_| not_a_size())?;
        let unit = text[digits..].trim();
        let (_, size) = UNITS
            .into_iter()
            .find(|(name, _)| *name == unit)
            .ok_or_else(not_a_size)?;
        number
            .checked_mul(size)
            .map(ByteSize)
            .ok_or_else(not_a_size)
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

impl JsonSchema for ByteSize {
    fn schema_name() -> Cow<'static, str> {
        "ByteSize".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]+ ?(B|KiB|MiB|GiB|TiB)$" })
    }
}

#[cfg(test)]
mod tests {
    use super::ByteSize;

    #[test]
    fn size_is_read_and_printed_with_its_unit() {
        for (text, bytes, printed) in [
            ("16 MiB", 16 * 1024 * 1024, "16 MiB"),
            ("16MiB", 16 * 1024 * 1024, "16 MiB"),
            ("1024 B", 1024, "1 KiB"),
            ("1025 B", 1025, "1025 B"),
            ("0 B", 0, "0 B"),
            ("3 TiB", 3 << 40, "3 TiB"),
        ] {
            let size: ByteSize = text.parse().expect("a size");
            assert_eq!(
                (size.as_bytes(), size.to_string().as_str()),
                (bytes, printed)
            );
        }
    }

    #[test]
    fn number_without_unit_or_with_an_unknown_one_is_refused() {
        for text in [
            "",
            "16",
            "16 MB",
            "1.5 GiB",
            "MiB",
            "-1 B",
            "99999999999 TiB",
        ] {
            let error = text.parse::<ByteSize>().expect_err(text);
            assert_eq!(
                error,
                format!("`{text}` is not a size; write a whole number and a unit: `16 MiB`")
            );
        }
    }
}
