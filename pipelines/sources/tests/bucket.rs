//! A bucket behind a real S3 server process (moto), found through the `AWS_*` environment alone.
//!
//! The test starts the server, fills the bucket and runs itself again in a process whose environment names
//! that server, as an operator's would. Without a Python that has moto it says so and passes, unless
//! `JIEYUE_REQUIRE_SERVERS=1`.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use futures::StreamExt as _;
use object_store::ObjectStoreExt as _;
use object_store::aws::AmazonS3Builder;
use sources::files::Files;
use sources::{Compression, FilesConfig, Pull, Source as _, SourceError, Step};

/// Starts moto on a free port and makes the bucket `city`, tells the port, and serves until its input
/// ends, that is, until this process does.
const SERVE: &str = r#"
import logging, sys, urllib.request
from moto.server import ThreadedMotoServer
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/city", method="PUT"))
print(port, flush=True)
sys.stdin.read()
server.stop()
"#;

/// Set in the second process.
const INSIDE: &str = "JIEYUE_TEST_INSIDE_BUCKET";

struct Moto {
    process: Child,
    endpoint: String,
}

impl Moto {
    fn start(python: &Path) -> Moto {
        let mut process = Command::new(python)
            .args(["-c", SERVE])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a server process");
        let mut port = String::new();
        let output = process.stdout.take().expect("a pipe");
        BufReader::new(output)
            .read_line(&mut port)
            .expect("the port");
        let endpoint = format!("http://127.0.0.1:{}", port.trim());
        Moto { process, endpoint }
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A Python with moto, if there is one; else it has been told on stderr.
fn python() -> Option<PathBuf> {
    let interpreter = std::env::var_os("JIEYUE_PYTHON").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.cache/venv/bin/python"),
        PathBuf::from,
    );
    let found = Command::new(&interpreter)
        .args(["-c", "import moto.server"])
        .output();
    if found.is_ok_and(|output| output.status.success()) {
        return Some(interpreter);
    }
    let told = format!(
        "NOT TESTED: `{}` has no moto; set JIEYUE_PYTHON",
        interpreter.display()
    );
    assert!(
        std::env::var_os("JIEYUE_REQUIRE_SERVERS").is_none_or(|value| value != "1"),
        "{told}"
    );
    eprintln!("{told}");
    None
}

async fn fill(endpoint: &str) {
    let store = AmazonS3Builder::new()
        .with_bucket_name("city")
        .with_endpoint(endpoint)
        .with_allow_http(true)
        .with_access_key_id("test")
        .with_secret_access_key("test")
        .with_region("us-east-1")
        .build()
        .expect("a client");
    let zstd = zstd::encode_all(&b"x,y\n3,4\n"[..], 3).expect("zstd");
    for (key, bytes) in [
        ("in/2026/b.csv.zst", zstd),
        ("in/2026/a 电.csv", b"x,y\n1,2\n".to_vec()),
        ("in/2026/notes.txt", b"no".to_vec()),
        ("in/2025/a.csv", b"old".to_vec()),
    ] {
        let key = object_store::path::Path::parse(key).expect("a key");
        store.put(&key, bytes.into()).await.expect("an object");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_of_a_bucket_are_found_through_the_environment() {
    if std::env::var_os(INSIDE).is_some() {
        return read_what_is_there().await;
    }
    let Some(python) = python() else { return };
    let moto = Moto::start(&python);
    fill(&moto.endpoint).await;
    let again = Command::new(std::env::current_exe().expect("this test"))
        .args([
            "--exact",
            "files_of_a_bucket_are_found_through_the_environment",
        ])
        .env(INSIDE, "1")
        .env("AWS_ENDPOINT_URL", &moto.endpoint)
        .env("AWS_ALLOW_HTTP", "true")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_REGION", "us-east-1")
        .output()
        .expect("a second process");
    assert!(
        again.status.success(),
        "{}",
        String::from_utf8_lossy(&again.stdout)
    );
}

async fn read_what_is_there() {
    let pages = |pattern: &str| {
        let source = Files::new(&FilesConfig::of(pattern), Path::new(".")).expect("a source");
        async move { source.pages(Pull::anew(chrono::DateTime::UNIX_EPOCH)).await }
    };
    let mut found = Vec::new();
    let mut stream = pages("s3://city/in/2026/*.csv*").await.expect("pages");
    while let Some(page) = stream.next().await {
        let Step::Page(page) = page.expect("a page") else {
            panic!("a page")
        };
        let (name, compression) = (page.name.clone(), page.compression.clone());
        let mut content = page.into_stream();
        let mut bytes = Vec::new();
        while let Some(piece) = content.next().await {
            bytes.extend_from_slice(&piece.expect("a piece"));
        }
        found.push((name, compression, String::from_utf8(bytes).expect("text")));
    }
    let expected = [
        (
            "s3://city/in/2026/a 电.csv",
            Compression::None,
            "x,y\n1,2\n",
        ),
        (
            "s3://city/in/2026/b.csv.zst",
            Compression::Zstd,
            "x,y\n3,4\n",
        ),
    ];
    assert_eq!(
        found,
        expected.map(|(name, how, text)| (name.to_owned(), how, text.to_owned()))
    );

    assert!(pages("s3://city/in/2026/a 电.csv").await.is_ok());
    let none = pages("s3://city/in/2024/*.csv")
        .await
        .err()
        .expect("no match");
    assert!(matches!(none, SourceError::NoMatch { .. }), "{none:?}");
    let no_object = pages("s3://city/in/2026/c.csv")
        .await
        .err()
        .expect("no object");
    assert!(
        no_object.hint().contains("bucket and the object's name"),
        "{}",
        no_object.hint()
    );
    let no_bucket = pages("s3://town/in/*.csv").await.err().expect("no bucket");
    assert!(
        matches!(no_bucket, SourceError::Store { .. }),
        "{no_bucket:?}"
    );
}
