//! One change of a table: files in, files out, one new version or none.
//!
//! Delta's own rules for commits that meet are not used. They let rows appended meanwhile survive a
//! full overwrite, and stop an append because of a change in another month. Here one rule holds: a
//! change stands on the partitions it adds to or removes from, and it holds on top of later commits
//! as long as none of them touched those.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use deltalake::kernel::transaction::{CommitBuilder, CommitProperties, TransactionError};
use deltalake::kernel::{Action, Metadata, Remove, Transaction};
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::{DeltaTable, DeltaTableError, checkpoints};
use serde_json::{Map, Value};

use crate::error::WarehouseError;
use crate::partition::PartitionValues;
use crate::random;
use crate::sink::{self, WrittenFiles};
use crate::table::create::CHECKPOINT_INTERVAL;
use crate::table::log::{self, Touch};
use crate::table::{DataFile, Snapshot, Table};

/// How often a change that stands is put on top of one more commit of others before giving up.
const ATTEMPTS: usize = 50;

/// Names the commit in its own commit info, so that a commit whose acknowledgement was lost is
/// recognised instead of repeated.
const COMMIT_ID: &str = "commit_id";

/// What one commit does.
#[derive(Debug, Default)]
pub struct Change {
    /// The files that come.
    pub add: WrittenFiles,
    /// The files that go.
    pub remove: Removal,
    /// An application and its number, recorded in the same commit: no number is committed twice.
    pub txn: Option<(String, i64)>,
    /// What shall stand beside the change in the log: ledger, inputs, cursor.
    pub info: Map<String, Value>,
    /// Whether the added rows hold whatever else the table holds, as log entries do. Then commits
    /// of others are never in the way, even in the same partition. Means nothing if files go.
    pub is_blind: bool,
}

/// Which files go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Removal {
    /// None.
    #[default]
    None,
    /// All: the new files are the whole table.
    All,
    /// Those of these partitions.
    Partitions(Vec<PartitionValues>),
    /// Those with these paths, as [`DataFile::path`] gives them.
    Files(Vec<String>),
}

/// What another commit did that a change cannot stand on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConflictCause {
    /// It changed a partition this change is about.
    Partition(PartitionValues),
    /// It recorded a number of the same application.
    Application(String),
    /// It changed the columns or properties of the table.
    Columns,
}

impl fmt::Display for ConflictCause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Partition(partition) => write!(formatter, "both touch {partition}"),
            Self::Application(name) => write!(formatter, "both record a number of `{name}`"),
            Self::Columns => formatter.write_str("it changed the table's columns"),
        }
    }
}

/// A change worked out on one state, ready to be put on top of it or a later one.
struct Prepared {
    actions: Vec<Action>,
    operation: DeltaOperation,
    properties: CommitProperties,
    commit_id: String,
    basis: Basis,
}

/// What must not have changed for a change to hold.
#[derive(Default)]
struct Basis {
    /// Everything; else the partitions below.
    whole_table: bool,
    /// Rows of these.
    rows_of: BTreeSet<PartitionValues>,
    /// Files of these, which also compaction changes.
    files_of: BTreeSet<PartitionValues>,
    application: Option<String>,
}

pub(super) async fn commit(
    table: &Table,
    on: &Snapshot,
    change: Change,
) -> Result<u64, WarehouseError> {
    let added: Vec<String> = change.add.paths().map(str::to_owned).collect();
    let result = match refuse_repeated(on, &change).await {
        Ok(()) => match prepare(table, on, change) {
            Ok(prepared) => put(table, on, prepared).await,
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    };
    if let Err(WarehouseError::Conflict { .. } | WarehouseError::AlreadyCommitted { .. }) = &result
    {
        // Certainly not committed, and the caller makes new files.
        sink::discard(table, added).await;
    }
    result
}

/// Commits new metadata on exactly the state `on`.
pub(super) async fn commit_metadata(
    table: &Table,
    on: &Snapshot,
    metadata: Metadata,
) -> Result<u64, WarehouseError> {
    let operation = DeltaOperation::SetTableProperties {
        properties: metadata.configuration().clone(),
    };
    let basis = Basis {
        whole_table: true,
        ..Basis::default()
    };
    let prepared = Prepared::new(
        vec![Action::Metadata(metadata)],
        operation,
        Map::new(),
        basis,
    );
    put(table, on, prepared).await
}

/// Commits files that hold the rows of others in another form: no row comes or goes.
pub(crate) async fn commit_compaction(
    table: &Table,
    on: &Snapshot,
    files: &[&DataFile],
    add: WrittenFiles,
    target_size: u64,
) -> Result<u64, WarehouseError> {
    let added: Vec<String> = add.paths().map(str::to_owned).collect();
    let mut actions: Vec<Action> = files
        .iter()
        .map(|file| Action::Remove(removal(file, false)))
        .collect();
    actions.extend(add.into_adds().into_iter().map(|mut add| {
        add.data_change = false;
        Action::Add(add)
    }));
    let operation = DeltaOperation::Optimize {
        predicate: None,
        target_size: i64::try_from(target_size).unwrap_or(i64::MAX),
    };
    let basis = Basis {
        files_of: files.iter().map(|file| file.partition().clone()).collect(),
        ..Basis::default()
    };
    let result = put(
        table,
        on,
        Prepared::new(actions, operation, Map::new(), basis),
    )
    .await;
    if let Err(WarehouseError::Conflict { .. }) = &result {
        sink::discard(table, added).await;
    }
    result
}

async fn refuse_repeated(on: &Snapshot, change: &Change) -> Result<(), WarehouseError> {
    let Some((application, number)) = &change.txn else {
        return Ok(());
    };
    match on.transaction_version(application).await? {
        Some(committed) if committed >= *number => Err(WarehouseError::AlreadyCommitted {
            table: on.table().id().clone(),
            application: application.clone(),
            number: *number,
            committed,
        }),
        _ => Ok(()),
    }
}

fn prepare(table: &Table, on: &Snapshot, change: Change) -> Result<Prepared, WarehouseError> {
    let leaving = leaving(on, &change.remove)?;
    let renewal = table.renewal();
    if let Some(renewal) = renewal
        && change.remove != Removal::All
    {
        return Err(WarehouseError::Evolution {
            table: table.id().clone(),
            faults: renewal.faults.clone(),
        });
    }
    let mut basis = Basis {
        whole_table: change.remove == Removal::All,
        application: change
            .txn
            .as_ref()
            .map(|(application, _)| application.clone()),
        ..Basis::default()
    };
    basis.files_of = leaving
        .iter()
        .map(|file| file.partition().clone())
        .collect();
    basis.rows_of = basis.files_of.clone();
    if let Removal::Partitions(partitions) = &change.remove {
        basis.rows_of.extend(partitions.iter().cloned());
    }
    if !(change.is_blind && change.remove == Removal::None) {
        basis
            .rows_of
            .extend(change.add.partitions(on.partition_by()));
    }
    let mode = match change.remove {
        Removal::None => SaveMode::Append,
        _ => SaveMode::Overwrite,
    };
    let partition_by = table.partition_by();
    let operation = DeltaOperation::Write {
        mode,
        partition_by: (!partition_by.is_empty()).then(|| partition_by.to_vec()),
        predicate: None,
    };
    let mut actions: Vec<Action> = renewal
        .map(|renewal| Action::Metadata(renewal.metadata.clone()))
        .into_iter()
        .collect();
    let removals = leaving.into_iter().map(|file| removal(file, true));
    actions.extend(removals.map(Action::Remove));
    actions.extend(change.add.into_adds().into_iter().map(Action::Add));
    let mut prepared = Prepared::new(actions, operation, change.info, basis);
    if let Some((application, number)) = change.txn {
        let txn = Transaction::new(application, number);
        prepared.properties = prepared.properties.with_application_transaction(txn);
    }
    Ok(prepared)
}

impl Prepared {
    fn new(
        actions: Vec<Action>,
        operation: DeltaOperation,
        mut info: Map<String, Value>,
        basis: Basis,
    ) -> Self {
        let commit_id = random::name();
        info.insert(COMMIT_ID.to_owned(), Value::String(commit_id.clone()));
        let properties = CommitProperties::default()
            .with_metadata(info)
            // Any newer version fails the attempt: what to do then is decided here.
            .with_max_retries(0)
            .with_create_checkpoint(false)
            .with_cleanup_expired_logs(Some(false));
        Self {
            actions,
            operation,
            properties,
            commit_id,
            basis,
        }
    }
}

/// Puts the change on top of `on`, or of later commits it can stand on.
async fn put(table: &Table, on: &Snapshot, prepared: Prepared) -> Result<u64, WarehouseError> {
    let mut base = on.clone();
    for _ in 0..ATTEMPTS {
        match attempt(table, &base, &prepared).await {
            Ok(version) => {
                checkpoint_if_due(table, version).await;
                return Ok(version);
            }
            Err(error) if is_lost_race(&error) => {
                let newest = table.snapshot().await?;
                if let Some(version) = rebase(table, on, &base, &newest, &prepared).await? {
                    return Ok(version);
                }
                base = newest;
            }
            Err(source) => {
                // The commit may have been made and only its acknowledgement lost.
                if let Ok(Some(version)) = find_own(table, &base, &prepared).await {
                    return Ok(version);
                }
                return Err(WarehouseError::commit(table.id(), source));
            }
        }
    }
    Err(WarehouseError::Contended {
        table: table.id().clone(),
        attempts: ATTEMPTS,
    })
}

/// Commits version `base + 1`, if nobody has.
async fn attempt(
    table: &Table,
    base: &Snapshot,
    prepared: &Prepared,
) -> Result<u64, DeltaTableError> {
    let commit = CommitBuilder::from(prepared.properties.clone())
        .with_actions(prepared.actions.clone())
        .build(
            Some(base.delta()),
            table.log().clone(),
            prepared.operation.clone(),
        )
        .into_prepared_commit_future()
        .await?
        .await?;
    // What Delta would do after the commit is left out: if it failed, a commit that stands would
    // look like one that does not.
    Ok(commit.version)
}

fn is_lost_race(error: &DeltaTableError) -> bool {
    matches!(
        error,
        DeltaTableError::VersionAlreadyExists(_)
            | DeltaTableError::Transaction {
                source: TransactionError::MaxCommitAttempts(_)
                    | TransactionError::VersionAlreadyExists(_),
            }
    )
}

/// Checks the change against the commits after `base` up to `newest`: `Some(version)` if one of
/// them is the change itself, `None` if it can go on top.
async fn rebase(
    table: &Table,
    on: &Snapshot,
    base: &Snapshot,
    newest: &Snapshot,
    prepared: &Prepared,
) -> Result<Option<u64>, WarehouseError> {
    if let Some(version) = find_own(table, base, prepared).await? {
        return Ok(Some(version));
    }
    for version in base.version() + 1..=newest.version() {
        let actions = log::actions(table, version).await?;
        let cause = match &actions {
            Some(actions) => actions
                .iter()
                .find_map(|action| prepared.basis.undermined_by(table, action)),
            None => Some(ConflictCause::Columns),
        };
        if let Some(cause) = cause {
            return Err(WarehouseError::Conflict {
                table: table.id().clone(),
                read: on.version(),
                newest: newest.version(),
                cause,
            });
        }
    }
    Ok(None)
}

impl Basis {
    fn undermined_by(&self, table: &Table, action: &Action) -> Option<ConflictCause> {
        match action {
            Action::Metadata(_) | Action::Protocol(_) => return Some(ConflictCause::Columns),
            Action::Txn(txn) if self.application.as_ref() == Some(&txn.app_id) => {
                return Some(ConflictCause::Application(txn.app_id.clone()));
            }
            _ => {}
        }
        let (is_undermined, partition) = match log::touched(table, action) {
            Touch::Rows(partition) => (
                self.whole_table || self.rows_of.contains(&partition),
                partition,
            ),
            Touch::Layout(partition) => (
                self.whole_table || self.files_of.contains(&partition),
                partition,
            ),
            Touch::Unknown => (
                self.whole_table || !self.files_of.is_empty(),
                PartitionValues::default(),
            ),
            Touch::Nothing => return None,
        };
        is_undermined.then_some(ConflictCause::Partition(partition))
    }
}

/// Looks for the change itself among the commits after `base`.
async fn find_own(
    table: &Table,
    base: &Snapshot,
    prepared: &Prepared,
) -> Result<Option<u64>, WarehouseError> {
    let mut version = base.version() + 1;
    while let Some(entry) = log::entry(table, version).await? {
        let id = entry.info.get(COMMIT_ID).and_then(Value::as_str);
        if id == Some(&prepared.commit_id) {
            return Ok(Some(version));
        }
        version += 1;
    }
    Ok(None)
}

fn leaving<'a>(on: &'a Snapshot, removal: &Removal) -> Result<Vec<&'a DataFile>, WarehouseError> {
    let files = on.files().iter();
    match removal {
        Removal::None => Ok(Vec::new()),
        Removal::All => Ok(files.collect()),
        Removal::Partitions(partitions) => {
            let partitions: BTreeSet<&PartitionValues> = partitions.iter().collect();
            Ok(files
                .filter(|file| partitions.contains(file.partition()))
                .collect())
        }
        Removal::Files(paths) => {
            let by_path: HashMap<&str, &DataFile> = files.map(|file| (file.path(), file)).collect();
            let find = |path: &String| {
                by_path
                    .get(path.as_str())
                    .copied()
                    .ok_or_else(|| WarehouseError::NoSuchFile {
                        table: on.table().id().clone(),
                        version: on.version(),
                        path: path.clone(),
                    })
            };
            paths.iter().map(find).collect()
        }
    }
}

/// The present moment in Delta's log.
#[expect(
    clippy::disallowed_methods,
    reason = "Delta stamps its log with the committing machine's clock, and so must a removal: \
              clean-up compares it with the files' times"
)]
fn log_clock_millis() -> i64 {
    chrono::Utc::now().timestamp_millis()
}

fn removal(file: &DataFile, data_change: bool) -> Remove {
    let partition = file.partition().iter();
    let values = partition.map(|(column, value)| (column.to_owned(), value.map(str::to_owned)));
    Remove {
        path: file.path().to_owned(),
        data_change,
        deletion_timestamp: Some(log_clock_millis()),
        extended_file_metadata: Some(true),
        partition_values: Some(values.collect()),
        size: i64::try_from(file.size_bytes()).ok(),
        ..Remove::default()
    }
}

/// Checkpoints the log every so many versions. Failing at it costs later readers time, nothing
/// more: the commit stands.
async fn checkpoint_if_due(table: &Table, version: u64) {
    if !(version + 1).is_multiple_of(CHECKPOINT_INTERVAL) {
        return;
    }
    if let Err(error) = checkpoint(table, version).await {
        tracing::warn!(
            table = %table.id(),
            version,
            error = &error as &dyn std::error::Error,
            "cannot write the checkpoint of version {version} of {}", table.id(),
        );
    }
}

/// Writes a checkpoint of `version`.
pub(crate) async fn checkpoint(table: &Table, version: u64) -> Result<(), WarehouseError> {
    let failed = |source| WarehouseError::commit(table.id(), source);
    let mut delta = DeltaTable::new(table.log().clone());
    delta.load_version(version).await.map_err(failed)?;
    checkpoints::create_checkpoint(&delta, None)
        .await
        .map_err(failed)
}
