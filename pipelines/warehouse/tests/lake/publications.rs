//! What readers see, and see again years later.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use warehouse::{
    AsOf, AuditOutcome, AuditSeverity, Publication, PublicationDraft, Publications, Removal, Table,
    Warehouse, open_latest, open_publication,
};

use crate::support::*;

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn draft(created_at: &str, tables: &[(&str, u64)]) -> PublicationDraft {
    PublicationDraft {
        created_at: at(created_at),
        tables: tables
            .iter()
            .map(|(table, version)| (id(table), *version))
            .collect(),
        audits: Vec::new(),
        models_hash: "9f2c".to_owned(),
        note: None,
        restates: None,
    }
}

async fn publications() -> (Lake, Publications) {
    let lake = Lake::new(&[]).await;
    let publications = lake.warehouse.publications();
    (lake, publications)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publication_is_read_as_it_was_written() {
    let (lake, publications) = publications().await;
    let mut draft = draft(
        "2026-11-24T03:00:00Z",
        &[("energy.monthly", 41), ("mart.energy_month", 17)],
    );
    draft.audits.push(AuditOutcome {
        model: "energy_month".to_owned(),
        audit: "sums_match".to_owned(),
        severity: AuditSeverity::Warning,
        rows: 2,
        message: Some("two organisations".to_owned()),
    });
    draft.note = Some("第三季度".to_owned());
    let made = publications.create(draft).await.unwrap();
    assert_eq!(publications.get(1).await.unwrap(), made);
    let text = std::fs::read_to_string(lake.path("publications/00000001.json")).unwrap();
    insta::assert_snapshot!(text);
}

#[tokio::test(flavor = "multi_thread")]
async fn publishers_at_once_get_a_number_each() {
    let (_lake, publications) = publications().await;
    let mut tasks = tokio::task::JoinSet::new();
    for version in 0..8 {
        let publications = publications.clone();
        tasks.spawn(async move {
            let draft = draft("2026-11-24T03:00:00Z", &[("mart.x", version)]);
            publications.create(draft).await.unwrap()
        });
    }
    let made = tasks.join_all().await;
    let mut numbers: Vec<u64> = made.iter().map(|publication| publication.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=8).collect::<Vec<_>>());
    for publication in made {
        assert_eq!(
            publications.get(publication.number).await.unwrap(),
            publication
        );
    }
    let listed = publications.list(3).await.unwrap();
    assert_eq!(
        listed.iter().map(|p| p.number).collect::<Vec<_>>(),
        [8, 7, 6]
    );
    assert_eq!(publications.latest().await.unwrap().unwrap().number, 8);
}

/// Shanghai is eight hours ahead: its 24 November ends at 16:00 UTC.
#[tokio::test(flavor = "multi_thread")]
async fn a_date_means_the_end_of_that_day_in_the_city() {
    let (_lake, publications) = publications().await;
    for created_at in [
        "2026-11-23T02:00:00Z",
        "2026-11-24T15:59:59Z",
        "2026-11-24T16:00:00Z",
    ] {
        publications.create(draft(created_at, &[])).await.unwrap();
    }
    let on = async |date: &str| {
        let date: NaiveDate = date.parse().unwrap();
        publications
            .as_of(AsOf::Date(date))
            .await
            .map(|publication| publication.number)
    };
    assert_eq!(on("2026-11-23").await.unwrap(), 1);
    assert_eq!(on("2026-11-24").await.unwrap(), 2);
    assert_eq!(on("2026-11-25").await.unwrap(), 3);
    assert_eq!(on("2030-01-01").await.unwrap(), 3);
    insta::assert_snapshot!(told(&on("2026-11-22").await.unwrap_err()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_published_is_told() {
    let (_lake, publications) = publications().await;
    assert!(publications.latest().await.unwrap().is_none());
    insta::assert_snapshot!(
        "nothing_published",
        told(&publications.as_of(AsOf::Latest).await.unwrap_err())
    );
    publications
        .create(draft("2026-11-24T03:00:00Z", &[]))
        .await
        .unwrap();
    insta::assert_snapshot!(
        "no_such_publication",
        told(&publications.as_of(AsOf::Number(7)).await.unwrap_err())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pinned_publication_is_not_retired() {
    let (_lake, publications) = publications().await;
    publications
        .create(draft("2026-11-24T03:00:00Z", &[]))
        .await
        .unwrap();
    publications.pin(1).await.unwrap();
    insta::assert_snapshot!(
        "retiring_a_pinned_publication",
        told(&publications.retire(1).await.unwrap_err())
    );
    assert!(publications.is_kept(1).await.unwrap() && publications.is_pinned(1).await.unwrap());
    publications.unpin(1).await.unwrap();
    publications.unpin(1).await.unwrap();
    publications.retire(1).await.unwrap();
    assert!(!publications.is_kept(1).await.unwrap());
    assert!(publications.kept().await.unwrap().is_empty());
    insta::assert_snapshot!(
        "pinning_a_retired_publication",
        told(&publications.pin(1).await.unwrap_err())
    );
    // It is still listed: what was published is history.
    assert_eq!(publications.list(9).await.unwrap().len(), 1);
}

async fn two_tables() -> (Lake, Table, Table) {
    let lake = Lake::new(&[
        contract("mart.cost", &["n integer key"]),
        contract("ops.note", &["n integer key"]),
    ])
    .await;
    let cost = lake.warehouse.table(&id("mart.cost")).await.unwrap();
    let note = lake.warehouse.table(&id("ops.note")).await.unwrap();
    append(&cost, "select 1 as n").await;
    append(&note, "select 10 as n").await;
    (lake, cost, note)
}

async fn publish(warehouse: &Warehouse) -> Publication {
    let mut tables = BTreeMap::new();
    for id in warehouse.table_ids().await.unwrap() {
        let table = warehouse.existing_table(&id).await.unwrap().unwrap();
        tables.insert(id, table.snapshot().await.unwrap().version());
    }
    let draft = PublicationDraft {
        tables,
        ..draft("2026-11-24T03:00:00Z", &[])
    };
    warehouse.publications().create(draft).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_of_a_publication_do_not_see_later_rows() {
    let (lake, cost, _) = two_tables().await;
    let publication = publish(&lake.warehouse).await;
    append(&cost, "select 2 as n").await;
    let sum = "select (select sum(n) from cost) as bare, (select sum(n) from mart.cost) as full,
                      (select sum(n) from ops.note) as note";
    let published = open_publication(&lake.warehouse, &publication)
        .await
        .unwrap();
    insta::assert_snapshot!(show(&published, sum).await, @r"
    +------+------+------+
    | bare | full | note |
    +------+------+------+
    | 1    | 1    | 10   |
    +------+------+------+
    ");
    let latest = open_latest(&lake.warehouse).await.unwrap();
    insta::assert_snapshot!(show(&latest, sum).await, @r"
    +------+------+------+
    | bare | full | note |
    +------+------+------+
    | 3    | 3    | 10   |
    +------+------+------+
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_reads_one_state_of_a_table_however_often_it_asks() {
    let (lake, cost, note) = two_tables().await;
    let session = open_latest(&lake.warehouse).await.unwrap();
    let cost_of = "select sum(n) as cost from cost";
    let before = show(&session, cost_of).await;
    append(&cost, "select 2 as n").await;
    append(&note, "select 20 as n").await;
    assert_eq!(show(&session, cost_of).await, before);
    // Not asked for before: opened now.
    insta::assert_snapshot!(show(&session, "select sum(n) as note from ops.note").await, @r"
    +------+
    | note |
    +------+
    | 30   |
    +------+
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_gone_fails_only_the_queries_that_name_it() {
    let (lake, ..) = two_tables().await;
    let publication = publish(&lake.warehouse).await;
    let session = open_publication(&lake.warehouse, &publication)
        .await
        .unwrap();
    std::fs::remove_dir_all(lake.path("tables/mart/cost")).unwrap();
    show(&session, "select n from ops.note").await;
    let error = session.sql("select n from cost").await.unwrap_err();
    insta::assert_snapshot!(error.strip_backtrace(), @"External error: the table `mart.cost` is gone: its log holds no version");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_tables_that_exist_are_registered() {
    let (lake, ..) = two_tables().await;
    let session = open_latest(&lake.warehouse).await.unwrap();
    let sql = "select table_schema, table_name from information_schema.tables
               where table_schema <> 'information_schema' order by 1, 2";
    insta::assert_snapshot!(show(&session, sql).await, @r"
    +--------------+------------+
    | table_schema | table_name |
    +--------------+------------+
    | mart         | cost       |
    | ops          | note       |
    | public       | cost       |
    +--------------+------------+
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retired_publication_is_not_opened() {
    let (lake, cost, _) = two_tables().await;
    let publication = publish(&lake.warehouse).await;
    commit(&cost, "select 5 as n", Removal::All).await.unwrap();
    lake.warehouse
        .publications()
        .retire(publication.number)
        .await
        .unwrap();
    let error = open_publication(&lake.warehouse, &publication)
        .await
        .map(|_| ())
        .unwrap_err();
    insta::assert_snapshot!(told(&error));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_made_up_lake_says_so_to_whoever_opens_it_later() {
    let lake = Lake::new(&[]).await;
    assert!(!lake.warehouse.is_made_up().await.unwrap());
    lake.warehouse.mark_made_up().await.unwrap();
    let again = lake.reopened(&[]).await;
    assert!(again.is_made_up().await.unwrap());
}
