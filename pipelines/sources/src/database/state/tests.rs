use super::*;

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn at(time: &str) -> Point {
    Point {
        time: Some(read_time(time).expect("a moment")),
        id: None,
    }
}

fn found(newest: &str, open: &[u64]) -> Found {
    Found {
        server: Server {
            identity: Some("a/1/2".to_owned()),
            clock: NOW,
            next_transaction: Some(100),
            sequence: Some(Id(50)),
        },
        columns: Vec::new(),
        open: open.to_vec(),
        newest: Some(at(newest)),
        is_empty: false,
    }
}

fn by_time() -> Changes {
    Changes::by(Some("updated_at"), None)
}

/// The state after a complete pull that came to `newest` while `open` were open.
fn pulled(state: &State, newest: &str, open: &[u64]) -> State {
    let found = found(newest, open);
    let start = state.start(&found, &by_time(), NOW);
    state.after(&start, Some(at(newest)), &found, NOW, true)
}

fn why(state: &State, found: &Found) -> String {
    match state.start(found, &by_time(), NOW) {
        Start::Everything(Some(why)) => why,
        other => format!("{other:?}"),
    }
}

#[test]
fn a_moment_of_the_server_is_read_to_the_microsecond() {
    for (text, read) in [
        (
            "2026-11-24 08:30:00.123456+00",
            "2026-11-24 08:30:00.123456",
        ),
        ("2026-11-24 08:30:00", "2026-11-24 08:30:00"),
        ("2026-11-24", "2026-11-24 00:00:00"),
    ] {
        assert_eq!(read_time(text).expect(text).to_string(), read);
    }
    for text in [
        "infinity",
        "-infinity",
        "0044-03-15 00:00:00 BC",
        "0000-00-00 00:00:00",
    ] {
        assert_eq!(read_time(text), None, "{text}");
    }
}

#[test]
fn the_next_pull_begins_before_the_newest_change() {
    let state = pulled(&State::default(), "2026-11-24 08:00:00", &[]);
    assert_eq!(
        state.start(&found("2026-11-24 08:00:00", &[]), &by_time(), NOW),
        Start::From(at("2026-11-24 07:00:00"))
    );
    let by_id = Changes::by(None, Some("id"));
    let state = State {
        at: Some(Point {
            time: None,
            id: Some(Id(5_000)),
        }),
        ..State::default()
    };
    let mut found = found("2026-11-24", &[]);
    found.newest = state.at;
    assert_eq!(
        state.start(&found, &by_id, NOW),
        Start::From(Point {
            time: None,
            id: Some(Id(4_000))
        })
    );
}

/// However long a transaction is open: the pull after it ended begins before it did.
#[test]
fn a_transaction_that_was_open_for_days_is_not_forgotten() {
    let state = pulled(&State::default(), "2026-11-20 08:00:00", &[]);
    // 101 begins, and stays open during three pulls.
    let state = pulled(&state, "2026-11-21 08:00:00", &[101]);
    let state = pulled(&state, "2026-11-22 08:00:00", &[101, 102]);
    let state = pulled(&state, "2026-11-23 08:00:00", &[101]);
    // It commits: its rows are of the 20th at the earliest.
    let start = state.start(&found("2026-11-24 08:00:00", &[]), &by_time(), NOW);
    assert_eq!(start, Start::From(at("2026-11-20 07:00:00")));
    // And is done with.
    let state = pulled(&state, "2026-11-24 08:00:00", &[]);
    assert_eq!(state.open, []);
    let start = state.start(&found("2026-11-24 08:00:00", &[]), &by_time(), NOW);
    assert_eq!(start, Start::From(at("2026-11-24 07:00:00")));
}

#[test]
fn what_was_open_at_the_first_pull_may_have_rows_anywhere() {
    let state = pulled(&State::default(), "2026-11-20 08:00:00", &[99]);
    let found = found("2026-11-20 08:00:00", &[]);
    assert_eq!(
        why(&state, &found),
        "a transaction was open while everything was first read, and its rows may lie anywhere"
    );
}

#[test]
fn a_first_pull_that_broke_off_goes_on_and_forgets_no_transaction() {
    let seen = found("2026-11-24 08:00:00", &[99]);
    let start = State::default().start(&seen, &by_time(), NOW);
    let half = State::default().after(&start, Some(at("2026-11-10")), &seen, NOW, false);
    let later = found("2026-11-24 09:00:00", &[]);
    let start = half.start(&later, &by_time(), NOW);
    assert_eq!(start, Start::From(at("2026-11-09 23:00:00")));
    let whole = half.after(&start, Some(at("2026-11-24 09:00:00")), &later, NOW, true);
    assert_eq!(whole.full_at, Some(NOW));
    assert_eq!(whole.full_since, None);
    // 99 may have committed rows before the place where it broke off.
    assert!(why(&whole, &later).starts_with("a transaction was open"));
}

#[test]
fn a_source_that_went_back_is_read_from_the_beginning() {
    let state = pulled(&State::default(), "2026-11-24 08:00:00", &[]);
    let newest = "2026-11-24 08:00:00";
    let changed = |change: fn(&mut Found)| {
        let mut found = found(newest, &[]);
        change(&mut found);
        why(&state, &found)
    };
    assert_eq!(
        changed(|found| found.server.identity = Some("a/1/3".to_owned())),
        "the table or its server is not the one of the last pull: it was restored, replaced or failed over"
    );
    assert_eq!(
        changed(|found| found.server.next_transaction = Some(90)),
        "the server's counter of transactions went back from 100 to 90: it was restored from a backup"
    );
    assert_eq!(
        changed(|found| found.server.sequence = Some(Id(1))),
        "the sequence of `id` went back from 50 to 1"
    );
    assert_eq!(
        changed(|found| found.server.clock = NOW - chrono::TimeDelta::hours(3)),
        "the server's clock went back by 10800 s, more than the overlap of 1 h"
    );
    assert_eq!(
        changed(|found| found.newest = Some(at("2026-11-23"))),
        "the newest change is 2026-11-23 00:00:00 now and was 2026-11-24 08:00:00: rows are gone, or the source was restored"
    );
    assert_eq!(
        changed(|found| {
            found.newest = None;
            found.is_empty = true;
        }),
        "the source was emptied"
    );
    // A clock that is set back a little is what the overlap is for.
    let little = changed(|found| found.server.clock = NOW - chrono::TimeDelta::minutes(3));
    assert!(little.starts_with("From"), "{little}");
}

#[test]
fn everything_is_read_again_after_a_time() {
    let since = Changes {
        full_every: Some("7 d".parse().expect("a time")),
        ..by_time()
    };
    let state = pulled(&State::default(), "2026-11-24 08:00:00", &[]);
    let found = found("2026-11-24 08:00:00", &[]);
    let start = |days| state.start(&found, &since, NOW + chrono::TimeDelta::days(days));
    assert!(matches!(start(6), Start::From(_)));
    assert!(matches!(start(7), Start::Everything(Some(_))));
}

#[test]
fn a_quiet_pull_says_nothing_new() {
    let state = pulled(&State::default(), "2026-11-24 08:00:00", &[]);
    let again = pulled(&state, "2026-11-24 08:00:00", &[]);
    assert!(again.says_no_more_than(&state));
    assert!(!pulled(&state, "2026-11-24 08:00:00", &[7]).says_no_more_than(&state));
    let json = serde_json::to_value(&state).expect("JSON");
    assert_eq!(
        serde_json::from_value::<State>(json).expect("a state"),
        state
    );
}
