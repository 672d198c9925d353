//! A PostgreSQL server.

#[expect(
    dead_code,
    reason = "it is shared with the tests of the connector, which use all of it"
)]
#[path = "../../../../sources/src/postgres/tests/server.rs"]
mod server;

use super::*;
use crate::job::Job;
use crate::report::RunStatus;
use server::Server;
use warehouse::ObjectPrefix;

fn job(house: &House, server: &Server, since: &str, mode: &str) -> Job {
    house.job(&format!(
        "job: energy.test\ntable: energy.use\nsource:\n  postgres:\n    host: 127.0.0.1\n    port: {}\n    database: city\n    user: postgres\n    table: public.use\n{since}select: select org as organization_id, month, kwh as electricity_kwh from decoded where deleted_at is null\nmode: {mode}\n",
        server.port
    ))
}

const TABLE: &str = "create table public.use (
    org text, month text, kwh numeric, deleted_at timestamptz, updated_at timestamptz default clock_timestamp())";

async fn rows(house: &House) -> String {
    house
        .query("select string_agg(organization_id || ' ' || electricity_kwh, ', ' order by organization_id) as rows from energy.use")
        .await
        .lines()
        .nth(3)
        .map(|line| line.trim_matches(['|', ' ']).to_owned())
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_a_table_come_exactly_and_once() {
    let Some(server) = Server::start("timezone = 'America/New_York'").await else {
        return;
    };
    let house = House::new().await;
    let client = server.client("city").await;
    let run = |sql: &'static str| client.batch_execute(sql);
    run(TABLE).await.expect("a table");
    run("insert into public.use (org, month, kwh) values ('a', '2026-01', 0.1), ('b', '2026-01', 99999999999999.9999), ('c', '2026-01', 'NaN')").await.expect("rows");
    let job = job(
        &house,
        &server,
        "    since: { time: updated_at }\n",
        "upsert",
    );
    let first = house.run(&job).await;
    assert_eq!(first.status, RunStatus::Ok, "{:?}", faults(&first));
    assert_eq!(
        ledger(&first),
        "decoded 3 left out 0 read 3 = inserted 2 + updated 0 + unchanged 0 + duplicate 0 + quarantined 1; deleted 0"
    );
    assert_eq!(rows(&house).await, "a 0.1000, b 99999999999999.9999");

    // Changed twice, deleted, and put in again as another one.
    run("update public.use set kwh = 1, updated_at = clock_timestamp() where org = 'a'")
        .await
        .expect("a change");
    run("update public.use set kwh = 2, updated_at = clock_timestamp() where org = 'a'")
        .await
        .expect("a change");
    run("delete from public.use where org = 'b'")
        .await
        .expect("a row goes");
    run("insert into public.use (org, month, kwh) values ('b', '2026-01', 7)")
        .await
        .expect("a row comes");
    let second = house.run(&job).await;
    // The row that was refused lies within the overlap, has not changed, and is not refused again.
    assert_eq!((second.ledger.updated, second.ledger.quarantined), (2, 0));
    assert_eq!(rows(&house).await, "a 2.0000, b 7.0000");
    let kept = cursors(&house).await;
    assert_eq!(kept.len(), 2);
    assert!(kept[1]["at"]["time"].as_str() > kept[0]["at"]["time"].as_str());

    // The page that is kept explains the number: what was asked, and the types of what came.
    let manifest = second.pull.as_ref().and_then(|pull| pull.manifest.clone());
    let manifest =
        ObjectPrefix::parse(&manifest.expect("a manifest")).expect("its object's prefix");
    let landed = house
        .warehouse
        .landed(&table(), &manifest)
        .await
        .expect("it has landed");
    assert!(landed.stored_bytes > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_finds_what_was_deleted_and_refuses_to_empty_the_table() {
    let Some(mut server) = Server::start("").await else {
        return;
    };
    let house = House::new().await;
    let client = server.client("city").await;
    client.batch_execute(TABLE).await.expect("a table");
    client.batch_execute("insert into public.use (org, month, kwh) values ('a', '2026-01', 1), ('b', '2026-01', 2), ('c', '2026-01', 3)").await.expect("rows");
    let job = job(&house, &server, "", "snapshot");
    assert_eq!(house.run(&job).await.ledger.inserted, 3);
    client
        .batch_execute("delete from public.use where org = 'b'")
        .await
        .expect("a row goes");
    let second = house.run(&job).await;
    assert_eq!((second.ledger.deleted, second.ledger.unchanged), (1, 2));
    assert_eq!(rows(&house).await, "a 1.0000, c 3.0000");
    // Not changed at all: the same rows in the same order are the same page.
    let third = house.run(&job).await;
    assert!(!third.files[0].is_new && third.version.is_none());
    client
        .batch_execute("delete from public.use")
        .await
        .expect("rows go");
    let error = house.try_run(&job).await.expect_err("a refusal");
    assert_eq!(
        error.to_string(),
        "job `energy.test` offers no valid row, and mode `snapshot` would remove all 2 rows of `energy.use`"
    );
    server.stop();
    let error = house.try_run(&job).await.expect_err("no server");
    assert_eq!(
        error.to_string(),
        "cannot read the source of job `energy.test`"
    );
    assert_eq!(rows(&house).await, "a 1.0000, c 3.0000");
}
