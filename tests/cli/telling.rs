//! What programs are told of runs: logs with run ids, lineage, alerts.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Output;

use serde_json::Value;

use crate::house::House;

fn run(house: &House, arguments: &[&str]) -> Output {
    let mut command = house.command(arguments);
    command
        .env("JIEYUE_LOG", "info")
        .env("JIEYUE_LOG_FORMAT", "json");
    command.output().expect("the binary")
}

#[test]
fn what_a_run_logs_carries_its_id() {
    let house = House::new();
    let ended = run(&house, &["-q", "run", "energy.use"]);
    assert!(ended.status.success(), "{ended:?}");
    let logged = String::from_utf8(ended.stderr).expect("text");
    let lines: Vec<Value> = logged
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect();
    let told = house.jieyue(&["runs", "--format", "json"]).succeeds();
    let runs: Value = serde_json::from_str(&told.out).expect("JSON");
    let id = runs[0]["run_id"].as_str().expect("an id");
    let of_ingest: Vec<&Value> = lines
        .iter()
        .filter(|line| {
            line["target"]
                .as_str()
                .is_some_and(|target| target.starts_with("ingest"))
        })
        .collect();
    assert!(!of_ingest.is_empty(), "{logged}");
    for line in of_ingest {
        assert_eq!(line["span"]["run_id"], id, "{line}");
        assert_eq!(line["span"]["job"], "energy.use", "{line}");
    }
    assert!(logged.contains("3 rows read"), "{logged}");
}

#[test]
fn runs_and_builds_are_told_as_lineage() {
    let house = House::new();
    let file = house.path("lineage.ndjson");
    house.write(
        "pipelines/operations.yaml",
        format!(
            "lineage: {{ namespace: small, file: \"{}\" }}\n",
            file.display()
        ),
    );
    house.jieyue(&["run", "energy.use"]).succeeds();
    house.jieyue(&["run", "office.site"]).succeeds();
    house.jieyue(&["build"]).succeeds();
    let text = std::fs::read_to_string(&file).expect("events");
    let events: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let told: Vec<_> = events
        .iter()
        .map(|event| {
            (
                event["eventType"].as_str().expect("a word"),
                event["job"]["name"].as_str().expect("a name"),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("START", "energy.use"),
            ("COMPLETE", "energy.use"),
            ("START", "office.site"),
            ("COMPLETE", "office.site"),
            ("START", "build.use_year"),
            ("COMPLETE", "build.use_year"),
        ]
    );
    assert_eq!(events[1]["inputs"][0]["name"], "data/use.csv");
    assert_eq!(
        events[1]["outputs"][0]["outputFacets"]["jieyue_ledger"]["read"],
        3
    );
    let inputs = events[5]["inputs"].as_array().expect("inputs");
    assert!(
        inputs.iter().any(|input| input["name"] == "energy.use"),
        "{inputs:?}"
    );
}

#[test]
fn a_job_that_fails_is_told_to_an_address() {
    let house = House::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    house.write(
        "pipelines/operations.yaml",
        format!("alerts:\n  webhook: {{ url: \"http://{address}/\" }}\n"),
    );
    let taken = std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("a request");
        let mut reader = BufReader::new(stream);
        let (mut line, mut length) = (String::new(), 0);
        while reader.read_line(&mut line).expect("a line") > 2 {
            if let Some(bytes) = line.to_lowercase().strip_prefix("content-length:") {
                length = bytes.trim().parse().expect("a number");
            }
            line.clear();
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("a body");
        let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
        reader.get_mut().write_all(answer).expect("an answer");
        serde_json::from_slice::<Value>(&body).expect("JSON")
    });
    house.write("data/use.csv", "no such columns\n1\n");
    let told = house.jieyue(&["run", "energy.use"]);
    assert_ne!(told.code, 0, "{told:?}");
    let message = taken.join().expect("the address took it");
    assert_eq!(message["turn"], "begins");
    assert_eq!(message["key"], "failure energy.use");
    assert_eq!(message["kind"], "failure");
}

#[test]
fn settings_of_operations_that_are_wrong_are_told_before_anything_runs() {
    let house = House::new();
    house.write("pipelines/operations.yaml", "alerts: { webhok: {} }\n");
    let told = house.jieyue(&["run", "energy.use"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(
        told.err.contains("pipelines/operations.yaml:1"),
        "{}",
        told.err
    );
    assert_eq!(house.version("energy.use"), None);
}
