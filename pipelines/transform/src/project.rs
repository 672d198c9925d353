//! The declared files of a project directory, as (path, text) pairs with paths relative to it.
//!
//! | folder | read into |
//! |---|---|
//! | `schemas/contracts/**.yaml` | [`ProjectFiles::contracts`] |
//! | `sql/{staging,intermediate,marts}/**` | [`ProjectFiles::models`] |
//! | `sql/metrics/**.yaml` | [`ProjectFiles::metrics`] |
//! | `dashboard/boards/**.yaml` | [`ProjectFiles::boards`] |
//! | `pipelines/jobs/**.yaml` | [`ProjectFiles::jobs`] |
//!
//! A folder that is not there is empty. Reading is blocking: these are a few hundred small files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use contracts::{ContractError, Contracts, Fault, Retry};
use models::metric::Metrics;
use models::{ModelError, Models};

/// Declared files as they are read, in the order of their paths.
#[derive(Debug, Clone, Default)]
pub struct ProjectFiles {
    /// Contracts.
    pub contracts: Vec<(String, String)>,
    /// Models, cases and audits.
    pub models: Vec<(String, String)>,
    /// Metrics.
    pub metrics: Vec<(String, String)>,
    /// Boards.
    pub boards: Vec<(String, String)>,
    /// Jobs.
    pub jobs: Vec<(String, String)>,
}

/// A project whose contracts, models and metrics are right.
#[derive(Debug, Clone)]
pub struct Project {
    /// The contracts.
    pub contracts: Arc<Contracts>,
    /// The models.
    pub models: Arc<Models>,
    /// The metrics.
    pub metrics: Arc<Metrics>,
}

/// Everything wrong with the contracts, models and metrics of a project.
#[derive(Debug, Default)]
pub struct ProjectFaults {
    /// Faults of contracts. Models and metrics are not looked at while there are any.
    pub contracts: Vec<ContractError>,
    /// Faults of models, cases, audits and metrics.
    pub models: Vec<ModelError>,
}

impl std::fmt::Display for ProjectFaults {
    /// Each fault with its hint, a line each.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let contracts = self
            .contracts
            .iter()
            .map(|fault| (fault.to_string(), fault.hint()));
        let models = self
            .models
            .iter()
            .map(|fault| (fault.to_string(), fault.hint()));
        for (fault, hint) in contracts.chain(models) {
            writeln!(f, "error: {fault}")?;
            if let Some(hint) = hint {
                writeln!(f, "hint: {hint}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for ProjectFaults {}

/// Why a project's files could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// No such directory.
    #[error("there is no project at `{}`", .root.display())]
    NoProject {
        /// The directory.
        root: PathBuf,
    },
    /// No such folder of job files.
    #[error("there is no folder of jobs at `{}`", .folder.display())]
    NoJobs {
        /// The folder.
        folder: PathBuf,
    },
    /// A file or folder that cannot be read.
    #[error("cannot read `{}`", .path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file that is not UTF-8.
    #[error("`{}` is not UTF-8 text", .path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
}

impl ProjectError {
    /// How to mend it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoProject { .. } => {
                Some("name a directory with `schemas/contracts` and `sql` in it".to_owned())
            }
            Self::NoJobs { .. } => Some("name a folder with job files (*.yaml) in it".to_owned()),
            Self::Unreadable { .. } => None,
            Self::NotText { .. } => Some("save the file as UTF-8".to_owned()),
        }
    }

    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::NoProject { .. } | Self::NoJobs { .. } | Self::NotText { .. } => Fault::User,
            Self::Unreadable { .. } => Fault::External,
        }
    }

    /// Whether trying again can help.
    pub fn retry(&self) -> Retry {
        Retry::Never
    }
}

impl ProjectFiles {
    /// Reads the declared files of the project at `root`.
    ///
    /// # Errors
    /// The directory is missing; a file cannot be read or is not text.
    pub fn read(root: &Path) -> Result<Self, ProjectError> {
        if !root.is_dir() {
            return Err(ProjectError::NoProject {
                root: root.to_owned(),
            });
        }
        let yaml: &[&str] = &["yaml", "yml"];
        let models: &[&str] = &["sql", "yaml", "yml"];
        let mut files = Self {
            contracts: read_folder(root, "schemas/contracts", yaml)?,
            metrics: read_folder(root, "sql/metrics", yaml)?,
            boards: read_folder(root, "dashboard/boards", yaml)?,
            jobs: read_folder(root, "pipelines/jobs", yaml)?,
            models: Vec::new(),
        };
        for folder in ["sql/staging", "sql/intermediate", "sql/marts"] {
            files.models.extend(read_folder(root, folder, models)?);
        }
        Ok(files)
    }

    /// Reads the job files below `folder`, wherever it is; their paths are as given.
    ///
    /// # Errors
    /// The folder is missing; a file cannot be read or is not text.
    pub fn read_jobs(folder: &Path) -> Result<Vec<(String, String)>, ProjectError> {
        if !folder.is_dir() {
            return Err(ProjectError::NoJobs {
                folder: folder.to_owned(),
            });
        }
        let name = folder.to_string_lossy();
        read_folder(Path::new(""), name.trim_end_matches('/'), &["yaml", "yml"])
    }
}

impl Project {
    /// Parses the contracts, then the models and metrics over them.
    ///
    /// # Errors
    /// Every fault found.
    pub fn parse(files: &ProjectFiles) -> Result<Self, ProjectFaults> {
        let contracts =
            Contracts::parse(files.contracts.iter().cloned()).map_err(|faults| ProjectFaults {
                contracts: faults,
                models: Vec::new(),
            })?;
        let models = Models::parse(files.models.iter().cloned(), &contracts);
        let metrics = Metrics::parse(files.metrics.iter().cloned(), &contracts);
        match (models, metrics) {
            (Ok(models), Ok(metrics)) => Ok(Self {
                contracts: Arc::new(contracts),
                models: Arc::new(models),
                metrics: Arc::new(metrics),
            }),
            (models, metrics) => {
                let mut faults = models.err().unwrap_or_default();
                faults.extend(metrics.err().unwrap_or_default());
                Err(ProjectFaults {
                    contracts: Vec::new(),
                    models: faults,
                })
            }
        }
    }
}

/// The files under `folder` with one of these endings, by path.
fn read_folder(
    root: &Path,
    folder: &str,
    endings: &[&str],
) -> Result<Vec<(String, String)>, ProjectError> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let path = root.join(&folder);
        if !path.is_dir() {
            continue;
        }
        let unreadable = |source| ProjectError::Unreadable {
            path: path.clone(),
            source,
        };
        for entry in std::fs::read_dir(&path).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let Ok(name) = entry.file_name().into_string() else {
                return Err(ProjectError::NotText { path: entry.path() });
            };
            let relative = format!("{folder}/{name}");
            if entry.path().is_dir() {
                open.push(relative);
            } else if endings
                .iter()
                .any(|ending| name.ends_with(&format!(".{ending}")))
            {
                files.push((relative, read_text(&entry.path())?));
            }
        }
    }
    files.sort();
    Ok(files)
}

fn read_text(path: &Path) -> Result<String, ProjectError> {
    let bytes = std::fs::read(path).map_err(|source| ProjectError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    String::from_utf8(bytes).map_err(|_| ProjectError::NotText {
        path: path.to_owned(),
    })
}
