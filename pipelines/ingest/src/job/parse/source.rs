//! The `source:` key of a job: one source, and a format that fits what it gives.

use contracts::yaml::At;
use sources::files::Patterns;
use sources::{ConfigFault, DatabaseConfig, FilesConfig, HttpConfig, SourceConfig};

use super::Reader;
use crate::format::{Format, Kind};
use crate::job::file::SourceFile;
use crate::job::{JobError, Mode};

impl Reader<'_> {
    /// The source, if nothing in it is wrong; `format` is completed with what the source decides.
    pub(super) fn source(
        &mut self,
        source: &At<SourceFile>,
        format: &mut Format,
    ) -> Option<SourceConfig> {
        let at = self.at(source);
        let given = source.given();
        match given[..] {
            [] => {
                self.faults.push(JobError::NoSource { at });
                return None;
            }
            [_] => {}
            _ => {
                let keys = given.iter().map(|key| format!("`{key}`")).collect();
                self.faults.push(JobError::SeveralSources { at, keys });
                return None;
            }
        }
        self.refuse_keys_of_others(source, given[0]);
        if let Some(files) = &source.files {
            return Some(SourceConfig::Files(files_config(files, source)));
        }
        if let Some(files) = &source.project_files {
            return Some(SourceConfig::ProjectFiles(files_config(files, source)));
        }
        if let Some(files) = &source.inbox {
            let mut config = files_config(files, source);
            config.changed_only = true;
            if let Some(settle) = source.settle {
                config.settle = settle;
            }
            return Some(SourceConfig::Files(config));
        }
        if let Some(http) = &source.http {
            return self.http(source, http, format);
        }
        if let Some(database) = &source.postgres {
            self.database(source, database, format)?;
            return Some(SourceConfig::Postgres(database.clone()));
        }
        let database = source.mysql.as_ref()?;
        self.database(source, database, format)?;
        Some(SourceConfig::Mysql(database.clone()))
    }

    /// A database gives JSON lines of the server's text, and nothing else.
    fn database(
        &mut self,
        source: &At<SourceFile>,
        database: &DatabaseConfig,
        format: &mut Format,
    ) -> Option<()> {
        let faults = database.faults();
        let is_sound = faults.is_empty();
        self.source_faults(source, faults);
        if *format != Format::default() {
            let at = self.at(source);
            self.faults.push(JobError::FormatOfDatabase { at });
            return None;
        }
        format.kind = Some(Kind::Ndjson);
        is_sound.then_some(())
    }

    /// Refuses keys that stand beside the source and belong to another one.
    fn refuse_keys_of_others(&mut self, source: &At<SourceFile>, source_key: &'static str) {
        let is_of_files = matches!(source_key, "files" | "project_files" | "inbox");
        let keys = [
            ("entry", source.entry.is_some(), is_of_files),
            ("max_expanded", source.max_expanded.is_some(), is_of_files),
            ("settle", source.settle.is_some(), source_key == "inbox"),
        ];
        for (key, is_given, fits) in keys {
            if is_given && !fits {
                let at = self.at(source);
                self.faults.push(JobError::NotOfSource {
                    at,
                    key,
                    source_key,
                });
            }
        }
    }

    fn http(
        &mut self,
        source: &At<SourceFile>,
        http: &HttpConfig,
        format: &mut Format,
    ) -> Option<SourceConfig> {
        let faults = http.faults();
        let is_sound = faults.is_empty();
        self.source_faults(source, faults);
        let mut http = http.clone();
        if http.is_service() {
            match format.kind {
                None => format.kind = Some(Kind::Json),
                Some(Kind::Json) => {}
                Some(kind) => {
                    let at = self.at(source);
                    let given = "JSON documents, page by page";
                    self.faults.push(JobError::KindOfSource { at, kind, given });
                    return None;
                }
            }
            http.rows = format
                .path
                .as_ref()
                .map(|path| path.members().to_vec())
                .unwrap_or_default();
            http.entries = format.entries;
        }
        is_sound.then(|| SourceConfig::Http(Box::new(http)))
    }

    fn source_faults(&mut self, source: &At<SourceFile>, faults: Vec<ConfigFault>) {
        for fault in faults {
            let line = match fault.line {
                0 => source.line,
                line => line,
            };
            let at = self.at(&At { value: (), line });
            self.faults.push(JobError::Source { at, fault });
        }
    }

    /// Refuses to remove what a source does not give because it has not changed.
    pub(super) fn removal(&mut self, source: &At<SourceFile>, config: &SourceConfig, mode: &Mode) {
        if config.is_incremental() && mode.removes() {
            let at = self.at(source);
            let mode = mode.as_str();
            self.faults.push(JobError::Incremental { at, mode });
        }
    }
}

impl SourceFile {
    /// The keys that name a source.
    fn given(&self) -> Vec<&'static str> {
        let keys = [
            ("files", self.files.is_some()),
            ("project_files", self.project_files.is_some()),
            ("inbox", self.inbox.is_some()),
            ("http", self.http.is_some()),
            ("postgres", self.postgres.is_some()),
            ("mysql", self.mysql.is_some()),
        ];
        let given = keys.into_iter().filter(|(_, is_given)| *is_given);
        given.map(|(key, _)| key).collect()
    }
}

fn files_config(patterns: &Patterns, source: &SourceFile) -> FilesConfig {
    let mut config = FilesConfig::of("");
    config.files = patterns.clone();
    config.entry.clone_from(&source.entry);
    if let Some(bound) = source.max_expanded {
        config.max_expanded = bound;
    }
    config
}
