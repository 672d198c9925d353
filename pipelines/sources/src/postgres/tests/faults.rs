//! What can be wrong with a database, as it is told.

use futures::StreamExt as _;

use super::*;
use crate::{SecretRef, Source as _};

fn told(got: &Got, server: &Server) -> String {
    got.told(&format!("127.0.0.1:{}", server.port))
}

#[tokio::test]
async fn what_is_wrong_is_told_with_how_to_mend_it() {
    let Some(mut server) = Server::start("").await else {
        return;
    };
    let client = server.client("city").await;
    client
        .batch_execute(
            "create table reading (id bigint, name text, updated_at timestamptz);
             insert into reading select n, 'x', now() from generate_series(1, 50000) n",
        )
        .await
        .expect("a table");
    let config = config(&server, "public.reading");

    insta::assert_snapshot!(told(&pull(&DatabaseConfig { table: None, query: Some(At { value: "select 1 as a, 2 as a".into(), line: 1 }), ..config.clone() }, None).await, &server), @r"
        two columns are called `a` (`postgres://HOST/city`)
        give each column of the query a name of its own with `as` | user, again: Never
        ");
    let mut wrong = config.clone();
    wrong.table = Some(At {
        value: "public.readings".into(),
        line: 1,
    });
    insta::assert_snapshot!(told(&pull(&wrong, None).await, &server), @r"
        there is no table `public.readings` (`postgres://HOST/city`)
        write `public.reading` | user, again: Never
        ");
    let mut wrong = config.clone();
    wrong.columns = vec!["id".into(), "nam".into()];
    insta::assert_snapshot!(told(&pull(&wrong, None).await, &server), @r"
        there is no column `nam`, which `columns` names (`postgres://HOST/city`)
        write `name` | user, again: Never
        ");
    insta::assert_snapshot!(told(&pull(&by(&config, Changes::by(Some("update_at"), None)), None).await, &server), @r"
        there is no column `update_at`, which `since` names (`postgres://HOST/city`)
        write `updated_at` | user, again: Never
        ");
    insta::assert_snapshot!(told(&pull(&by(&config, Changes::by(None, Some("name"))), None).await, &server), @r"
        the column `name`, which `since` names, is of type text (`postgres://HOST/city`)
        `time` must be a date or a timestamp, `id` a whole number: what grows must have one order | user, again: Never
        ");
    let mut wrong = config.clone();
    wrong.table = None;
    wrong.query = Some(At {
        value: "delete from reading returning id".into(),
        line: 1,
    });
    insta::assert_snapshot!(told(&pull(&wrong, None).await, &server), @r#"
        the server refuses the statement: syntax error at or near "from" (`postgres://HOST/city`)
        try the query in the database's own client, and mend it in the job | user, again: Never
        "#);
    let mut wrong = config.clone();
    wrong.database = "town".into();
    insta::assert_snapshot!(told(&pull(&wrong, None).await, &server), @r"
        there is no database `town` (`postgres://HOST/town`)
        check `database` | user, again: Never
        ");
    let mut wrong = config.clone();
    wrong.tls = Some(crate::database::Tls::Require);
    insta::assert_snapshot!(told(&pull(&wrong, None).await, &server), @r"
        the database server offers no encryption (`postgres://HOST/city`)
        have it switched on at the server, or, on a way that nobody else can read, write `tls: off` | user, again: Never
        ");

    let folder = tempfile::tempdir().expect("a folder");
    let password = folder.path().join("password");
    let mut reader = config.clone();
    reader.user = "reader".into();
    insta::assert_snapshot!(told(&pull(&reader, None).await, &server), @r"
        the database server does not let `reader` in: it asks for a password, and the job names none (`postgres://HOST/city`)
        check `user` and the secret that `password` names, and the server's own rules for this machine (pg_hba.conf, or the host in the account's name) | user, again: Never
        ");
    reader.password = Some(SecretRef::File(password.display().to_string()));
    std::fs::write(&password, "wr0ng secret").expect("a file");
    insta::assert_snapshot!(told(&pull(&reader, None).await, &server), @r#"
        the database server does not let `reader` in: password authentication failed for user "reader" (`postgres://HOST/city`)
        check `user` and the secret that `password` names, and the server's own rules for this machine (pg_hba.conf, or the host in the account's name) | user, again: Never
        "#);
    std::fs::write(&password, "pass word\n").expect("a file");
    insta::assert_snapshot!(told(&pull(&reader, None).await, &server), @r"
        `reader` may not read it: permission denied for table reading (`postgres://HOST/city`)
        have the account granted `select` on it | user, again: Never
        ");
    client
        .batch_execute("grant select on reading to reader")
        .await
        .expect("a grant");
    assert_eq!(column(&pull(&reader, None).await, "id").len(), 50_000);

    let mut slow = config.clone();
    slow.table = None;
    slow.query = Some(At {
        value: "select pg_sleep(5)::text as a".into(),
        line: 1,
    });
    slow.statement_timeout = crate::Wait::millis(100);
    insta::assert_snapshot!(told(&pull(&slow, None).await, &server), @r"
        a statement took longer than 100 ms (`postgres://HOST/city`)
        add an index on the columns of `since`, or raise `statement_timeout` | external, again: Later
        ");

    // The server is lost in mid pull: the pages before stand, and the next pull goes on behind them.
    let mut pages = by(&config, Changes::by(None, Some("id")));
    pages.page_rows = 5_000;
    let source = Postgres::new(&pages, folder.path()).expect("a source");
    let begun = Pull::anew(chrono::DateTime::UNIX_EPOCH);
    let mut steps = source.pages(begun).await.expect("steps");
    let mut got = Got::default();
    while let Some(step) = steps.next().await {
        got.note(step).await;
        if got.marks.len() == 1 {
            server.stop();
        }
    }
    let lines: usize = got.pages.iter().map(|(_, page)| page.lines().count()).sum();
    assert!((5_000..50_000).contains(&lines), "{lines} rows");
    assert_eq!(got.marks.len(), got.pages.len());
    let broke_off = told(&got, &server);
    assert!(
        broke_off.starts_with("the connection broke off: "),
        "{broke_off}"
    );
    insta::assert_snapshot!(told(&pull(&config, None).await, &server), @r"
        cannot reach the database server: Connection refused (os error 111) (`postgres://HOST/city`)
        check `host` and `port`, whether the server runs, and whether this machine may reach it, then run the job again | external, again: Later
        ");
    server.restart().await;
    let rest = pull(&pages, got.last_mark()).await;
    let ids = column(&rest, "id");
    assert_eq!(ids.first(), Some(&(lines + 1).to_string()));
    assert_eq!(ids.len(), 50_000 - lines);
}

#[tokio::test]
async fn an_encrypted_way_is_taken_only_to_who_proves_its_name() {
    let Some(server) = Server::start("ssl = on").await else {
        return;
    };
    let client = server.client("city").await;
    client
        .batch_execute("create table reading as select 1 as id")
        .await
        .expect("a table");
    let mut config = config(&server, "reading");
    config.tls = Some(crate::database::Tls::Require);
    insta::assert_snapshot!(told(&pull(&config, None).await, &server), @r"
        the database server cannot be trusted: invalid peer certificate: UnknownIssuer (`postgres://HOST/city`)
        its certificate is not one this machine trusts for `host`; name the file of the authority that signed it: `authority: certificates/city.pem` | external, again: Never
        ");
    config.authority = Some(server.certificate().display().to_string());
    assert_eq!(column(&pull(&config, None).await, "id"), ["1"]);
    config.host.value = "localhost".to_owned();
    let other_name = pull(&config, None).await;
    assert!(
        other_name.told("127.0.0.1").contains("not valid for name"),
        "{other_name:?}"
    );
}
