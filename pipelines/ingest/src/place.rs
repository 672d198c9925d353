//! Places: which file, sheet and row a row came from.
//!
//! On its way through a run a row carries two numbers, an origin and a row of the file. An origin
//! stands for a file and a sheet (and a cell, after `unpivot`), so that the names are kept once and
//! not with every row; they are written out when the row is.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use arrow::array::StringArray;
use serde::Serialize;

/// What an origin stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    /// Index of the file among those of the run.
    pub file: u32,
    /// Counts files and sheets in the order they are read: rows of a section ascend.
    pub section: u32,
    /// The sheet, in workbooks.
    pub sheet: Option<Arc<str>>,
    /// The column of the file that became this row, after `unpivot`.
    pub cell: Option<Arc<str>>,
}

/// One file of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RunFile {
    /// Its name as people know it.
    pub name: Arc<str>,
    /// First 16 hex digits of its SHA-256; empty until it has landed.
    pub object: Arc<str>,
}

/// All files and origins of a run. Origins are numbered in reading order, so that a larger number
/// is a later file, or a later sheet of the same.
#[derive(Debug, Default)]
pub(crate) struct Origins {
    inner: RwLock<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    files: Vec<RunFile>,
    origins: Vec<Origin>,
    numbers: HashMap<Origin, u32>,
    sections: u32,
}

/// Where a row stands, for people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RowPlace {
    /// The file.
    pub file: String,
    /// The sheet, in workbooks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The 1-based row of the file, header included.
    pub row: i64,
}

impl Origins {
    /// Adds a file after those before; answers its index.
    pub(crate) fn add_file(&self, name: &str, object: &str) -> u32 {
        let mut inner = self.write();
        inner.files.push(RunFile {
            name: Arc::from(name),
            object: Arc::from(object),
        });
        index(inner.files.len() - 1)
    }

    /// Begins the next section of `file`: a sheet, or the file itself.
    pub(crate) fn add_section(&self) -> u32 {
        let mut inner = self.write();
        inner.sections += 1;
        inner.sections - 1
    }

    /// The number of an origin; one that is new comes after those before.
    pub(crate) fn number(&self, origin: Origin) -> u32 {
        if let Some(number) = self.read().numbers.get(&origin) {
            return *number;
        }
        let mut inner = self.write();
        let number = index(inner.origins.len());
        inner.origins.push(origin.clone());
        inner.numbers.insert(origin, number);
        number
    }

    /// The origin with this number.
    pub(crate) fn get(&self, origin: u32) -> Origin {
        self.read().origins[origin as usize].clone()
    }

    /// The file of an origin.
    pub(crate) fn file_of(&self, origin: u32) -> u32 {
        self.read().origins[origin as usize].file
    }

    /// The file with this index.
    pub(crate) fn file(&self, file: u32) -> RunFile {
        self.read().files[file as usize].clone()
    }

    /// Where a row stands.
    pub(crate) fn place(&self, origin: u32, row: i64) -> RowPlace {
        let inner = self.read();
        let origin = &inner.origins[origin as usize];
        RowPlace {
            file: inner.files[origin.file as usize].name.to_string(),
            sheet: origin.sheet.as_ref().map(ToString::to_string),
            row,
        }
    }

    /// For each origin its object and its sheet, to be taken by origin.
    pub(crate) fn columns(&self) -> (StringArray, StringArray) {
        let inner = self.read();
        let objects = inner
            .origins
            .iter()
            .map(|origin| Some(&*inner.files[origin.file as usize].object));
        let sheets = inner.origins.iter().map(|origin| origin.sheet.as_deref());
        (objects.collect(), sheets.collect())
    }

    /// For each origin its file.
    pub(crate) fn files_by_origin(&self) -> Vec<u32> {
        self.read()
            .origins
            .iter()
            .map(|origin| origin.file)
            .collect()
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Inner> {
        self.inner
            .read()
            .expect("no thread fails while it holds this lock")
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Inner> {
        self.inner
            .write()
            .expect("no thread fails while it holds this lock")
    }
}

impl std::fmt::Display for RowPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.sheet {
            Some(sheet) => write!(f, "`{}`, sheet `{sheet}`, row {}", self.file, self.row),
            None => write!(f, "`{}`, row {}", self.file, self.row),
        }
    }
}

fn index(position: usize) -> u32 {
    u32::try_from(position).expect("a run has fewer than four thousand million origins")
}
