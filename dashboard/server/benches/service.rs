//! How fast the service answers, beside a bare axum route that returns the same bytes with the same
//! headers, over loopback with connections kept alive, in one run on one runtime; and how long panels
//! and explanations take that nobody asked before.
//!
//! ```text
//! jieyue demo --into DIR --no-serve
//! cargo bench -p jieyue -p server --profile dev --bench service -- DIR/lake
//! ```
//!
//! `--profile dev` is the profile of the demo. Aims: a cached panel at 0.5 × the bare route or more, a
//! cold panel of the overview under 50 ms, the first page of an explanation under 200 ms.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::{HeaderMap, header};
use axum::routing::get;
use bytes::Bytes;
use server::{Service, ServiceOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use transform::project::{Project, ProjectFiles};
use warehouse::{LakeLocation, Settings, Warehouse};

const BOARD: &str = "overview";
/// A small panel, one with notes and months, and the largest.
const CACHED: [&str; 3] = ["reporting_latest", "carbon_by_month", "reporting_by_month"];
const CONNECTIONS: usize = 16;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(1);
const COLD_TIMES: usize = 7;
/// Numbers of the whole city that are opened: those of the first screen, and sums over many rows.
const EXPLAINED: [&str; 6] = [
    "energy_per_capita",
    "water_per_capita",
    "energy_per_area",
    "co2_per_area",
    "operating_cost",
    "three_public",
];

#[tokio::main]
async fn main() {
    let lake = std::env::args()
        .skip(1)
        .find(|word| !word.starts_with("--"));
    let Some(lake) = lake else {
        println!(
            "service: name a lake, such as `-- DIR/lake` of `jieyue demo --into DIR --no-serve`"
        );
        return;
    };
    let declared = Declared::read();
    let warehouse = declared.open(&lake).await;
    cached(&declared.service(&warehouse, ServiceOptions::default())).await;
    let nothing_kept = ServiceOptions {
        cache_bytes: 0,
        ..ServiceOptions::default()
    };
    cold(&declared, &warehouse, &nothing_kept).await;
    explained(&declared, &warehouse, &nothing_kept).await;
}

/// The project this benchmark is part of.
struct Declared {
    project: Project,
    files: ProjectFiles,
}

impl Declared {
    fn read() -> Declared {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let files = ProjectFiles::read(&root).expect("the project's files");
        let project = Project::parse(&files).unwrap_or_else(|faults| panic!("{faults}"));
        Declared { project, files }
    }

    async fn open(&self, lake: &str) -> Warehouse {
        let location: LakeLocation = lake.parse().expect("the place of a lake");
        let contracts = self.project.contracts.clone();
        let opened = Warehouse::open_existing(&location, contracts, Settings::default()).await;
        opened.unwrap_or_else(|error| panic!("cannot open `{lake}`: {error}"))
    }

    fn service(&self, warehouse: &Warehouse, options: ServiceOptions) -> Service {
        let (contracts, metrics) = (&self.project.contracts, &self.project.metrics);
        let boards = server::board::parse(self.files.boards.clone(), contracts, metrics);
        let boards = boards.unwrap_or_else(|faults| panic!("{faults:?}"));
        Service::new(warehouse.clone(), &self.project, boards, options).expect("a service")
    }
}

/// Requests a second of panels that are written already, beside a route that only returns them.
async fn cached(service: &Service) {
    println!("cached panel, {CONNECTIONS} connections, median of {ROUNDS} rounds of {ROUND:?}\n");
    println!("| panel | accept-encoding | bytes | bare /s | service /s | service : bare |");
    println!("|---|---|---|---|---|---|");
    let address = serve(service.router()).await;
    for panel in CACHED {
        for encoding in ["identity", "gzip", "zstd"] {
            let path = panel_path(panel);
            let request = request(&path, encoding);
            let mut client = Client::connect(address).await;
            client.ask(&request).await;
            let (head, body) = client.ask(&request).await;
            let bare = serve(bare(&path, &head, body.clone())).await;
            let (mut by_bare, mut by_service) = (Vec::new(), Vec::new());
            for _ in 0..ROUNDS {
                by_bare.push(load(bare, &request).await);
                by_service.push(load(address, &request).await);
            }
            let (bare, service) = (median(&mut by_bare), median(&mut by_service));
            println!(
                "| {panel} | {encoding} | {} | {bare:.0} | {service:.0} | {:.2} |",
                body.len(),
                service / bare
            );
        }
    }
}

/// Milliseconds of panels that are not kept, over a publication that is open; and of the first one.
async fn cold(declared: &Declared, warehouse: &Warehouse, options: &ServiceOptions) {
    println!("\ncold panel, one at a time, {COLD_TIMES} times\n");
    println!("| panel | median ms | worst ms |\n|---|---|---|");
    let address = serve(declared.service(warehouse, options.clone()).router()).await;
    let mut client = Client::connect(address).await;
    let started = Instant::now();
    let (_, board) = client
        .ask(&request(&format!("/api/v1/boards/{BOARD}"), "identity"))
        .await;
    let opening = milliseconds(started);
    let board: serde_json::Value = serde_json::from_slice(&board).expect("a board");
    let mut all = Vec::new();
    for panel in board["panels"].as_array().expect("panels") {
        let panel = panel["panel"].as_str().expect("a name");
        let request = request(&panel_path(panel), "identity");
        let mut times = Vec::new();
        for _ in 0..COLD_TIMES {
            let started = Instant::now();
            client.ask(&request).await;
            times.push(milliseconds(started));
        }
        let worst = times.iter().copied().fold(0.0, f64::max);
        println!("| {panel} | {:.1} | {worst:.1} |", median(&mut times));
        all.extend(times);
    }
    let worst = all.iter().copied().fold(0.0, f64::max);
    println!("| all | {:.1} | {worst:.1} |", median(&mut all));
    println!("\nthe board itself, after a start, the publication opened with it: {opening:.0} ms");
}

/// Milliseconds of first pages of explanations, the models being planned with the first one.
async fn explained(declared: &Declared, warehouse: &Warehouse, options: &ServiceOptions) {
    println!("\nexplanation of a number of the city, one at a time, {COLD_TIMES} times\n");
    let address = serve(declared.service(warehouse, options.clone()).router()).await;
    let mut client = Client::connect(address).await;
    let path =
        |metric: &str| format!("/api/v1/metrics/{metric}/explain?from=2024&to=2024&limit=20");
    let started = Instant::now();
    client.ask(&request(&path(EXPLAINED[0]), "identity")).await;
    let opening = milliseconds(started);
    println!("| metric | median ms | worst ms |\n|---|---|---|");
    for metric in EXPLAINED {
        let request = request(&path(metric), "identity");
        let mut times = Vec::new();
        for _ in 0..COLD_TIMES {
            let started = Instant::now();
            client.ask(&request).await;
            times.push(milliseconds(started));
        }
        let worst = times.iter().copied().fold(0.0, f64::max);
        println!("| {metric} | {:.1} | {worst:.1} |", median(&mut times));
    }
    println!("\nthe first one after a start, models planned with it: {opening:.0} ms");
}

fn panel_path(panel: &str) -> String {
    format!("/api/v1/boards/{BOARD}/panels/{panel}")
}

fn request(path: &str, encoding: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: bench\r\naccept: application/json\r\naccept-encoding: {encoding}\r\n\r\n")
        .into_bytes()
}

/// A route that returns what another returned; lengths and dates are hyper's in both.
fn bare(path: &str, head: &str, body: Bytes) -> Router {
    let mut headers = HeaderMap::new();
    for line in head.lines().skip(1) {
        let Some((name, value)) = line.split_once(": ") else {
            continue;
        };
        let name: header::HeaderName = name.parse().expect("a header's name");
        if !matches!(
            name,
            header::CONTENT_LENGTH | header::DATE | header::TRANSFER_ENCODING
        ) {
            headers.append(name, value.parse().expect("a header's value"));
        }
    }
    Router::new().route(path, get(async move || (headers, body)))
}

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Requests a second, all connections together, for a round.
async fn load(address: SocketAddr, request: &[u8]) -> f64 {
    let request: Arc<[u8]> = request.into();
    let started = Instant::now();
    let clients = (0..CONNECTIONS).map(|_| {
        let request = request.clone();
        tokio::spawn(async move {
            let mut client = Client::connect(address).await;
            let mut answers = 0_u32;
            while started.elapsed() < ROUND {
                client.ask(&request).await;
                answers += 1;
            }
            answers
        })
    });
    let mut answers = 0;
    for client in clients.collect::<Vec<_>>() {
        answers += client.await.expect("a client");
    }
    f64::from(answers) / started.elapsed().as_secs_f64()
}

/// A client that costs next to nothing: it knows lengths and chunks, and nothing else of HTTP.
struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    async fn connect(address: SocketAddr) -> Client {
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        Client {
            stream,
            buffer: Vec::with_capacity(1 << 16),
        }
    }

    /// The head and the body of the answer.
    async fn ask(&mut self, request: &[u8]) -> (String, Bytes) {
        self.stream.write_all(request).await.expect("asked");
        self.buffer.clear();
        let end = self.read_until(|bytes| find(bytes, b"\r\n\r\n")).await;
        let head = String::from_utf8(self.buffer[..end].to_vec()).expect("a head");
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map(|length| length.parse::<usize>().expect("a length"));
        let from = end + 4;
        let body = match length {
            Some(length) => {
                self.read_until(|bytes| (bytes.len() >= from + length).then_some(0))
                    .await;
                Bytes::copy_from_slice(&self.buffer[from..from + length])
            }
            None => {
                self.read_until(|bytes| bytes[from..].ends_with(b"0\r\n\r\n").then_some(0))
                    .await;
                unchunked(&self.buffer[from..])
            }
        };
        (head, body)
    }

    async fn read_until(&mut self, found: impl Fn(&[u8]) -> Option<usize>) -> usize {
        loop {
            if let Some(place) = found(&self.buffer) {
                return place;
            }
            let read = self.stream.read_buf(&mut self.buffer).await;
            assert!(read.expect("an answer") > 0, "the answer ends too early");
        }
    }
}

fn unchunked(mut rest: &[u8]) -> Bytes {
    let mut body = Vec::new();
    while let Some(end) = find(rest, b"\r\n") {
        let length = std::str::from_utf8(&rest[..end]).expect("a chunk's length");
        let length = usize::from_str_radix(length, 16).expect("a chunk's length");
        if length == 0 {
            break;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + length]);
        rest = &rest[end + 2 + length + 2..];
    }
    body.into()
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
