//! The warehouse: a lake of Delta tables on local disk or S3-compatible storage.
//!
//! Everything that touches Delta or object storage is here; every other crate asks this one.
//!
//! Begin with [`Warehouse::open`]. From there:
//!
//! - [`Warehouse::table`] gives a [`Table`]: [`Table::snapshot`] to read it, [`Table::write`] and
//!   [`Table::commit`] to change it;
//! - [`Warehouse::land`] keeps what arrived, unchanged ([`Landed`]);
//! - [`Warehouse::publications`] says which versions readers see; [`open_publication`] and
//!   [`open_latest`] give sessions in which those tables have their names;
//! - [`Warehouse::periods`] says which months are closed, and what was restated in them;
//! - [`maintain()`] keeps the whole small without breaking any of it.
//!
//! How a lake is laid out, and who else reads what, is in [`keys`].
//!
//! Not here on purpose: what rows mean (`contracts`), how they are decoded and checked (`ingest`),
//! what is computed from them (`models`, `transform`), when anything happens (`schedule`).

pub mod keys;
pub mod progress;

mod error;
mod format;
mod landing;
mod location;
mod maintain;
mod open;
mod partition;
mod period;
mod publication;
mod random;
mod session;
mod sink;
mod store;
mod table;
mod types;
mod warehouse;

pub use error::{Cause, WarehouseError};
pub use keys::{ObjectId, ObjectPrefix};
pub use landing::{Landed, LandedObject, LandedReader};
pub use location::LakeLocation;
pub use maintain::{MaintainOptions, MaintainReport, Removed, TableReport, maintain};
pub use open::{open_latest, open_publication, register};
pub use partition::PartitionValues;
pub use period::{Closing, Period, Periods, Restated, Restatement};
pub use publication::{
    AsOf, AuditOutcome, AuditSeverity, Publication, PublicationDraft, Publications, Restates,
};
pub use session::Settings;
pub use sink::{ColumnFault, WrittenFiles};
pub use table::{
    Change, CommitEntry, ConflictCause, DataFile, EvolutionFault, Removal, Snapshot, Table,
    TableHead, heads,
};
pub use warehouse::Warehouse;

/// What the operations of this crate give.
pub type Result<T, E = WarehouseError> = std::result::Result<T, E>;
