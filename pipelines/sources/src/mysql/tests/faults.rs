//! What can be wrong with a database, as it is told.

use std::time::{Duration, Instant};

use futures::StreamExt as _;

use super::*;
use crate::{Pull, SecretRef, Source as _, Wait};

fn told(got: &Got, server: &Server) -> String {
    got.told(&format!("127.0.0.1:{}", server.port))
}

const READING: &str = "create table reading (id bigint, name text, updated_at timestamp null);
    insert into reading select seq, 'x', now() from seq_1_to_50000";

#[tokio::test]
async fn what_is_wrong_is_told_with_how_to_mend_it() {
    let Some(server) = Server::start(&[]).await else {
        return;
    };
    let mut client = server.client("city").await;
    client.query_drop(READING).await.expect("a table");
    let config = config(&server, "city.reading");

    insta::assert_snapshot!(told(&pull(&query(&config, "select 1 as a, 2 as b, 3 as A"), None).await, &server), @r"
    the server refuses the statement: Duplicate column name 'A' (`mysql://HOST/city`)
    try the query in the database's own client, and mend it in the job | user, again: Never
    ");
    let mut wrong = config.clone();
    wrong.table = Some(At {
        value: "readings".into(),
        line: 1,
    });
    insta::assert_snapshot!(told(&pull(&wrong, None).await, &server), @r"
    there is no table `readings` (`mysql://HOST/city`)
    write `reading` | user, again: Never
    ");
    let mut wrong = config.clone();
    wrong.columns = vec!["id".into(), "nam".into()];
    insta::assert_snapshot!(told(&pull(&wrong, None).await, &server), @r"
    there is no column `nam`, which `columns` names (`mysql://HOST/city`)
    write `name` | user, again: Never
    ");
    insta::assert_snapshot!(told(&pull(&by(&config, Changes::by(Some("update_at"), None)), None).await, &server), @r"
    there is no column `update_at`, which `since` names (`mysql://HOST/city`)
    write `updated_at` | user, again: Never
    ");
    insta::assert_snapshot!(told(&pull(&by(&config, Changes::by(None, Some("name"))), None).await, &server), @r"
    the column `name`, which `since` names, is of type text (`mysql://HOST/city`)
    `time` must be a date or a timestamp, `id` a whole number: what grows must have one order | user, again: Never
    ");
    insta::assert_snapshot!(told(&pull(&query(&config, "delete from reading"), None).await, &server), @r"
    the server refuses the statement: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'delete from reading
    ) as pulled limit 0' at line 2 (`mysql://HOST/city`)
    try the query in the database's own client, and mend it in the job | user, again: Never
    ");
    insta::assert_snapshot!(told(&pull(&query(&config, "select 1 as a) as b; delete from reading; select * from (select 1"), None).await, &server), @r"
    the server refuses the statement: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'delete from reading; select * from (select 1
    ) as pulled limit 0' at line 2 (`mysql://HOST/city`)
    try the query in the database's own client, and mend it in the job | user, again: Never
    ");
    let mut wrong = config.clone();
    wrong.database = "town".into();
    insta::assert_snapshot!(told(&pull(&wrong, None).await, &server), @r"
    there is no database `town` (`mysql://HOST/town`)
    check `database` | user, again: Never
    ");
    let mut wrong = config.clone();
    wrong.tls = Some(crate::database::Tls::Require);
    insta::assert_snapshot!(told(&pull(&wrong, None).await, &server), @r"
    the database server offers no encryption (`mysql://HOST/city`)
    have it switched on at the server, or, on a way that nobody else can read, write `tls: off` | user, again: Never
    ");
    let mut slow = query(&config, "select sleep(5) as a");
    slow.statement_timeout = Wait::millis(100);
    let begun = Instant::now();
    insta::assert_snapshot!(told(&pull(&slow, None).await, &server), @r"
    a statement took longer than 100 ms (`mysql://HOST/city`)
    add an index on the columns of `since`, or raise `statement_timeout` | external, again: Later
    ");
    assert!(begun.elapsed() < Duration::from_secs(4));
    assert_eq!(column(&pull(&config, None).await, "id").len(), 50_000);
}

#[tokio::test]
async fn who_may_not_read_is_told_without_the_password() {
    let Some(server) = Server::start(&[]).await else {
        return;
    };
    let mut client = server.client("city").await;
    client.query_drop(READING).await.expect("a table");
    let folder = tempfile::tempdir().expect("a folder");
    let password = folder.path().join("password");
    let mut reader = config(&server, "reading");
    reader.user = "reader".into();
    insta::assert_snapshot!(told(&pull(&reader, None).await, &server), @r"
    the database server does not let `reader` in: Access denied for user 'reader'@'localhost' (using password: NO) (`mysql://HOST/city`)
    check `user` and the secret that `password` names, and the server's own rules for this machine (pg_hba.conf, or the host in the account's name) | user, again: Never
    ");
    reader.password = Some(SecretRef::File(password.display().to_string()));
    std::fs::write(&password, "wr0ng secret").expect("a file");
    let refused = pull(&reader, None).await;
    insta::assert_snapshot!(told(&refused, &server), @r"
    the database server does not let `reader` in: Access denied for user 'reader'@'localhost' (using password: YES) (`mysql://HOST/city`)
    check `user` and the secret that `password` names, and the server's own rules for this machine (pg_hba.conf, or the host in the account's name) | user, again: Never
    ");
    assert!(!format!("{refused:?}").contains("wr0ng secret"));
    std::fs::write(&password, "pass word\n").expect("a file");
    insta::assert_snapshot!(told(&pull(&reader, None).await, &server), @r"
    `reader` may not read it: Access denied for user 'reader'@'localhost' to database 'city' (`mysql://HOST/city`)
    have the account granted `select` on it | user, again: Never
    ");
    client
        .query_drop("create table other (id int); grant select on other to reader@localhost")
        .await
        .expect("a grant");
    insta::assert_snapshot!(told(&pull(&reader, None).await, &server), @r"
    `reader` may not read it: SELECT command denied to user 'reader'@'localhost' for table `city`.`reading` (`mysql://HOST/city`)
    have the account granted `select` on it | user, again: Never
    ");
    client
        .query_drop("grant select on reading to reader@localhost")
        .await
        .expect("a grant");
    // It may not see open transactions, and reads all the same.
    let got = pull(&by(&reader, Changes::by(None, Some("id"))), None).await;
    assert_eq!(column(&got, "id").len(), 50_000);
    let kept = format!("{got:?}");
    assert!(!kept.contains("pass word"), "the secret is kept somewhere");
    let source = Mysql::new(&reader, folder.path()).expect("a source");
    assert!(!format!("{source:?}").contains("pass word"));
}

/// The server is lost in mid pull: the pages before stand, and the next pull goes on behind them.
#[tokio::test]
async fn a_connection_that_is_killed_is_gone_on_with() {
    let Some(mut server) = Server::start(&[]).await else {
        return;
    };
    let mut client = server.client("city").await;
    client
        .query_drop(
            "create table reading (id bigint primary key, name text);
             insert into reading select seq, repeat('x', 500) from seq_1_to_50000",
        )
        .await
        .expect("a table");
    let mut pages = by(&config(&server, "reading"), Changes::by(None, Some("id")));
    pages.page_rows = 1_000;
    let kill = "select concat('kill ', id) from information_schema.processlist where info like 'select * from `city`%' or info like 'select * from `reading`%'";
    let source = Mysql::new(&pages, std::path::Path::new("/")).expect("a source");
    let mut mark = None;
    let mut rows = 0;
    for stops_server in [false, true] {
        let mut pull = Pull::anew(chrono::DateTime::UNIX_EPOCH);
        pull.since = mark;
        let mut steps = source.pages(pull).await.expect("steps");
        let mut got = Got::default();
        while let Some(step) = steps.next().await {
            got.note(step).await;
            if got.marks.len() == 1 && got.error.is_none() && got.pages.len() == 1 {
                if stops_server {
                    server.stop();
                } else {
                    let kill: Option<String> = client.query_first(kill).await.expect("a list");
                    client
                        .query_drop(kill.expect("a statement"))
                        .await
                        .expect("it is killed");
                }
            }
        }
        let lines: usize = got.pages.iter().map(|(_, page)| page.lines().count()).sum();
        assert!((1_000..50_000 - rows).contains(&lines), "{lines} rows");
        let broke_off = told(&got, &server);
        assert!(
            broke_off.starts_with("the connection broke off: "),
            "{broke_off}"
        );
        assert!(broke_off.ends_with("external, again: Later"), "{broke_off}");
        rows += lines;
        mark = got.last_mark();
    }
    insta::assert_snapshot!(told(&pull(&pages, None).await, &server), @r"
    cannot reach the database server: Connection refused (os error 111) (`mysql://HOST/city`)
    check `host` and `port`, whether the server runs, and whether this machine may reach it, then run the job again | external, again: Later
    ");
    server.restart().await;
    let rest = pull(&pages, mark).await;
    let ids = column(&rest, "id");
    assert_eq!(ids.first(), Some(&(rows + 1).to_string()));
    assert_eq!(ids.len(), 50_000 - rows);
}

/// A pull that is given up does not go on at the server.
#[tokio::test]
async fn a_pull_that_is_given_up_ends_its_statement() {
    let Some(server) = Server::start(&[]).await else {
        return;
    };
    let mut client = server.client("city").await;
    client
        .query_drop("create table reading as select seq as id, repeat('x', 500) as name from seq_1_to_100000")
        .await
        .expect("a table");
    let mut config = config(&server, "reading");
    config.page_rows = 100;
    let source = Mysql::new(&config, std::path::Path::new("/")).expect("a source");
    let begun = Pull::anew(chrono::DateTime::UNIX_EPOCH);
    let mut steps = source.pages(begun).await.expect("steps");
    assert!(steps.next().await.expect("a step").is_ok());
    let others = "select count(*) from information_schema.processlist where user = 'root' and id <> connection_id()";
    let count: Option<u32> = client.query_first(others).await.expect("a list");
    assert_eq!(count, Some(1));
    drop(steps);
    let begun = Instant::now();
    loop {
        let count: Option<u32> = client.query_first(others).await.expect("a list");
        if count == Some(0) {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "it goes on");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn an_encrypted_way_is_taken_only_to_who_proves_its_name() {
    let Some(server) = Server::start(&["--ssl"]).await else {
        return;
    };
    let mut client = server.client("city").await;
    client
        .query_drop("create table reading as select 1 as id")
        .await
        .expect("a table");
    let mut config = config(&server, "reading");
    config.tls = Some(crate::database::Tls::Require);
    insta::assert_snapshot!(told(&pull(&config, None).await, &server), @r"
    the database server cannot be trusted: invalid peer certificate: UnknownIssuer (`mysql://HOST/city`)
    its certificate is not one this machine trusts for `host`; name the file of the authority that signed it: `authority: certificates/city.pem` | external, again: Never
    ");
    config.authority = Some(server.certificate().display().to_string());
    assert_eq!(column(&pull(&config, None).await, "id"), ["1"]);
    let encrypted = query(
        &config,
        "select variable_value <> '' as is_encrypted from information_schema.session_status where variable_name = 'Ssl_cipher'",
    );
    assert_eq!(column(&pull(&encrypted, None).await, "is_encrypted"), ["1"]);
    config.host.value = "localhost".to_owned();
    let other_name = pull(&config, None).await;
    assert!(
        other_name.told("127.0.0.1").contains("not valid for name"),
        "{other_name:?}"
    );
}
