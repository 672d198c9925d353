//! Rows that the next pull will meet again.
//!
//! A pull begins before the newest change seen, and rows without a place in the order come every time. The
//! cursor holds hashes of the last rows a pull gave, and the next one leaves out those that are the same:
//! else a row that breaks a rule would be set aside anew by every pull that meets it. How many are held is
//! bounded; a row whose hash is not held comes again, which costs time and nothing else.

use std::collections::{HashSet, VecDeque};

use sha2::{Digest as _, Sha256};

use super::config::Changes;
use super::state::{Point, before};

/// Hashes that are held; each takes 35 bytes of a cursor.
const HELD: usize = 1_500;

/// The same for rows that have no place in the order of changes.
const HELD_PLACELESS: usize = 300;

/// Half a SHA-256: two different rows have the same one as often as nothing happens by chance.
type Hash = [u8; 16];

/// The rows of the last pull, and those of this one.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    known: HashSet<Hash>,
    /// Those without a place in the order of changes.
    placeless: Vec<Hash>,
    /// In the order of changes.
    held: VecDeque<(Point, Hash)>,
}

impl Seen {
    /// What the last pull has held.
    pub(crate) fn new(held: &[String]) -> Seen {
        Seen {
            known: held.iter().filter_map(|text| read(text)).collect(),
            ..Seen::default()
        }
    }

    /// Notes a row; whether the last pull gave the same one. `at` is the newest change of this pull.
    pub(crate) fn note(
        &mut self,
        line: &[u8],
        point: Option<Point>,
        at: Option<Point>,
        since: &Changes,
    ) -> bool {
        let digest = Sha256::digest(line);
        let mut hash = Hash::default();
        hash.copy_from_slice(&digest[..16]);
        match point {
            Some(point) => self.held.push_back((point, hash)),
            None if self.placeless.len() < HELD_PLACELESS => self.placeless.push(hash),
            None => {}
        }
        let from = at.map(|at| before(at, since));
        let is_passed = |(first, _): &(Point, Hash)| from.is_some_and(|from| *first < from);
        // The next pull does not meet these.
        while self.held.front().is_some_and(is_passed) || self.held.len() > HELD {
            self.held.pop_front();
        }
        self.known.contains(&hash)
    }

    /// The hashes to be held.
    pub(crate) fn held(&self) -> Vec<String> {
        let held = self.held.iter().map(|(_, hash)| hash);
        let hashes = self.placeless.iter().chain(held).map(|hash| {
            let digits = hash.iter().map(|byte| format!("{byte:02x}"));
            digits.collect()
        });
        hashes.collect()
    }
}

fn read(text: &str) -> Option<Hash> {
    let mut hash = Hash::default();
    if text.len() != 2 * hash.len() || !text.is_ascii() {
        return None;
    }
    for (index, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::super::state::Id;
    use super::*;

    fn at(id: i128) -> Option<Point> {
        Some(Point {
            time: None,
            id: Some(Id(id)),
        })
    }

    #[test]
    fn a_row_is_known_as_long_as_it_is_the_same_and_may_be_met_again() {
        let since = Changes {
            overlap_ids: Some(1),
            ..Changes::by(None, Some("id"))
        };
        let mut first = Seen::default();
        assert!(!first.note(b"nowhere", None, None, &since));
        for id in 1..=4 {
            assert!(!first.note(format!("row {id}").as_bytes(), at(id), at(id), &since));
        }
        let mut second = Seen::new(&first.held());
        assert!(second.note(b"nowhere", None, None, &since));
        assert!(second.note(b"row 3", at(3), at(3), &since));
        assert!(!second.note(b"row 4, changed", at(4), at(4), &since));
        assert!(!second.note(b"row 5", at(5), at(5), &since));
        let mut many = Seen::default();
        for id in 0..10_000 {
            many.note(format!("{id}").as_bytes(), at(9), at(9), &since);
        }
        assert_eq!(many.held().len(), HELD);
    }
}
