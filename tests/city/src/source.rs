//! Writing what the source systems export.
//!
//! Each job has an [`Export`]: which table it loads, which faults its rows may carry, and a function that
//! writes its rows into one or more files. An export knows its own file format and the words its system
//! uses (`汽油`, `在用`, `2016年1月1日`, 万元); the job in `pipelines/jobs/` turns them into the contract's.
//! Rows go through [`JobWriter`], which applies the planned faults and keeps the ledger.
//!
//! Where to begin: [`exports`] lists all of them. Not here: any knowledge of contracts or of the loader.

mod assets;
mod buildings;
mod csv;
mod energy;
mod job;
mod json;
mod layout;
mod money;
mod people;
mod readings;
mod rooms;
mod row;
mod services;
mod vehicles;
mod xlsx;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::fault::{Faults, Planned};
use crate::manifest::{JobRecord, Manifest};
use crate::{City, CityError, FaultKind};

pub(crate) use energy::reported_date;
pub(crate) use job::JobWriter;

/// What one job loads.
pub(crate) struct Export {
    /// The id of the job.
    pub job: &'static str,
    /// The table.
    pub table: &'static str,
    /// The faults its rows may carry.
    pub planned: &'static [Planned],
    /// How many rows there are before faults.
    pub rows: fn(&City) -> usize,
    /// Writes them.
    pub write: fn(&City, &mut JobWriter<'_>) -> Result<(), CityError>,
}

/// All exports, the long ones first so that two threads share them well.
pub(crate) fn exports() -> Vec<&'static Export> {
    let mut exports = Vec::new();
    exports.extend(readings::EXPORTS.iter());
    exports.extend(vehicles::EXPORTS.iter());
    exports.extend(money::EXPORTS.iter());
    exports.extend(energy::EXPORTS.iter());
    exports.extend(rooms::EXPORTS.iter());
    exports.extend(assets::EXPORTS.iter());
    exports.extend(services::EXPORTS.iter());
    exports.extend(buildings::EXPORTS.iter());
    exports.extend(people::EXPORTS.iter());
    exports
}

/// Draws which rows of which job carry which fault.
pub(crate) fn plan_faults(city: &City) -> Faults {
    let mut faults = Faults::default();
    for export in exports() {
        faults.plan(&city.spec, export.job, (export.rows)(city), export.planned);
    }
    faults
}

impl City {
    /// Writes the full history below `folder` and returns what was written, which also stands there as
    /// `manifest.json`.
    ///
    /// Files lie at `data/<schema>/…`, as the jobs look for them.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_sources(&self, folder: &Path) -> Result<Manifest, CityError> {
        let exports = exports();
        let next = AtomicUsize::new(0);
        let results: Mutex<Vec<Result<(String, JobRecord), CityError>>> = Mutex::new(Vec::new());
        let threads = std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(4);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while let Some(export) = exports.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let result = self.write_export(folder, export);
                        results
                            .lock()
                            .unwrap_or_else(|poisoned| poisoned.into_inner())
                            .push(result);
                    }
                });
            }
        });
        let results = results
            .into_inner()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        let jobs = results.into_iter().collect::<Result<BTreeMap<_, _>, _>>()?;
        let manifest = self.manifest(jobs);
        let path = folder.join("manifest.json");
        let text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
        std::fs::write(&path, text).map_err(|source| CityError::File { path, source })?;
        Ok(manifest)
    }

    fn write_export(
        &self,
        folder: &Path,
        export: &Export,
    ) -> Result<(String, JobRecord), CityError> {
        let mut writer = JobWriter::new(folder, export, self.faults.of(export.job));
        (export.write)(self, &mut writer)?;
        Ok((export.job.to_owned(), writer.finish()?))
    }

    fn manifest(&self, jobs: BTreeMap<String, JobRecord>) -> Manifest {
        let accepted = |place: &usize| self.faults.is_accepted(rooms::ROOMS, *place);
        let over = (0..self.rooms.len())
            .filter(|place| self.rooms[*place].is_over_standard)
            .filter(accepted);
        let missing_forms = jobs
            .values()
            .filter(|job| job.table == "energy.monthly")
            .flat_map(|job| &job.faults)
            .filter(|fault| fault.kind == FaultKind::MissingRow)
            .map(|fault| fault.count)
            .sum();
        Manifest {
            made_up: true,
            seed: self.spec.seed,
            from: self.spec.from,
            to: self.spec.to,
            over_standard_rooms: over.count() as u64,
            missing_forms,
            jobs,
        }
    }

    /// Whether a correct loader loads the form at a place of [`City::forms`].
    pub(crate) fn is_form_accepted(&self, place: usize) -> bool {
        let first_new = self.first_new_form();
        if place < first_new {
            self.faults.is_accepted(energy::FORMS_2021, place)
        } else {
            self.faults
                .is_accepted(energy::FORMS_2025, place - first_new)
        }
    }

    /// Where the forms of the 2025 version begin.
    pub(crate) fn first_new_form(&self) -> usize {
        self.forms
            .partition_point(|form| form.month < crate::organization::NEW_FORM)
    }

    pub(crate) fn is_trip_accepted(&self, place: usize) -> bool {
        self.faults.is_accepted(vehicles::TRIPS, place)
    }

    pub(crate) fn is_vehicle_accepted(&self, place: usize) -> bool {
        self.faults.is_accepted(vehicles::VEHICLES, place)
    }

    pub(crate) fn is_vehicle_cost_accepted(&self, place: usize) -> bool {
        self.faults.is_accepted(vehicles::COSTS, place)
    }

    pub(crate) fn is_expense_accepted(&self, place: usize) -> bool {
        self.faults.is_accepted(money::EXPENSES, place)
    }

    pub(crate) fn is_budget_accepted(&self, place: usize) -> bool {
        self.faults.is_accepted(money::BUDGETS, place)
    }

    pub(crate) fn is_settlement_accepted(&self, place: usize) -> bool {
        self.faults.is_accepted(money::SETTLEMENTS, place)
    }

    pub(crate) fn is_building_accepted(&self, place: usize) -> bool {
        self.faults.is_accepted(buildings::BUILDINGS, place)
    }

    pub(crate) fn is_room_accepted(&self, place: usize) -> bool {
        self.faults.is_accepted(rooms::ROOMS, place)
    }

    pub(crate) fn is_occupancy_accepted(&self, place: usize) -> bool {
        self.faults.is_accepted(rooms::OCCUPANCIES, place)
    }
}

/// Makes the folder of a path and opens the file for writing.
pub(crate) fn create(path: &Path) -> Result<std::fs::File, CityError> {
    let fault = |source| CityError::File {
        path: PathBuf::from(path),
        source,
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fault)?;
    }
    std::fs::File::create(path).map_err(fault)
}
