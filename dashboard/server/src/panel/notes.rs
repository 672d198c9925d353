//! What must be read beside a panel's numbers: factors with source and grade, settings the city has
//! to confirm, caveats of metrics, remarks of the board.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::prelude::ident;
use models::metric::Metrics;

use super::condition::{Values, all};
use crate::answer::{BothTitles, Note, NoteKind};
use crate::board::PanelFile;
use crate::board::file::{ConditionFile, NoteFile, NoteKindFile};
use crate::error::ApiError;
use crate::open::{Opened, text_cell};

/// Factors named beside one panel at the most.
const FACTOR_LIMIT: usize = 12;

/// The notes of a panel, each once.
pub(super) async fn notes(
    panel: &PanelFile,
    values: &Values,
    opened: &Opened,
    metrics: &Metrics,
) -> Result<Vec<Note>, ApiError> {
    let mut notes = Vec::new();
    for note in &panel.notes {
        if let Some(column) = &note.factors {
            let mart = note
                .from
                .as_ref()
                .map_or(&panel.query.from.value, |from| &from.value);
            let filters = if note.filters.is_empty() {
                &panel.query.filters
            } else {
                &note.filters
            };
            let ids = distinct(mart, &column.value, filters, values, opened).await?;
            notes.extend(factors(&ids, note, opened).await?);
        }
        if !note.settings.is_empty() {
            notes.extend(settings(note, opened).await?);
        }
        if let Some(text) = &note.text {
            let is_shown = note.when.is_empty() || {
                let mut conditions = panel.query.filters.clone();
                conditions.extend(note.when.clone());
                any_row(&panel.query.from.value, &conditions, values, opened).await?
            };
            if is_shown {
                notes.push(Note {
                    kind: note.kind.map_or(NoteKind::Caveat, NoteKind::from),
                    text: BothTitles::from(text),
                    source: note.source.clone(),
                    grade: note.grade.clone(),
                    column: note.of.clone(),
                });
            }
        }
    }
    for measure in &panel.query.measures {
        let metric = measure
            .metric
            .as_ref()
            .and_then(|name| metrics.get(&name.value));
        let Some(caveat) = metric.and_then(|metric| metric.caveat.as_ref()) else {
            continue;
        };
        let column = Some(measure.measure.value.clone());
        let note = Note {
            kind: NoteKind::Caveat,
            text: caveat.into(),
            source: None,
            grade: None,
            column,
        };
        if !notes.iter().any(|told: &Note| told.text == note.text) {
            notes.push(note);
        }
    }
    Ok(notes)
}

async fn distinct(
    mart: &str,
    column: &str,
    filters: &BTreeMap<String, ConditionFile>,
    values: &Values,
    opened: &Opened,
) -> Result<BTreeSet<String>, ApiError> {
    let (frame, contract) = opened.mart(mart).await?;
    let Some(condition) = all(filters, contract, values, &opened.regions)? else {
        return Ok(BTreeSet::new());
    };
    let frame = frame
        .filter(condition.and(ident(column).is_not_null()))?
        .aggregate(vec![ident(column)], vec![])?
        .sort(vec![ident(column).sort(true, false)])?
        .limit(0, Some(FACTOR_LIMIT))?;
    let mut ids = BTreeSet::new();
    for batch in frame.collect().await? {
        for row in 0..batch.num_rows() {
            ids.extend(text_cell(&batch, 0, row)?);
        }
    }
    Ok(ids)
}

async fn any_row(
    mart: &str,
    conditions: &BTreeMap<String, ConditionFile>,
    values: &Values,
    opened: &Opened,
) -> Result<bool, ApiError> {
    let (frame, contract) = opened.mart(mart).await?;
    let Some(condition) = all(conditions, contract, values, &opened.regions)? else {
        return Ok(false);
    };
    let batches = frame
        .filter(condition)?
        .limit(0, Some(1))?
        .collect()
        .await?;
    Ok(batches.iter().any(|batch| batch.num_rows() > 0))
}

async fn factors(
    ids: &BTreeSet<String>,
    note: &NoteFile,
    opened: &Opened,
) -> Result<Vec<Note>, ApiError> {
    let columns = [
        "factor_id",
        "region_code",
        "year",
        "kgco2_per_unit",
        "unit",
        "source",
        "grade",
    ];
    let mut notes = Vec::new();
    for row in opened
        .text_rows("reference.emission_factor", &columns)
        .await?
    {
        let [
            Some(id),
            region,
            year,
            Some(value),
            Some(unit),
            source,
            grade,
        ] = row
        else {
            continue;
        };
        if !ids.contains(&id) {
            continue;
        }
        let region = region
            .and_then(|code| opened.regions.titles.get(&code))
            .cloned();
        let value = trimmed(&value);
        let (zh_year, en_year) = year.map_or((String::new(), String::new()), |year| {
            (format!("{year}年"), format!(" {year}"))
        });
        let text = BothTitles {
            zh: format!(
                "{}{zh_year}排放因子 {value} kgCO2/{unit}（{id}）",
                region.as_ref().map_or("", |region| &region.zh)
            ),
            en: format!(
                "{}{en_year} factor {value} kgCO2/{unit} ({id})",
                region.as_ref().map_or("", |region| &region.en)
            ),
        };
        notes.push(graded(
            NoteKind::Factor,
            text,
            source,
            grade,
            note.of.clone(),
        ));
    }
    Ok(notes)
}

async fn settings(note: &NoteFile, opened: &Opened) -> Result<Vec<Note>, ApiError> {
    let columns = [
        "name",
        "value",
        "description_zh",
        "description_en",
        "source",
        "grade",
    ];
    let mut notes = Vec::new();
    for row in opened.text_rows("reference.setting", &columns).await? {
        let [Some(name), Some(value), Some(zh), Some(en), source, grade] = row else {
            continue;
        };
        if note.settings.iter().any(|asked| asked.value == name) {
            let text = BothTitles {
                zh: format!("{zh}：{value}"),
                en: format!("{en}: {value}"),
            };
            notes.push(graded(
                NoteKind::Caveat,
                text,
                source,
                grade,
                note.of.clone(),
            ));
        }
    }
    Ok(notes)
}

/// A value of grade D is a placeholder and says so.
fn graded(
    kind: NoteKind,
    text: BothTitles,
    source: Option<String>,
    grade: Option<String>,
    column: Option<String>,
) -> Note {
    let kind = if grade.as_deref() == Some("D") {
        NoteKind::Placeholder
    } else {
        kind
    };
    Note {
        kind,
        text,
        source,
        grade,
        column,
    }
}

/// `0.36720000` as `0.3672`.
fn trimmed(decimal: &str) -> &str {
    if decimal.contains('.') {
        decimal.trim_end_matches('0').trim_end_matches('.')
    } else {
        decimal
    }
}

impl From<NoteKindFile> for NoteKind {
    fn from(kind: NoteKindFile) -> NoteKind {
        match kind {
            NoteKindFile::Factor => NoteKind::Factor,
            NoteKindFile::Caveat => NoteKind::Caveat,
            NoteKindFile::Placeholder => NoteKind::Placeholder,
            NoteKindFile::CarriedForward => NoteKind::CarriedForward,
            NoteKindFile::Missing => NoteKind::Missing,
        }
    }
}
