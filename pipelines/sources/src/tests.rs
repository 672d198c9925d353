//! What a pull comes to, for the tests of all connectors.

pub(crate) mod process;

use futures::StreamExt as _;
use serde_json::Value;

use crate::{Cursor, Pull, Source, SourceError, Step};

/// What a pull came to.
#[derive(Debug, Default)]
pub(crate) struct Got {
    /// Names and contents.
    pub(crate) pages: Vec<(String, String)>,
    pub(crate) marks: Vec<Cursor>,
    pub(crate) notes: Vec<String>,
    pub(crate) manifests: Vec<Value>,
    pub(crate) is_unchanged: bool,
    pub(crate) error: Option<SourceError>,
}

impl Got {
    /// Adds a step.
    pub(crate) async fn note(&mut self, step: Result<Step, SourceError>) {
        match step {
            Ok(Step::Page(page)) => {
                let name = page.name.clone();
                let mut content = Vec::new();
                let mut stream = page.into_stream();
                while let Some(piece) = stream.next().await {
                    content.extend_from_slice(&piece.expect("a piece"));
                }
                let content = String::from_utf8(content).expect("text");
                self.pages.push((name, content));
            }
            Ok(Step::Mark(cursor)) => self.marks.push(cursor),
            Ok(Step::Note(note)) => self.notes.push(note),
            Ok(Step::Unchanged) => self.is_unchanged = true,
            Ok(Step::Manifest(manifest)) => self.manifests.push(manifest),
            Err(error) => self.error = Some(error),
        }
    }

    pub(crate) fn failed(error: SourceError) -> Got {
        Got {
            error: Some(error),
            ..Got::default()
        }
    }

    /// The contents of all pages.
    pub(crate) fn contents(&self) -> Vec<&str> {
        self.pages
            .iter()
            .map(|(_, content)| content.as_str())
            .collect()
    }

    pub(crate) fn last_mark(&self) -> Option<Cursor> {
        self.marks.last().cloned()
    }

    /// What is told of the failure, with `HOST` for the server's address.
    pub(crate) fn told(&self, address: &str) -> String {
        let error = self.error.as_ref().expect("a failure");
        format!(
            "{error}\n{} | {}, again: {:?}",
            error.hint(),
            error.fault(),
            error.retry()
        )
        .replace(address, "HOST")
    }
}

/// Pulls to the end.
pub(crate) async fn collect(source: &dyn Source, pull: Pull) -> Got {
    let mut got = Got::default();
    let mut steps = match source.pages(pull).await {
        Ok(steps) => steps,
        Err(error) => return Got::failed(error),
    };
    while let Some(step) = steps.next().await {
        got.note(step).await;
    }
    got
}
