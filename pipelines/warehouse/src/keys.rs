//! The names of everything in a lake, one type a kind.
//!
//! ```text
//! format.json                                              the version of this layout
//! landing/<schema>/<table>/<yyyy-mm-dd>/<sha256>.<ext>.zst   what arrived, unchanged, compressed
//! landing/<schema>/<table>/incoming/<random>               arriving now; swept when old
//! tables/<schema>/<table>/                                 a Delta table and nothing else
//! publications/<00000012>.json                             which version of which table is shown
//! publications/pinned/<00000012>.json                      never to be retired
//! publications/retired/<00000012>.json                     no longer readable
//! periods/closed/<2024-12>.json                            a month whose numbers stay as they are
//! periods/restated/<00000012>.json                         what a publication changed in closed months
//! schedule/                                                what is due and who has it run; see `schedule`
//! operations/incidents/<16 digits>.json                    what is wrong and was told; see `operations`
//! ```
//!
//! `landing` and `publications` are read by this crate alone; a table directory is plain Delta and
//! is read by any engine that reads Delta.

use std::fmt;

use chrono::NaiveDate;
use contracts::TableId;
use object_store::path::Path;

use crate::error::WarehouseError;

/// `format.json`.
pub(crate) const FORMAT: &str = "format.json";
/// The folder of all tables.
pub(crate) const TABLES: &str = "tables";
/// The folder of all publications.
pub(crate) const PUBLICATIONS: &str = "publications";
/// The folder of closed months.
pub(crate) const CLOSED: &str = "periods/closed";
/// The folder of restatements.
pub(crate) const RESTATED: &str = "periods/restated";

/// The directory of a Delta table: `tables/<schema>/<table>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableKey(Path);

impl TableKey {
    /// The directory of the table `id`.
    pub fn new(id: &TableId) -> Self {
        Self(Path::from_iter([TABLES, id.schema(), id.table()]))
    }

    /// As a path in the lake's store.
    pub fn as_path(&self) -> &Path {
        &self.0
    }
}

/// The SHA-256 of a landed object's bytes before compression, in 64 lower-case hexadecimal digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(String);

impl ObjectId {
    /// The id that `digest` is.
    pub(crate) fn from_digest(digest: &[u8]) -> Self {
        Self(hex::encode(digest))
    }

    /// All 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 16 digits that rows carry in `_object`.
    pub fn prefix(&self) -> ObjectPrefix {
        ObjectPrefix(self.0[..ObjectPrefix::DIGITS].to_owned())
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ObjectId({})", self.0)
    }
}

/// The first 16 digits of an [`ObjectId`], as rows carry them in `_object`.
///
/// With a million landed objects the chance that any two share a prefix is below 1 in 10⁷.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectPrefix(String);

impl ObjectPrefix {
    const DIGITS: usize = 16;

    /// Takes 16 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`WarehouseError::ObjectPrefix`] for any other text.
    pub fn parse(text: &str) -> Result<Self, WarehouseError> {
        if is_lower_hex(text, Self::DIGITS) {
            return Ok(Self(text.to_owned()));
        }
        Err(WarehouseError::ObjectPrefix {
            text: text.to_owned(),
        })
    }

    /// The 16 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ObjectPrefix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Where a landed object is: `landing/<schema>/<table>/<yyyy-mm-dd>/<sha256>.<ext>.zst`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LandingKey {
    path: Path,
    day: NaiveDate,
    object: ObjectId,
    extension: String,
}

impl LandingKey {
    /// The key of the object landed for `table` on `day`. `extension` tells the decoder the format
    /// (`csv`, `xlsx`) and stands without a dot.
    pub fn new(table: &TableId, day: NaiveDate, object: ObjectId, extension: &str) -> Self {
        let name = format!("{object}.{extension}.zst");
        let day_text = day.to_string();
        Self {
            path: Self::folder(table).join(day_text.as_str()).join(name),
            day,
            object,
            extension: extension.to_owned(),
        }
    }

    /// Reads a key back from its path; `None` for anything else that lies in the folder.
    pub(crate) fn parse(table: &TableId, path: &Path) -> Option<Self> {
        let mut parts = path.prefix_match(&Self::folder(table))?;
        let (day, name) = (parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let day = day.as_ref().parse().ok()?;
        let (object, extension) = name.as_ref().strip_suffix(".zst")?.split_once('.')?;
        if !is_lower_hex(object, 64) {
            return None;
        }
        let object = ObjectId(object.to_owned());
        Some(Self::new(table, day, object, extension))
    }

    /// The folder of everything landed for `table`.
    pub(crate) fn folder(table: &TableId) -> Path {
        Path::from_iter(["landing", table.schema(), table.table()])
    }

    /// The folder of what is arriving for `table` and is not evidence yet.
    pub(crate) fn incoming(table: &TableId) -> Path {
        Self::folder(table).join("incoming")
    }

    /// As a path in the lake's store.
    pub fn as_path(&self) -> &Path {
        &self.path
    }

    /// The day the object landed, in the city's time.
    pub fn day(&self) -> NaiveDate {
        self.day
    }

    /// The hash of the object's bytes.
    pub fn object(&self) -> &ObjectId {
        &self.object
    }

    /// The format's extension, without the dot and without `.zst`.
    pub fn extension(&self) -> &str {
        &self.extension
    }
}

impl fmt::Display for LandingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.path, formatter)
    }
}

/// Where a publication is: `publications/<00000012>.json`; eight digits, so that names sort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicationKey(Path);

impl PublicationKey {
    /// The key of the publication `number`.
    pub fn new(number: u64) -> Self {
        Self(Path::from_iter([PUBLICATIONS, &Self::name(number)]))
    }

    /// The key of the mark `mark` (`pinned`, `retired`) on the publication `number`.
    pub(crate) fn mark(number: u64, mark: &str) -> Self {
        Self(Path::from_iter([PUBLICATIONS, mark, &Self::name(number)]))
    }

    /// The number of the publication or mark at `path`; `None` for anything else.
    pub(crate) fn number(path: &Path) -> Option<u64> {
        let digits = path.filename()?.strip_suffix(".json")?;
        digits
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then_some(())?;
        digits.parse().ok()
    }

    fn name(number: u64) -> String {
        format!("{number:08}.json")
    }

    /// As a path in the lake's store.
    pub fn as_path(&self) -> &Path {
        &self.0
    }
}

fn is_lower_hex(text: &str, digits: usize) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == digits && text.bytes().all(is_digit)
}
