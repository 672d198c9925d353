//! Where a lake is: a directory or a bucket with a prefix.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use url::Url;

use crate::error::WarehouseError;

/// The place of a lake, as people write it.
///
/// `lake`, `/srv/lake` and `file:///srv/lake` are directories; `s3://bucket/prefix` is
/// S3-compatible storage. What the storage needs to be reached (endpoint, keys, region) comes from
/// the `AWS_*` environment, and from [`with_option`](Self::with_option), which beats it.
#[derive(Clone, PartialEq, Eq)]
pub struct LakeLocation {
    text: String,
    place: Place,
    options: BTreeMap<String, String>,
}

/// The two kinds of place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A directory; relative paths are relative to the working directory.
    Local(PathBuf),
    /// A bucket, and the prefix inside it without slashes at its ends (empty for the whole bucket).
    S3 { bucket: String, prefix: String },
}

impl LakeLocation {
    /// The directory `path`.
    pub fn local(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self {
            text: path.display().to_string(),
            place: Place::Local(path),
            options: BTreeMap::new(),
        }
    }

    /// The same place reached with one more option, named as in the environment but in any case:
    /// `aws_endpoint_url`, `aws_allow_http`, `aws_access_key_id`. Directories take none.
    #[must_use]
    pub fn with_option(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.insert(key.into(), value.into());
        self
    }

    /// Whether the lake is a directory of this machine.
    pub fn is_local(&self) -> bool {
        matches!(self.place, Place::Local(_))
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    pub(crate) fn options(&self) -> &BTreeMap<String, String> {
        &self.options
    }
}

impl FromStr for LakeLocation {
    type Err = WarehouseError;

    fn from_str(text: &str) -> Result<Self, WarehouseError> {
        let refuse = |reason: &'static str| WarehouseError::Location {
            text: text.to_owned(),
            reason,
        };
        if text.trim().is_empty() {
            return Err(refuse("it is empty"));
        }
        let place = match text.split_once("://") {
            None => Place::Local(PathBuf::from(text)),
            Some(("file", _)) => {
                let url = Url::parse(text).map_err(|_| refuse("it is not a URL"))?;
                let path = url
                    .to_file_path()
                    .map_err(|()| refuse("a file URL has three slashes and a full path"))?;
                Place::Local(path)
            }
            Some(("s3", rest)) => {
                let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
                if bucket.is_empty() {
                    return Err(refuse("the bucket is missing"));
                }
                if bucket.contains(['?', '#', '@', ' ']) || prefix.contains(['?', '#']) {
                    return Err(refuse("only a bucket and a prefix may follow `s3://`"));
                }
                Place::S3 {
                    bucket: bucket.to_owned(),
                    prefix: prefix.trim_matches('/').to_owned(),
                }
            }
            Some(_) => return Err(refuse("only `file://` and `s3://` are known")),
        };
        Ok(Self {
            text: text.to_owned(),
            place,
            options: BTreeMap::new(),
        })
    }
}

impl fmt::Display for LakeLocation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// Shows the place and the names of the options, never their values: some are secrets.
impl fmt::Debug for LakeLocation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("LakeLocation")
            .field("text", &self.text)
            .field("options", &self.options.keys())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Place) {
        assert_eq!(*text.parse::<LakeLocation>().unwrap().place(), expected);
    }

    #[test]
    fn plain_text_is_a_directory() {
        check("lake", Place::Local("lake".into()));
        check("/srv/a b/湖", Place::Local("/srv/a b/湖".into()));
    }

    #[test]
    fn file_url_is_a_directory() {
        check("file:///srv/a%20b", Place::Local("/srv/a b".into()));
    }

    #[test]
    fn s3_url_is_a_bucket_and_a_prefix() {
        let place = |bucket: &str, prefix: &str| Place::S3 {
            bucket: bucket.into(),
            prefix: prefix.into(),
        };
        check("s3://city", place("city", ""));
        check("s3://city/", place("city", ""));
        check("s3://city/a/b/", place("city", "a/b"));
    }

    #[test]
    fn everything_else_is_refused_with_a_reason() {
        let faults: Vec<String> = [
            "",
            "s3:///x",
            "hdfs://a/b",
            "file://srv/lake",
            "s3://k:s@b/x",
        ]
        .into_iter()
        .map(|text| text.parse::<LakeLocation>().unwrap_err().to_string())
        .collect();
        insta::assert_debug_snapshot!(faults);
    }

    #[test]
    fn debug_output_hides_the_values_of_options() {
        let location = LakeLocation::local("lake").with_option("aws_secret_access_key", "s3cret");
        let shown = format!("{location:?}");
        assert!(shown.contains("aws_secret_access_key") && !shown.contains("s3cret"));
    }
}
