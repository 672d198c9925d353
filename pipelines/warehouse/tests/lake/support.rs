//! Lakes, contracts and rows for tests.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use contracts::{Contracts, TableId};
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::catalog::TableProvider;
use datafusion::prelude::{SessionConfig, SessionContext};
use warehouse::{
    Change, LakeLocation, Removal, Settings, Snapshot, Table, Warehouse, WarehouseError,
    WrittenFiles,
};

pub mod contract;
pub mod python;

pub use contract::contract;

/// A lake in a directory that goes away with it.
pub struct Lake {
    pub warehouse: Warehouse,
    pub directory: tempfile::TempDir,
}

impl Lake {
    /// An empty lake with these contracts.
    pub async fn new(contracts: &[(String, String)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let location = LakeLocation::local(directory.path().join("lake"));
        let warehouse = open(&location, contracts).await.unwrap();
        Self {
            warehouse,
            directory,
        }
    }

    /// A lake with the usual table, empty.
    pub async fn with_readings() -> (Self, Table) {
        let lake = Self::new(&[readings()]).await;
        let table = lake.warehouse.table(&id("mart.reading")).await.unwrap();
        (lake, table)
    }

    /// The same lake opened with other contracts.
    pub async fn reopened(&self, contracts: &[(String, String)]) -> Warehouse {
        let location = self.warehouse.location().clone();
        open(&location, contracts).await.unwrap()
    }

    /// A path in the lake's directory.
    pub fn path(&self, below: &str) -> std::path::PathBuf {
        self.directory.path().join("lake").join(below)
    }
}

pub async fn open(
    location: &LakeLocation,
    contracts: &[(String, String)],
) -> Result<Warehouse, WarehouseError> {
    open_with(location, contracts, settings()).await
}

pub async fn open_with(
    location: &LakeLocation,
    contracts: &[(String, String)],
    settings: Settings,
) -> Result<Warehouse, WarehouseError> {
    let contracts = Contracts::parse(contracts.iter().cloned()).unwrap_or_else(|faults| {
        panic!("the test's contracts have faults: {faults:#?}");
    });
    Warehouse::open(location, Arc::new(contracts), settings).await
}

pub fn settings() -> Settings {
    Settings {
        target_partitions: Some(2),
        ..Settings::default()
    }
}

pub fn id(text: &str) -> TableId {
    text.parse().unwrap()
}

/// The present moment, for upkeep: files are as old as the machine's clock says.
#[expect(
    clippy::disallowed_methods,
    reason = "the files of a test get their times from the machine's clock"
)]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// The usual table: readings of meters, partitioned by month.
pub fn readings() -> (String, String) {
    contract(
        "mart.reading",
        &[
            "meter_id text key",
            "read_at timestamp key",
            "month text required partition derived=month(read_at)",
            "quantity decimal(18,4) required unit=kWh",
            "read_date date",
            "is_estimated boolean",
            "pulses integer",
        ],
    )
}

/// `count` readings of ten meters, hourly from the beginning of `month` (2025-MM).
pub fn reading_rows(month: u32, count: u32) -> String {
    let day = NaiveDate::from_ymd_opt(2025, month, 2).unwrap();
    let first = day.and_time(NaiveTime::MIN).and_utc().timestamp_micros();
    format!(
        "select
            'm' || lpad(cast(value % 10 as varchar), 2, '0') as meter_id,
            arrow_cast({first} + value * 3600000000,
                       'Timestamp(Microsecond, Some(\"UTC\"))') as read_at,
            '2025-{month:02}' as month,
            cast(value as decimal(18,4)) / 8 as quantity,
            date '2025-{month:02}-02' as read_date,
            value % 3 = 0 as is_estimated,
            value as pulses
        from generate_series(0, {}) as numbers(value)",
        count - 1
    )
}

/// Runs a query and writes what it gives to files of `table`.
pub async fn write(table: &Table, sql: &str) -> Result<WrittenFiles, WarehouseError> {
    write_in(&session(), table, sql).await
}

pub async fn write_in(
    session: &SessionContext,
    table: &Table,
    sql: &str,
) -> Result<WrittenFiles, WarehouseError> {
    let frame = session.sql(sql).await.unwrap();
    let plan = frame.create_physical_plan().await.unwrap();
    table.write(plan, session).await
}

/// Writes and commits in one go, on the newest state.
pub async fn commit(table: &Table, sql: &str, remove: Removal) -> Result<u64, WarehouseError> {
    let on = table.snapshot().await?;
    commit_on(table, &on, sql, remove).await
}

pub async fn commit_on(
    table: &Table,
    on: &Snapshot,
    sql: &str,
    remove: Removal,
) -> Result<u64, WarehouseError> {
    let change = Change {
        add: write(table, sql).await?,
        remove,
        ..Change::default()
    };
    table.commit(on, change).await
}

/// Appends to the newest state.
pub async fn append(table: &Table, sql: &str) -> u64 {
    commit(table, sql, Removal::None).await.unwrap()
}

/// A session like the lake's, for tests that hold only a table: literals are decimals.
pub fn session() -> SessionContext {
    let mut config = SessionConfig::new().with_target_partitions(2);
    config.options_mut().sql_parser.parse_float_as_decimal = true;
    config.options_mut().execution.time_zone = Some("UTC".to_owned());
    SessionContext::new_with_config(config)
}

/// What a query over the state, named `t`, gives, as a table of text.
pub async fn query(snapshot: &Snapshot, sql: &str) -> String {
    query_provider(snapshot.provider(), sql).await
}

pub async fn query_provider(provider: Arc<dyn TableProvider>, sql: &str) -> String {
    let session = session();
    session.register_table("t", provider).unwrap();
    show(&session, sql).await
}

/// What a query gives, as a table of text.
pub async fn show(session: &SessionContext, sql: &str) -> String {
    let batches = session.sql(sql).await.unwrap().collect().await.unwrap();
    pretty_format_batches(&batches).unwrap().to_string()
}

/// The one number a query gives.
pub async fn number(snapshot: &Snapshot, sql: &str) -> i64 {
    let text = query(snapshot, sql).await;
    let line = text
        .lines()
        .nth(3)
        .unwrap_or_else(|| panic!("no number in\n{text}"));
    line.trim_matches(['|', ' ']).parse().unwrap()
}

/// An error's message, hint and causes, for snapshots.
pub fn told(error: &WarehouseError) -> String {
    let mut text = format!("error: {error}");
    if let Some(hint) = error.hint() {
        text.push_str(&format!("\nhint: {hint}"));
    }
    text.push_str(&format!(
        "\nfault: {}, retry: {:?}",
        error.fault(),
        error.retry()
    ));
    text
}
