//! Only files that are new or have changed since the last pull.
//!
//! The cursor names each file with its stamp: the ETag an object store gives it, or its size and the
//! moment it was last written. A file that was written only just now may still be growing; it is left to
//! the next pull.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::client::Found;
use crate::pull::Cursor;
use crate::{Pull, Wait};

/// Marks in a pull at most, besides the last: each holds the names of all files.
const MARKS: usize = 20;

/// What a cursor of files holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    /// The job's way to read, hashed.
    reads: String,
    /// Stamps by name.
    files: BTreeMap<String, String>,
}

/// What is to be read, and how that is remembered.
#[derive(Debug)]
pub(super) struct Changes {
    /// Files that are new or have changed, with the mark behind each that has one.
    pub(super) files: Vec<(Found, Option<Cursor>)>,
    /// Where the next pull goes on when no file is to be read; none when nothing is different.
    pub(super) mark: Option<Cursor>,
    /// What people should know.
    pub(super) notes: Vec<String>,
}

/// Chooses among what was found.
pub(super) fn since(found: Vec<Found>, settle: Wait, pull: &Pull) -> Changes {
    let mut notes = Vec::new();
    let known = pull.since.as_ref().and_then(Cursor::state::<State>);
    let known = match known {
        Some(state) if state.reads == pull.fingerprint => state,
        other => {
            if other.is_some() {
                let note =
                    "the job reads differently than at its last pull: every file is read again";
                notes.push(note.to_owned());
            }
            State {
                reads: pull.fingerprint.clone(),
                files: BTreeMap::new(),
            }
        }
    };
    let mut state = State {
        reads: known.reads.clone(),
        files: BTreeMap::new(),
    };
    let mut wanted = Vec::new();
    for file in found {
        let stamp = file.stamp();
        let is_known = known.files.get(&file.name) == Some(&stamp);
        if is_known {
            state.files.insert(file.name.clone(), stamp);
        } else if let Some(age) = unsettled(&file, settle, pull.now) {
            notes.push(format!(
                "`{}` was written {age} s ago and may not be complete; it is left to the next pull",
                file.name
            ));
            // As it was before: the next pull finds it changed.
            if let Some(before) = known.files.get(&file.name) {
                state.files.insert(file.name.clone(), before.clone());
            }
        } else {
            wanted.push((file, stamp));
        }
    }
    let mark = (wanted.is_empty() && state != known).then(|| Cursor::of(&state));
    let (count, step) = (wanted.len(), wanted.len().div_ceil(MARKS).max(1));
    let files = wanted
        .into_iter()
        .enumerate()
        .map(|(index, (file, stamp))| {
            state.files.insert(file.name.clone(), stamp);
            let is_marked = (index + 1) % step == 0 || index + 1 == count;
            (file, is_marked.then(|| Cursor::of(&state)))
        });
    Changes {
        files: files.collect(),
        mark,
        notes,
    }
}

/// How many seconds ago a file was written, when that is too few.
fn unsettled(file: &Found, settle: Wait, now: DateTime<Utc>) -> Option<i64> {
    let age = now - file.modified_at?;
    // A clock that runs behind that of the file's disk must not hold the file back for ever.
    let is_past = age.num_seconds() >= 0;
    (is_past && age < settle.delta()).then(|| age.num_seconds())
}

impl Found {
    /// What differs when the content does.
    fn stamp(&self) -> String {
        match (&self.etag, self.modified_at) {
            (Some(etag), _) => etag.clone(),
            (None, Some(moment)) => format!("{}@{}", self.size_bytes, moment.timestamp_micros()),
            (None, None) => format!("{}@", self.size_bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::PageBytes;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_509_000 + seconds, 0).expect("a moment")
    }

    fn file(name: &str, written: i64) -> Found {
        Found {
            name: name.to_owned(),
            bytes: PageBytes::Path(name.into()),
            size_bytes: 1,
            modified_at: Some(at(written)),
            etag: None,
        }
    }

    fn pull(files: Vec<Found>, last: Option<Cursor>) -> Changes {
        let pull = Pull {
            since: last,
            ..Pull::anew(at(100))
        };
        since(files, Wait::seconds(30), &pull)
    }

    fn names(changes: &Changes) -> Vec<&str> {
        changes
            .files
            .iter()
            .map(|(file, _)| file.name.as_str())
            .collect()
    }

    #[test]
    fn a_file_is_read_once_and_again_when_it_changed() {
        let first = pull(vec![file("a", 0), file("b", 1), file("c", 95)], None);
        assert_eq!(names(&first), ["a", "b"]);
        assert_eq!(
            first.notes,
            ["`c` was written 5 s ago and may not be complete; it is left to the next pull"]
        );
        let mark = first.files[1].1.clone();
        let second = pull(vec![file("a", 0), file("b", 2), file("c", 60)], mark);
        assert_eq!(names(&second), ["b", "c"]);
        let mark = second.files[1].1.clone();
        let third = pull(
            vec![file("a", 0), file("b", 2), file("c", 60)],
            mark.clone(),
        );
        assert!(third.files.is_empty() && third.mark.is_none(), "{third:?}");
        // One that has gone is forgotten.
        let fourth = pull(vec![file("a", 0), file("c", 60)], mark);
        assert!(fourth.files.is_empty() && fourth.mark.is_some());
    }

    #[test]
    fn an_object_is_known_by_its_etag() {
        let object = |etag: &str, written| Found {
            etag: Some(etag.to_owned()),
            ..file("a", written)
        };
        let first = pull(vec![object("x", 0)], None);
        let mark = first.files[0].1.clone();
        // Written anew with the same content.
        assert!(pull(vec![object("x", 50)], mark.clone()).files.is_empty());
        assert_eq!(names(&pull(vec![object("y", 0)], mark)), ["a"]);
    }
}
