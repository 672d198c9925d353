//! How long work tells whoever started it where it is.
//!
//! The command line draws bars, a service writes lines, tests stay silent; the work itself knows
//! only this trait.

/// Told of the steps of a long piece of work and of what passed through it.
///
/// Calls may come from several threads. None of them may block: the work waits for them.
pub trait Progress: Send + Sync {
    /// A new step begins; the one before it is over. `name` is a short phrase for people.
    fn step(&self, name: &str);
    /// So many more rows and bytes went through the present step.
    fn advance(&self, rows: u64, bytes: u64);
    /// Everything is over.
    fn done(&self);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn step(&self, _name: &str) {}
    fn advance(&self, _rows: u64, _bytes: u64) {}
    fn done(&self) {}
}
