//! The session every query and build of a lake runs in: memory, spilling, exactness, time.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::available_parallelism;

use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::error::WarehouseError;
use crate::store::LakeStore;

/// How many of the hungriest operators an out-of-memory message names.
const NAMED_CONSUMERS: std::num::NonZeroUsize =
    std::num::NonZeroUsize::new(5).expect("five is not zero");

/// How much of the machine the work in a lake may take.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Memory for sorts, joins and groupings of all sessions together; they spill to disk beyond
    /// it. File buffers (about 30 MiB a file being written) and scans come on top.
    pub memory_bytes: usize,
    /// Where they spill; the system's directory for temporary files if absent.
    pub spill_dir: Option<PathBuf>,
    /// How many parts of a plan run at once; as many as there are cores if absent.
    pub target_partitions: Option<usize>,
}

impl Settings {
    /// 512 MiB: three sorts of wide rows at once on two cores, well below the service's budget.
    pub const DEFAULT_MEMORY_BYTES: usize = 512 << 20;
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            memory_bytes: Self::DEFAULT_MEMORY_BYTES,
            spill_dir: None,
            target_partitions: None,
        }
    }
}

/// What all sessions of a lake share: the pool, the spill directory, the caches, the store.
pub(crate) fn runtime(
    settings: &Settings,
    store: &LakeStore,
) -> Result<Arc<RuntimeEnv>, WarehouseError> {
    let pool = TrackConsumersPool::new(FairSpillPool::new(settings.memory_bytes), NAMED_CONSUMERS);
    let mode = match &settings.spill_dir {
        Some(directory) => {
            std::fs::create_dir_all(directory)
                .map_err(|source| WarehouseError::write(directory.display(), source))?;
            DiskManagerMode::Directories(vec![directory.clone()])
        }
        None => DiskManagerMode::OsTmpDirectory,
    };
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(pool))
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(mode))
        .build_arc()
        .map_err(|source| WarehouseError::write("the spill directory", source))?;
    runtime.register_object_store(store.url(), store.objects().clone());
    Ok(runtime)
}

/// A session with nothing registered.
///
/// - `0.1229` is a decimal, not a float: a float anywhere in a total makes it depend on the order
///   of addition.
/// - Times are UTC.
/// - Text is `Utf8` throughout, as contracts say; by default SQL casts and Parquet scans would make
///   it `Utf8View`, and schemas would differ from contracts in name only.
/// - `information_schema` answers.
pub(crate) fn context(settings: &Settings, runtime: &Arc<RuntimeEnv>) -> SessionContext {
    let cores = available_parallelism().map_or(1, Into::into);
    let mut config = SessionConfig::new()
        .with_target_partitions(settings.target_partitions.unwrap_or(cores))
        .with_information_schema(true);
    let options = config.options_mut();
    options.sql_parser.parse_float_as_decimal = true;
    options.sql_parser.map_string_types_to_utf8view = false;
    options.execution.parquet.schema_force_view_types = false;
    options.execution.time_zone = Some("UTC".to_owned());
    SessionContext::new_with_config_rt(config, runtime.clone())
}
