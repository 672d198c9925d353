use super::*;

/// Every message and hint, so that wording is looked at when it changes.
#[test]
fn messages_say_what_and_where_and_hints_how_to_mend_it() {
    let file = || "data/a.csv".to_owned();
    let job = || "energy.forms".to_owned();
    let table = || "energy.use".parse::<TableId>().expect("a table");
    let columns = || vec!["单位".to_owned(), "用电量".to_owned()];
    let engine = || Box::new(DataFusionError::Execution("it broke".into()));
    let run_id = || RunId::new(chrono::DateTime::UNIX_EPOCH, &[]);
    let errors = [
        IngestError::UnknownJob {
            job: job(),
            nearest: Some("energy.form".into()),
        },
        IngestError::UnknownJob {
            job: job(),
            nearest: None,
        },
        IngestError::NoJobForTable { table: table() },
        IngestError::FileChanged { file: file() },
        IngestError::ColumnMissing {
            file: file(),
            job: job(),
            column: "电量".into(),
            nearest: Some("用电量".into()),
            columns: columns(),
        },
        IngestError::ColumnMissing {
            file: file(),
            job: job(),
            column: "x".into(),
            nearest: None,
            columns: columns(),
        },
        IngestError::NothingToUnpivot {
            file: file(),
            job: job(),
            globs: vec!["*月".into()],
            columns: columns(),
        },
        IngestError::NoColumnFits {
            file: file(),
            job: job(),
            table: table(),
            columns: columns(),
        },
        IngestError::SelectUnfit {
            file: file(),
            job: job(),
            source: engine(),
        },
        IngestError::OutputMissing {
            job: job(),
            column: "month".into(),
            table: table(),
        },
        IngestError::OutputUnknown {
            job: job(),
            column: "mont".into(),
            table: table(),
            nearest: Some("month".into()),
        },
        IngestError::OutputUnknown {
            job: job(),
            column: "x".into(),
            table: table(),
            nearest: None,
        },
        IngestError::OutputType {
            job: job(),
            column: "month".into(),
            found: "Boolean".into(),
            expected: "a month",
        },
        IngestError::SelectFailed {
            file: file(),
            job: job(),
            source: engine(),
        },
        IngestError::CheckUnusable {
            table: table(),
            check: "parts".into(),
            place: "use.yaml:12".into(),
            source: engine(),
        },
        IngestError::PseudonymKeyMissing {
            table: table(),
            column: "driver".into(),
        },
        IngestError::PseudonymKeyShort {
            place: "`key`".into(),
            bytes: 3,
            least: 16,
        },
        IngestError::PseudonymKeyUnreadable {
            place: "`key`".into(),
            source: std::io::ErrorKind::NotFound.into(),
        },
        IngestError::FilesMissing {
            job: job(),
            mode: "snapshot",
            failed: 1,
            files: 2,
        },
        IngestError::NothingValid {
            job: job(),
            table: table(),
            rows: 7,
        },
        IngestError::Contended {
            table: table(),
            attempts: 10,
        },
        IngestError::KeyNotUnique,
        IngestError::Unbalanced {
            run_id: run_id(),
            ledger: Ledger {
                read: 3,
                inserted: 2,
                ..Ledger::default()
            },
        },
        IngestError::WrittenDiffers {
            run_id: run_id(),
            table: table(),
            written: 1,
            expected: 2,
        },
        IngestError::Engine {
            doing: Doing::Sorting,
            source: engine(),
        },
        IngestError::Stopped,
    ];
    let lines: Vec<String> = errors
        .iter()
        .map(|error| {
            format!(
                "{error}\n    {} | {}, retry {:?}",
                error.hint().unwrap_or("-".into()),
                error.fault(),
                error.retry()
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn an_error_of_ours_comes_out_of_the_engine_as_it_went_in() {
    let inside = DataFusionError::from(IngestError::KeyNotUnique).context("while sorting");
    assert!(matches!(
        Doing::Sorting.failed()(inside),
        IngestError::KeyNotUnique
    ));
}
