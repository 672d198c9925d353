//! Nothing is lost between two pulls, whatever the source does.

use rstest::rstest;

use super::servers::Kind;
use super::*;
use crate::Wait;
use crate::database::Drift;

const INSERT: &str = "insert into reading (kwh) values (1)";

/// Without any overlap, so that only what is known of the source helps.
fn by_time() -> Changes {
    Changes {
        overlap: Some(Wait::seconds(0)),
        ..Changes::by(Some("updated_at"), Some("id"))
    }
}

fn by_id() -> Changes {
    Changes {
        overlap_ids: Some(0),
        ..Changes::by(None, Some("id"))
    }
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::mysql(Kind::Mysql)]
#[tokio::test]
async fn rows_that_commit_late_are_found(#[case] kind: Kind) {
    let Some(server) = kind.start().await else {
        return;
    };
    let (mut early, mut late) = (server.client().await, server.client().await);
    late.run(kind.table()).await;
    late.run(INSERT).await;
    let time = by(&server.config("reading"), by_time());
    let id = by(&server.config("reading"), by_id());
    let first_time = server.pull(&time, None).await;
    let first_id = server.pull(&id, None).await;
    assert_eq!(column(&first_time, "id"), ["1"]);

    // Row 2 is written first and commits last.
    early.run("begin").await;
    early.run(INSERT).await;
    server.wait_until_open(1).await;
    late.run(INSERT).await;
    let second_time = server.pull(&time, first_time.last_mark()).await;
    let second_id = server.pull(&id, first_id.last_mark()).await;
    assert_eq!(column(&second_time, "id"), ["3"]);
    assert_eq!(column(&second_id, "id"), ["3"]);
    late.run(INSERT).await;
    // It stays open during another pull.
    let third_time = server.pull(&time, second_time.last_mark()).await;
    let third_id = server.pull(&id, second_id.last_mark()).await;
    early.run("commit").await;
    server.wait_until_open(0).await;
    for (config, mark) in [(&time, third_time.last_mark()), (&id, third_id.last_mark())] {
        let fourth = server.pull(config, mark).await;
        let ids = column(&fourth, "id");
        assert!(ids.contains(&"2".to_owned()), "row 2 is lost: {ids:?}");
        // From then on it is done with.
        let fifth = server.pull(config, fourth.last_mark()).await;
        assert_eq!(column(&fifth, "id"), Vec::<String>::new());
        let sixth = server.pull(config, fifth.last_mark()).await;
        assert_eq!(
            sixth.last_mark(),
            fifth.last_mark(),
            "a quiet pull keeps its cursor"
        );
    }
}

/// Two transactions are open and nobody may see them: only the overlap helps.
#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::mysql(Kind::Mysql)]
#[tokio::test]
async fn rows_stamped_before_the_newest_are_found_within_the_overlap(#[case] kind: Kind) {
    let Some(server) = kind.start().await else {
        return;
    };
    let mut client = server.client().await;
    client.run(kind.table()).await;
    client.run(kind.fill()).await;
    let day = Changes {
        overlap: Some("25 h".parse().expect("a length of time")),
        ..Changes::by(Some("updated_at"), Some("id"))
    };
    let config = by(&server.config("reading"), day);
    let first = server.pull(&config, None).await;
    // Row 6 lies within the overlap before the sixth of January, and row 7 does not.
    client
        .run("insert into reading (updated_at) values ('2026-01-05 00:00:00'), ('2026-01-04 00:00:00')")
        .await;
    let second = server.pull(&config, first.last_mark()).await;
    assert_eq!(column(&second, "id"), ["6"]);
}

#[rstest]
// An infinite moment comes last, and one that is all zeros first.
#[case::postgres(Kind::Postgres, ["4", "1", "2", "3", "6", "5"], 3, &["3", "7", "6", "5"])]
#[case::mysql(Kind::Mysql, ["4", "5", "1", "2", "3", "6"], 4, &["3", "7", "6"])]
#[tokio::test]
async fn ties_nulls_and_moments_in_the_future_come_out_right(
    #[case] kind: Kind,
    #[case] in_order: [&str; 6],
    #[case] pages_until_row_2: usize,
    #[case] behind_row_2: &[&str],
) {
    let Some(server) = kind.start().await else {
        return;
    };
    let mut client = server.client().await;
    client.run(kind.table()).await;
    client
        .run(&format!(
            "insert into reading (updated_at) values
             ('2026-01-01 00:00:00'), ('2026-01-02 00:00:00'), ('2026-01-02 00:00:00'),
             (null), ({}), ('2037-01-01 00:00:00')",
            kind.no_moment()
        ))
        .await;
    let mut config = by(&server.config("reading"), by_time());
    config.page_rows = 1;
    let first = server.pull(&config, None).await;
    assert_eq!(column(&first, "id"), in_order);
    assert_eq!(first.pages.len(), 6);
    // One more row of the moment the pull came to.
    client
        .run("insert into reading (updated_at) values ('2026-01-02 00:00:00')")
        .await;
    let second = server.pull(&config, first.last_mark()).await;
    assert_eq!(column(&second, "id"), ["7"]);
    // A pull that broke off goes on with the ties.
    let mark = first.marks[pages_until_row_2 - 1].clone();
    let third = server.pull(&config, Some(mark)).await;
    assert_eq!(column(&third, "id"), behind_row_2);
    // A row without a moment is not forgotten.
    client
        .run("update reading set kwh = 2 where id = 4 or id = 5")
        .await;
    let fourth = server.pull(&config, second.last_mark()).await;
    let mut ids = column(&fourth, "id");
    ids.sort();
    assert_eq!(ids, ["4", "5"]);
}

const REPLACED: &str = "the table or its server is not the one of the last pull: it was restored, replaced or failed over";

#[rstest]
#[case::postgres(Kind::Postgres, &[
    ("alter sequence reading_id_seq restart with 2; delete from reading where id = 2; insert into reading (updated_at) values (now())",
        5, Some("the sequence of `id` went back from 5 to 2")),
    ("alter table reading rename to old; create table reading as select * from old", 5, Some(REPLACED)),
    ("delete from reading", 0, Some("the source was emptied")),
])]
#[case::mysql(Kind::Mysql, &[
    ("truncate reading; insert into reading (updated_at) values (now(6))", 1, Some("the sequence of `id` went back from 5 to 1")),
    // The server knows to the second when a table was made.
    ("rename table reading to old; do sleep(1); create table reading like old; insert into reading select * from old", 1, Some(REPLACED)),
    ("delete from reading", 0, Some("the source was emptied")),
])]
#[tokio::test]
async fn a_source_that_went_back_is_read_again(
    #[case] kind: Kind,
    #[case] steps: &[(&str, usize, Option<&str>)],
) {
    let Some(server) = kind.start().await else {
        return;
    };
    let mut client = server.client().await;
    client.run(kind.table()).await;
    client.run(kind.fill()).await;
    let config = by(&server.config("reading"), by_time());
    let mut last = server.pull(&config, None).await;
    assert_eq!(column(&last, "id").len(), 5);
    let restored = "the newest change is 2026-01-04 00:00:00 now and was 2026-01-06 00:00:00 and 5: rows are gone, or the source was restored";
    let common = [
        ("delete from reading where id > 3", 3, Some(restored)),
        // What was gone comes again, as new rows.
        (
            "insert into reading (id, updated_at) values (4, '2026-01-05'), (5, '2026-01-06')",
            2,
            None,
        ),
    ];
    for (sql, rows, why) in common.iter().chain(steps) {
        client.run(sql).await;
        let next = server.pull(&config, last.last_mark()).await;
        let why = why.map(|why| format!("{why}; everything is read again"));
        assert_eq!(next.notes, why.into_iter().collect::<Vec<_>>(), "{sql}");
        assert_eq!(column(&next, "id").len(), *rows, "{sql}");
        last = next;
    }
}

#[rstest]
#[case::postgres(
    Kind::Postgres,
    "alter table sample drop note, add unit text, alter kwh type numeric(18,4)",
    "`kwh` was numeric(18,2) and is numeric(18,4); `unit` (text) has come; `note` (text) has gone"
)]
#[case::mysql(
    Kind::Mysql,
    "alter table sample drop note, add unit text, modify kwh decimal(18,4)",
    "`kwh` was decimal(18,2) and is decimal(18,4); `unit` (text) has come; `note` (text) has gone"
)]
#[tokio::test]
async fn columns_that_came_went_or_changed_are_told_once_or_refused(
    #[case] kind: Kind,
    #[case] change: &str,
    #[case] differences: &str,
) {
    let Some(server) = kind.start().await else {
        return;
    };
    let mut client = server.client().await;
    client
        .run("create table sample (id int, kwh decimal(18,2), note text); insert into sample values (1, 0.1, 'x')")
        .await;
    let config = server.config("sample");
    let first = server.pull(&config, None).await;
    client.run(change).await;
    let second = server.pull(&config, first.last_mark()).await;
    let told = format!("the columns are not those of the last pull: {differences}");
    assert_eq!(second.notes, [told.as_str()]);
    let third = server.pull(&config, second.last_mark()).await;
    assert_eq!(
        (third.notes.len(), third.last_mark()),
        (0, second.last_mark())
    );
    let mut strict = config.clone();
    strict.drift = Drift::Refuse;
    let refused = server.pull(&strict, first.last_mark()).await;
    assert!(refused.pages.is_empty());
    assert!(refused.told("127.0.0.1").starts_with(&told), "{refused:?}");
}
