//! Boards: declared pages. [`parse`] reads them with all faults; `resolve` turns a request's
//! parameters into values; `panel` answers the questions.

pub(crate) mod check;
pub(crate) mod file;
pub(crate) mod resolve;

use std::collections::BTreeMap;

use contracts::yaml::{self, YamlFault};
use contracts::{Contracts, Fault, Place, Retry};
use models::metric::Metrics;
use sha2::{Digest, Sha256};

pub(crate) use file::{BoardFile, PanelFile};

/// The boards of a deployment, by name.
#[derive(Default)]
pub struct Boards {
    boards: BTreeMap<String, BoardFile>,
    hash: Sha256,
}

/// Why a board was refused.
#[derive(Debug, thiserror::Error)]
pub enum BoardError {
    /// The file is not of a board's form.
    #[error(transparent)]
    Form(#[from] YamlFault),
    /// Two boards or panels have one name.
    #[error("`{name}` at {at} is there twice")]
    Twice {
        /// The name.
        name: String,
        /// The second place.
        at: Place,
    },
    /// Something the board speaks of does not exist.
    #[error("{kind} `{name}` at {at} does not exist")]
    Unknown {
        /// What it would be: `mart`, `column`, `metric`, `parameter`, `measure`.
        kind: &'static str,
        /// The word.
        name: String,
        /// Where it stands.
        at: Place,
        /// The nearest word that does exist.
        nearest: Option<String>,
    },
    /// A measure, note or parameter says too little or too much.
    #[error("`{name}` at {at} {fault}")]
    Shape {
        /// The measure, note or parameter.
        name: String,
        /// Where it stands.
        at: Place,
        /// What is wrong.
        fault: &'static str,
    },
}

impl BoardError {
    /// How to mend it.
    pub fn hint(&self) -> Option<String> {
        match self {
            BoardError::Form(fault) => fault.hint(),
            BoardError::Twice { .. } => Some("give one of them another name".to_owned()),
            BoardError::Unknown { nearest, .. } => {
                nearest.as_ref().map(|word| format!("write `{word}`"))
            }
            BoardError::Shape { .. } => {
                Some("the header of dashboard/boards/overview.yaml tells the language".to_owned())
            }
        }
    }

    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        Fault::User
    }

    /// Whether trying again can help.
    pub fn retry(&self) -> Retry {
        Retry::Never
    }
}

/// Parses the (path, text) pairs of `dashboard/boards`.
///
/// # Errors
/// Every fault found, in the order of files.
pub fn parse(
    files: impl IntoIterator<Item = (String, String)>,
    contracts: &Contracts,
    metrics: &Metrics,
) -> Result<Boards, Vec<BoardError>> {
    let mut boards = Boards::default();
    let mut faults = Vec::new();
    for (path, text) in files {
        boards.hash.update(&text);
        let read = yaml::read::<BoardFile>(&path, &text);
        faults.extend(read.faults.into_iter().map(BoardError::Form));
        let Some(board) = read.value else { continue };
        faults.extend(check::faults(&board, &path, contracts, metrics));
        let name = board.board.value.clone();
        let at = Place::new(path.as_str(), board.board.line);
        if boards.boards.insert(name.clone(), board).is_some() {
            faults.push(BoardError::Twice { name, at });
        }
    }
    if faults.is_empty() {
        Ok(boards)
    } else {
        Err(faults)
    }
}

/// The JSON Schema of a board file, for editors.
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(BoardFile).to_value()
}

impl Boards {
    /// The names of all boards.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.boards.keys().map(String::as_str)
    }

    /// A hash of the files as they were read.
    pub(crate) fn hash(&self) -> [u8; 32] {
        self.hash.clone().finalize().into()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&BoardFile> {
        self.boards.get(name)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &BoardFile> {
        self.boards.values()
    }
}

impl BoardFile {
    pub(crate) fn panel(&self, name: &str) -> Option<&PanelFile> {
        self.panels.iter().find(|panel| panel.panel.value == name)
    }
}
