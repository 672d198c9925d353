//! A Python with the servers and engines that tests meet: moto, deltalake, polars, duckdb.
//!
//! `JIEYUE_PYTHON` names the interpreter; else `.cache/venv/bin/python` of the repository is taken.
//! Where it or a module is missing, a test says so and passes, unless `JIEYUE_REQUIRE_SERVERS=1`.

use std::path::PathBuf;
use std::process::Command;

/// The interpreter, if it can import `modules`; `None` has been told on stderr.
pub fn python(modules: &[&str]) -> Option<PathBuf> {
    let interpreter = interpreter();
    let import = format!("import {}", modules.join(", "));
    let result = Command::new(&interpreter).args(["-c", &import]).output();
    let problem = match result {
        Ok(output) if output.status.success() => return Some(interpreter),
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    let told = format!(
        "NOT TESTED: `{}` cannot `{import}`: {problem}. Set JIEYUE_PYTHON to a Python that can.",
        interpreter.display()
    );
    let is_required = std::env::var("JIEYUE_REQUIRE_SERVERS").is_ok_and(|value| value == "1");
    assert!(!is_required, "{told}");
    eprintln!("{told}");
    None
}

fn interpreter() -> PathBuf {
    match std::env::var_os("JIEYUE_PYTHON") {
        Some(path) => path.into(),
        None => {
            let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
            PathBuf::from(root).join(".cache/venv/bin/python")
        }
    }
}
