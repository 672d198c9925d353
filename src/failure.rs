//! How a command fails: what went wrong, how to mend it, and whose fault it is.
//!
//! Libraries answer typed errors with `hint()` and `fault()`. Here they become one report that walks
//! the chain of causes once, and one exit code.

use std::fmt;
use std::process::ExitCode;

use contracts::Fault;
use datafusion::error::DataFusionError;
use miette::Diagnostic;
use warehouse::WarehouseError;

/// The exit code of wrong usage; clap ends with it as well.
const WRONG_USAGE: u8 = 2;

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
    chain: Link,
    hint: Option<String>,
    code: u8,
}

/// A sentence and its cause. Layers below us repeat each other, so the chain is made of texts, and a
/// cause that the sentence above ends with is not said again.
#[derive(Debug)]
struct Link {
    text: String,
    cause: Option<Box<Link>>,
}

impl Link {
    fn of(error: &dyn std::error::Error) -> Link {
        let text = error.to_string();
        let mut next = error.source();
        while let Some(cause) = next
            && text.ends_with(&cause.to_string())
        {
            next = cause.source();
        }
        Link {
            text,
            cause: next.map(|cause| Box::new(Link::of(cause))),
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl std::error::Error for Link {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause
            .as_deref()
            .map(|cause| cause as &(dyn std::error::Error + 'static))
    }
}

impl Failure {
    /// A fault of a library.
    pub fn of(error: impl std::error::Error, hint: Option<String>, fault: Fault) -> Self {
        Failure {
            faults: vec![Told {
                chain: Link::of(&error),
                hint,
                code: code_of(fault),
            }],
        }
    }

    /// A fault in what the caller gave.
    pub fn user(message: impl Into<String>, hint: impl Into<String>) -> Self {
        let told = Told {
            chain: Link {
                text: message.into(),
                cause: None,
            },
            hint: Some(hint.into()),
            code: code_of(Fault::User),
        };
        Failure { faults: vec![told] }
    }

    /// Something outside that failed while we did `doing`, which begins with `cannot`.
    pub fn outside(
        doing: impl Into<String>,
        error: &dyn std::error::Error,
        hint: impl Into<String>,
    ) -> Self {
        let told = Told {
            chain: Link {
                text: doing.into(),
                cause: Some(Box::new(Link::of(error))),
            },
            hint: Some(hint.into()),
            code: code_of(Fault::External),
        };
        Failure { faults: vec![told] }
    }

    /// Words of the command line that do not go together, where clap could not see it.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        let mut failure = Self::user(message, hint);
        failure
            .faults
            .iter_mut()
            .for_each(|told| told.code = WRONG_USAGE);
        failure
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

    /// 1 the user's, 2 wrong usage, 3 something outside, 70 ours; the gravest fault decides.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code())
    }

    /// The same as a number.
    pub fn code(&self) -> u8 {
        self.faults.iter().map(|told| told.code).max().unwrap_or(70)
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

impl Told {
    /// How to mend it.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Told {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chain.fmt(formatter)
    }
}

impl std::error::Error for Told {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.chain.source()
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
    models::metric::QueryError,
    schedule::ScheduleError,
    schedule::ScheduleFault,
    operations::OperationsError,
    operations::SettingsError,
    server::ServerError,
    server::board::BoardError,
    transform::TransformError,
    transform::explain::ExplainError,
    transform::project::ProjectError,
    WarehouseError,
);

impl From<crate::settings::SettingsError> for Failure {
    fn from(error: crate::settings::SettingsError) -> Self {
        let hint = Some(error.hint());
        Failure::of(error, hint, Fault::User)
    }
}

impl<E: Into<Failure>> From<Vec<E>> for Failure {
    fn from(errors: Vec<E>) -> Self {
        Failure::all(errors.into_iter().map(Into::into))
    }
}

/// A query of ours that failed. One that a person wrote is told by `query`.
impl From<DataFusionError> for Failure {
    fn from(error: DataFusionError) -> Self {
        let (hint, fault) = of_the_engine(&error).unwrap_or((None, Fault::Internal));
        Failure::of(error, hint, fault)
    }
}

/// The hint and the fault of an engine's error that does not come from the query; `None` when it does.
pub fn of_the_engine(error: &DataFusionError) -> Option<(Option<String>, Fault)> {
    match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => Some((
            Some("give it more memory with --memory, such as \"2 GiB\"".to_owned()),
            Fault::External,
        )),
        DataFusionError::IoError(_)
        | DataFusionError::ObjectStore(_)
        | DataFusionError::ParquetError(_) => Some((
            Some("look whether the lake is reachable and its files are whole".to_owned()),
            Fault::External,
        )),
        DataFusionError::Internal(_) | DataFusionError::ExecutionJoin(_) => {
            Some((None, Fault::Internal))
        }
        // A table that a query names is opened when the query is planned.
        DataFusionError::External(error) => {
            let error = error.downcast_ref::<WarehouseError>()?;
            Some((error.hint(), error.fault()))
        }
        _ => None,
    }
}
