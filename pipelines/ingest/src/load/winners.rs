//! Where the rows to be written go: to the writer, or aside until their partition is decided.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch};
use arrow::compute::take;
use arrow::datatypes::{SchemaRef, UInt32Type};
use datafusion::error::DataFusionError;
use tokio::sync::mpsc;

use super::keyed::Layout;
use crate::error::{Doing, IngestError};
use crate::place::Origins;
use crate::spool::Spool;

/// Turns offered rows into rows of the table: the contract's columns, then provenance.
pub(super) struct Finish {
    schema: SchemaRef,
    layout: Layout,
    /// Object and sheet by origin; absent for tables without provenance.
    provenance: Option<(ArrayRef, ArrayRef)>,
}

impl Finish {
    /// For rows of the origins known now, into a table of `schema`.
    pub(super) fn new(schema: &SchemaRef, layout: &Layout, origins: &Origins) -> Finish {
        let has_provenance = schema.fields().len() > layout.columns;
        Finish {
            schema: Arc::clone(schema),
            layout: layout.clone(),
            provenance: has_provenance.then(|| {
                let (objects, sheets) = origins.columns();
                (Arc::new(objects) as ArrayRef, Arc::new(sheets) as ArrayRef)
            }),
        }
    }

    fn rows(&self, offered: &RecordBatch) -> Result<RecordBatch, IngestError> {
        let mut columns: Vec<ArrayRef> = offered.columns()[..self.layout.columns].to_vec();
        if let Some((objects, sheets)) = &self.provenance {
            let origins = offered
                .column(self.layout.origin())
                .as_primitive::<UInt32Type>();
            columns.push(take(objects, origins, None).map_err(Doing::Merging.failed())?);
            columns.push(take(sheets, origins, None).map_err(Doing::Merging.failed())?);
            columns.push(Arc::clone(offered.column(self.layout.row())));
        }
        RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(Doing::Merging.failed())
    }
}

/// The way to the table's writer.
pub(super) struct Outlet {
    sender: mpsc::Sender<Result<RecordBatch, DataFusionError>>,
    rows: u64,
}

impl Outlet {
    pub(super) fn new(sender: mpsc::Sender<Result<RecordBatch, DataFusionError>>) -> Outlet {
        Outlet { sender, rows: 0 }
    }

    /// Sends rows of the table to the writer.
    ///
    /// # Errors
    /// [`IngestError::Stopped`] when the writer has given up; its own error says why.
    pub(super) async fn send(&mut self, batch: RecordBatch) -> Result<(), IngestError> {
        self.rows += batch.num_rows() as u64;
        self.sender
            .send(Ok(batch))
            .await
            .map_err(|_| IngestError::Stopped)
    }

    /// How many rows were sent.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }
}

/// Takes the winners of one partition.
pub(super) struct Winners<'a> {
    pub finish: &'a Finish,
    pub outlet: &'a mut Outlet,
    /// Where rows wait when the partition is in the table already.
    pub aside: Option<Spool>,
}

impl Winners<'_> {
    /// Takes offered rows that are to be written, in key order.
    pub(super) async fn push(&mut self, offered: RecordBatch) -> Result<(), IngestError> {
        let rows = self.finish.rows(&offered)?;
        match &mut self.aside {
            Some(spool) => spool.push(rows).map_err(Doing::SettingAside.failed()),
            None => self.outlet.send(rows).await,
        }
    }
}
