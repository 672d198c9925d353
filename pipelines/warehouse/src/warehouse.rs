//! A lake opened: the way to its tables, landing, publications and sessions.

use std::fmt;
use std::sync::Arc;

use contracts::{Contract, Contracts, TableId};
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::prelude::SessionContext;
use object_store::ObjectStore;
use object_store::path::Path;

use crate::error::WarehouseError;
use crate::format;
use crate::keys::TABLES;
use crate::landing::LandingIndex;
use crate::location::LakeLocation;
use crate::period::Periods;
use crate::publication::Publications;
use crate::session::{self, Settings};
use crate::store::LakeStore;
use crate::table::Table;

/// An open lake. Cheap to clone; all clones share sessions' memory and caches.
#[derive(Clone)]
pub struct Warehouse {
    shared: Arc<Shared>,
}

struct Shared {
    location: LakeLocation,
    store: LakeStore,
    contracts: Arc<Contracts>,
    settings: Settings,
    runtime: Arc<RuntimeEnv>,
    landing: LandingIndex,
}

impl Warehouse {
    /// Opens the lake at `location`, making one if the place is empty.
    ///
    /// # Errors
    /// The place cannot be reached, holds something else, or was written by a newer program.
    pub async fn open(
        location: &LakeLocation,
        contracts: Arc<Contracts>,
        settings: Settings,
    ) -> Result<Self, WarehouseError> {
        Self::open_or_create(location, contracts, settings, true).await
    }

    /// Opens the lake at `location` for whoever only reads: nothing is written, and a place
    /// without a lake is an error.
    ///
    /// # Errors
    /// As [`open`](Self::open), and [`WarehouseError::LakeMissing`].
    pub async fn open_existing(
        location: &LakeLocation,
        contracts: Arc<Contracts>,
        settings: Settings,
    ) -> Result<Self, WarehouseError> {
        Self::open_or_create(location, contracts, settings, false).await
    }

    async fn open_or_create(
        location: &LakeLocation,
        contracts: Arc<Contracts>,
        settings: Settings,
        create: bool,
    ) -> Result<Self, WarehouseError> {
        let store = LakeStore::new(location, create)?;
        format::ensure(store.objects(), location, create).await?;
        let runtime = session::runtime(&settings, &store)?;
        Ok(Self {
            shared: Arc::new(Shared {
                location: location.clone(),
                store,
                contracts,
                settings,
                runtime,
                landing: LandingIndex::default(),
            }),
        })
    }

    /// Where the lake is.
    pub fn location(&self) -> &LakeLocation {
        &self.shared.location
    }

    /// Whether everything in the lake is made up; every surface that shows it must say so.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn is_made_up(&self) -> Result<bool, WarehouseError> {
        format::is_made_up(self.shared.store.objects(), self.location()).await
    }

    /// Says in the lake, for good, that everything in it is made up.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn mark_made_up(&self) -> Result<(), WarehouseError> {
        format::mark_made_up(self.shared.store.objects()).await
    }

    /// The lake's objects; paths begin at the lake.
    pub fn store(&self) -> Arc<dyn ObjectStore> {
        self.shared.store.objects().clone()
    }

    /// The contracts the lake was opened with.
    pub fn contracts(&self) -> &Contracts {
        &self.shared.contracts
    }

    /// A new session with nothing registered: decimals for literals, UTC, `Utf8`, the lake's
    /// memory and spill directory.
    pub fn session(&self) -> SessionContext {
        session::context(&self.shared.settings, &self.shared.runtime)
    }

    /// The table `id` as its contract says: made empty if absent, given the contract's new optional
    /// columns if it lacks them.
    ///
    /// # Errors
    /// No contract; the contract and the rows stored do not fit
    /// ([`WarehouseError::Evolution`] with every fault); the storage fails.
    pub async fn table(&self, id: &TableId) -> Result<Table, WarehouseError> {
        Table::open_or_create(self, self.contract(id)?).await
    }

    /// The contract of the table `id`.
    ///
    /// # Errors
    /// [`WarehouseError::NoContract`].
    pub fn contract(&self, id: &TableId) -> Result<&Contract, WarehouseError> {
        let contract = self.shared.contracts.require(id);
        contract.map_err(|source| WarehouseError::NoContract {
            table: id.clone(),
            source: Box::new(source),
        })
    }

    /// The table `id` for whoever computes all its rows anew, as marts are: as [`table`](Self::table),
    /// but a contract that the rows stored cannot bear is no fault. The table takes on the columns and
    /// partitions of the contract with the first change that removes all its rows; older versions keep
    /// theirs, and publications that name them stay readable.
    ///
    /// # Errors
    /// No contract; the storage fails.
    pub async fn table_to_rebuild(&self, id: &TableId) -> Result<Table, WarehouseError> {
        Table::open_or_renew(self, self.contract(id)?).await
    }

    /// The table `id` as it is stored; `None` if it is not there. Needs no contract and writes
    /// nothing.
    ///
    /// # Errors
    /// The storage fails, or what is there is not a table this program can read.
    pub async fn existing_table(&self, id: &TableId) -> Result<Option<Table>, WarehouseError> {
        Table::open(self, id).await
    }

    /// The tables that are stored, in order of their names, whether they have a contract or not.
    ///
    /// # Errors
    /// The storage fails.
    pub async fn table_ids(&self) -> Result<Vec<TableId>, WarehouseError> {
        let objects = self.shared.store.objects();
        let mut ids = Vec::new();
        for schema in folders(objects.as_ref(), &Path::from(TABLES)).await? {
            for table in folders(objects.as_ref(), &schema).await? {
                let (Some(schema), Some(table)) = (schema.filename(), table.filename()) else {
                    continue;
                };
                let Ok(id) = TableId::new(schema, table) else {
                    continue;
                };
                if Table::is_stored(self, &id).await? {
                    ids.push(id);
                }
            }
        }
        ids.sort();
        Ok(ids)
    }

    /// The publications of the lake.
    pub fn publications(&self) -> Publications {
        Publications::new(self.store())
    }

    /// The closed periods of the lake.
    pub fn periods(&self) -> Periods {
        Periods::new(self.store())
    }

    pub(crate) fn lake_store(&self) -> &LakeStore {
        &self.shared.store
    }

    pub(crate) fn landing_index(&self) -> &LandingIndex {
        &self.shared.landing
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.shared.settings.memory_bytes
    }
}

impl fmt::Debug for Warehouse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Warehouse")
            .field(&self.shared.location)
            .finish()
    }
}

async fn folders(objects: &dyn ObjectStore, path: &Path) -> Result<Vec<Path>, WarehouseError> {
    let listing = objects
        .list_with_delimiter(Some(path))
        .await
        .map_err(|source| WarehouseError::read(path, source))?;
    Ok(listing.common_prefixes)
}
