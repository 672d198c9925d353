//! Servers that do what a test says, and a pull from them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::http::{Http, HttpConfig};
use crate::{Cursor, Pull};

pub(super) use crate::tests::Got;

/// What a server was asked.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: BTreeMap<String, String>,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
    /// How many requests came before.
    pub(super) before: usize,
}

impl Asked {
    /// A parameter of the address; empty when it is not there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    /// A parameter that is a number; 0 when it is not there.
    pub(super) fn number(&self, name: &str) -> usize {
        self.get(name).parse().unwrap_or(0)
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

type Answer = dyn Fn(&Asked) -> Response + Send + Sync;

/// A server; it ends with the test's runtime.
pub(super) struct Server {
    pub(super) address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub(super) async fn start(
        answer: impl Fn(&Asked) -> Response + Send + Sync + 'static,
    ) -> Server {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let answer: Arc<Answer> = Arc::new(answer);
        let router = Router::new()
            .fallback(serve)
            .with_state((Arc::clone(&asked), answer));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Server { address, asked }
    }

    /// What it was asked so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("a lock").clone()
    }

    /// The parameter of each request so far.
    pub(super) fn asked_for(&self, parameter: &str) -> Vec<String> {
        let asked = self.asked();
        asked
            .iter()
            .map(|asked| asked.get(parameter).to_owned())
            .collect()
    }
}

/// What was asked so far, and what answers.
type Served = (Arc<Mutex<Vec<Asked>>>, Arc<Answer>);

async fn serve(State((log, answer)): State<Served>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.expect("a body");
    let url = url::Url::parse(&format!("http://host{}", parts.uri)).expect("an address");
    let asked = Asked {
        method: parts.method,
        path: url.path().to_owned(),
        query: url
            .query_pairs()
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| {
                (
                    name.to_string(),
                    value.to_str().unwrap_or_default().to_owned(),
                )
            })
            .collect(),
        body: String::from_utf8(body.to_vec()).expect("text"),
        before: log.lock().expect("a lock").len(),
    };
    let answered = answer(&asked);
    log.lock().expect("a lock").push(asked);
    answered
}

/// A server that answers every request with these bytes, then holds the line or hangs up.
pub(super) async fn raw(bytes: &'static [u8], hangs_up: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(bytes).await;
                if !hangs_up {
                    std::future::pending::<()>().await;
                }
            });
        }
    });
    address
}

pub(super) fn json(value: serde_json::Value) -> Response {
    ([("content-type", "application/json")], value.to_string()).into_response()
}

pub(super) fn status(code: u16, body: &'static str) -> Response {
    (StatusCode::from_u16(code).expect("a status"), body).into_response()
}

/// A body that never ends.
pub(super) fn endless() -> Response {
    let chunk = || Some(Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 4096])));
    let chunks = futures::stream::iter(std::iter::from_fn(chunk));
    Body::from_stream(chunks).into_response()
}

pub(super) fn now() -> DateTime<Utc> {
    // The servers of these tests stamp their answers with the clock of this machine.
    #[expect(
        clippy::disallowed_methods,
        reason = "it is compared with that of the test server"
    )]
    let now = Utc::now();
    now
}

/// A configuration as a job writes it, tries made quick.
pub(super) fn config(address: &str, rest: &str) -> HttpConfig {
    let yaml = format!("url: \"{address}/rows\"\n{rest}");
    let read = contracts::yaml::read::<HttpConfig>("job.yaml", &yaml);
    assert!(read.faults.is_empty(), "{:?}", read.faults);
    let mut config = read.value.expect("a configuration");
    assert_eq!(config.faults(), []);
    config.rows = vec!["rows".to_owned()];
    if !rest.contains("max_wait") {
        config.limits.max_wait = crate::Wait::millis(20);
    }
    config
}

pub(super) async fn pull(config: &HttpConfig, since: Option<Cursor>) -> Got {
    let project = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = match Http::new(config, project) {
        Ok(source) => source,
        Err(error) => return Got::failed(error),
    };
    let pull = Pull {
        since,
        ..Pull::anew(now())
    };
    crate::tests::collect(&source, pull).await
}
