//! The blocking side of intake: bytes to batches that know where they come from.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, UInt32Array};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::stream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::{BATCHES_AHEAD, ChosenRows, Intake, IntakeFile, LocalFile};
use crate::decode::{
    DecodeBytes, DecodeError, DecodeInput, Decoded, Detected, SHEET_COLUMN, decode,
};
use crate::error::{Doing, IngestError};
use crate::format::Format;
use crate::load::joined;
use crate::place::{Origin, Origins};
use crate::refusal::{RefusalLog, Refused};
use crate::select::ORIGIN;
use crate::unpivot::{Unpivot, UnpivotPlan};

/// Rows of a batch: what the engine works with.
const BATCH_ROWS: usize = 8192;

/// A file being decoded.
pub(super) struct Decoding {
    pub detected: Detected,
    rows: Option<SendableRecordBatchStream>,
    decoded: DecodedCount,
    work: JoinHandle<Result<Counts, IngestError>>,
}

/// Rows decoded and not yet told to anybody.
#[derive(Debug, Clone, Default)]
pub(super) struct DecodedCount(Arc<AtomicU64>);

impl DecodedCount {
    /// Rows decoded since this was last asked.
    pub(super) fn take(&self) -> u64 {
        self.0.swap(0, Ordering::Relaxed)
    }
}

/// How many rows a file has.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    /// Rows that could be read.
    pub rows: u64,
    /// Rows the decoder refused.
    pub refused: u64,
    /// Rows with fewer fields than the header.
    pub short: u64,
}

impl Counts {
    /// What a person should know about the rows, in a sentence.
    pub(super) fn remark(&self) -> Option<String> {
        (self.short > 0).then(|| {
            format!(
                "rows with fewer fields than the header: {} of {}; the missing ones are empty. \
                 Where every row is written in full, `short_rows: refuse` in the job's `format` sets them aside",
                self.short, self.rows
            )
        })
    }
}

/// Batches of decoded rows as the decoder gives them.
pub(crate) type DecodedRows = mpsc::Receiver<Result<RecordBatch, IngestError>>;

/// Begins to decode `file`, the `index`th of the run. Rows the decoder refuses go to `log`.
///
/// # Errors
/// When the file cannot be opened, or is not what the job says.
pub(super) async fn start(
    intake: &Intake<'_>,
    file: &IntakeFile,
    index: u32,
    log: &Arc<Mutex<RefusalLog>>,
) -> Result<Decoding, IngestError> {
    let bytes = match &file.local {
        Some(local) => DecodeBytes::Path(local.path.clone()),
        None => open_landed(&intake.warehouse, file).await?,
    };
    let (opened, found) = oneshot::channel();
    let (sender, mut receiver) = mpsc::channel(BATCHES_AHEAD);
    let worker = Worker {
        name: file.name.clone(),
        object: file.object.clone(),
        format: intake.job.format.clone(),
        job: intake.job.name.to_string(),
        unpivot: intake.job.unpivot.clone(),
        only: file.only.clone(),
        tagger: Tagger {
            origins: Arc::clone(&intake.origins),
            file: index,
            section: None,
        },
        log: Arc::clone(log),
        decoded: Arc::default(),
    };
    let decoded = Arc::clone(&worker.decoded);
    let work = tokio::task::spawn_blocking(move || worker.run(bytes, opened, &sender));
    match found.await {
        Ok((detected, schema)) => {
            let batches = stream::poll_fn(move |context| receiver.poll_recv(context));
            Ok(Decoding {
                detected,
                rows: Some(Box::pin(RecordBatchStreamAdapter::new(schema, batches))),
                decoded: DecodedCount(decoded),
                work,
            })
        }
        // It ended before it found anything: it says why.
        Err(_) => match joined(work.await) {
            Err(error) => Err(error),
            Ok(_) => Err(IngestError::Stopped),
        },
    }
}

impl Decoding {
    /// The rows, once: the file's columns as text, object and sheet, and the two hidden columns.
    pub(super) fn take_rows(&mut self) -> SendableRecordBatchStream {
        self.rows.take().expect("the rows are taken once")
    }

    /// How many rows come, told while they do.
    pub(super) fn count(&self) -> DecodedCount {
        self.decoded.clone()
    }

    /// Waits for the end of the file; answers how many rows it has.
    ///
    /// # Errors
    /// When the file could not be read to its end, or was changed while it was read.
    pub(super) async fn finish(self, file: &IntakeFile) -> Result<Counts, IngestError> {
        let counts = joined(self.work.await)?;
        if let Some(local) = &file.local
            && LocalFile::look(&local.path).ok().as_ref() != Some(local)
        {
            return Err(IngestError::FileChanged {
                file: file.name.clone(),
            });
        }
        Ok(counts)
    }
}

/// Decodes a landed file again, without unpivot or origins, for whoever wants to see its rows.
pub(crate) async fn decode_plain(
    warehouse: &warehouse::Warehouse,
    file: &IntakeFile,
    format: &Format,
) -> Result<DecodedRows, IngestError> {
    let bytes = open_landed(warehouse, file).await?;
    let (sender, receiver) = mpsc::channel(BATCHES_AHEAD);
    let (name, object, format) = (file.name.clone(), file.object.clone(), format.clone());
    tokio::task::spawn_blocking(move || {
        let each = || {
            let decoded = open_decoder(&name, &object, &format, bytes)?;
            for batch in decoded.batches {
                let batch = batch.map_err(|source| undecodable(&name, source))?;
                if sender.blocking_send(Ok(batch.rows)).is_err() {
                    break;
                }
            }
            Ok(())
        };
        if let Err(error) = each() {
            // Nobody is left to hear it when the receiver is gone.
            let _ = sender.blocking_send(Err(error));
        }
    });
    Ok(receiver)
}

async fn open_landed(
    warehouse: &warehouse::Warehouse,
    file: &IntakeFile,
) -> Result<DecodeBytes, IngestError> {
    Ok(DecodeBytes::Reader(Box::new(
        warehouse.open_landed(&file.landed).await?,
    )))
}

fn open_decoder(
    name: &str,
    object: &str,
    format: &Format,
    bytes: DecodeBytes,
) -> Result<Decoded, IngestError> {
    let input = DecodeInput {
        name,
        object_prefix: object,
        bytes,
    };
    decode(input, format, BATCH_ROWS).map_err(|source| undecodable(name, source))
}

fn undecodable(name: &str, source: DecodeError) -> IngestError {
    IngestError::Undecodable {
        file: name.to_owned(),
        source: Box::new(source),
    }
}

/// What decodes one file on its thread.
struct Worker {
    name: String,
    object: String,
    format: Format,
    job: String,
    unpivot: Option<Unpivot>,
    only: Option<Arc<ChosenRows>>,
    tagger: Tagger,
    log: Arc<Mutex<RefusalLog>>,
    decoded: Arc<AtomicU64>,
}

type Batches = mpsc::Sender<Result<RecordBatch, DataFusionError>>;

impl Worker {
    fn run(
        mut self,
        bytes: DecodeBytes,
        opened: oneshot::Sender<(Detected, SchemaRef)>,
        batches: &Batches,
    ) -> Result<Counts, IngestError> {
        let decoded = open_decoder(&self.name, &self.object, &self.format, bytes)?;
        let tagged = tagged_schema(&decoded.schema);
        let unpivot = match &self.unpivot {
            None => None,
            Some(unpivot) => {
                Some(
                    unpivot
                        .plan(&tagged)
                        .ok_or_else(|| IngestError::NothingToUnpivot {
                            file: self.name.clone(),
                            job: self.job.clone(),
                            globs: unpivot.globs.clone(),
                            columns: decoded.detected.columns.clone(),
                        })?,
                )
            }
        };
        let schema = unpivot
            .as_ref()
            .map_or_else(|| Arc::clone(&tagged), |plan| Arc::clone(&plan.schema));
        if opened.send((decoded.detected, schema)).is_err() {
            return Ok(Counts::default());
        }
        let mut counts = Counts::default();
        for batch in decoded.batches {
            let batch = match batch {
                Ok(batch) => batch,
                Err(source) => {
                    let error = undecodable(&self.name, source);
                    // The select must not take the end of the rows for the end of the file.
                    let _ = batches.blocking_send(Err(IngestError::Stopped.into()));
                    return Err(error);
                }
            };
            counts.rows += self.counted(&batch.rows);
            counts.refused += self.note_refused(&batch.refused)?;
            // A replay looks at some rows of the file only.
            if self.only.is_none() {
                counts.short += batch.short_rows;
            }
            self.decoded
                .fetch_add(batch.rows.num_rows() as u64, Ordering::Relaxed);
            for (origin, rows) in self.tagger.sections(&batch.rows)? {
                if !self.send(batches, &tagged, unpivot.as_ref(), origin, &rows)? {
                    return Ok(counts);
                }
            }
        }
        Ok(counts)
    }

    /// Sends the rows of one sheet; answers whether anybody listens.
    fn send(
        &mut self,
        batches: &Batches,
        tagged: &SchemaRef,
        unpivot: Option<&UnpivotPlan>,
        origin: Origin,
        rows: &RecordBatch,
    ) -> Result<bool, IngestError> {
        let Some(plan) = unpivot else {
            let number = self.tagger.number(origin);
            let rows = tag(rows, tagged, number)?;
            return Ok(batches.blocking_send(Ok(rows)).is_ok());
        };
        let rows = tag(rows, tagged, 0)?;
        for turned in plan.apply(&rows) {
            let (cell, turned) = turned.map_err(Doing::Unpivoting.failed())?;
            let number = self.tagger.number(Origin {
                cell: Some(cell),
                ..origin.clone()
            });
            let turned = replace_origin(&turned, number)?;
            if batches.blocking_send(Ok(turned)).is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// How many of the rows are the run's concern.
    fn counted(&self, rows: &RecordBatch) -> u64 {
        let Some(only) = &self.only else {
            return rows.num_rows() as u64;
        };
        let sheets = sheets(rows);
        let sheets = sheets.as_string::<i32>().iter();
        let numbers = rows
            .column(rows.num_columns() - 1)
            .as_primitive::<Int64Type>()
            .values();
        sheets
            .zip(numbers)
            .filter(|(sheet, row)| only.has(*sheet, **row))
            .count() as u64
    }

    fn note_refused(&mut self, refused: &[crate::decode::RefusedRow]) -> Result<u64, IngestError> {
        let mut count = 0;
        for row in refused {
            if self
                .only
                .as_ref()
                .is_some_and(|only| !only.has(row.sheet.as_deref(), row.row))
            {
                continue;
            }
            let origin = self.tagger.origin(row.sheet.as_deref());
            let origin = self.tagger.number(origin);
            let mut log = self
                .log
                .lock()
                .expect("no thread fails while it holds this lock");
            log.add(Refused {
                origin,
                row: row.row,
                rule: row.rule.as_str(),
                column: "",
                raw: Some(&row.raw),
                message: &row.detail,
            })?;
            count += 1;
        }
        Ok(count)
    }
}

/// Gives batches their origins.
struct Tagger {
    origins: Arc<Origins>,
    file: u32,
    section: Option<(Option<Arc<str>>, u32)>,
}

impl Tagger {
    /// The origin of a sheet, which begins a section unless it goes on with the last one.
    fn origin(&mut self, sheet: Option<&str>) -> Origin {
        let section = match &self.section {
            Some((last, section)) if last.as_deref() == sheet => *section,
            _ => {
                let section = self.origins.add_section();
                self.section = Some((sheet.map(Arc::from), section));
                section
            }
        };
        Origin {
            file: self.file,
            section,
            sheet: sheet.map(Arc::from),
            cell: None,
        }
    }

    fn number(&self, origin: Origin) -> u32 {
        self.origins.number(origin)
    }

    /// The batch cut at its sheets, each part with its origin.
    fn sections(&mut self, rows: &RecordBatch) -> Result<Vec<(Origin, RecordBatch)>, IngestError> {
        if rows.num_rows() == 0 {
            return Ok(Vec::new());
        }
        let sheets = sheets(rows);
        let parts: Vec<(Option<String>, RecordBatch)> = if sheets.null_count() == sheets.len() {
            vec![(None, rows.clone())]
        } else {
            let cut = arrow::compute::partition(&[Arc::clone(&sheets)])
                .map_err(Doing::Conforming.failed())?;
            let names = sheets.as_string::<i32>();
            cut.ranges()
                .into_iter()
                .map(|range| {
                    let name = names
                        .is_valid(range.start)
                        .then(|| names.value(range.start).to_owned());
                    (name, rows.slice(range.start, range.len()))
                })
                .collect()
        };
        Ok(parts
            .into_iter()
            .map(|(sheet, part)| (self.origin(sheet.as_deref()), part))
            .collect())
    }
}

fn sheets(rows: &RecordBatch) -> ArrayRef {
    let sheets = rows
        .column_by_name(SHEET_COLUMN)
        .expect("every decoded batch has its sheets");
    Arc::clone(sheets)
}

/// The decoder's columns, then the origin before the row, which both stand at the end.
fn tagged_schema(decoded: &SchemaRef) -> SchemaRef {
    let mut fields: Vec<Arc<Field>> = decoded.fields().iter().cloned().collect();
    fields.insert(
        fields.len() - 1,
        Arc::new(Field::new(ORIGIN, DataType::UInt32, false)),
    );
    Arc::new(Schema::new(fields))
}

fn tag(rows: &RecordBatch, tagged: &SchemaRef, origin: u32) -> Result<RecordBatch, IngestError> {
    let mut columns = rows.columns().to_vec();
    columns.insert(columns.len() - 1, origins(origin, rows.num_rows()));
    RecordBatch::try_new(Arc::clone(tagged), columns).map_err(Doing::Conforming.failed())
}

fn replace_origin(rows: &RecordBatch, origin: u32) -> Result<RecordBatch, IngestError> {
    let mut columns = rows.columns().to_vec();
    let index = rows
        .schema_ref()
        .index_of(ORIGIN)
        .map_err(Doing::Unpivoting.failed())?;
    columns[index] = origins(origin, rows.num_rows());
    RecordBatch::try_new(rows.schema(), columns).map_err(Doing::Unpivoting.failed())
}

fn origins(origin: u32, rows: usize) -> ArrayRef {
    Arc::new(UInt32Array::from_value(origin, rows))
}

impl LocalFile {
    /// A file as it is now.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn look(path: &std::path::Path) -> std::io::Result<LocalFile> {
        let metadata = std::fs::metadata(path)?;
        Ok(LocalFile {
            path: path.to_owned(),
            size: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }
}
