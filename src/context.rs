//! What every command needs: the settings, the project's declared files, the lake.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use contracts::{Contracts, Fault};
use ingest::PseudonymKey;
use ingest::job::Jobs;
use transform::project::{Project, ProjectFiles};
use warehouse::{LakeLocation, Warehouse};

use crate::cli::{Format, Global};
use crate::failure::{Failure, Outcome};
use crate::progress;
use crate::settings::Settings;

/// The surroundings of a command.
pub struct Context {
    /// The settings in force.
    pub settings: Settings,
    /// How results are written.
    pub format: Format,
    /// Whether progress is left out.
    pub quiet: bool,
    /// When the command was started; the clock of everything it does.
    pub now: DateTime<Utc>,
    /// The clock, for commands that go on.
    pub clock: fn() -> DateTime<Utc>,
}

impl Context {
    /// Reads the settings.
    ///
    /// # Errors
    /// `jieyue.yaml` or a value is not of the form.
    pub fn new(
        global: &Global,
        listen: Option<&str>,
        clock: fn() -> DateTime<Utc>,
    ) -> Outcome<Self> {
        let settings = Settings::load(global, listen)?;
        Ok(Context {
            settings,
            format: global.format,
            quiet: global.quiet,
            now: clock(),
            clock,
        })
    }

    /// The project folder.
    pub fn project_folder(&self) -> &Path {
        &self.settings.project
    }

    /// The declared files as text.
    ///
    /// # Errors
    /// The project folder or a file in it cannot be read.
    pub fn files(&self) -> Outcome<ProjectFiles> {
        Ok(ProjectFiles::read(self.project_folder())?)
    }

    /// Contracts, models and metrics, checked.
    ///
    /// # Errors
    /// Every fault in them.
    pub fn project(&self) -> Outcome<Project> {
        Project::parse(&self.files()?)
            .map_err(|faults| Failure::all([faults.contracts.into(), faults.models.into()]))
    }

    /// The contracts alone, for commands that do not look at models.
    ///
    /// # Errors
    /// Every fault in them.
    pub fn contracts(&self) -> Outcome<Arc<Contracts>> {
        Ok(Arc::new(Contracts::parse(self.files()?.contracts)?))
    }

    /// The jobs of the project, or of another folder of job files.
    ///
    /// # Errors
    /// Every fault in them.
    pub fn jobs(&self, contracts: &Contracts, folder: Option<&Path>) -> Outcome<Jobs> {
        Ok(ingest::job::parse(self.job_files(folder)?, contracts)?)
    }

    /// The jobs that are sound, and every fault of the others.
    ///
    /// # Errors
    /// The folder or a file in it cannot be read.
    pub fn sound_jobs(
        &self,
        contracts: &Contracts,
        folder: Option<&Path>,
    ) -> Outcome<(Jobs, Option<Failure>)> {
        let (jobs, faults) = ingest::job::parse_sound(self.job_files(folder)?, contracts);
        let faults = (!faults.is_empty()).then(|| Failure::from(faults));
        Ok((jobs, faults))
    }

    fn job_files(&self, folder: Option<&Path>) -> Outcome<Vec<(String, String)>> {
        match folder {
            None => Ok(self.files()?.jobs),
            Some(folder) => Ok(ProjectFiles::read_jobs(folder)?),
        }
    }

    /// The lake, made if the place is empty.
    ///
    /// # Errors
    /// The lake cannot be reached or is not one.
    pub async fn lake(&self, contracts: Arc<Contracts>) -> Outcome<Warehouse> {
        Ok(Warehouse::open(&self.location()?, contracts, self.warehouse_settings()).await?)
    }

    /// The lake for whoever only reads.
    ///
    /// # Errors
    /// As [`lake`](Self::lake), and when there is none.
    pub async fn existing_lake(&self, contracts: Arc<Contracts>) -> Outcome<Warehouse> {
        Ok(
            Warehouse::open_existing(&self.location()?, contracts, self.warehouse_settings())
                .await?,
        )
    }

    /// The root of the jobs' `files:` globs.
    pub fn data_folder(&self) -> PathBuf {
        PathBuf::from(&self.settings.data.value)
    }

    /// The key of the pseudonyms: from the environment, else from the file of the settings.
    ///
    /// # Errors
    /// The file cannot be read or holds no key.
    pub fn pseudonym_key(&self) -> Outcome<Option<PseudonymKey>> {
        let variable = std::env::var(ingest::KEY_VARIABLE).ok();
        let file = self.settings.pseudonym_key_file.value.as_deref();
        Ok(PseudonymKey::find(variable.as_deref(), file)?)
    }

    /// A progress for this terminal.
    pub fn progress(&self, name: &str) -> Box<dyn warehouse::progress::Progress> {
        progress::for_terminal(name, self.quiet)
    }

    fn location(&self) -> Outcome<LakeLocation> {
        Ok(self.settings.lake.value.parse()?)
    }

    fn warehouse_settings(&self) -> warehouse::Settings {
        warehouse::Settings {
            memory_bytes: self.settings.memory_bytes.value,
            ..warehouse::Settings::default()
        }
    }
}

/// Work of ours that the runtime stopped.
pub fn stopped(error: tokio::task::JoinError) -> Failure {
    Failure::of(error, None, Fault::Internal)
}
