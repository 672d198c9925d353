//! The values of a [`super::Format`] that are checked while they are parsed.

use std::borrow::Cow;
use std::fmt;

use encoding_rs::Encoding;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// A field delimiter: one ASCII character that is neither a line break nor a letter or digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimiter(u8);

impl Delimiter {
    /// The comma.
    pub const COMMA: Delimiter = Delimiter(b',');
    /// The tab.
    pub const TAB: Delimiter = Delimiter(b'\t');
    /// The delimiters that are tried when a job does not name one, the most usual first.
    pub const TRIED: [Delimiter; 4] = [
        Delimiter(b','),
        Delimiter(b'\t'),
        Delimiter(b';'),
        Delimiter(b'|'),
    ];

    /// The delimiter `byte`, which must be ASCII.
    pub(crate) fn of_byte(byte: u8) -> Delimiter {
        Delimiter(byte)
    }

    /// The delimiter as a byte.
    pub fn byte(self) -> u8 {
        self.0
    }

    fn parse(text: &str) -> Result<Delimiter, String> {
        match one_ascii_character(text)? {
            byte if byte.is_ascii_alphanumeric() || byte == b'"' => Err(format!(
                "delimiter `{text}` is a letter, a digit or a quote; write `,`, `;`, `|` or `tab`"
            )),
            byte => Ok(Delimiter(byte)),
        }
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            b'\t' => f.write_str("tab"),
            b' ' => f.write_str("space"),
            byte => write!(f, "{}", char::from(byte).escape_default()),
        }
    }
}

/// A quote character, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote(Option<u8>);

impl Quote {
    /// The double quote of RFC 4180.
    pub const DOUBLE: Quote = Quote(Some(b'"'));
    /// Fields are never quoted; a quote is a character like others.
    pub const NONE: Quote = Quote(None);

    /// The quote as a byte; `None` when fields are never quoted.
    pub fn byte(self) -> Option<u8> {
        self.0
    }

    fn parse(text: &str) -> Result<Quote, String> {
        if text == "none" {
            return Ok(Quote::NONE);
        }
        match one_ascii_character(text)? {
            byte if byte.is_ascii_alphanumeric() || byte == b'\t' || byte == b' ' => Err(format!(
                "quote `{text}` is a letter, a digit or blank; write `'\"'` or `none`"
            )),
            byte => Ok(Quote(Some(byte))),
        }
    }
}

fn one_ascii_character(text: &str) -> Result<u8, String> {
    match text {
        "tab" | "\\t" => return Ok(b'\t'),
        "space" => return Ok(b' '),
        _ => {}
    }
    match text.as_bytes() {
        [byte @ (b'\t' | 0x20..=0x7e)] => Ok(*byte),
        _ => Err(format!(
            "`{text}` is not one ASCII character; write for example `,`, `;` or `tab`"
        )),
    }
}

/// A character encoding by one of its labels in the Encoding Standard, and a few more that people write.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EncodingLabel(&'static Encoding);

/// Labels worth suggesting: those met in exports of Chinese and European systems.
const SUGGESTED: [&str; 8] = [
    "utf-8",
    "gb18030",
    "gbk",
    "big5",
    "windows-1252",
    "utf-16le",
    "utf-16be",
    "shift_jis",
];

impl EncodingLabel {
    /// The encoding.
    pub fn encoding(self) -> &'static Encoding {
        self.0
    }

    fn parse(text: &str) -> Result<EncodingLabel, String> {
        let lower = text.trim().to_ascii_lowercase();
        let label = match lower.as_str() {
            "utf8-bom" | "utf-8-sig" | "utf-8-bom" => "utf-8",
            // GB 18030 holds everything GBK and GB 2312 hold, so one decoder reads all three.
            "cp936" | "gbk" | "gb2312" | "936" => "gb18030",
            "cp1252" | "ansi" => "windows-1252",
            "utf16" | "utf-16" => "utf-16le",
            other => other,
        };
        if let Some(encoding) = Encoding::for_label_no_replacement(label.as_bytes()) {
            return Ok(EncodingLabel(encoding));
        }
        Err(match contracts::text::nearest(&lower, SUGGESTED) {
            Some(nearest) => format!("unknown encoding `{text}`; did you mean `{nearest}`?"),
            None => format!(
                "unknown encoding `{text}`; write one of {}",
                SUGGESTED.join(", ")
            ),
        })
    }
}

impl fmt::Debug for EncodingLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncodingLabel({})", self.0.name())
    }
}

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetSelector {
    /// By its number among the visible sheets, 1 = leftmost tab.
    Number(u32),
    /// By its name, hidden or not.
    Name(String),
}

impl fmt::Display for SheetSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SheetSelector::Number(number) => write!(f, "{number}"),
            SheetSelector::Name(name) => write!(f, "{name}"),
        }
    }
}

/// Way from the root of a JSON document to a value: member names joined by dots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonPath(Vec<String>);

impl JsonPath {
    /// The member names, outermost first; never empty.
    pub fn members(&self) -> &[String] {
        &self.0
    }

    fn parse(text: &str) -> Result<JsonPath, String> {
        let members: Vec<String> = text
            .trim_start_matches("$.")
            .split('.')
            .map(|member| member.trim().to_owned())
            .collect();
        if members
            .iter()
            .any(|member| member.is_empty() || member.contains(['[', ']', '*']))
        {
            return Err(format!(
                "`{text}` is not a path; write member names joined by dots: `data.items`"
            ));
        }
        Ok(JsonPath(members))
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

impl<'de> Deserialize<'de> for SheetSelector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SheetVisitor;
        impl de::Visitor<'_> for SheetVisitor {
            type Value = SheetSelector;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a sheet, or its number starting at 1")
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<SheetSelector, E> {
                match u32::try_from(number) {
                    Ok(number) if number > 0 => Ok(SheetSelector::Number(number)),
                    _ => Err(E::custom(format!(
                        "sheet {number}: sheets are counted from 1"
                    ))),
                }
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<SheetSelector, E> {
                self.visit_u64(u64::try_from(number).unwrap_or(0))
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<SheetSelector, E> {
                Ok(SheetSelector::Name(name.to_owned()))
            }
        }
        deserializer.deserialize_any(SheetVisitor)
    }
}

impl JsonSchema for SheetSelector {
    fn schema_name() -> Cow<'static, str> {
        "SheetSelector".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "string" }, { "type": "integer", "minimum": 1 }] })
    }
}

/// Text that is checked by a `parse` of its own while a job is read.
macro_rules! checked_text {
    ($type:ident, $description:literal) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<'de, str>::deserialize(deserializer)?;
                $type::parse(&text).map_err(de::Error::custom)
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "description": $description })
            }
        }
    };
}

checked_text!(Delimiter, "One ASCII character, or `tab`.");
checked_text!(Quote, "One ASCII character, or `none`.");
checked_text!(
    EncodingLabel,
    "A label of the Encoding Standard: utf-8, gb18030, windows-1252, …"
);
checked_text!(JsonPath, "Member names joined by dots: `data.items`.");
