//! A throw-away PostgreSQL server on a free port.
//!
//! Debian's binaries are used, as `postgres` or whoever runs the tests: the server refuses to run as root.
//! Without them the test says so and passes, unless `JIEYUE_REQUIRE_SERVERS=1`.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

use super::process::{as_account, certify, folder_of, free_port, give_to, run};

/// Who runs it, when the tests run as root.
const ACCOUNT: &str = "postgres";

/// A server with the database `city`: `postgres` may do everything without a password, `reader` needs
/// one and may do nothing that it is not granted.
pub(crate) struct Server {
    folder: TempDir,
    bin: PathBuf,
    process: Child,
    pub(crate) port: u16,
}

impl Server {
    /// Makes and starts one, `settings` being lines of `postgresql.conf`.
    pub(crate) async fn start(settings: &str) -> Option<Server> {
        let bin = binaries()?;
        let folder = TempDir::new().expect("a folder");
        give_to(ACCOUNT, folder.path());
        let data = folder.path().join("data");
        run(as_account(ACCOUNT, &bin.join("initdb"))
            .args([
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
                "-D",
            ])
            .arg(&data));
        if settings.contains("ssl = on") {
            certify(ACCOUNT, &data);
        }
        let append = |file: &str, text: &str| {
            let path = data.join(file);
            let before = std::fs::read_to_string(&path).expect("a file");
            std::fs::write(path, format!("{text}\n{before}")).expect("a file");
        };
        append("pg_hba.conf", "host all reader 127.0.0.1/32 scram-sha-256");
        let before = std::fs::read_to_string(data.join("postgresql.conf")).expect("a file");
        let own = "fsync = off\nunix_socket_directories = ''\nlisten_addresses = '127.0.0.1'";
        std::fs::write(
            data.join("postgresql.conf"),
            format!("{before}\n{own}\n{settings}\n"),
        )
        .expect("a file");
        let port = free_port();
        let process = launch(&bin, &data, port);
        let server = Server {
            folder,
            bin,
            process,
            port,
        };
        let client = server.client("postgres").await;
        client
            .batch_execute("create database city")
            .await
            .expect("a database");
        let client = server.client("city").await;
        client
            .batch_execute("create role reader login password 'pass word'")
            .await
            .expect("a role");
        Some(server)
    }

    /// The certificate of a server with `ssl = on`.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.path().join("data/server.crt")
    }

    /// Kills the server, as a loss of power would, and starts it again.
    pub(crate) async fn restart(&mut self) {
        self.stop();
        self.process = launch(&self.bin, &self.folder.path().join("data"), self.port);
        drop(self.client("city").await);
    }

    /// Kills the server.
    pub(crate) fn stop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// A connection of its own.
    pub(crate) async fn client(&self, database: &str) -> Client {
        let settings = format!(
            "host=127.0.0.1 port={} user=postgres dbname={database}",
            self.port
        );
        let begun = Instant::now();
        loop {
            match tokio_postgres::connect(&settings, NoTls).await {
                Ok((client, connection)) => {
                    tokio::spawn(connection);
                    return client;
                }
                Err(error) if begun.elapsed() > Duration::from_secs(30) => {
                    panic!("the server does not come up: {error:?}")
                }
                // It is starting.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn launch(bin: &Path, data: &Path, port: u16) -> Child {
    // A killed server leaves its lock behind.
    let _ = std::fs::remove_file(data.join("postmaster.pid"));
    as_account(ACCOUNT, &bin.join("postgres"))
        .args(["-p", &port.to_string(), "-D"])
        .arg(data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a server")
}

/// The folder of the server's programs, the newest version first; none has been told.
fn binaries() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    folders.sort();
    folder_of(&["initdb", "postgres"], folders, "PostgreSQL", "postgresql")
}
