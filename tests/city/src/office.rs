//! Office space: compounds, buildings, floors, rooms, who sits in them, and what happens to them.

pub mod building;
pub mod estate;
pub mod room;

pub use building::{Building, Compound, Floor, Registration};
pub use estate::{Disposal, Inspection, Lease, Repair};
pub use room::{Function, Occupancy, Rank, Room, RoomStatus};
