//! Alerts: somebody is told when a job fails, data is late or a ledger does not balance, once, and once
//! more when that is over.
//!
//! What is wrong is read from the lake's [`Status`] and [`Lateness`]: an [`Incident`] has a key that stays the
//! same as long as it lasts. That it was told is remembered in the lake, so that every program and machine
//! that looks tells it once between them:
//!
//! ```text
//! operations/incidents/<16 digits of the key's SHA-256>.json   {"incident": …, "is_told": true}
//! ```
//! The object is created if it is absent, by whoever tells; it goes when the incident is over. A message that
//! could not be sent leaves `is_told` false and is tried again by the next look. Nothing here fails a run.

mod incident;
pub(crate) mod mail;
pub(crate) mod webhook;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use object_store::path::Path;
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt as _, PutMode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use warehouse::Warehouse;

use crate::lateness::Lateness;
use crate::status::Status;
pub use incident::{Incident, IncidentKind, incidents};
use mail::Mail;
use webhook::Webhook;

const FOLDER: &str = "operations/incidents";
/// How often one message is sent before it is left to the next look, and the wait between.
const ATTEMPTS: u32 = 3;
const WAIT: Duration = Duration::from_millis(500);

/// Who is told of what.
#[derive(Debug, Clone)]
pub struct AlertSettings {
    pub(crate) on: BTreeSet<IncidentKind>,
    pub(crate) webhook: Option<Webhook>,
    pub(crate) smtp: Option<Mail>,
}

/// Whether an incident begins or is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// It is there.
    Begins,
    /// It is no longer.
    Over,
}

/// What became of a look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// Incidents told for the first time.
    pub begun: usize,
    /// Incidents told to be over.
    pub over: usize,
    /// Messages that could not be sent.
    pub failed: usize,
}

/// An incident as the lake remembers it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Remembered {
    incident: Incident,
    is_told: bool,
}

/// Tells what is new among the incidents of a state, and what is over. What fails is logged.
pub async fn tell(
    warehouse: &Warehouse,
    settings: &AlertSettings,
    status: &Status,
    lateness: Option<&Lateness>,
) -> Told {
    let store = warehouse.store();
    let found = incidents(status, lateness);
    let found: BTreeMap<String, Incident> = found
        .into_iter()
        .filter(|(_, incident)| settings.on.contains(&incident.kind))
        .collect();
    match turns(store.as_ref(), settings, found).await {
        Ok(told) => told,
        Err(error) => {
            tracing::warn!(%error, "cannot remember which alerts were sent, so none is: {error}");
            Told::default()
        }
    }
}

async fn turns(
    store: &dyn ObjectStore,
    settings: &AlertSettings,
    mut found: BTreeMap<String, Incident>,
) -> Result<Told, StoreError> {
    let mut told = Told::default();
    for (path, remembered) in remembered(store).await? {
        match found.remove(&remembered.incident.key) {
            // It lasts. Only what could not be sent is sent again.
            Some(incident) if !remembered.is_told => {
                told.note(Turn::Begins, begin(store, settings, &path, incident).await?);
            }
            Some(_) => {}
            None => {
                match store.delete(&path).await {
                    // Somebody else was faster, and tells.
                    Err(StoreError::NotFound { .. }) => continue,
                    deleted => deleted?,
                }
                let sent =
                    !remembered.is_told || send(settings, &remembered.incident, Turn::Over).await;
                told.note(Turn::Over, sent);
            }
        }
    }
    for (key, incident) in found {
        let path = path_of(&key);
        let bytes = bytes(&incident, false);
        match store
            .put_opts(&path, bytes.into(), PutMode::Create.into())
            .await
        {
            Err(StoreError::AlreadyExists { .. }) => continue,
            created => drop(created?),
        }
        told.note(Turn::Begins, begin(store, settings, &path, incident).await?);
    }
    Ok(told)
}

/// Sends that an incident begins, and remembers that it was sent.
async fn begin(
    store: &dyn ObjectStore,
    settings: &AlertSettings,
    path: &Path,
    incident: Incident,
) -> Result<bool, StoreError> {
    let sent = send(settings, &incident, Turn::Begins).await;
    if sent {
        store.put(path, bytes(&incident, true).into()).await?;
    }
    Ok(sent)
}

/// Sends one message by every channel; whether all took it.
async fn send(settings: &AlertSettings, incident: &Incident, turn: Turn) -> bool {
    let mut sent = true;
    if let Some(webhook) = &settings.webhook {
        sent &= persevere("webhook", incident, async || {
            webhook.send(incident, turn).await
        })
        .await;
    }
    if let Some(mail) = &settings.smtp {
        sent &= persevere("mail", incident, async || mail.send(incident, turn).await).await;
    }
    sent
}

async fn persevere<E: std::fmt::Display>(
    channel: &str,
    incident: &Incident,
    send: impl AsyncFn() -> Result<(), E>,
) -> bool {
    for attempt in 1..=ATTEMPTS {
        match send().await {
            Ok(()) => return true,
            Err(error) => {
                let key = &incident.key;
                tracing::warn!(channel, key, attempt, %error, "alert `{key}` is not sent by {channel}: {error}");
            }
        }
        if attempt < ATTEMPTS {
            tokio::time::sleep(WAIT * 2_u32.pow(attempt)).await;
        }
    }
    false
}

impl Told {
    fn note(&mut self, turn: Turn, sent: bool) {
        match (turn, sent) {
            (_, false) => self.failed += 1,
            (Turn::Begins, true) => self.begun += 1,
            (Turn::Over, true) => self.over += 1,
        }
    }
}

async fn remembered(store: &dyn ObjectStore) -> Result<Vec<(Path, Remembered)>, StoreError> {
    let mut remembered = Vec::new();
    let listing = store.list_with_delimiter(Some(&Path::from(FOLDER))).await?;
    for object in listing.objects {
        let bytes = store.get(&object.location).await?.bytes().await?;
        match serde_json::from_slice(&bytes) {
            Ok(one) => remembered.push((object.location, one)),
            Err(error) => {
                let path = object.location;
                tracing::warn!(%path, %error, "`{path}` is no incident: delete it, and what lasts is told again");
            }
        }
    }
    Ok(remembered)
}

fn path_of(key: &str) -> Path {
    let digits = hex::encode(&Sha256::digest(key)[..8]);
    Path::from(FOLDER).join(format!("{digits}.json"))
}

fn bytes(incident: &Incident, is_told: bool) -> Vec<u8> {
    let remembered = Remembered {
        incident: incident.clone(),
        is_told,
    };
    serde_json::to_vec(&remembered).expect("an incident is plain data")
}
