//! The declared files of this repository: read, right, and shown right by their cases.

use std::path::Path;

use crate::project::{Project, ProjectFiles};
use crate::{CaseFilter, run_cases};

fn files() -> ProjectFiles {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    ProjectFiles::read(&root).expect("the repository can be read")
}

#[tokio::test]
async fn every_case_of_this_repository_passes() {
    let project = Project::parse(&files()).unwrap_or_else(|faults| panic!("{faults}"));
    let report = run_cases(&project.models, &project.contracts, &CaseFilter::default()).await;
    let mut failures = String::new();
    for case in report.failed() {
        failures.push_str(&format!("{} {} ({})\n", case.model, case.case, case.at));
        for line in &case.differences {
            failures.push_str(&format!("  {line}\n"));
        }
    }
    assert!(report.passed(), "{failures}");
}

#[test]
fn a_directory_that_is_not_there_is_no_project() {
    let error = ProjectFiles::read(Path::new("/nowhere/at/all")).expect_err("no such directory");
    assert_eq!(
        error.to_string(),
        "there is no project at `/nowhere/at/all`"
    );
    assert!(error.hint().is_some());
}

#[test]
fn paths_are_relative_to_the_project_and_sorted() {
    let files = files();
    assert!(
        files
            .contracts
            .iter()
            .all(|(path, _)| path.starts_with("schemas/contracts/"))
    );
    assert!(files.contracts.is_sorted());
    assert!(
        files
            .models
            .iter()
            .all(|(path, _)| !path.starts_with("sql/src"))
    );
}
