//! Alerts by a real mail server and a real address, once for each incident; lineage by the standard's own client.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::{Settings, Status, Told, parse, tell};

use super::lake::{Lake, at};

/// A job that fails, one whose ledger does not balance, and one that is well.
const RUNS: &str = r#"
{"run_id":"1","job":"a","table_name":"reference.headcount","started_at":"2026-11-01T01:00:00Z","status":"failed","decoded":0,"left_out":0,"read_rows":0,"inserted":0,"updated":0,"unchanged":0,"duplicate":0,"quarantined":0,"deleted":0}
{"run_id":"2","job":"b","table_name":"reference.headcount","started_at":"2026-11-01T01:00:00Z","status":"ok","decoded":5,"left_out":0,"read_rows":5,"inserted":4,"updated":0,"unchanged":0,"duplicate":0,"quarantined":0,"deleted":0}
{"run_id":"3","job":"c","table_name":"reference.headcount","started_at":"2026-11-01T01:00:00Z","status":"ok","decoded":5,"left_out":0,"read_rows":5,"inserted":5,"updated":0,"unchanged":0,"duplicate":0,"quarantined":0,"deleted":0}
"#;

/// Job `a` ran well since.
const MENDED: &str = r#"
{"run_id":"4","job":"a","table_name":"reference.headcount","started_at":"2026-11-02T01:00:00Z","status":"ok","decoded":0,"left_out":0,"read_rows":0,"inserted":0,"updated":0,"unchanged":0,"duplicate":0,"quarantined":0,"deleted":0}
"#;

async fn status(lake: &Lake, runs: &str) -> Status {
    let runs = lake.frame("ops.run", runs);
    let status = Status::of(
        &lake.warehouse,
        Some(runs),
        None,
        at("2026-11-24T02:00:00Z"),
    );
    status.await.expect("a status")
}

fn settings(text: &str) -> Settings {
    let secrets = BTreeMap::from([("HOOK", "shared"), ("MAIL", "word")]);
    let variable = |name: &str| secrets.get(name).map(|secret| (*secret).to_owned());
    parse("pipelines/operations.yaml", text, variable).unwrap_or_else(|error| panic!("{error}"))
}

type Posted = Arc<Mutex<Vec<(HeaderMap, Value)>>>;

/// An address that refuses the first `refusals` posts and notes the others.
async fn hook(refusals: usize) -> (String, Posted) {
    let posted = Posted::default();
    let (noted, left) = (Arc::clone(&posted), Arc::new(Mutex::new(refusals)));
    let take = async move |headers: HeaderMap, body: Bytes| {
        let mut left = left.lock().expect("no panic");
        if *left > 0 {
            *left -= 1;
            return StatusCode::SERVICE_UNAVAILABLE;
        }
        let message = serde_json::from_slice(&body).expect("JSON");
        noted.lock().expect("no panic").push((headers, message));
        StatusCode::NO_CONTENT
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let router = Router::new().route("/hook", post(take));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, posted)
}

fn keys(posted: &Posted) -> Vec<(String, String)> {
    let posted = posted.lock().expect("no panic");
    let mut keys: Vec<_> = posted
        .iter()
        .map(|(_, message)| {
            let text = |name: &str| message[name].as_str().expect("a text").to_owned();
            (text("turn"), text("key"))
        })
        .collect();
    keys.sort();
    keys
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let pairs = expected.iter();
    pairs
        .map(|(turn, key)| ((*turn).to_owned(), (*key).to_owned()))
        .collect()
}

#[tokio::test]
async fn each_incident_is_told_once_and_once_more_when_it_is_over() {
    let lake = Lake::empty().await;
    let (url, posted) = hook(0).await;
    let alerts = settings(&format!(
        "alerts:\n  webhook: {{ url: \"{url}\", secret: {{ env: HOOK }} }}\n"
    ));
    let alerts = alerts.alerts.expect("alerts");
    let before = status(&lake, RUNS).await;
    let begun = [("begins", "failure a"), ("begins", "imbalance b")];
    let told = tell(&lake.warehouse, &alerts, &before, None).await;
    assert_eq!(
        told,
        Told {
            begun: 2,
            over: 0,
            failed: 0
        }
    );
    assert_eq!(keys(&posted), pairs(&begun));
    // Another program looks at the same lake: it was told.
    assert_eq!(
        tell(&lake.warehouse, &alerts, &before, None).await,
        Told::default()
    );

    let after = status(&lake, &format!("{RUNS}{MENDED}")).await;
    let told = tell(&lake.warehouse, &alerts, &after, None).await;
    assert_eq!(
        told,
        Told {
            begun: 0,
            over: 1,
            failed: 0
        }
    );
    assert_eq!(
        keys(&posted),
        pairs(&[begun[0], begun[1], ("over", "failure a")])
    );
    assert_eq!(
        tell(&lake.warehouse, &alerts, &after, None).await,
        Told::default()
    );

    let posted = posted.lock().expect("no panic");
    let signature = posted[0].0["x-jieyue-signature"].to_str().expect("a text");
    assert!(
        signature.starts_with("sha256=") && signature.len() == 7 + 64,
        "{signature}"
    );
}

#[tokio::test]
async fn what_could_not_be_sent_is_sent_by_the_next_look() {
    let lake = Lake::empty().await;
    // Three times each are tried: all six of the first look are refused.
    let (url, posted) = hook(6).await;
    let alerts = settings(&format!("alerts:\n  webhook: {{ url: \"{url}\" }}\n"))
        .alerts
        .expect("alerts");
    let status = status(&lake, RUNS).await;
    let told = tell(&lake.warehouse, &alerts, &status, None).await;
    assert_eq!(
        told,
        Told {
            begun: 0,
            over: 0,
            failed: 2
        }
    );
    assert!(keys(&posted).is_empty());
    let told = tell(&lake.warehouse, &alerts, &status, None).await;
    assert_eq!(
        told,
        Told {
            begun: 2,
            over: 0,
            failed: 0
        }
    );
}

/// Takes mails as a server would (RFC 5321) and gives each as it came.
async fn mail_server() -> (u16, Arc<Mutex<Vec<String>>>) {
    let mails = Arc::new(Mutex::new(Vec::new()));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let kept = Arc::clone(&mails);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(take_mail(socket, Arc::clone(&kept)));
        }
    });
    (port, mails)
}

async fn take_mail(socket: TcpStream, mails: Arc<Mutex<Vec<String>>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(socket);
    stream.write_all(b"220 sink\r\n").await?;
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 0 {
        let word = line
            .split([' ', '\r'])
            .next()
            .unwrap_or_default()
            .to_uppercase();
        let answer = match word.as_str() {
            "EHLO" => "250-sink\r\n250 AUTH PLAIN\r\n",
            "AUTH" => "235 welcome\r\n",
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let mut mail = String::new();
                while !mail.ends_with("\r\n.\r\n") {
                    if stream.read_line(&mut mail).await? == 0 {
                        return Ok(());
                    }
                }
                mails.lock().expect("no panic").push(mail);
                "250 taken\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "250 fine\r\n",
        };
        stream.write_all(answer.as_bytes()).await?;
        line.clear();
    }
    Ok(())
}

#[tokio::test]
async fn alerts_arrive_as_mail() {
    let lake = Lake::empty().await;
    let (port, mails) = mail_server().await;
    let text = format!(
        "alerts:\n  on: [failure]\n  smtp:\n    host: 127.0.0.1\n    port: {port}\n    security: none\n    user: jieyue\n    \
         password: {{ env: MAIL }}\n    from: 节约 <jieyue@example.org>\n    to: [operator@example.org, head@example.org]\n"
    );
    let alerts = settings(&text).alerts.expect("alerts");
    let status = status(&lake, RUNS).await;
    // Imbalance is not asked for.
    let told = tell(&lake.warehouse, &alerts, &status, None).await;
    assert_eq!(
        told,
        Told {
            begun: 1,
            over: 0,
            failed: 0
        }
    );
    let mails = mails.lock().expect("no panic");
    let [mail] = mails.as_slice() else {
        panic!("one mail came: {mails:?}");
    };
    for header in [
        "From: ",
        "Subject: =?utf-8?b?",
        "To: operator@example.org, head@example.org",
    ] {
        assert!(mail.contains(header), "{mail}");
    }
    assert!(!mail.contains("word"), "the password is in the mail");
}

#[test]
fn settings_that_are_wrong_say_what_and_where() {
    let refused = |text: &str| {
        let error = parse("pipelines/operations.yaml", text, |_| None).expect_err("it is wrong");
        format!("{error}\n{}", error.hint().unwrap_or_default())
    };
    insta::assert_snapshot!(
        refused("alerts:\n  webhook: { url: \"http://x\", secret: { env: HOOK } }\n"),
        @r"
    the secret of `webhook` in pipelines/operations.yaml is not in the variable `HOOK`
    put it in the variable `HOOK`, or leave the key out
    "
    );
    insta::assert_snapshot!(refused("alerts: { on: [failure] }\n"), @r"
    pipelines/operations.yaml tells nobody
    declare `webhook` or `smtp`, or remove the file
    ");
    insta::assert_snapshot!(refused("lineage: { namespace: a }\n"), @r"
    `lineage` in pipelines/operations.yaml needs a `file` or a `url`, and not both
    write `file: lineage.ndjson`
    ");
    assert!(refused("alerts:\n  webhok: {}\n").contains("pipelines/operations.yaml:2"));
    assert!(refused("alerts:\n  smtp: { host: x, from: nobody, to: [] }\n").contains("`nobody`"));
}

#[test]
fn the_schema_checked_in_is_current() {
    let current = serde_json::to_string_pretty(&crate::json_schema()).expect("JSON") + "\n";
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("json/operations.schema.json");
    if std::env::var_os("JIEYUE_UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        std::fs::write(&path, &current).expect("the file is written");
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == current,
        "pipelines/operations/json/operations.schema.json is stale: renew it with\n    JIEYUE_UPDATE=1 cargo nextest run -p operations schema"
    );
}
