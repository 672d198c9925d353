//! A MariaDB server.

#[expect(
    dead_code,
    reason = "it is shared with the tests of the connector, which use all of it"
)]
#[path = "../../../../sources/src/mysql/tests/server.rs"]
mod server;

use mysql_async::prelude::Queryable as _;

use super::*;
use crate::job::Job;
use crate::report::RunStatus;
use server::Server;

fn job(house: &House, server: &Server, rest: &str) -> Job {
    house.job(&format!(
        "job: energy.test\ntable: energy.reading\nsource:\n  mysql: {{ host: 127.0.0.1, port: {}, database: city, user: root, table: reading{rest}",
        server.port
    ))
}

fn reads(column: &str) -> String {
    format!(
        " }}\nselect: select meter as meter_id, {column} as read_at, kwh as quantity from decoded\nmode: upsert\n"
    )
}

/// 08:00 on a clock in Shanghai, which is what a `datetime` is taken for, is midnight in UTC, which is
/// what a `timestamp` is sent as.
#[tokio::test(flavor = "multi_thread")]
async fn moments_with_and_without_a_zone_are_the_same_wherever_the_server_stands() {
    let Some(server) = Server::start(&["--default-time-zone=-05:00"]).await else {
        return;
    };
    let house = House::new().await;
    let mut client = server.client("city").await;
    client
        .query_drop(
            "create table reading (meter varchar(9), at timestamp(3) null, local datetime(3), kwh decimal(18,4) unsigned);
             insert into reading values
                ('m1', '2026-01-01 00:00:00', '2026-01-01 08:00:00', 0.1),
                ('m2', '2026-06-30 15:59:59.999', '2026-06-30 23:59:59.999', 99999999999999.9999),
                ('m3', '0000-00-00', '0000-00-00', 1)",
        )
        .await
        .expect("a table");
    let first = house.run(&job(&house, &server, &reads("at"))).await;
    assert_eq!(first.status, RunStatus::Ok, "{:?}", faults(&first));
    assert_eq!(
        ledger(&first),
        "decoded 3 left out 0 read 3 = inserted 2 + updated 0 + unchanged 0 + duplicate 0 + quarantined 1; deleted 0"
    );
    insta::assert_snapshot!(house.query("select meter_id, read_at, month, quantity from energy.reading order by 1").await, @r"
        +----------+--------------------------+---------+---------------------+
        | meter_id | read_at                  | month   | quantity            |
        +----------+--------------------------+---------+---------------------+
        | m1       | 2026-01-01T00:00:00Z     | 2026-01 | 0.1000              |
        | m2       | 2026-06-30T15:59:59.999Z | 2026-06 | 99999999999999.9999 |
        +----------+--------------------------+---------+---------------------+
        ");
    insta::assert_snapshot!(house.query("select column_name, raw_value, row_json from ops.quarantine").await, @r#"
        +-------------+-------------------------+------------------------------------------------------------------------------------------------+
        | column_name | raw_value               | row_json                                                                                       |
        +-------------+-------------------------+------------------------------------------------------------------------------------------------+
        | read_at     | 0000-00-00 00:00:00.000 | {"meter":"m3","at":"0000-00-00 00:00:00.000","local":"0000-00-00 00:00:00.000","kwh":"1.0000"} |
        +-------------+-------------------------+------------------------------------------------------------------------------------------------+
        "#);
    let second = house.run(&job(&house, &server, &reads("local"))).await;
    assert_eq!(
        ledger(&second),
        "decoded 3 left out 0 read 3 = inserted 0 + updated 0 + unchanged 2 + duplicate 0 + quarantined 1; deleted 0"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_come_once_and_deletions_by_snapshot() {
    let Some(server) = Server::start(&[]).await else {
        return;
    };
    let house = House::new().await;
    let mut client = server.client("city").await;
    client
        .query_drop(
            "create table reading (meter varchar(9) primary key, at timestamp null, kwh decimal(18,4),
                updated_at timestamp(6) not null default current_timestamp(6) on update current_timestamp(6));
             insert into reading (meter, at, kwh) values ('m1', '2026-01-01', 1), ('m2', '2026-01-01', 2), ('m3', '2026-01-01', 3)",
        )
        .await
        .expect("a table");
    let since = format!(", since: {{ time: updated_at }}{}", reads("at"));
    let changes = job(&house, &server, &since);
    assert_eq!(house.run(&changes).await.ledger.inserted, 3);
    // Changed twice, deleted, and put in again as another one.
    client
        .query_drop(
            "update reading set kwh = 10 where meter = 'm1'; update reading set kwh = 11 where meter = 'm1';
             delete from reading where meter = 'm2'; insert into reading (meter, at, kwh) values ('m2', '2026-01-01', 7)",
        )
        .await
        .expect("changes");
    let second = house.run(&changes).await;
    assert_eq!((second.ledger.updated, second.ledger.inserted), (2, 0));
    let third = house.run(&changes).await;
    assert_eq!((third.ledger.read, third.version), (0, None));
    let reading = "energy.reading".parse().expect("a table");
    assert_eq!(cursors_of(&house, &reading).await.len(), 2);

    client
        .query_drop("delete from reading where meter = 'm3'")
        .await
        .expect("a row goes");
    let all = reads("at").replace("mode: upsert", "mode: snapshot");
    let fourth = house.run(&job(&house, &server, &all)).await;
    assert_eq!((fourth.ledger.deleted, fourth.ledger.unchanged), (1, 2));
    insta::assert_snapshot!(house.query("select meter_id, quantity from energy.reading order by 1").await, @r"
        +----------+----------+
        | meter_id | quantity |
        +----------+----------+
        | m1       | 11.0000  |
        | m2       | 7.0000   |
        +----------+----------+
        ");
}
