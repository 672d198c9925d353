//! The source: a snapshot that `database::pull` reads.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use futures::StreamExt as _;
use mysql_async::prelude::{Query as _, Queryable as _};
use mysql_async::{Conn, Opts, ResultSetStream, Row, TextProtocol, Value};

use super::client::{Session, Voice};
use super::describe;
use super::types::Form;
use crate::database::access::Access;
use crate::database::describe::{Description, Told};
use crate::database::dialect::Dialect;
use crate::database::pull::{self, Rows, Snapshot, Take};
use crate::database::{DatabaseConfig, DatabaseError, Trouble};
use crate::pull::Steps;
use crate::{Pull, Source, SourceError};

/// A table or query of MySQL or MariaDB.
#[derive(Debug)]
pub struct Mysql {
    config: Arc<DatabaseConfig>,
    access: Access,
}

impl Mysql {
    /// Reads the secret the configuration names; asks nothing yet.
    ///
    /// # Errors
    /// When the secret is not there.
    pub fn new(config: &DatabaseConfig, project: &Path) -> Result<Mysql, SourceError> {
        Ok(Mysql {
            config: Arc::new(config.clone()),
            access: Access::of(config, project)?,
        })
    }
}

#[async_trait]
impl Source for Mysql {
    async fn pages(&self, pull: Pull) -> Result<Steps, SourceError> {
        let mut session = Session::open(&self.config, &self.access).await?;
        session.take_snapshot().await?;
        let description = describe::describe(&mut session, &self.config).await?;
        Ok(pull::pages(&self.config, session, description, pull))
    }
}

#[async_trait]
impl Snapshot for Session {
    type Rows = Streaming;

    fn dialect(&self) -> Dialect {
        Dialect::Mysql
    }

    fn columns(&self, config: &DatabaseConfig, description: &Description) -> String {
        let columns = description.columns.iter();
        let expressions = columns.map(|column| {
            let quoted = Dialect::Mysql.quoted_name(&column.name);
            Form::of(&column.kind).expression(&quoted).ok_or(quoted)
        });
        let expressions: Vec<Result<String, String>> = expressions.collect();
        if expressions.iter().all(Result::is_err) {
            return crate::database::select::columns(Dialect::Mysql, config);
        }
        let columns = expressions.into_iter().map(|either| match either {
            Ok(expression) | Err(expression) => expression,
        });
        columns.collect::<Vec<String>>().join(", ")
    }

    async fn tell(&mut self, config: &DatabaseConfig) -> Result<Told, DatabaseError> {
        describe::tell(self, config).await
    }

    async fn value(&mut self, sql: &str) -> Result<Option<String>, DatabaseError> {
        Session::value(self, sql).await
    }

    async fn open(self, sql: &str, description: &Description) -> Result<Streaming, DatabaseError> {
        let columns = description.columns.iter();
        let columns = columns.map(|column| (column.name.clone(), Form::of(&column.kind)));
        let (connection, opts, voice) = self.into_parts();
        let connection_id = connection.id();
        let rows = sql.to_owned().stream::<Row, Conn>(connection).await;
        Ok(Streaming {
            rows: rows.map_err(|error| voice.failed(&error))?,
            columns: columns.collect(),
            row: 0,
            is_over: false,
            connection_id,
            opts,
            voice,
        })
    }
}

/// The rows of one statement, as the server finds them: it waits while nobody takes any.
pub(super) struct Streaming {
    rows: ResultSetStream<'static, 'static, 'static, Row, TextProtocol>,
    columns: Vec<(String, Form)>,
    /// Rows that came.
    row: u64,
    is_over: bool,
    connection_id: u32,
    opts: Opts,
    voice: Voice,
}

#[async_trait]
impl Rows for Streaming {
    async fn fetch(&mut self, wanted: u64, take: Take<'_>) -> Result<u64, DatabaseError> {
        for fetched in 0..wanted {
            let row = match self.rows.next().await {
                Some(Ok(row)) => row,
                Some(Err(error)) => {
                    self.is_over = true;
                    return Err(self.voice.failed(&error));
                }
                None => {
                    self.is_over = true;
                    return Ok(fetched);
                }
            };
            self.row += 1;
            let values = self.complete(row);
            take(&self.texts(&values)?);
        }
        Ok(wanted)
    }

    async fn end(self) -> Result<(), DatabaseError> {
        // Nothing was written: the transaction ends with the session.
        Ok(())
    }
}

impl Streaming {
    fn complete(&self, row: Row) -> Vec<Option<Vec<u8>>> {
        let values = row.unwrap_raw().into_iter().zip(&self.columns);
        let values = values.map(|(value, (_, form))| match value {
            Some(Value::Bytes(mut bytes)) => {
                form.complete(&mut bytes);
                Some(bytes)
            }
            _ => None,
        });
        values.collect()
    }

    fn texts<'v>(
        &self,
        values: &'v [Option<Vec<u8>>],
    ) -> Result<Vec<Option<&'v str>>, DatabaseError> {
        let values = values.iter().zip(&self.columns);
        let texts = values.map(|(value, (column, _))| {
            let text = value.as_deref().map(std::str::from_utf8).transpose();
            text.map_err(|_| {
                self.voice.trouble(Trouble::NotText {
                    row: self.row,
                    column: column.clone(),
                })
            })
        });
        texts.collect()
    }
}

impl Drop for Streaming {
    /// A pull that is given up ends its statement. The driver would read all rows that are left before it
    /// closes the connection.
    fn drop(&mut self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        if self.is_over {
            return;
        }
        let (opts, connection_id) = (self.opts.clone(), self.connection_id);
        runtime.spawn(async move {
            // If this cannot be done, the server ends it when its time is over.
            if let Ok(mut other) = Conn::new(opts).await {
                let _ = other.query_drop(format!("kill {connection_id}")).await;
            }
        });
    }
}
