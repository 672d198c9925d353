//! What a run reports: to the terminal, as JSON, and as a row of `ops.run`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contracts::{Fault, Retry, TableId};
use serde::Serialize;

use crate::decode::Detected;
use crate::error::IngestError;
use crate::interval::Interval;
use crate::ledger::Ledger;
use crate::refusal::RuleCount;
use crate::run_id::RunId;

/// What became of a run.
#[derive(Debug, Clone, Serialize)]
pub struct RunReport {
    /// The run.
    pub run_id: RunId,
    /// The job.
    pub job: String,
    /// The table it loads.
    pub table: TableId,
    /// Whether everything went well; a run with a file that could not be read has failed, although
    /// its other files may be loaded.
    pub status: RunStatus,
    /// What went wrong, or a remark: `nothing changed`.
    pub message: Option<String>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: DateTime<Utc>,
    /// How long it took.
    pub seconds: f64,
    /// Where every row went.
    pub ledger: Ledger,
    /// The files, in the order they were read.
    pub files: Vec<FileReport>,
    /// Rows set aside, by the first rule they break.
    pub quarantined: BTreeMap<String, RuleCount>,
    /// Rows loaded although they break a rule of severity warning, by rule.
    pub warnings: BTreeMap<String, u64>,
    /// Values that lost digits to the column's scale, by column.
    pub rounded: BTreeMap<String, u64>,
    /// Size of the files, expanded.
    pub bytes: u64,
    /// The version of the table that the run made; none when nothing changed.
    pub version: Option<u64>,
    /// Whether the table is another one afterwards.
    pub changed: bool,
    /// How often the run began anew because another one changed the table meanwhile.
    pub restarts: u32,
    /// Whether the rows came out of quarantine.
    pub is_replay: bool,
    /// The interval the run was for, if it was for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// How the source was pulled, if it remembers where it goes on or had something to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull: Option<PullReport>,
}

/// How a source was pulled.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PullReport {
    /// Where it began; everything was asked for when there is none.
    pub since: Option<serde_json::Value>,
    /// Where it goes on next time, if that is another place.
    pub cursor: Option<serde_json::Value>,
    /// First 16 hex digits of the SHA-256 of what was asked and answered, kept beside the pages.
    pub manifest: Option<String>,
    /// What people should know of it.
    pub notes: Vec<String>,
}

/// Whether a run went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// It did.
    Ok,
    /// It did not; the report says how far it came.
    Failed,
}

/// One file of a run.
#[derive(Debug, Clone, Serialize)]
pub struct FileReport {
    /// Its name as the job's source gives it.
    pub name: String,
    /// First 16 hex digits of its SHA-256; none when it could not be landed.
    pub object: Option<String>,
    /// Whether its bytes were new to the lake.
    pub is_new: bool,
    /// Its size, expanded.
    pub bytes: u64,
    /// What was found out about it.
    pub detected: Option<Detected>,
    /// Rows found in it, those the decoder refused among them.
    pub decoded: u64,
    /// Rows the select offered of it, those the decoder refused among them.
    pub read: u64,
    /// Rows of it of which the select offers nothing.
    pub left_out: u64,
    /// Why it could not be read; its rows are then not loaded.
    pub fault: Option<FileFault>,
}

/// Why a file could not be read.
#[derive(Debug, Clone, Serialize)]
pub struct FileFault {
    /// What and where, cause by cause.
    pub message: String,
    /// How to mend it.
    pub hint: Option<String>,
    /// Whose fault it is.
    pub fault: Fault,
    /// Whether trying again can help.
    pub retry: Retry,
}

impl RunReport {
    /// Whose fault a failed run is, the gravest first; `None` for a run that went well.
    pub fn fault(&self) -> Option<Fault> {
        let faults: Vec<Fault> = self
            .files
            .iter()
            .filter_map(|file| file.fault.as_ref())
            .map(|fault| fault.fault)
            .collect();
        let gravest = [Fault::Internal, Fault::External, Fault::User];
        gravest.into_iter().find(|fault| faults.contains(fault))
    }

    /// Whether trying a failed run again can help: the most hopeful of its files decides.
    pub fn retry(&self) -> Retry {
        let faults = self.files.iter().filter_map(|file| file.fault.as_ref());
        let hints: Vec<Retry> = faults.map(|fault| fault.retry).collect();
        let hopes = [Retry::Now, Retry::Later];
        let hope = hopes.into_iter().find(|hope| hints.contains(hope));
        hope.unwrap_or(Retry::Never)
    }

    /// Whether rows were read and none of them is valid: more likely the wrong file, or a rule that is
    /// wrong, than so many mistakes.
    pub fn nothing_is_valid(&self) -> bool {
        self.ledger.read > 0 && self.ledger.quarantined == self.ledger.read && !self.is_replay
    }

    /// Rows read in a second.
    pub fn rows_per_second(&self) -> f64 {
        if self.seconds > 0.0 {
            self.ledger.read as f64 / self.seconds
        } else {
            0.0
        }
    }
}

impl RunStatus {
    /// The word in `ops.run`.
    pub fn as_str(self) -> &'static str {
        match self {
            RunStatus::Ok => "ok",
            RunStatus::Failed => "failed",
        }
    }
}

impl From<&IngestError> for FileFault {
    fn from(error: &IngestError) -> FileFault {
        FileFault {
            message: with_causes(error),
            hint: error.hint(),
            fault: error.fault(),
            retry: error.retry(),
        }
    }
}

/// An error and what caused it, as one sentence; a cause that the level above repeats is left out.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        next = cause.source();
    }
    text
}
