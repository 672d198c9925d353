//! How a command fails: what went wrong, how to mend it, and whose fault it is.
//!
//! Libraries answer typed errors with `hint()` and `fault()`. Here they become one report that walks
//! the chain of causes once, and one exit code.

use std::fmt;
use std::process::ExitCode;

use contracts::Fault;
use miette::Diagnostic;

/// What a command answers.
pub type Outcome<T = ()> = Result<T, Failure>;

/// One or more faults found, all told at once.
#[derive(Debug)]
pub struct Failure {
    faults: Vec<Told>,
}

/// One fault: its sentence and causes, and the hint apart from it.
#[derive(Debug)]
pub struct Told {
    error: Box<dyn std::error::Error + Send + Sync>,
    hint: Option<String>,
    fault: Fault,
}

impl Failure {
    /// A fault of a library.
    pub fn of(
        error: impl std::error::Error + Send + Sync + 'static,
        hint: Option<String>,
        fault: Fault,
    ) -> Self {
        Failure {
            faults: vec![Told {
                error: Box::new(error),
                hint,
                fault,
            }],
        }
    }

    /// A fault in what the caller gave.
    pub fn user(message: impl Into<String>, hint: impl Into<String>) -> Self {
        let told = Told {
            error: message.into().into(),
            hint: Some(hint.into()),
            fault: Fault::User,
        };
        Failure { faults: vec![told] }
    }

    /// All of these.
    pub fn all(failures: impl IntoIterator<Item = Failure>) -> Self {
        Failure {
            faults: failures
                .into_iter()
                .flat_map(|failure| failure.faults)
                .collect(),
        }
    }

    /// How many faults there are.
    pub fn len(&self) -> usize {
        self.faults.len()
    }

    /// The faults as reports of their own.
    pub fn into_faults(self) -> Vec<Told> {
        self.faults
    }

    /// 1 the user's, 3 something outside, 70 ours; the gravest fault decides.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code())
    }

    /// The same as a number.
    pub fn code(&self) -> u8 {
        self.faults
            .iter()
            .map(|told| code_of(told.fault))
            .max()
            .unwrap_or(70)
    }
}

/// The exit code of a fault.
pub fn code_of(fault: Fault) -> u8 {
    match fault {
        Fault::User => 1,
        Fault::External => 3,
        Fault::Internal => 70,
    }
}

impl fmt::Display for Told {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(formatter)
    }
}

impl std::error::Error for Told {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

impl Diagnostic for Told {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.hint
            .as_ref()
            .map(|hint| Box::new(hint) as Box<dyn fmt::Display>)
    }
}

/// Turns a library's error, which has `hint()` and `fault()`, into a failure.
macro_rules! failure_from {
    ($($error:ty),* $(,)?) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                let (hint, fault) = (error.hint().map(Into::into), error.fault());
                Failure::of(error, hint, fault)
            }
        }
    )*};
}

failure_from!(
    contracts::ContractError,
    ingest::IngestError,
    ingest::job::JobError,
    models::ModelError,
    server::ServerError,
    server::board::BoardError,
    transform::TransformError,
    transform::project::ProjectError,
    warehouse::WarehouseError,
);

impl From<crate::settings::SettingsError> for Failure {
    fn from(error: crate::settings::SettingsError) -> Self {
        let hint = Some(error.hint().to_owned());
        Failure::of(error, hint, Fault::User)
    }
}

impl<E: Into<Failure>> From<Vec<E>> for Failure {
    fn from(errors: Vec<E>) -> Self {
        Failure::all(errors.into_iter().map(Into::into))
    }
}

impl From<datafusion::error::DataFusionError> for Failure {
    fn from(error: datafusion::error::DataFusionError) -> Self {
        Failure::of(error, None, Fault::User)
    }
}
