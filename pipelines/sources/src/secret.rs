//! Secrets: where they are, never what they are.
//!
//! A job names a secret by where it lies ([`SecretRef`]). It is read when a source connects, and held in
//! a [`Secret`], which prints as dots; [`Secrets::mask`] takes it out of texts of others (an answer that
//! repeats what it was sent) before they are shown.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use contracts::{Fault, Retry};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

/// Shown in place of a secret.
const DOTS: &str = "•••";

/// Shorter texts are not masked: they would be found in any text.
const SHORTEST_MASKED: usize = 4;

/// Where a secret lies: `env:NAME`, or `file:path` with paths from the project's folder on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretRef {
    /// In a variable of the environment.
    Env(String),
    /// In a file; white space at its end is not part of it.
    File(String),
    /// Neither. What was written is not kept: it may be the secret itself.
    Neither,
}

/// Why a secret cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// A variable that is not set, or is empty.
    #[error("the environment has no `{name}`, which the source's `{key}` names")]
    NoVariable {
        /// The key of the job.
        key: &'static str,
        /// The variable.
        name: String,
    },
    /// A file that cannot be read, or is empty.
    #[error("cannot read the secret in `{path}`, which the source's `{key}` names: {reason}")]
    Unreadable {
        /// The key of the job.
        key: &'static str,
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// A text that names neither.
    #[error("the source's `{key}` names no secret")]
    NotAReference {
        /// The key of the job.
        key: &'static str,
    },
}

impl SecretError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            SecretError::NoVariable { name, .. } => {
                format!("export {name}=… where jieyue is started, or name a file: `file:/run/secrets/…`")
            }
            SecretError::Unreadable { .. } => {
                "put the secret, and nothing else, into the file and let the account that runs jieyue read it".to_owned()
            }
            SecretError::NotAReference { .. } => HOW_TO_NAME.to_owned(),
        }
    }

    /// The user's: a secret is set up where the program is.
    pub fn fault(&self) -> Fault {
        Fault::User
    }

    /// Never, until somebody sets it up.
    pub fn retry(&self) -> Retry {
        Retry::Never
    }
}

/// How a secret is named in a job.
pub(crate) const HOW_TO_NAME: &str =
    "a job names where a secret lies, never what it is: `env:NAME` or `file:path`";

impl SecretRef {
    /// Reads a reference.
    pub fn parse(text: &str) -> SecretRef {
        match text.split_once(':') {
            Some(("env", name))
                if !name.is_empty()
                    && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') =>
            {
                SecretRef::Env(name.to_owned())
            }
            Some(("file", path)) if !path.trim().is_empty() => SecretRef::File(path.to_owned()),
            _ => SecretRef::Neither,
        }
    }

    /// Reads the secret that the job's `key` names; relative files start at `project`.
    ///
    /// # Errors
    /// When there is none. The message says where it was looked for.
    pub fn read(&self, key: &'static str, project: &Path) -> Result<Secret, SecretError> {
        match self {
            SecretRef::Env(name) => match std::env::var(name) {
                Ok(value) if !value.is_empty() => Ok(Secret(value)),
                _ => Err(SecretError::NoVariable {
                    key,
                    name: name.clone(),
                }),
            },
            SecretRef::File(path) => {
                let unreadable = |reason: String| SecretError::Unreadable {
                    key,
                    path: path.clone(),
                    reason,
                };
                let text = std::fs::read_to_string(project.join(path))
                    .map_err(|error| unreadable(error.to_string()))?;
                match text.trim_end() {
                    "" => Err(unreadable("it is empty".to_owned())),
                    secret => Ok(Secret(secret.to_owned())),
                }
            }
            SecretRef::Neither => Err(SecretError::NotAReference { key }),
        }
    }
}

impl<'de> Deserialize<'de> for SecretRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Never an error: its message could hold what was written.
        Ok(SecretRef::parse(&Cow::<'de, str>::deserialize(
            deserializer,
        )?))
    }
}

impl JsonSchema for SecretRef {
    fn schema_name() -> Cow<'static, str> {
        "SecretRef".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^(env:[A-Za-z0-9_]+|file:.+)$",
            "description": "Where a secret lies: `env:NAME` or `file:path`."
        })
    }
}

/// A secret that prints as dots.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret itself, for whoever must be told it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(DOTS)
    }
}

/// All secrets of a source, to keep them out of what is shown.
#[derive(Debug, Clone, Default)]
pub(crate) struct Secrets(Vec<Secret>);

impl Secrets {
    pub(crate) fn add(&mut self, secret: &Secret) {
        self.0.push(secret.clone());
    }

    /// The text with dots where a secret stood, as it is or as an address writes it.
    pub(crate) fn mask(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for form in self.forms() {
            if text.contains(&form) {
                text = text.replace(&form, DOTS);
            }
        }
        text
    }

    /// Whether a secret stands in the text.
    pub(crate) fn are_in(&self, text: &str) -> bool {
        self.forms().any(|form| text.contains(&form))
    }

    fn forms(&self) -> impl Iterator<Item = String> + '_ {
        let long = self
            .0
            .iter()
            .filter(|secret| secret.0.len() >= SHORTEST_MASKED);
        long.flat_map(|secret| {
            let encoded: String =
                url::form_urlencoded::byte_serialize(secret.0.as_bytes()).collect();
            [secret.0.clone(), encoded]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_named_by_its_place_and_never_printed() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("key"), "hunter2&co\n").expect("a file");
        assert_eq!(SecretRef::parse("hunter2&co"), SecretRef::Neither);
        assert_eq!(SecretRef::parse("env:"), SecretRef::Neither);
        let secret = SecretRef::parse("file:key").read("password", folder.path());
        let secret = secret.expect("a secret");
        assert_eq!(secret.expose(), "hunter2&co");
        assert_eq!(format!("{secret:?}"), "•••");
        let mut secrets = Secrets::default();
        secrets.add(&secret);
        assert_eq!(
            secrets.mask("no hunter2&co and no ?key=hunter2%26co here"),
            "no ••• and no ?key=••• here"
        );
    }

    #[test]
    fn a_secret_that_is_not_there_is_told_by_its_place() {
        let read = |text: &str| {
            SecretRef::parse(text)
                .read("password", Path::new("/nowhere"))
                .expect_err(text)
        };
        let error = read("env:JIEYUE_TEST_NO_SUCH");
        assert_eq!(
            error.to_string(),
            "the environment has no `JIEYUE_TEST_NO_SUCH`, which the source's `password` names"
        );
        assert!(read("file:x").to_string().starts_with(
            "cannot read the secret in `x`, which the source's `password` names: No such file"
        ));
        assert_eq!(
            read("abc").to_string(),
            "the source's `password` names no secret"
        );
    }
}
