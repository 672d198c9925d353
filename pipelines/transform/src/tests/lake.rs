//! A small lake and project: two sources, two marts.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use contracts::{Contracts, TableId};
use datafusion::arrow::util::pretty::pretty_format_batches;
use models::Models;
use tempfile::TempDir;
use warehouse::progress::Silent;
use warehouse::{Change, LakeLocation, Removal, Settings, Warehouse};

use crate::{BuildOptions, BuildReport, PublishOptions, Published, TransformError};

/// A lake in a directory that goes with it.
pub struct Lake {
    pub warehouse: Warehouse,
    _directory: TempDir,
}

/// The moment everything under test happens.
pub fn now() -> DateTime<Utc> {
    "2026-03-01T00:00:00Z".parse().expect("a moment")
}

impl Lake {
    pub async fn new() -> Self {
        Self::with_contracts(contracts()).await
    }

    pub async fn with_contracts(contracts: Contracts) -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        let location: LakeLocation = directory
            .path()
            .to_str()
            .expect("a path that is text")
            .parse()
            .expect("a place for a lake");
        let settings = Settings {
            target_partitions: Some(2),
            ..Settings::default()
        };
        let warehouse = Warehouse::open(&location, Arc::new(contracts), settings)
            .await
            .expect("a new lake");
        Self {
            warehouse,
            _directory: directory,
        }
    }

    /// The same lake under other contracts.
    pub async fn under(self, contracts: Contracts) -> Self {
        let warehouse = Warehouse::open(
            self.warehouse.location(),
            Arc::new(contracts),
            Settings::default(),
        )
        .await
        .expect("the lake again");
        Self { warehouse, ..self }
    }

    /// A lake with two months of forms for two organisations.
    pub async fn with_forms() -> Self {
        let lake = Self::new().await;
        lake.load(
            "energy.monthly",
            "select organization_id, month, cast(kwh as decimal(18,4)) as electricity_kwh
             from (values ('a', '2024-01', 1.5), ('a', '2024-02', 2.5), ('b', '2024-01', 4))
             as forms (organization_id, month, kwh)",
        )
        .await;
        lake
    }

    /// Replaces the rows of a source table by those of `select`.
    pub async fn load(&self, table: &str, select: &str) {
        self.replace(table, select, Removal::All).await;
    }

    /// Puts the rows of `select` in the place of what `removal` says.
    pub async fn replace(&self, table: &str, select: &str, removal: Removal) {
        let id: TableId = table.parse().expect("a table");
        let table = self.warehouse.table(&id).await.expect("the table");
        let session = self.warehouse.session();
        let rows = format!(
            "select *, '0123456789abcdef' as _object, cast(null as varchar) as _sheet,
                 cast(1 as bigint) as _row from ({select})"
        );
        let plan = session
            .sql(&rows)
            .await
            .expect("the select plans")
            .create_physical_plan()
            .await
            .expect("the plan is physical");
        let on = table.snapshot().await.expect("the table's state");
        let add = table
            .write(plan, &session)
            .await
            .expect("the rows are written");
        let change = Change {
            add,
            remove: removal,
            ..Change::default()
        };
        table
            .commit(&on, change)
            .await
            .expect("the rows are committed");
    }

    pub async fn build(&self, models: &Models) -> Result<BuildReport, TransformError> {
        crate::build(&self.warehouse, models, &BuildOptions::all(now()), &Silent).await
    }

    pub async fn publish(&self, models: &Models) -> Result<Published, TransformError> {
        let options = PublishOptions {
            now: now(),
            note: None,
        };
        crate::publish(&self.warehouse, models, &options, &Silent).await
    }

    /// The newest version of a table; `None` when it is not stored.
    pub async fn version(&self, table: &str) -> Option<u64> {
        let id: TableId = table.parse().expect("a table");
        let table = self
            .warehouse
            .existing_table(&id)
            .await
            .expect("the lake can be read")?;
        Some(table.snapshot().await.expect("the table's state").version())
    }

    /// The newest rows under `select`, as a table.
    pub async fn query(&self, select: &str) -> String {
        let session = warehouse::open_latest(&self.warehouse)
            .await
            .expect("a session");
        let rows = session.sql(select).await.expect("the query plans");
        let batches = rows.collect().await.expect("the query runs");
        pretty_format_batches(&batches)
            .expect("rows print")
            .to_string()
    }
}

/// (path, text) pairs of the SQL tree under test.
#[derive(Clone)]
pub struct Files(Vec<(String, String)>);

impl Files {
    /// Electricity by month, and by year from that; both right.
    pub fn sound() -> Self {
        Self(Vec::new())
            .with(
                "sql/staging/stg_energy__monthly.sql",
                "-- grain: organization_id, month\n-- purpose: monthly forms\n\
                 select organization_id, month, electricity_kwh from energy.monthly\n",
            )
            .with(
                "sql/marts/energy_month.sql",
                "-- grain: organization_id, month\n-- purpose: electricity by month\n\
                 with\n\
                 forms as (select organization_id, month, electricity_kwh from stg_energy__monthly)\n\
                 select organization_id, month, electricity_kwh from forms\n",
            )
            .with(
                "sql/marts/energy_month.test.yaml",
                "- case: a form is a row\n\
                 \x20 given:\n\
                 \x20   energy.monthly: [{ organization_id: a, month: 2024-01, electricity_kwh: 1.5 }]\n\
                 \x20 expect: [{ organization_id: a, month: 2024-01, electricity_kwh: 1.5 }]\n",
            )
            .with(
                "sql/marts/energy_month.not_negative.audit.sql",
                "-- severity: error\n-- purpose: nobody uses less than nothing\n\
                 select organization_id, month, electricity_kwh\n\
                 from energy_month where electricity_kwh < 0 order by organization_id\n",
            )
            .with(
                "sql/marts/energy_year.sql",
                "-- grain: organization_id, year\n-- purpose: electricity by year\n\
                 with\n\
                 months as (\n\
                 \x20   select organization_id, cast(substr(month, 1, 4) as bigint) as year,\n\
                 \x20       electricity_kwh\n\
                 \x20   from energy_month\n\
                 ),\n\
                 people as (select organization_id, year, people from reference.headcount)\n\
                 select months.organization_id, months.year, sum(electricity_kwh) as electricity_kwh,\n\
                 \x20   max(people.people) as people\n\
                 from months\n\
                 left join people on months.organization_id = people.organization_id\n\
                 \x20   and months.year = people.year\n\
                 group by months.organization_id, months.year\n",
            )
            .with(
                "sql/marts/energy_year.test.yaml",
                "- case: months add up\n\
                 \x20 given:\n\
                 \x20   energy_month:\n\
                 \x20     - { organization_id: a, month: 2024-01, electricity_kwh: 1.5 }\n\
                 \x20     - { organization_id: a, month: 2024-02, electricity_kwh: 0.1 }\n\
                 \x20 expect: [{ organization_id: a, year: 2024, electricity_kwh: 1.6, people: ~ }]\n",
            )
    }

    /// The same with a file added or replaced.
    pub fn with(mut self, path: &str, text: &str) -> Self {
        self.0.retain(|(known, _)| known != path);
        self.0.push((path.to_owned(), text.to_owned()));
        self
    }

    /// The same with `from` in a file replaced by `to`, which must be there.
    pub fn change(mut self, path: &str, from: &str, to: &str) -> Self {
        let (_, text) = self
            .0
            .iter_mut()
            .find(|(known, _)| known == path)
            .expect("the file is in the project");
        assert!(text.contains(from), "`{from}` is not in {path}");
        *text = text.replace(from, to);
        self
    }

    /// The same without the files whose path begins so.
    pub fn without(mut self, prefix: &str) -> Self {
        self.0.retain(|(path, _)| !path.starts_with(prefix));
        self
    }

    /// No files.
    pub fn none() -> Self {
        Self(Vec::new())
    }

    pub fn models(&self) -> Models {
        self.models_under(&contracts())
    }

    pub fn models_under(&self, contracts: &Contracts) -> Models {
        Models::parse(self.0.clone(), contracts).unwrap_or_else(|faults| {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            panic!("{}", faults.join("\n"))
        })
    }
}

/// An error as the command line prints it: the chain, then the hint.
pub fn print(error: &TransformError) -> String {
    let mut text = format!("error: {}", crate::build::with_causes(error));
    if let Some(hint) = error.hint() {
        text.push_str(&format!("\nhint: {hint}"));
    }
    text
}

pub fn contracts() -> Contracts {
    parsed(contract_files())
}

/// The contracts with one of them replaced by another text, or left out.
pub fn contracts_but(id: &str, columns: Option<&[&str]>) -> Contracts {
    let (path, _) = contract(id, &[]);
    let mut files = Vec::from(contract_files());
    files.retain(|(known, _)| *known != path);
    files.extend(columns.map(|columns| contract(id, columns)));
    parsed(files)
}

fn contract_files() -> [(String, String); 4] {
    [
        contract(
            "energy.monthly",
            &[
                "organization_id text key",
                "month text key",
                "electricity_kwh decimal(18,4) kWh",
            ],
        ),
        contract(
            "reference.headcount",
            &[
                "organization_id text key",
                "year integer key",
                "people integer person",
            ],
        ),
        contract(
            "mart.energy_month",
            &[
                "organization_id text key",
                "month text key",
                "electricity_kwh decimal(18,4) kWh",
            ],
        ),
        contract(
            "mart.energy_year",
            &[
                "organization_id text key",
                "year integer key",
                "electricity_kwh decimal(18,4) kWh",
                "people integer person",
            ],
        ),
    ]
}

/// Contracts that are right.
pub fn parsed(files: impl IntoIterator<Item = (String, String)>) -> Contracts {
    Contracts::parse(files).unwrap_or_else(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", faults.join("\n"))
    })
}

/// A contract file; each column is `name type [key] [partition] [unit]`.
pub fn contract(id: &str, columns: &[&str]) -> (String, String) {
    let (schema, table) = id.split_once('.').expect("schema.table");
    let mut text = format!(
        "apiVersion: v3.1.0\nkind: DataContract\nid: {id}\nname: {table}\nversion: 1.0.0\n\
         status: active\ndomain: {schema}\ndescription: {{ purpose: A table under test. }}\n\
         customProperties: [{{ property: titleZh, value: 测试 }}]\n\
         schema:\n  - name: {table}\n    physicalType: table\n    properties:\n"
    );
    let mut keys = 0;
    for column in columns {
        let words: Vec<&str> = column.split(' ').collect();
        let (name, ty, rest) = (words[0], words[1], &words[2..]);
        let (logical, physical) = match ty {
            "text" => ("string", String::new()),
            "integer" | "boolean" | "date" => (ty, String::new()),
            decimal => ("number", format!("        physicalType: {decimal}\n")),
        };
        let mut key = String::new();
        if rest.contains(&"key") {
            keys += 1;
            key = format!(
                "        required: true\n        primaryKey: true\n        primaryKeyPosition: {keys}\n"
            );
        }
        if rest.contains(&"partition") {
            key.push_str("        partitioned: true\n        partitionKeyPosition: 1\n");
        }
        let unit = rest
            .iter()
            .find(|word| !matches!(**word, "key" | "partition"));
        let unit = unit.map_or(String::new(), |unit| {
            format!(", {{ property: unit, value: {unit} }}")
        });
        text.push_str(&format!(
            "      - name: {name}\n        businessName: {name}\n        logicalType: {logical}\n\
             {physical}{key}        classification: L2\n        \
             customProperties: [{{ property: shareType, value: conditional }}{unit}]\n"
        ));
    }
    (format!("schemas/contracts/{schema}/{table}.yaml"), text)
}
