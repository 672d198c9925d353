//! Declared files: YAML text to a Rust type, with every fault at its line.
//!
//! Contracts, jobs, metrics and boards are all read by [`read`]. The type's derived JSON Schema is the
//! one description of what a file may hold: it is what editors complete from and what is checked here,
//! so the two cannot differ. A key that is not in it is refused with the nearest right key, because a
//! misspelt rule is a rule that never runs.
//!
//! A file type derives `Deserialize` and `JsonSchema` and says `#[schemars(deny_unknown_fields)]`
//! (not serde's attribute of that name, which would stop at the first fault). Fields whose place
//! matters later are [`At`] fields.
//!
//! # Example
//! ```
//! use contracts::yaml::{self, At};
//!
//! #[derive(serde::Deserialize, schemars::JsonSchema)]
//! #[schemars(deny_unknown_fields)]
//! struct Job {
//!     job: At<String>,
//!     table: String,
//! }
//!
//! let read = yaml::read::<Job>("jobs/a.yaml", "job: a\ntabel: energy.monthly\n");
//! let faults: Vec<String> = read.faults.iter().map(ToString::to_string).collect();
//! assert_eq!(faults, [
//!     "key `table` is missing at jobs/a.yaml:1",
//!     "unknown key `tabel` at jobs/a.yaml:2",
//! ]);
//! assert_eq!(read.faults[1].hint(), Some("write `table`".to_owned()));
//! ```

mod at;
mod fault;
mod shape;
mod tree;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

pub use at::{At, NumberText, Scalar};
pub use fault::YamlFault;
pub(crate) use fault::write_one_of;

use crate::place::Place;

/// What was read from a file: the value when there is one, and everything wrong with the file.
///
/// A value beside faults is possible (an unknown key does not hide the rest), so that a caller can
/// also check what the value means and report all faults together.
#[derive(Debug)]
pub struct Read<T> {
    /// The value, if the text had the shape of one.
    pub value: Option<T>,
    /// Every fault, in the order of the file.
    pub faults: Vec<YamlFault>,
}

/// Reads `text`, which stands in `file`, as a `T`.
pub fn read<T: DeserializeOwned + JsonSchema>(file: &str, text: &str) -> Read<T> {
    let file: Arc<str> = Arc::from(file);
    let tree = match tree::parse(text) {
        Ok(tree) => tree,
        Err(source) => {
            return Read {
                value: None,
                faults: vec![fault::syntax(&file, &source)],
            };
        }
    };
    let schema = schemars::schema_for!(T).to_value();
    let mut faults = shape::check(&tree, &schema, &file);
    let value = match serde_saphyr::from_str_with_options::<T>(text, tree::options_for_values()) {
        Ok(value) => Some(value),
        Err(source) => {
            // What serde refuses the shape check has named already, and better; what only serde sees
            // (a type with its own reader) is reported as it says it.
            if faults.is_empty() {
                faults.push(fault::unreadable(&file, &source));
            }
            None
        }
    };
    faults.sort_by_key(|fault| fault.place().line);
    Read { value, faults }
}

/// The place of `at` in `file`.
pub fn place_of<T>(file: &Arc<str>, at: &At<T>) -> Place {
    Place {
        file: Arc::clone(file),
        line: at.line,
    }
}
