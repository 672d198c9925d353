//! A throw-away MariaDB server on a free port.
//!
//! Debian's programs are used, as `mysql` or whoever runs the tests: the server refuses to run as root.
//! Without them the test says so and passes, unless `JIEYUE_REQUIRE_SERVERS=1`.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, OptsBuilder};
use tempfile::TempDir;

use super::process::{as_account, certify, folder_of, free_port, give_to, run};

/// Who runs it, when the tests run as root.
const ACCOUNT: &str = "mysql";

/// No file has to outlive the machine, and none is large.
const SMALL_AND_FAST: [&str; 5] = [
    "--innodb-flush-method=nosync",
    "--innodb-flush-log-at-trx-commit=2",
    "--innodb-log-file-size=8M",
    "--innodb-buffer-pool-size=32M",
    "--performance-schema=off",
];

/// A server with the database `city`: `root` may do everything without a password, `reader` needs one and
/// may do nothing that it is not granted.
pub(crate) struct Server {
    folder: TempDir,
    program: PathBuf,
    settings: Vec<String>,
    process: Child,
    pub(crate) port: u16,
}

impl Server {
    /// Makes and starts one, with `settings` of its command line.
    pub(crate) async fn start(settings: &[&str]) -> Option<Server> {
        let sbin = vec![PathBuf::from("/usr/sbin")];
        let program = folder_of(&["mariadbd"], sbin, "MariaDB", "mariadb-server")?.join("mariadbd");
        let install = folder_of(
            &["mariadb-install-db"],
            Vec::new(),
            "MariaDB",
            "mariadb-server",
        )?;
        let folder = TempDir::new().expect("a folder");
        give_to(ACCOUNT, folder.path());
        run(as_account(ACCOUNT, &install.join("mariadb-install-db"))
            .arg("--no-defaults")
            .arg(format!(
                "--datadir={}",
                folder.path().join("data").display()
            ))
            // A server clears the temporary tables it finds, those of others too.
            .arg(format!("--tmpdir={}", folder.path().display()))
            .args(["--auth-root-authentication-method=normal", "--skip-test-db"])
            .args(SMALL_AND_FAST));
        let mut settings: Vec<String> = settings.iter().map(|&text| text.to_owned()).collect();
        if settings.iter().any(|setting| setting == "--ssl") {
            certify(ACCOUNT, folder.path());
            let path = |file| folder.path().join(file).display().to_string();
            settings.push(format!("--ssl-cert={}", path("server.crt")));
            settings.push(format!("--ssl-key={}", path("server.key")));
        }
        let port = free_port();
        let process = launch(&program, folder.path(), port, &settings);
        let server = Server {
            folder,
            program,
            settings,
            process,
            port,
        };
        server
            .client("mysql")
            .await
            .query_drop(
                "create database city character set utf8mb4;
                 create user reader@localhost identified by 'pass word'",
            )
            .await
            .expect("a database and an account");
        Some(server)
    }

    /// The certificate of a server with `--ssl`.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.path().join("server.crt")
    }

    /// Kills the server, as a loss of power would, and starts it again.
    pub(crate) async fn restart(&mut self) {
        self.stop();
        self.process = launch(&self.program, self.folder.path(), self.port, &self.settings);
        drop(self.client("city").await);
    }

    /// Kills the server.
    pub(crate) fn stop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// A connection of its own, which writes moments in UTC and takes zero dates.
    pub(crate) async fn client(&self, database: &str) -> Conn {
        let opts = OptsBuilder::default()
            .ip_or_hostname("127.0.0.1")
            .tcp_port(self.port)
            .user(Some("root"))
            .db_name(Some(database))
            .prefer_socket(false)
            .setup(vec!["set time_zone = '+00:00', sql_mode = ''"]);
        let begun = Instant::now();
        loop {
            match Conn::new(opts.clone()).await {
                Ok(connection) => return connection,
                Err(error) if begun.elapsed() > Duration::from_secs(60) => {
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

/// A server removes what others have left in its folder for temporary tables, so it has its own.
fn places(folder: &Path) -> [String; 3] {
    [
        "--no-defaults".to_owned(),
        format!("--datadir={}", folder.join("data").display()),
        format!("--tmpdir={}", folder.display()),
    ]
}

fn launch(program: &Path, folder: &Path, port: u16, settings: &[String]) -> Child {
    as_account(ACCOUNT, program)
        .args(places(folder))
        .arg(format!("--socket={}", folder.join("socket").display()))
        .arg(format!("--pid-file={}", folder.join("pid").display()))
        .arg(format!("--port={port}"))
        .args(["--bind-address=127.0.0.1", "--skip-log-bin"])
        .args(SMALL_AND_FAST)
        .args(settings)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a server")
}
