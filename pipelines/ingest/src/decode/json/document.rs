//! One JSON document: the way to its array, and the array's elements one by one.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Read};
use std::rc::Rc;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::flatten::kind_of;
use super::{Element, Shape, Take};
use crate::decode::error::DecodeError;
use crate::decode::input::read_failed;
use crate::decode::worker::Flow;

/// Gives every element of the document's array to `take`.
pub(super) fn for_each(
    file: &str,
    mut reader: impl Read,
    shape: &Shape,
    take: &mut Take<'_>,
) -> Result<(), DecodeError> {
    let budget = Budget::default();
    let start = skip_mark(&mut reader).map_err(|error| read_failed(file, 0, error))?;
    let bounded = Bounded {
        inner: start.as_slice().chain(reader),
        budget: budget.clone(),
    };
    let mut walk = Walk {
        file,
        shape,
        take,
        budget,
        row: 0,
        end: None,
    };
    let mut deserializer = serde_json::Deserializer::from_reader(bounded);
    let members = shape.path.as_ref().map_or(&[][..], |path| path.members());
    let result = At {
        walk: &mut walk,
        members,
        is_root: true,
    }
    .deserialize(&mut deserializer)
    .and_then(|()| deserializer.end());
    if let Some(end) = walk.end {
        return end;
    }
    let Err(error) = result else { return Ok(()) };
    if walk.budget.is_spent() {
        return Err(DecodeError::ElementTooLong {
            file: file.to_owned(),
            row: walk.row + 1,
            bound: shape.max_row,
        });
    }
    match error.io_error_kind() {
        Some(_) => Err(read_failed(file, 0, error.into())),
        None => Err(DecodeError::Json {
            file: file.to_owned(),
            line: error.line(),
            column: error.column(),
            source: error,
        }),
    }
}

/// The first bytes without a byte order mark.
fn skip_mark(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut first = Vec::new();
    reader.by_ref().take(3).read_to_end(&mut first)?;
    if first == b"\xef\xbb\xbf" {
        first.clear();
    }
    Ok(first)
}

/// What the walk through the document shares between its steps.
struct Walk<'a, 'take> {
    file: &'a str,
    shape: &'a Shape,
    take: &'a mut Take<'take>,
    budget: Budget,
    row: u64,
    /// Set when the walk ends before the document does.
    end: Option<Result<(), DecodeError>>,
}

impl Walk<'_, '_> {
    /// Gives one element out; an error ends the parser's walk.
    fn give<E: serde::de::Error>(&mut self, key: Option<&str>, json: &RawValue) -> Result<(), E> {
        self.row += 1;
        let element = Element {
            row: self.row,
            key,
            text: Ok(json.get()),
        };
        let end = match (self.take)(element) {
            Ok(Flow::GoOn) => return Ok(()),
            Ok(Flow::Stop) => Ok(()),
            Err(error) => Err(error),
        };
        self.stop(end)
    }

    fn stop<E: serde::de::Error>(&mut self, end: Result<(), DecodeError>) -> Result<(), E> {
        self.end = Some(end);
        Err(E::custom("the walk through the document ends here"))
    }

    /// The place at the end of the path, for messages.
    fn place(&self) -> String {
        match &self.shape.path {
            None => "the document".to_owned(),
            Some(path) => format!("`{path}`"),
        }
    }

    /// The error for a value at the end of the path that holds no records.
    fn not_records<E: serde::de::Error>(
        &mut self,
        found: &str,
        arrays: Vec<String>,
    ) -> Result<(), E> {
        let place = self.place();
        let error = DecodeError::NotAnArray {
            file: self.file.to_owned(),
            place,
            found: found.to_owned(),
            arrays,
        };
        self.stop(Err(error))
    }

    fn no_path<E: serde::de::Error>(&mut self, found: String) -> Result<(), E> {
        match self.shape.path.clone() {
            Some(path) => self.stop(Err(DecodeError::NoJsonPath {
                file: self.file.to_owned(),
                path,
                found,
            })),
            None => self.not_records(&found, Vec::new()),
        }
    }
}

/// A place on the way to the array: `members` are still to be followed.
struct At<'w, 'a, 'take> {
    walk: &'w mut Walk<'a, 'take>,
    members: &'a [String],
    is_root: bool,
}

impl<'de> DeserializeSeed<'de> for At<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for At<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        if let Some(member) = self.members.first() {
            return self
                .walk
                .no_path(format!("what should hold `{member}` is an array"));
        }
        if self.walk.shape.entries {
            let (file, place) = (self.walk.file.to_owned(), self.walk.place());
            return self
                .walk
                .stop(Err(DecodeError::NotAnObject { file, place }));
        }
        loop {
            self.walk.budget.renew(self.walk.shape.max_row.as_bytes());
            let Some(element) = array.next_element::<Box<RawValue>>()? else {
                break;
            };
            self.walk.give(None, &element)?;
        }
        self.walk.budget.lift();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        match self.members.split_first() {
            Some((member, rest)) => self.follow(object, member, rest),
            None if self.walk.shape.entries => {
                loop {
                    self.walk.budget.renew(self.walk.shape.max_row.as_bytes());
                    let Some((key, element)) = object.next_entry::<String, Box<RawValue>>()? else {
                        break;
                    };
                    self.walk.give(Some(&key), &element)?;
                }
                self.walk.budget.lift();
                Ok(())
            }
            None => {
                let prefix = match &self.walk.shape.path {
                    Some(path) => format!("{path}."),
                    None => String::new(),
                };
                let mut arrays = Vec::new();
                while let Some(name) = object.next_key::<String>()? {
                    if object.next_value_seed(IsArray)? {
                        arrays.push(format!("{prefix}{name}"));
                    }
                }
                self.walk.not_records("an object", arrays)
            }
        }
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.scalar(kind_of(&format!("\"{text}\"")))
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<(), E> {
        self.scalar("a truth value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.scalar("null")
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
        self.scalar("a number")
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
        self.scalar("a number")
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        self.scalar("a number")
    }
}

impl<'a> At<'_, 'a, '_> {
    /// Goes into one member of an object and passes over the others.
    fn follow<'de, A: MapAccess<'de>>(
        self,
        mut object: A,
        member: &str,
        rest: &'a [String],
    ) -> Result<(), A::Error> {
        let mut names = Vec::new();
        let mut is_found = false;
        while let Some(name) = object.next_key::<String>()? {
            if name == member && !is_found {
                is_found = true;
                object.next_value_seed(At {
                    walk: self.walk,
                    members: rest,
                    is_root: false,
                })?;
            } else {
                object.next_value::<IgnoredAny>()?;
                names.push(name);
            }
        }
        if is_found {
            return Ok(());
        }
        let whole = if self.is_root {
            "the document"
        } else {
            "that object"
        };
        let names = names
            .iter()
            .take(8)
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ");
        self.walk
            .no_path(format!("no `{member}` in {whole}, which holds {names}"))
    }

    fn scalar<E: serde::de::Error>(self, found: &str) -> Result<(), E> {
        match self.members.first() {
            Some(member) => self
                .walk
                .no_path(format!("what should hold `{member}` is {found}")),
            None => self.walk.not_records(found, Vec::new()),
        }
    }
}

/// Whether a value is an array.
struct IsArray;

impl<'de> DeserializeSeed<'de> for IsArray {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(IsArray)
    }
}

impl<'de> Visitor<'de> for IsArray {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<bool, A::Error> {
        while array.next_element::<IgnoredAny>()?.is_some() {}
        Ok(true)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<bool, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(false)
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }
}

/// Bytes that may still be read before an element is too long; without bound outside of the array.
#[derive(Debug, Clone, Default)]
struct Budget(Rc<Cell<Option<u64>>>);

impl Budget {
    fn renew(&self, bytes: u64) {
        self.0.set(Some(bytes));
    }

    fn lift(&self) {
        self.0.set(None);
    }

    fn is_spent(&self) -> bool {
        self.0.get() == Some(0)
    }
}

/// A reader that fails when the budget is spent.
struct Bounded<R> {
    inner: R,
    budget: Budget,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        if let Some(left) = self.budget.0.get() {
            let left = left.saturating_sub(count as u64);
            self.budget.0.set(Some(left));
            if left == 0 && count > 0 {
                return Err(io::Error::other("the element is too long"));
            }
        }
        Ok(count)
    }
}
