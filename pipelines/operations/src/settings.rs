//! `pipelines/operations.yaml`: who is told of what. Secrets stand in it by reference alone.

use std::path::PathBuf;

use contracts::Fault;
use lettre::message::Mailbox;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::alert::mail::Mail;
use crate::alert::webhook::Webhook;
use crate::alert::{AlertSettings, IncidentKind};
use crate::lineage::{Lineage, LineageSink};

/// Who is told of what, and where lineage goes.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Who is told when something is wrong.
    pub alerts: Option<AlertSettings>,
    /// Where runs and builds are told.
    pub lineage: Option<Lineage>,
}

/// Why the settings were refused.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file is not of its form.
    #[error("cannot read {file}:{line}: {message}")]
    Malformed {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// What the YAML reader said.
        message: String,
    },
    /// An address of mail is none.
    #[error("`{address}` in {file} is no mail address")]
    Address {
        /// The file.
        file: String,
        /// What stands there.
        address: String,
    },
    /// A secret is not where the file says.
    #[error("the secret of `{of}` in {file} is not in {place}")]
    Secret {
        /// The file.
        file: String,
        /// What it is for.
        of: &'static str,
        /// Where it should be.
        place: String,
    },
    /// Lineage goes nowhere, or to two places.
    #[error("`lineage` in {file} needs a `file` or a `url`, and not both")]
    Sink {
        /// The file.
        file: String,
    },
    /// Nobody would be told.
    #[error("{file} tells nobody")]
    Nobody {
        /// The file.
        file: String,
    },
}

impl SettingsError {
    /// How to mend it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            SettingsError::Malformed { .. } => {
                "pipelines/operations/json/operations.schema.json describes the file".to_owned()
            }
            SettingsError::Address { .. } => {
                "write `name@example.org` or `Name <name@example.org>`".to_owned()
            }
            SettingsError::Secret { place, .. } => {
                format!("put it in {place}, or leave the key out")
            }
            SettingsError::Sink { .. } => "write `file: lineage.ndjson`".to_owned(),
            SettingsError::Nobody { .. } => {
                "declare `webhook` or `smtp`, or remove the file".to_owned()
            }
        })
    }

    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        Fault::User
    }
}

/// Who is told what of how a lake runs.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Operations")]
struct OperationsFile {
    /// Who is told when something is wrong.
    alerts: Option<AlertsFile>,
    /// Where runs and builds are told as OpenLineage events.
    lineage: Option<LineageFile>,
}

/// Where OpenLineage events go: a file or an address.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LineageFile {
    /// What tells this lake from others; `jieyue` unless given.
    namespace: Option<String>,
    /// A file that grows by a line an event.
    file: Option<PathBuf>,
    /// An address that takes each event by POST.
    url: Option<String>,
}

/// Who is told when a job fails, data is late or a ledger does not balance.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AlertsFile {
    /// What is told; everything unless given.
    on: Option<Vec<IncidentKind>>,
    /// An address that takes JSON.
    webhook: Option<WebhookFile>,
    /// A mail server.
    smtp: Option<SmtpFile>,
}

/// An address that takes JSON by POST.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WebhookFile {
    /// The address.
    url: String,
    /// What the body is signed with (HMAC-SHA256, header `x-jieyue-signature`).
    secret: Option<SecretFile>,
}

/// A mail server and whom it brings mail to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SmtpFile {
    /// Its name.
    host: String,
    /// Its port: 465 with `tls`, 587 with `starttls`, 25 with `none`, unless given.
    port: Option<u16>,
    /// How the connection is kept from others; `tls` unless given.
    #[serde(default)]
    security: Security,
    /// The account.
    user: Option<String>,
    /// Its password.
    password: Option<SecretFile>,
    /// Whom mail comes from.
    from: String,
    /// Whom it goes to.
    to: Vec<String>,
}

/// How a connection to a mail server is kept from others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Security {
    /// Encrypted from the first byte.
    #[default]
    Tls,
    /// Encrypted after a greeting; refused where the server does not offer it.
    Starttls,
    /// Not at all: within one machine only.
    None,
}

/// Where a secret is. It never stands in the file itself.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum SecretFile {
    /// A variable of the environment.
    Env(String),
    /// A file; the end of its line is left off.
    File(PathBuf),
}

/// Reads the settings from a file's text; `variable` looks up the environment.
///
/// # Errors
/// The file is not of its form; a secret is not where it says.
pub fn parse(
    file: &str,
    text: &str,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Settings, SettingsError> {
    let read: OperationsFile =
        serde_saphyr::from_str(text).map_err(|error| SettingsError::Malformed {
            file: file.to_owned(),
            line: error.location().map_or(1, |location| location.line()),
            message: error.without_snippet().to_string(),
        })?;
    let lineage = match read.lineage {
        None => None,
        Some(lineage) => {
            let sink = match (lineage.file, lineage.url) {
                (Some(path), None) => LineageSink::File(path),
                (None, Some(url)) => LineageSink::Http(url),
                _ => {
                    return Err(SettingsError::Sink {
                        file: file.to_owned(),
                    });
                }
            };
            let namespace = lineage.namespace.unwrap_or_else(|| "jieyue".to_owned());
            Some(Lineage::new(sink, namespace))
        }
    };
    let alerts = read
        .alerts
        .map(|alerts| alert_settings(file, alerts, &variable));
    Ok(Settings {
        alerts: alerts.transpose()?,
        lineage,
    })
}

fn alert_settings(
    file: &str,
    read: AlertsFile,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<AlertSettings, SettingsError> {
    let secret = |of: &'static str, secret: &SecretFile| {
        let (found, place) = match secret {
            SecretFile::Env(name) => (variable(name), format!("the variable `{name}`")),
            SecretFile::File(path) => (
                std::fs::read_to_string(path)
                    .ok()
                    .map(|text| text.trim_end().to_owned()),
                format!("the file `{}`", path.display()),
            ),
        };
        found
            .filter(|secret| !secret.is_empty())
            .ok_or_else(|| SettingsError::Secret {
                file: file.to_owned(),
                of,
                place,
            })
    };
    let address = |address: &String| {
        let parsed: Result<Mailbox, _> = address.parse();
        parsed.map_err(|_| SettingsError::Address {
            file: file.to_owned(),
            address: address.clone(),
        })
    };
    let webhook = match read.webhook {
        None => None,
        Some(webhook) => {
            let key = webhook.secret.as_ref().map(|of| secret("webhook", of));
            Some(Webhook {
                url: webhook.url,
                secret: key.transpose()?.map(String::into_bytes),
            })
        }
    };
    let smtp = match read.smtp {
        None => None,
        Some(smtp) => {
            let password = smtp.password.as_ref().map(|of| secret("smtp", of));
            let password = password.transpose()?;
            let port = smtp.port.unwrap_or(match smtp.security {
                Security::Tls => 465,
                Security::Starttls => 587,
                Security::None => 25,
            });
            Some(Mail {
                host: smtp.host,
                port,
                security: smtp.security,
                credentials: smtp.user.zip(password),
                from: address(&smtp.from)?,
                to: smtp.to.iter().map(address).collect::<Result<_, _>>()?,
            })
        }
    };
    if webhook.is_none() && smtp.as_ref().is_none_or(|mail| mail.to.is_empty()) {
        return Err(SettingsError::Nobody {
            file: file.to_owned(),
        });
    }
    let every = [
        IncidentKind::Failure,
        IncidentKind::Lateness,
        IncidentKind::Imbalance,
    ];
    Ok(AlertSettings {
        on: read
            .on
            .unwrap_or_else(|| every.to_vec())
            .into_iter()
            .collect(),
        webhook,
        smtp,
    })
}

/// The JSON Schema of the file.
pub fn json_schema() -> schemars::Schema {
    schemars::schema_for!(OperationsFile)
}
