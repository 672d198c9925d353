//! The source: a snapshot that `database::pull` reads.

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;

use async_trait::async_trait;
use futures::StreamExt as _;
use tokio_postgres::{SimpleQueryMessage, SimpleQueryRow};

use super::client::Session;
use super::describe;
use crate::database::access::Access;
use crate::database::describe::{Description, Told};
use crate::database::dialect::Dialect;
use crate::database::pull::{self, Rows, Snapshot, Take};
use crate::database::{DatabaseConfig, DatabaseError, Trouble};
use crate::pull::Steps;
use crate::{Pull, Source, SourceError};

/// A table or query of PostgreSQL.
#[derive(Debug)]
pub struct Postgres {
    config: Arc<DatabaseConfig>,
    access: Access,
}

impl Postgres {
    /// Reads the secret the configuration names; asks nothing yet.
    ///
    /// # Errors
    /// When the secret is not there.
    pub fn new(config: &DatabaseConfig, project: &Path) -> Result<Postgres, SourceError> {
        Ok(Postgres {
            config: Arc::new(config.clone()),
            access: Access::of(config, project)?,
        })
    }
}

#[async_trait]
impl Source for Postgres {
    async fn pages(&self, pull: Pull) -> Result<Steps, SourceError> {
        let session = Session::open(&self.config, &self.access).await?;
        session
            .run("begin isolation level repeatable read, read only")
            .await?;
        let description = describe::describe(&session, &self.config).await?;
        Ok(pull::pages(&self.config, session, description, pull))
    }
}

#[async_trait]
impl Snapshot for Session {
    type Rows = Fetching;

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn tell(&mut self, config: &DatabaseConfig) -> Result<Told, DatabaseError> {
        describe::tell(self, config).await
    }

    async fn value(&mut self, sql: &str) -> Result<Option<String>, DatabaseError> {
        Session::value(self, sql).await
    }

    async fn open(self, sql: &str, description: &Description) -> Result<Fetching, DatabaseError> {
        self.run(&format!("declare pulled no scroll cursor for {sql}"))
            .await?;
        let columns = description.columns.iter();
        Ok(Fetching {
            session: self,
            columns: columns.map(|column| column.name.clone()).collect(),
            row: 0,
        })
    }
}

/// The rows of the cursor `pulled`.
pub(super) struct Fetching {
    session: Session,
    columns: Vec<String>,
    /// Rows that came.
    row: u64,
}

#[async_trait]
impl Rows for Fetching {
    async fn fetch(&mut self, wanted: u64, take: Take<'_>) -> Result<u64, DatabaseError> {
        let session = &self.session;
        let sql = format!("fetch forward {wanted} from pulled");
        let rows = session.client().simple_query_raw(&sql).await;
        let mut rows = pin!(rows.map_err(|error| session.failed(&error))?);
        let mut fetched = 0;
        while let Some(message) = rows.next().await {
            let SimpleQueryMessage::Row(given) = message.map_err(|error| session.failed(&error))?
            else {
                continue;
            };
            fetched += 1;
            take(&self.read(&given, self.row + fetched)?);
        }
        self.row += fetched;
        Ok(fetched)
    }

    async fn end(self) -> Result<(), DatabaseError> {
        // Nothing was written; this only ends the transaction in good order.
        self.session.run("commit").await
    }
}

impl Fetching {
    fn read<'r>(
        &self,
        given: &'r SimpleQueryRow,
        row: u64,
    ) -> Result<Vec<Option<&'r str>>, DatabaseError> {
        let columns = self.columns.iter().enumerate();
        let values = columns.map(|(index, column)| {
            given.try_get(index).map_err(|_| {
                self.session.trouble(Trouble::NotText {
                    row,
                    column: column.clone(),
                })
            })
        });
        values.collect()
    }
}
