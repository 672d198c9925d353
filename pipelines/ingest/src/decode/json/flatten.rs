//! One record as names and texts.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Levels of objects inside objects that are followed; the parser itself stops at 128.
const MAX_DEPTH: usize = 64;

/// Why a record cannot be a row.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    NotAnObject(&'static str),
    DuplicateKey(String),
    NulByte(String),
    Invalid(String),
}

/// The names and values of one record; used again for the next.
#[derive(Debug, Default)]
pub(super) struct Flattened {
    /// All names and values, one behind the other.
    text: String,
    /// Where each name and each value lies.
    spans: Vec<(Span, Span)>,
}

type Span = (usize, usize);

impl Flattened {
    /// Reads a record; `key` becomes its first value.
    pub(super) fn read(&mut self, key: Option<&str>, json: &str) -> Result<(), Refusal> {
        self.text.clear();
        self.spans.clear();
        if let Some(key) = key {
            self.add("key", key);
        }
        match kind_of(json) {
            "an object" => self.read_members("", json, 0)?,
            // The members of an object may be plain values: { "2026-01-01": "元旦" }.
            _ if key.is_some() => self.add_value("value".to_owned(), json)?,
            found => return Err(Refusal::NotAnObject(found)),
        }
        match self.duplicate() {
            Some(name) => Err(Refusal::DuplicateKey(name)),
            None => Ok(()),
        }
    }

    /// Names and values in the order of the record; an empty value is NULL.
    pub(super) fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.spans
            .iter()
            .map(|(name, value)| (&self.text[name.0..name.1], &self.text[value.0..value.1]))
    }

    /// The value at a position of [`Flattened::values`].
    pub(super) fn value(&self, at: usize) -> &str {
        let (_, value) = self.spans[at];
        &self.text[value.0..value.1]
    }

    fn read_members(&mut self, prefix: &str, json: &str, depth: usize) -> Result<(), Refusal> {
        let Members(members) =
            serde_json::from_str(json).map_err(|error| Refusal::Invalid(error.to_string()))?;
        for (name, value) in members {
            let name = if prefix.is_empty() {
                name
            } else {
                format!("{prefix}.{name}")
            };
            match kind_of(value) {
                "an object" if depth < MAX_DEPTH && !is_empty_object(value) => {
                    self.read_members(&name, value, depth + 1)?;
                }
                _ => self.add_value(name, value)?,
            }
        }
        Ok(())
    }

    fn add_value(&mut self, name: String, json: &str) -> Result<(), Refusal> {
        match kind_of(json) {
            "a text" => {
                let text: String = serde_json::from_str(json)
                    .map_err(|error| Refusal::Invalid(error.to_string()))?;
                if text.contains('\0') {
                    return Err(Refusal::NulByte(name));
                }
                self.add(&name, &text);
            }
            "null" => self.add(&name, ""),
            _ if is_empty_object(json) => self.add(&name, ""),
            _ => self.add(&name, json.trim()),
        }
        Ok(())
    }

    fn add(&mut self, name: &str, value: &str) {
        let start = self.text.len();
        self.text.push_str(name);
        let middle = self.text.len();
        self.text.push_str(value);
        self.spans
            .push(((start, middle), (middle, self.text.len())));
    }

    fn duplicate(&self) -> Option<String> {
        let mut names: Vec<&str> = self.values().map(|(name, _)| name).collect();
        names.sort_unstable();
        names
            .windows(2)
            .find(|pair| pair[0] == pair[1])
            .map(|pair| pair[0].to_owned())
    }
}

fn is_empty_object(json: &str) -> bool {
    let inner = json
        .trim()
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    inner.is_some_and(|inner| inner.trim().is_empty())
}

/// What a JSON value is, by its first character.
pub(super) fn kind_of(json: &str) -> &'static str {
    match json.trim_start().as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a text",
        Some(b't' | b'f') => "a truth value",
        Some(b'n') => "null",
        Some(_) => "a number",
        None => "nothing",
    }
}

/// The members of an object with the text of their values, in order, repeated names and all.
struct Members<'a>(Vec<(String, &'a str)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
                    members.push((name, value.get()));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::{Flattened, Refusal};

    fn check(json: &str, expected: &[(&str, &str)]) {
        let mut flattened = Flattened::default();
        flattened.read(None, json).expect("a record");
        assert_eq!(flattened.values().collect::<Vec<_>>(), expected, "{json}");
    }

    #[test]
    fn numbers_keep_every_digit() {
        check(
            r#"{"a": 0.1000, "b": 12345678901234567890.123456789, "c": 1E+2, "d": -0}"#,
            &[
                ("a", "0.1000"),
                ("b", "12345678901234567890.123456789"),
                ("c", "1E+2"),
                ("d", "-0"),
            ],
        );
    }

    #[test]
    fn objects_are_flattened_and_arrays_stay_text() {
        check(
            r#"{"id": "x", "at": {"region": {"code": "420800"}, "none": {}}, "list": [1, {"b": 2}], "null": null, "yes": true}"#,
            &[
                ("id", "x"),
                ("at.region.code", "420800"),
                ("at.none", ""),
                ("list", r#"[1, {"b": 2}]"#),
                ("null", ""),
                ("yes", "true"),
            ],
        );
    }

    #[test]
    fn texts_are_unescaped() {
        check(
            r#"{"a\u00e9": "line\nbreak \u7535 \ud83d\ude00"}"#,
            &[("aé", "line\nbreak 电 😀")],
        );
    }

    #[test]
    fn members_of_an_object_become_key_and_value() {
        let mut flattened = Flattened::default();
        flattened
            .read(Some("2026-01-01"), r#""元旦""#)
            .expect("a record");
        assert_eq!(
            flattened.values().collect::<Vec<_>>(),
            [("key", "2026-01-01"), ("value", "元旦")]
        );
    }

    #[test]
    fn what_is_no_record_is_refused() {
        let mut flattened = Flattened::default();
        assert_eq!(
            flattened.read(None, "[1]"),
            Err(Refusal::NotAnObject("an array"))
        );
        assert_eq!(
            flattened.read(None, r#"{"a":1,"b":2,"a":3}"#),
            Err(Refusal::DuplicateKey("a".to_owned()))
        );
        assert_eq!(
            flattened.read(None, r#"{"a":{"b":1},"a.b":2}"#),
            Err(Refusal::DuplicateKey("a.b".to_owned()))
        );
        assert_eq!(
            flattened.read(None, r#"{"a":"x\u0000"}"#),
            Err(Refusal::NulByte("a".to_owned()))
        );
    }
}
