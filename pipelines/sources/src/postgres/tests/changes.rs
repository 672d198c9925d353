//! Nothing is lost between two pulls, whatever the source does.

use super::*;
use crate::Wait;

const TABLE: &str = "create table reading (
    id bigserial primary key, kwh numeric(18,4), updated_at timestamptz default now())";

fn by_time(overlap_seconds: u64) -> Changes {
    Changes {
        overlap: Some(Wait::seconds(overlap_seconds)),
        ..Changes::by(Some("updated_at"), Some("id"))
    }
}

#[tokio::test]
async fn rows_that_commit_late_are_found() {
    let Some(server) = Server::start("").await else {
        return;
    };
    let (early, late, setup) = (
        server.client("city").await,
        server.client("city").await,
        server.client("city").await,
    );
    setup.batch_execute(TABLE).await.expect("a table");
    let insert = "insert into reading (kwh) values (1)";
    setup.batch_execute(insert).await.expect("row 1");
    // Without any overlap, so that only the knowledge of open transactions helps.
    let time = by(&config(&server, "reading"), by_time(0));
    let id = by(
        &config(&server, "reading"),
        Changes {
            overlap_ids: Some(0),
            ..Changes::by(None, Some("id"))
        },
    );
    let (first_time, first_id) = (pull(&time, None).await, pull(&id, None).await);
    assert_eq!(column(&first_time, "id"), ["1"]);

    // Row 2 is written first and commits last.
    early.batch_execute("begin").await.expect("a transaction");
    early.batch_execute(insert).await.expect("row 2");
    late.batch_execute(insert).await.expect("row 3");
    let second_time = pull(&time, first_time.last_mark()).await;
    let second_id = pull(&id, first_id.last_mark()).await;
    assert_eq!(column(&second_time, "id"), ["3"]);
    assert_eq!(column(&second_id, "id"), ["3"]);
    late.batch_execute(insert).await.expect("row 4");
    // It stays open during another pull.
    let third_time = pull(&time, second_time.last_mark()).await;
    let third_id = pull(&id, second_id.last_mark()).await;
    early.batch_execute("commit").await.expect("a commit");
    for (config, mark) in [(&time, third_time.last_mark()), (&id, third_id.last_mark())] {
        let fourth = pull(config, mark).await;
        let ids = column(&fourth, "id");
        assert!(ids.contains(&"2".to_owned()), "row 2 is lost: {ids:?}");
        // From then on it is done with.
        let fifth = pull(config, fourth.last_mark()).await;
        assert_eq!(column(&fifth, "id"), Vec::<String>::new());
        let sixth = pull(config, fifth.last_mark()).await;
        assert_eq!(
            sixth.last_mark(),
            fifth.last_mark(),
            "a quiet pull keeps its cursor"
        );
    }
}

#[tokio::test]
async fn ties_nulls_and_moments_in_the_future_come_out_right() {
    let Some(server) = Server::start("").await else {
        return;
    };
    let client = server.client("city").await;
    client
        .batch_execute(&format!(
            "{TABLE}; insert into reading (updated_at) values
             ('2026-01-01 00:00:00'), ('2026-01-02 00:00:00'), ('2026-01-02 00:00:00'),
             (null), ('infinity'), (now() + interval '1 day')"
        ))
        .await
        .expect("rows");
    let mut config = by(&config(&server, "reading"), by_time(0));
    config.page_rows = 1;
    let first = pull(&config, None).await;
    assert_eq!(column(&first, "id"), ["4", "1", "2", "3", "6", "5"]);
    assert_eq!(first.pages.len(), 6);
    // One more row of the moment the pull came to, and one more in the middle of the past.
    client
        .batch_execute("insert into reading (updated_at) values ('2026-01-02 00:00:00')")
        .await
        .expect("a row");
    let second = pull(&config, first.last_mark()).await;
    assert_eq!(column(&second, "id"), ["7"]);
    // A pull that broke off after the third page goes on with the ties.
    let third = pull(&config, Some(first.marks[2].clone())).await;
    assert_eq!(column(&third, "id"), ["3", "7", "6", "5"]);
}

#[tokio::test]
async fn a_source_that_went_back_is_read_again() {
    let Some(server) = Server::start("").await else {
        return;
    };
    let client = server.client("city").await;
    let run = |sql: &'static str| client.batch_execute(sql);
    let fill = "insert into reading (updated_at) select timestamptz '2026-01-01' + make_interval(days => n) from generate_series(1, 5) n";
    run(TABLE).await.expect("a table");
    run(fill).await.expect("rows");
    let config = by(&config(&server, "reading"), by_time(0));
    let first = pull(&config, None).await;
    assert_eq!(column(&first, "id").len(), 5);

    run("delete from reading where id > 3")
        .await
        .expect("a restore");
    let second = pull(&config, first.last_mark()).await;
    assert_eq!(column(&second, "id"), ["1", "2", "3"]);
    assert_eq!(
        second.notes,
        [
            "the newest change is 2026-01-04 00:00:00 now and was 2026-01-06 00:00:00 and 5: rows are gone, or the source was restored; everything is read again"
        ]
    );

    // Numbers are given again.
    run("truncate reading restart identity")
        .await
        .expect("a reset");
    run(fill).await.expect("rows");
    run("update reading set updated_at = now()")
        .await
        .expect("changes");
    let third = pull(&config, second.last_mark()).await;
    assert_eq!(column(&third, "id").len(), 5, "{:?}", third.notes);
    run("alter sequence reading_id_seq restart with 2")
        .await
        .expect("a reset");
    run("delete from reading where id = 2")
        .await
        .expect("a row goes");
    run("insert into reading (updated_at) values (now())")
        .await
        .expect("a row comes");
    let fourth = pull(&config, third.last_mark()).await;
    assert_eq!(
        fourth.notes,
        ["the sequence of `id` went back from 5 to 2; everything is read again"]
    );

    // Another table of the same name: a dump was played in.
    run("alter table reading rename to old")
        .await
        .expect("a name");
    run("create table reading as select * from old")
        .await
        .expect("a table");
    let fifth = pull(&config, fourth.last_mark()).await;
    assert_eq!(
        fifth.notes,
        [
            "the table or its server is not the one of the last pull: it was restored, replaced or failed over; everything is read again"
        ]
    );
}

#[tokio::test]
async fn columns_that_came_went_or_changed_are_told_once_or_refused() {
    let Some(server) = Server::start("").await else {
        return;
    };
    let client = server.client("city").await;
    client
        .batch_execute("create table reading (id int, kwh numeric(18,2), note text); insert into reading values (1, 0.1, 'x')")
        .await
        .expect("a table");
    let config = config(&server, "reading");
    let first = pull(&config, None).await;
    client
        .batch_execute("alter table reading drop note, add unit text, alter kwh type numeric(18,4)")
        .await
        .expect("a change");
    let second = pull(&config, first.last_mark()).await;
    let told = "the columns are not those of the last pull: `kwh` was numeric(18,2) and is numeric(18,4); `unit` (text) has come; `note` (text) has gone";
    assert_eq!(second.notes, [told]);
    let third = pull(&config, second.last_mark()).await;
    assert_eq!(
        (third.notes.len(), third.last_mark()),
        (0, second.last_mark())
    );
    let mut strict = config.clone();
    strict.drift = crate::database::Drift::Refuse;
    let refused = pull(&strict, first.last_mark()).await;
    assert!(refused.pages.is_empty());
    assert!(refused.told("127.0.0.1").starts_with(told), "{refused:?}");
}
