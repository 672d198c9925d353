//! How ledgers are shown: one line a run, and below it what was refused and what was detected.

use ingest::RunReport;

use crate::cli::Format;
use crate::failure::Outcome;
use crate::report::{self, Listing};

/// Prints the ledgers of runs.
///
/// # Errors
/// Standard output is closed.
pub fn print(format: Format, reports: &[RunReport]) -> Outcome {
    let columns = [
        "job",
        "status",
        "decoded",
        "left out",
        "read",
        "inserted",
        "updated",
        "unchanged",
        "duplicate",
        "quarantined",
        "deleted",
        "seconds",
        "rows/s",
        "version",
    ];
    let listing = Listing::of(&columns, reports, |run| {
        let ledger = &run.ledger;
        let counts = [
            ledger.decoded,
            ledger.left_out,
            ledger.read,
            ledger.inserted,
            ledger.updated,
            ledger.unchanged,
            ledger.duplicate,
            ledger.quarantined,
            ledger.deleted,
        ];
        let mut row = vec![run.job.clone(), run.status.as_str().to_owned()];
        row.extend(counts.map(with_thousands));
        row.push(format!("{:.2}", run.seconds));
        row.push(with_thousands(run.rows_per_second() as u64));
        row.push(run.version.map_or_else(
            || "nothing changed".to_owned(),
            |version| version.to_string(),
        ));
        row
    })?;
    listing.print(format)
}

/// Tells on standard error what the line of a ledger cannot hold: faults of files, refused rows with
/// examples, remarks of the source and of the decoder.
pub fn tell_details(run: &RunReport) {
    // That nothing changed stands in the ledger's line already.
    if let Some(message) = &run.message
        && message != ingest::NOTHING_CHANGED
    {
        report::note(&format!("{}: {message}", run.job));
    }
    for note in run.pull.iter().flat_map(|pull| &pull.notes) {
        report::note(&format!("{}: {note}", run.job));
    }
    for file in &run.files {
        if let Some(fault) = &file.fault {
            report::note(&format!("{}: {}", run.job, fault.message));
            if let Some(hint) = &fault.hint {
                report::note(&format!("  hint: {hint}"));
            }
        }
        for remark in file.detected.iter().flat_map(|detected| &detected.notes) {
            report::note(&format!("{}: {}: {remark}", run.job, file.name));
        }
    }
    for (rule, refused) in &run.quarantined {
        let rows = if refused.count == 1 { "row" } else { "rows" };
        report::note(&format!(
            "{}: {} {rows} refused by `{rule}`",
            run.job,
            with_thousands(refused.count)
        ));
        for example in &refused.examples {
            let sheet = example
                .place
                .sheet
                .as_deref()
                .map(|sheet| format!(" sheet {sheet}"))
                .unwrap_or_default();
            report::note(&format!(
                "  {}{sheet} row {}: {}",
                example.place.file, example.place.row, example.message
            ));
        }
    }
}

/// `1234567` as `1,234,567`.
pub fn with_thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::with_thousands;

    #[test]
    fn thousands_are_set_apart() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(with_thousands(number), text);
        }
    }
}
