//! The settings in force: a flag beats the environment, that beats `jieyue.yaml`, that beats the default.
//! Each remembers where it came from, so that the effective value can be explained.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::cli::Global;

/// One setting and its origin.
#[derive(Debug, Clone)]
pub struct Setting<T> {
    /// The value in force.
    pub value: T,
    /// Who said so.
    pub origin: Origin,
}

/// Who gave a setting its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A flag or the environment; clap folds the two into one, the flag winning.
    CommandLine,
    /// `jieyue.yaml` of the project.
    File,
    /// Nobody; the built-in default.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Origin::CommandLine => "flag or environment",
            Origin::File => "jieyue.yaml",
            Origin::Default => "default",
        })
    }
}

/// All settings of the binary.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The project folder.
    pub project: PathBuf,
    /// Where the tables are.
    pub lake: Setting<String>,
    /// The root of the jobs' `files:` globs.
    pub data: Setting<String>,
    /// The memory of sorts, joins and groups, in bytes.
    pub memory_bytes: Setting<usize>,
    /// Address of the service.
    pub listen: Setting<String>,
    /// File with the key of the pseudonyms.
    pub pseudonym_key_file: Setting<Option<PathBuf>>,
    /// The region the pages open with.
    pub region: Setting<String>,
}

/// Why the settings were refused.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// `jieyue.yaml` exists and cannot be read.
    #[error("cannot read `{path}`")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A key that is none.
    #[error("unknown key `{key}` at {path}:{line}")]
    UnknownKey {
        /// The file.
        path: String,
        /// Its line.
        line: usize,
        /// The key.
        key: String,
        /// The right key that looks most like it.
        nearest: Option<&'static str>,
    },
    /// `jieyue.yaml` is not of the form.
    #[error("cannot read the settings at {path}:{line}: {message}")]
    Malformed {
        /// The file.
        path: String,
        /// Line of the fault; 1 when there is none.
        line: u64,
        /// What the YAML reader said.
        message: String,
    },
    /// A size is not a size.
    #[error("`{text}` is not a size in memory")]
    NotASize {
        /// What was given.
        text: String,
    },
}

impl SettingsError {
    /// How to mend it.
    pub fn hint(&self) -> String {
        match self {
            SettingsError::Unreadable { .. } => "let this account read the file".to_owned(),
            SettingsError::UnknownKey {
                nearest: Some(nearest),
                ..
            } => format!("write `{nearest}`"),
            SettingsError::UnknownKey { .. } | SettingsError::Malformed { .. } => {
                format!(
                    "write a line `key: value` a setting; the keys are {}",
                    KEYS.join(", ")
                )
            }
            SettingsError::NotASize { .. } => {
                "write a whole number and KiB, MiB or GiB, such as \"512 MiB\"".to_owned()
            }
        }
    }
}

/// The keys of the file, in the order in which it has them.
const KEYS: [&str; 6] = [
    "lake",
    "data",
    "memory",
    "listen",
    "pseudonym_key_file",
    "region",
];

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsFile {
    lake: Option<String>,
    data: Option<String>,
    memory: Option<String>,
    listen: Option<String>,
    pseudonym_key_file: Option<PathBuf>,
    region: Option<String>,
}

impl Settings {
    /// Reads `jieyue.yaml` of the project, if there is one, and lays flags and environment over it.
    ///
    /// # Errors
    /// The file cannot be read or parsed, has an unknown key, or a value is not of its kind.
    pub fn load(global: &Global, listen: Option<&str>) -> Result<Settings, SettingsError> {
        let file = read_file(&global.project.join("jieyue.yaml"))?;
        let memory = pick(global.memory.clone(), file.memory, "512 MiB".to_owned());
        let memory_bytes = Setting {
            value: parse_size(&memory.value)?,
            origin: memory.origin,
        };
        let key = pick(
            global.pseudonym_key_file.clone().map(Some),
            file.pseudonym_key_file.map(Some),
            None,
        );
        Ok(Settings {
            project: global.project.clone(),
            lake: pick(global.lake.clone(), file.lake, "lake".to_owned()),
            data: pick(global.data.clone(), file.data, ".".to_owned()),
            memory_bytes,
            listen: pick(
                listen.map(str::to_owned),
                file.listen,
                "127.0.0.1:8420".to_owned(),
            ),
            pseudonym_key_file: key,
            region: pick(None, file.region, "420800".to_owned()),
        })
    }

    /// Name, value and origin of each setting, for `jieyue status --settings`. No secret is among them.
    pub fn rows(&self) -> Vec<[String; 3]> {
        let key = self
            .pseudonym_key_file
            .value
            .as_deref()
            .map_or_else(|| "none".to_owned(), |path| path.display().to_string());
        vec![
            [
                "lake".into(),
                self.lake.value.clone(),
                self.lake.origin.to_string(),
            ],
            [
                "data".into(),
                self.data.value.clone(),
                self.data.origin.to_string(),
            ],
            [
                "memory".into(),
                format!("{} MiB", self.memory_bytes.value >> 20),
                self.memory_bytes.origin.to_string(),
            ],
            [
                "listen".into(),
                self.listen.value.clone(),
                self.listen.origin.to_string(),
            ],
            [
                "pseudonym_key_file".into(),
                key,
                self.pseudonym_key_file.origin.to_string(),
            ],
            [
                "region".into(),
                self.region.value.clone(),
                self.region.origin.to_string(),
            ],
        ]
    }
}

fn read_file(path: &Path) -> Result<SettingsFile, SettingsError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(SettingsFile::default());
        }
        Err(source) => {
            return Err(SettingsError::Unreadable {
                path: path.display().to_string(),
                source,
            });
        }
    };
    let shown = path.strip_prefix(".").unwrap_or(path).display().to_string();
    if let Some(unknown) = unknown_key(&text, &shown) {
        return Err(unknown);
    }
    serde_saphyr::from_str(&text).map_err(|error| SettingsError::Malformed {
        path: shown,
        line: error.location().map_or(1, |location| location.line()),
        message: error.without_snippet().to_string(),
    })
}

/// The first key of a line that is none of ours. The file is flat, so a key begins its line.
fn unknown_key(text: &str, path: &str) -> Option<SettingsError> {
    text.lines().enumerate().find_map(|(index, line)| {
        let (key, _) = line.split_once(':')?;
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let is_key = !key.is_empty() && key.chars().all(is_word);
        (is_key && !KEYS.contains(&key)).then(|| SettingsError::UnknownKey {
            path: path.to_owned(),
            line: index + 1,
            key: key.to_owned(),
            nearest: contracts::text::nearest(key, KEYS.iter().copied()),
        })
    })
}

fn pick<T>(flag: Option<T>, file: Option<T>, default: T) -> Setting<T> {
    match (flag, file) {
        (Some(value), _) => Setting {
            value,
            origin: Origin::CommandLine,
        },
        (None, Some(value)) => Setting {
            value,
            origin: Origin::File,
        },
        (None, None) => Setting {
            value: default,
            origin: Origin::Default,
        },
    }
}

/// Bytes of a text such as `512 MiB`.
pub fn parse_size(text: &str) -> Result<usize, SettingsError> {
    let refused = || SettingsError::NotASize {
        text: text.to_owned(),
    };
    let text = text.trim();
    let digits = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let number: usize = text[..digits].parse().map_err(|_| refused())?;
    let shift = match text[digits..].trim() {
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        _ => return Err(refused()),
    };
    number
        .checked_shl(shift)
        .filter(|bytes| bytes >> shift == number && number > 0)
        .ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_a_number_and_a_binary_unit() {
        assert_eq!(parse_size("512 MiB").ok(), Some(536_870_912)); // 512 · 1024 · 1024
        assert_eq!(parse_size("1GiB").ok(), Some(1_073_741_824));
        for wrong in [
            "",
            "512",
            "512 MB",
            "-1 MiB",
            "0 MiB",
            "1.5 GiB",
            "99999999999999999999 GiB",
        ] {
            assert!(parse_size(wrong).is_err(), "{wrong} was taken");
        }
    }

    #[test]
    fn a_misspelt_key_is_refused_with_its_line() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("jieyue.yaml");
        std::fs::write(&path, "lake: lake\nmemroy: 1 GiB\n").expect("the file is written");
        let error = read_file(&path).expect_err("the key is unknown");
        let text = error.to_string();
        assert!(text.contains("memroy") && text.ends_with(":2"), "{text}");
        assert_eq!(error.hint(), "write `memory`");
    }

    #[test]
    fn a_flag_beats_the_file_and_the_file_beats_the_default() {
        assert_eq!(pick(Some(1), Some(2), 3).value, 1);
        assert_eq!(pick(None, Some(2), 3).value, 2);
        assert_eq!(pick(None, None, 3).value, 3);
    }
}
