//! Loaded rows as they were landed, for explanations.
//!
//! Decoding a landed file is `ingest`'s, which the service does not know. Whoever starts the service
//! brings what looks rows up; without it explanations name the place of a row and not its text.

use std::pin::Pin;

use transform::explain::Source;

use crate::service::Service;

/// The work of one look-up.
pub type LookUp<'a> =
    Pin<Box<dyn Future<Output = Result<(), Box<dyn std::error::Error + Send + Sync>>> + Send + 'a>>;

/// Puts beside loaded rows the text they were landed as.
pub trait LandedText: Send + Sync {
    /// Fills in [`raw`](transform::explain::SourceRow::raw) of each row whose place is found.
    fn look_up<'a>(&'a self, source: &'a mut Source) -> LookUp<'a>;
}

impl Service {
    /// Looks up what can be found. A landed file that cannot be read is no reason to say nothing of
    /// the number: the place of the row is still in the answer.
    pub(crate) async fn look_up(&self, source: &mut Source) {
        let Some(landed) = &self.landed else { return };
        let table = source.table.clone();
        if let Err(error) = landed.look_up(source).await {
            tracing::warn!(%table, %error, "cannot look up the landed rows of {table}: {error}");
        }
    }
}
