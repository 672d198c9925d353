//! A server of either kind.

use std::time::Duration;

use mysql_async::prelude::Queryable as _;

use super::*;
use crate::mysql::Mysql;
use crate::mysql::tests::server::Server as MysqlServer;
use crate::postgres::Postgres;
use crate::postgres::tests::server::Server as PostgresServer;

/// A kind of server, and how its SQL says what the tests do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Postgres,
    Mysql,
}

/// A server with the database `city`.
pub(super) enum Server {
    Postgres(PostgresServer),
    Mysql(MysqlServer),
}

/// A session of somebody who writes.
pub(super) enum Client {
    Postgres(tokio_postgres::Client),
    Mysql(Box<mysql_async::Conn>),
}

impl Kind {
    pub(super) async fn start(self) -> Option<Server> {
        match self {
            Kind::Postgres => PostgresServer::start("").await.map(Server::Postgres),
            Kind::Mysql => MysqlServer::start(&[]).await.map(Server::Mysql),
        }
    }

    /// Makes the table `reading`, whose rows are numbered and stamped by the server.
    pub(super) fn table(self) -> &'static str {
        match self {
            Kind::Postgres => {
                "create table reading (id bigserial primary key, kwh numeric(18,4), updated_at timestamptz default now())"
            }
            Kind::Mysql => {
                "create table reading (id bigint primary key auto_increment, kwh decimal(18,4), updated_at timestamp(6) null default current_timestamp(6))"
            }
        }
    }

    /// Puts five rows into it, of the second to the sixth of January 2026.
    pub(super) fn fill(self) -> &'static str {
        "insert into reading (updated_at) values ('2026-01-02 00:00:00'), ('2026-01-03 00:00:00'), \
         ('2026-01-04 00:00:00'), ('2026-01-05 00:00:00'), ('2026-01-06 00:00:00')"
    }

    /// A moment that is none.
    pub(super) fn no_moment(self) -> &'static str {
        match self {
            Kind::Postgres => "'infinity'",
            Kind::Mysql => "'0000-00-00 00:00:00'",
        }
    }
}

impl Server {
    pub(super) fn config(&self, table: &str) -> DatabaseConfig {
        let (user, port) = match self {
            Server::Postgres(server) => ("postgres", server.port),
            Server::Mysql(server) => ("root", server.port),
        };
        let mut config = DatabaseConfig::of("127.0.0.1", "city", user, table);
        config.port = Some(port);
        config
    }

    pub(super) async fn client(&self) -> Client {
        match self {
            Server::Postgres(server) => {
                let client = server.client("city").await;
                let zone = client.batch_execute("set time zone 'UTC'");
                zone.await.expect("a session in UTC");
                Client::Postgres(client)
            }
            Server::Mysql(server) => Client::Mysql(Box::new(server.client("city").await)),
        }
    }

    /// Waits until the server tells of so many open transactions, which MySQL does with a delay of a
    /// tenth of a second, counted from the last time it was asked.
    pub(super) async fn wait_until_open(&self, count: u32) {
        let Server::Mysql(server) = self else {
            return;
        };
        let mut client = server.client("city").await;
        let open = "select count(*) from information_schema.innodb_trx where trx_id > 0";
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(150)).await;
            let told: Option<u32> = client.query_first(open).await.expect("a number");
            if told == Some(count) {
                return;
            }
        }
        panic!("the server does not tell of {count} open transactions");
    }

    pub(super) async fn pull(&self, config: &DatabaseConfig, since: Option<Cursor>) -> Got {
        match self {
            Server::Postgres(_) => pull(Postgres::new, config, since).await,
            Server::Mysql(_) => pull(Mysql::new, config, since).await,
        }
    }
}

impl Client {
    pub(super) async fn run(&mut self, sql: &str) {
        let done = match self {
            Client::Postgres(client) => {
                let done = client.batch_execute(sql).await;
                done.map_err(|error| format!("{error:?}"))
            }
            Client::Mysql(client) => {
                let done = client.query_drop(sql).await;
                done.map_err(|error| error.to_string())
            }
        };
        assert_eq!(done, Ok(()), "{sql}");
    }
}
