//! What may stop a run before it is done.

use std::fmt;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use crate::error::IngestError;

/// What may stop a run before it is done; nothing by default.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// How long it may take.
    pub timeout: Option<Duration>,
    /// Told when it shall stop.
    pub cancel: CancellationToken,
    /// Asked before the run commits.
    pub may_commit: Option<MayCommit>,
}

/// Whether a run may still commit, asked right before it does: whoever started it may have been
/// replaced meanwhile. What it answers is told as the cause.
#[derive(Clone)]
pub struct MayCommit(std::sync::Arc<dyn Fn() -> BoxFuture<'static, Permission> + Send + Sync>);

type Permission = Result<(), Box<dyn std::error::Error + Send + Sync>>;

impl MayCommit {
    /// Asks `question` before every commit.
    pub fn new(
        question: impl Fn() -> BoxFuture<'static, Permission> + Send + Sync + 'static,
    ) -> MayCommit {
        MayCommit(std::sync::Arc::new(question))
    }
}

impl fmt::Debug for MayCommit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MayCommit")
    }
}

impl Limits {
    /// `work`, unless it is stopped first. Work that is stopped has committed or has not; what it
    /// leaves behind is what a crash would leave.
    pub(crate) async fn hold<T>(
        &self,
        job: &str,
        work: impl Future<Output = Result<T, IngestError>>,
    ) -> Result<T, IngestError> {
        let over_time = async {
            match self.timeout {
                Some(timeout) => tokio::time::sleep(timeout).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            done = work => done,
            () = self.cancel.cancelled() => Err(IngestError::Cancelled { job: job.to_owned() }),
            () = over_time => Err(IngestError::TimedOut {
                job: job.to_owned(),
                timeout: self.timeout.unwrap_or_default(),
            }),
        }
    }

    /// Whether the run of `job` may commit now.
    pub(crate) async fn check(&self, job: &str) -> Result<(), IngestError> {
        let Some(MayCommit(question)) = &self.may_commit else {
            return Ok(());
        };
        question().await.map_err(|source| IngestError::Superseded {
            job: job.to_owned(),
            source,
        })
    }
}
