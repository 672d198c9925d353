//! Where chance comes from: one stream a kind of object, and within it one stream an object.
//!
//! Adding a kind, or more objects of one kind, leaves every other object as it was. All draws are
//! integers, so a city is the same on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The kinds that draw. A number once given is never given to another kind.
#[derive(Debug, Clone, Copy)]
#[repr(u16)]
pub(crate) enum Kind {
    Organization = 1,
    Headcount = 2,
    Compound = 3,
    Building = 4,
    Room = 5,
    Estate = 7,
    Vehicle = 8,
    VehicleMonth = 9,
    Alarm = 10,
    Energy = 11,
    Account = 12,
    Meter = 13,
    Reading = 14,
    Project = 15,
    Weather = 16,
    Expense = 17,
    Budget = 18,
    Asset = 19,
    Service = 20,
    Task = 21,
    Fault = 22,
    Bench = 23,
}

/// A source of chance for one object.
pub(crate) struct Draw(ChaCha8Rng);

impl Draw {
    /// The stream of the `index`-th object of a kind.
    pub(crate) fn new(seed: u64, kind: Kind, index: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(((kind as u64) << 48) | index);
        Self(generator)
    }

    /// A whole number from 0 up to, not including, `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        // Multiply-shift: its bias is below 2^-40 for the bounds used here.
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// A whole number between two, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).unsigned_abs()) as i64
    }

    /// True `permille` times in a thousand.
    pub(crate) fn chance(&mut self, permille: u64) -> bool {
        self.below(1000) < permille
    }

    /// One of several.
    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len() as u64) as usize]
    }

    /// The place of one of several weights, as often as its weight says.
    pub(crate) fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (place, weight) in weights.iter().enumerate() {
            if left < *weight {
                return place;
            }
            left -= weight;
        }
        weights.len() - 1
    }

    /// A factor around 1000 permille, at most `permille` away; the middle is likelier than the ends.
    pub(crate) fn around(&mut self, permille: i64) -> i64 {
        1000 + (self.between(-permille, permille) + self.between(-permille, permille)) / 2
    }
}
