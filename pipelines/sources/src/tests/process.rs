//! Processes of servers that the tests start.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A command as somebody who may run a server: `account`, when the tests run as root.
pub(crate) fn as_account(account: &str, program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .arg(format!("--reuid={account}"))
        .arg(format!("--regid={account}"))
        .args(["--clear-groups", "--"])
        .arg(program)
        .current_dir("/");
    command
}

/// Lets an account have a folder.
pub(crate) fn give_to(account: &str, folder: &Path) {
    if is_root() {
        run(Command::new("chown").arg(account).arg(folder));
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("`id`");
    id.stdout.trim_ascii() == b"0"
}

/// Runs a command to its end, which must be a good one.
pub(crate) fn run(command: &mut Command) {
    let output = command.output().expect("a command");
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Makes `server.crt` and `server.key`, a certificate for 127.0.0.1 that only those trust who are told to.
pub(crate) fn certify(account: &str, folder: &Path) {
    run(as_account(account, Path::new("/usr/bin/openssl"))
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=city",
        ])
        .args(["-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-out")
        .arg(folder.join("server.crt"))
        .arg("-keyout")
        .arg(folder.join("server.key")));
}

/// The last of `folders`, and those of the search path, that has all `programs`; none has been told.
pub(crate) fn folder_of(
    programs: &[&str],
    mut folders: Vec<PathBuf>,
    server: &str,
    package: &str,
) -> Option<PathBuf> {
    folders.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    let has_all = |folder: &PathBuf| programs.iter().all(|program| folder.join(program).exists());
    let found = folders.into_iter().rev().find(has_all);
    if found.is_none() {
        let told = format!("NOT TESTED: no {server} server; install the package `{package}`");
        let required = std::env::var_os("JIEYUE_REQUIRE_SERVERS").is_some_and(|value| value == "1");
        assert!(!required, "{told}");
        eprintln!("{told}");
    }
    found
}
