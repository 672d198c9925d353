//! Official vehicles: the fleet, its trips, its costs and its alarms.

pub mod cost;
pub mod fleet;
pub mod trip;

pub use cost::{CostClass, VehicleCost};
pub use fleet::{Fuel, UseClass, Vehicle, VehicleQuota};
pub use trip::{Alarm, AlarmKind, Trip};
