//! A lake with the forms of two offices, a service over it, and a client.
//!
//! | office | region | month | carrier | quantity | kgce | yuan |
//! |---|---|---|---|---|---|---|
//! | ORG-A | 420802 | 2025-01 | electricity | 1000 kWh | 1000 × 0.1229 = 122.9 | 600.00 |
//! | ORG-A | 420802 | 2025-02 | natural_gas | 10 m3 | 10 × 1.33 = 13.3 | 35.00 |
//! | ORG-B | 420804 | 2025-01 | electricity | 2000.5 kWh | 2000.5 × 0.1229 = 245.86145, kept as 245.8615 | 1200.30 |

use std::path::Path;
use std::sync::Arc;

use arrow::json::ReaderBuilder;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use chrono::{DateTime, Utc};
use contracts::{Contracts, TableId};
use datafusion::logical_expr::lit;
use datafusion::scalar::ScalarValue;
use models::Models;
use models::metric::Metrics;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;
use transform::project::{Project, ProjectFiles};
use warehouse::{
    Change, LakeLocation, Publication, PublicationDraft, Removal, Settings, Warehouse,
};

use crate::board::Boards;
use crate::{Service, ServiceOptions};

/// Forms of January and February as first published.
pub const FORMS: &str = r#"
{"organization_id":"ORG-A","month":"2025-01","carrier":"electricity","region_code":"420802","unit":"kWh","year":2025,"quantity":"1000","vehicle_quantity":"0","energy_kgce":"122.9","vehicle_energy_kgce":"0","cost_yuan":"600.00"}
{"organization_id":"ORG-A","month":"2025-02","carrier":"natural_gas","region_code":"420802","unit":"m3","year":2025,"quantity":"10","vehicle_quantity":"0","energy_kgce":"13.3","vehicle_energy_kgce":"0","cost_yuan":"35.00"}
{"organization_id":"ORG-B","month":"2025-01","carrier":"electricity","region_code":"420804","unit":"kWh","year":2025,"quantity":"2000.5","vehicle_quantity":"0","energy_kgce":"245.8615","vehicle_energy_kgce":"0","cost_yuan":"1200.30"}
"#;

/// ORG-A corrected its January: 1500 kWh, 184.35 kgce.
pub const CORRECTED: &str = r#"
{"organization_id":"ORG-A","month":"2025-01","carrier":"electricity","region_code":"420802","unit":"kWh","year":2025,"quantity":"1500","vehicle_quantity":"0","energy_kgce":"184.35","vehicle_energy_kgce":"0","cost_yuan":"900.00"}
{"organization_id":"ORG-A","month":"2025-02","carrier":"natural_gas","region_code":"420802","unit":"m3","year":2025,"quantity":"10","vehicle_quantity":"0","energy_kgce":"13.3","vehicle_energy_kgce":"0","cost_yuan":"35.00"}
{"organization_id":"ORG-B","month":"2025-01","carrier":"electricity","region_code":"420804","unit":"kWh","year":2025,"quantity":"2000.5","vehicle_quantity":"0","energy_kgce":"245.8615","vehicle_energy_kgce":"0","cost_yuan":"1200.30"}
"#;

/// A province, the city, two of its districts.
const REGIONS: &str = r#"
{"region_code":"420000","name_zh":"湖北省","name_en":"Hubei","level":"province","is_gb_code":true,"source":"test","grade":"A"}
{"region_code":"420800","parent_code":"420000","name_zh":"荆门市","name_en":"Jingmen","level":"prefecture","is_gb_code":true,"source":"test","grade":"A"}
{"region_code":"420802","parent_code":"420800","name_zh":"东宝区","name_en":"Dongbao","level":"county","is_gb_code":true,"from_date":"1998-07-24","source":"test","grade":"A"}
{"region_code":"420804","parent_code":"420800","name_zh":"掇刀区","name_en":"Duodao","level":"county","is_gb_code":true,"source":"test","grade":"A"}
"#;

/// Two offices; the name of one needs quotes in CSV.
const ORGANIZATIONS: &str = r#"
{"organization_id":"ORG-A","from_date":"2020-01-01","name":"甲局, \"东宝\"","region_code":"420802","class_code":"A1","status":"active","in_energy_survey":true,"in_cost_survey":false}
{"organization_id":"ORG-B","from_date":"2020-01-01","to_date":"2022-12-31","name":"乙局","region_code":"420804","class_code":"A1","status":"active","in_energy_survey":true,"in_cost_survey":true}
{"organization_id":"ORG-B","from_date":"2023-01-01","name":"乙中心","region_code":"420804","class_code":"A1","status":"active","in_energy_survey":true,"in_cost_survey":true}
"#;

/// The tables boards take names, factors and settings from.
const REGISTERS: [&str; 5] = [
    "reference.emission_factor",
    "reference.expense_group",
    "reference.organization",
    "reference.region",
    "reference.setting",
];

/// A run that went well and one that failed; the report is the operator's.
pub const RUNS: &str = r#"
{"run_id":"20260301-1","job":"energy.monthly_forms","table_name":"energy.monthly","started_at":"2026-03-01T01:02:03.456789Z","finished_at":"2026-03-01T01:02:05Z","seconds":"1.543","status":"ok","decoded":4,"left_out":0,"read_rows":4,"inserted":3,"updated":0,"unchanged":0,"duplicate":0,"quarantined":1,"deleted":0,"bytes":120,"version":1,"report_json":"{}"}
{"run_id":"20260302-1","job":"cost.vouchers","table_name":"cost.expense","started_at":"2026-03-02T01:00:00Z","status":"failed","message":"cannot read `a.csv`"}
"#;

/// A lake in a folder that goes with it, and a service over it.
pub struct House {
    pub warehouse: Warehouse,
    pub project: Project,
    pub router: Router,
    _folder: TempDir,
}

/// What came back.
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl House {
    /// A lake without anything in it.
    pub async fn empty() -> House {
        House::with(options()).await
    }

    pub async fn with(options: ServiceOptions) -> House {
        let folder = TempDir::new().expect("a temporary folder");
        let (project, boards) = declared();
        let settings = Settings {
            target_partitions: Some(2),
            ..Settings::default()
        };
        let location = LakeLocation::local(folder.path());
        let warehouse = Warehouse::open(&location, project.contracts.clone(), settings)
            .await
            .expect("a new lake");
        let service =
            Service::new(warehouse.clone(), &project, boards, options).expect("a service");
        House {
            router: service.router(),
            warehouse,
            project,
            _folder: folder,
        }
    }

    /// A lake whose first publication holds [`FORMS`]; every other mart is empty.
    pub async fn published() -> House {
        let house = House::empty().await;
        house.load("reference.region", REGIONS).await;
        house.load("reference.organization", ORGANIZATIONS).await;
        house.load("mart.energy_month", FORMS).await;
        house.publish("2026-03-01T00:00:00Z").await;
        house
    }

    /// Replaces the rows of a table by these, an object a line.
    pub async fn load(&self, table: &str, rows: &str) {
        let id: TableId = table.parse().expect("a table");
        let contract = self.project.contracts.get(&id).expect("a contract");
        let batches: Vec<_> = ReaderBuilder::new(contract.arrow_schema())
            .build(rows.as_bytes())
            .expect("a reader")
            .collect::<Result<_, _>>()
            .expect("rows of the contract");
        let session = self.warehouse.session();
        let mut frame = session.read_batches(batches).expect("rows");
        if !matches!(id.schema(), "mart" | "ops") {
            for (name, value) in [
                ("_object", lit("0123456789abcdef")),
                ("_sheet", lit(ScalarValue::Utf8(None))),
                ("_row", lit(1_i64)),
            ] {
                frame = frame.with_column(name, value).expect("a column");
            }
        }
        let plan = frame.create_physical_plan().await.expect("a plan");
        let table = self.warehouse.table(&id).await.expect("the table");
        let on = table.snapshot().await.expect("its state");
        let add = table.write(plan, &session).await.expect("files");
        let change = Change {
            add,
            remove: Removal::All,
            ..Change::default()
        };
        table.commit(&on, change).await.expect("a commit");
    }

    /// Publishes the newest version of every mart and register; those without rows are empty.
    pub async fn publish(&self, at: &str) -> Publication {
        let created_at: DateTime<Utc> = at.parse().expect("a moment");
        let mut tables = std::collections::BTreeMap::new();
        for contract in self.project.contracts.iter() {
            if contract.id.schema() != "ops" {
                let table = self.warehouse.table(&contract.id).await.expect("the table");
                let version = table.snapshot().await.expect("its state").version();
                tables.insert(contract.id.clone(), version);
            }
        }
        let draft = PublicationDraft {
            created_at,
            tables,
            audits: Vec::new(),
            models_hash: "test".to_owned(),
            note: None,
            restates: None,
        };
        let publications = self.warehouse.publications();
        publications.create(draft).await.expect("a publication")
    }

    pub async fn get(&self, address: &str) -> Reply {
        self.get_with(address, &[]).await
    }

    pub async fn get_with(&self, address: &str, headers: &[(&str, &str)]) -> Reply {
        ask(&self.router, Method::GET, address, headers).await
    }
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("text")
    }

    pub fn json(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().expect("a header that is text"))
    }
}

/// Asks the routes; the request has an id, so that what comes back is the same every time.
pub async fn ask(
    router: &Router,
    method: Method,
    address: &str,
    headers: &[(&str, &str)],
) -> Reply {
    let mut request = Request::builder().method(method).uri(address);
    for (name, value) in [("x-request-id", "under-test")].iter().chain(headers) {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a request");
    reply(router, request).await
}

/// Posts JSON.
pub async fn post(router: &Router, address: &str, headers: &[(&str, &str)], body: &str) -> Reply {
    let mut request = Request::builder().method(Method::POST).uri(address);
    let usual = [
        ("x-request-id", "under-test"),
        ("content-type", "application/json"),
    ];
    for (name, value) in usual.iter().chain(headers) {
        request = request.header(*name, *value);
    }
    let request = request
        .body(Body::from(body.to_owned()))
        .expect("a request");
    reply(router, request).await
}

pub async fn reply(router: &Router, request: Request<Body>) -> Reply {
    let answer = router.clone().oneshot(request).await;
    let (parts, body) = answer.expect("routes are infallible").into_parts();
    Reply {
        status: parts.status,
        headers: parts.headers,
        body: to_bytes(body, usize::MAX).await.expect("a body").into(),
    }
}

/// The newest publication is looked for at every request.
pub fn options() -> ServiceOptions {
    ServiceOptions {
        is_demo: true,
        newest_for: std::time::Duration::ZERO,
        clock: || "2026-01-20T02:00:00Z".parse().expect("a moment"),
        ..ServiceOptions::default()
    }
}

/// The project's own contracts of marts and registers, its metrics and boards, and a board of ours.
/// Models are not asked anything here, and parsing them takes seconds.
pub fn declared() -> (Project, Boards) {
    let files = files();
    let contracts = Contracts::parse(files.contracts).unwrap_or_else(|faults| panic!("{faults:?}"));
    let metrics = Metrics::parse(files.metrics, &contracts);
    let metrics = metrics.unwrap_or_else(|faults| panic!("{faults:?}"));
    let boards = crate::board::parse(files.boards, &contracts, &metrics);
    let boards = boards.unwrap_or_else(|faults| panic!("{faults:?}"));
    let nothing = Contracts::parse([]).expect("no contracts");
    let project = Project {
        contracts: Arc::new(contracts),
        models: Arc::new(Models::parse([], &nothing).expect("no models")),
        metrics: Arc::new(metrics),
    };
    (project, boards)
}

pub fn files() -> ProjectFiles {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = ProjectFiles::read(&root).expect("the project's files");
    files.contracts.retain(|(path, _)| {
        let of = path
            .trim_start_matches("schemas/contracts/")
            .trim_end_matches(".yaml");
        let id = of.replace('/', ".");
        id.starts_with("mart.") || id.starts_with("ops.") || REGISTERS.contains(&id.as_str())
    });
    let board = include_str!("board.yaml").to_owned();
    files.boards.push(("tests/board.yaml".to_owned(), board));
    files
}

/// The service over the same lake as the program is started again with another declaration.
pub fn restarted(house: &House, boards: Boards) -> Router {
    let service = Service::new(house.warehouse.clone(), &house.project, boards, options());
    service.expect("a service").router()
}
