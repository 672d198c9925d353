//! What a source gives on the way, and how a task hands it over.

use futures::stream::{self, BoxStream};
use futures::{FutureExt as _, StreamExt as _};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tracing::Instrument as _;

use crate::{Page, SourceError};

/// Where a source goes on next time. Only the connector that made it can read it; it holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(Value);

/// Members that name every file or row a pull has seen.
const LONG_LISTS: [&str; 2] = ["files", "seen"];

impl Cursor {
    /// A cursor that holds `state`.
    pub(crate) fn of(state: &impl Serialize) -> Cursor {
        Cursor(serde_json::to_value(state).expect("the state of a source is plain data"))
    }

    /// The state in it; none when another connector, or another version of this one, wrote it.
    pub(crate) fn state<T: DeserializeOwned>(&self) -> Option<T> {
        T::deserialize(&self.0).ok()
    }

    /// The cursor as JSON, to be kept.
    pub fn as_json(&self) -> &Value {
        &self.0
    }

    /// The cursor as JSON without its long lists, for people.
    pub fn summary(&self) -> Value {
        let mut summary = self.0.clone();
        if let Value::Object(members) = &mut summary {
            members.retain(|name, _| !LONG_LISTS.contains(&name.as_str()));
        }
        summary
    }
}

/// One step of a pull.
#[derive(Debug)]
pub enum Step {
    /// A page.
    Page(Page),
    /// Every page before this is complete: whoever has kept them may go on from here next time.
    Mark(Cursor),
    /// The source says that nothing has changed since the cursor; no page comes.
    Unchanged,
    /// Something people should know of the pull.
    Note(String),
    /// What was asked and how it was answered (columns and their types, the state that was read), to be
    /// kept beside the pages.
    Manifest(Value),
}

/// The steps of a pull. A page that cannot be read is an error in between.
pub type Steps = BoxStream<'static, Result<Step, SourceError>>;

/// Steps that wait between the task that makes them and whoever takes them.
const STEPS_AHEAD: usize = 1;

/// Where a pulling task puts its steps.
#[derive(Debug, Clone)]
pub(crate) struct Outlet {
    name: String,
    sender: mpsc::Sender<Result<Step, SourceError>>,
}

impl Outlet {
    /// Hands a step over, waiting until there is room.
    ///
    /// # Errors
    /// When nobody takes steps any more: the pull is over.
    pub(crate) async fn give(&self, step: Step) -> Result<(), SourceError> {
        let sent = self.sender.send(Ok(step)).await;
        sent.map_err(|_| SourceError::Stopped {
            page: self.name.clone(),
        })
    }
}

/// Runs `work` as a task of its own and gives its steps; an error it ends with comes last. Dropping the
/// stream ends the task.
pub(crate) fn steps<F>(name: String, work: impl FnOnce(Outlet) -> F) -> Steps
where
    F: Future<Output = Result<(), SourceError>> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(STEPS_AHEAD);
    let outlet = Outlet {
        name: name.clone(),
        sender,
    };
    let mut task = JoinSet::new();
    task.spawn(work(outlet).in_current_span());
    let end = async move {
        match task.join_next().await {
            Some(Ok(Ok(()))) | None => None,
            Some(Ok(Err(error))) => Some(Err(error)),
            // It panicked: its end must not look like the end of the source.
            Some(Err(_)) => Some(Err(SourceError::Stopped { page: name })),
        }
    };
    let given = stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|step| (step, receiver))
    });
    given
        .chain(end.into_stream().filter_map(std::future::ready))
        .boxed()
}
