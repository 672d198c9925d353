//! Leases over a store in memory, and a clock that stands still but for the test.

use object_store::memory::InMemory;

use super::*;

const EXPIRY: Duration = Duration::from_millis(80);

fn store() -> ScheduleStore {
    ScheduleStore::of(Arc::new(InMemory::new()))
}

fn candidate(store: &ScheduleStore, holder: &str) -> Candidate {
    Candidate::new(store.clone(), holder.to_owned(), EXPIRY)
}

/// Asks until the lease is had, and answers after how long.
async fn take(candidate: &mut Candidate) -> (Lease, Duration) {
    let begun = Instant::now();
    loop {
        if let Some(lease) = candidate.take().await.expect("a store") {
            return (lease, begun.elapsed());
        }
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "nobody gets the lease"
        );
        tokio::time::sleep(EXPIRY / 8).await;
    }
}

#[tokio::test]
async fn one_of_many_gets_the_lease_and_the_next_when_it_beats_no_more() {
    let store = store();
    let mut candidates: Vec<Candidate> = (0..8)
        .map(|number| candidate(&store, &number.to_string()))
        .collect();
    let mut leases = Vec::new();
    for taken in futures::future::join_all(candidates.iter_mut().map(Candidate::take)).await {
        leases.extend(taken.expect("a store"));
    }
    assert_eq!(leases.len(), 1);
    let first = leases.remove(0);
    assert_eq!(first.epoch(), 1);
    // As long as it beats, nobody else gets it.
    let mut other = candidate(&store, "other");
    let begun = Instant::now();
    while begun.elapsed() < EXPIRY * 3 {
        first.beat().await.expect("still the newest");
        assert!(other.take().await.expect("a store").is_none());
        tokio::time::sleep(EXPIRY / 8).await;
    }
    let (second, waited) = take(&mut other).await;
    assert!(waited >= EXPIRY - EXPIRY / 4, "{waited:?}");
    assert_eq!(second.epoch(), 2);
    // The first one finds out, whatever it does.
    let lost = ScheduleError::LeaseLost {
        epoch: 1,
        newest: 2,
    }
    .to_string();
    assert_eq!(first.check().await.expect_err("lost").to_string(), lost);
    assert_eq!(first.beat().await.expect_err("lost").to_string(), lost);
    second.check().await.expect("held");
}

#[tokio::test]
async fn a_lease_that_was_given_up_is_had_at_once() {
    let store = store();
    let (first, _) = take(&mut candidate(&store, "a")).await;
    first.release().await.expect("a store");
    let second = candidate(&store, "b").take().await.expect("a store");
    assert_eq!(second.expect("the lease").epoch(), 2);
}

#[tokio::test]
async fn a_number_that_was_there_before_is_not_held_by_who_creates_it_again() {
    let store = store();
    for epoch in 1..=3 {
        let (lease, _) = take(&mut candidate(&store, "a")).await;
        assert_eq!(lease.epoch(), epoch);
        lease.release().await.expect("a store");
    }
    // Lease 1 was removed when 3 was taken; whoever creates it now is not the newest.
    assert_eq!(epochs(&store).await.expect("a store"), [2, 3]);
    let slow = Lease {
        store: store.clone(),
        epoch: 1,
        holder: "slow".to_owned(),
        beat: Arc::default(),
    };
    store
        .create(&path(1), &slow.object(0, false))
        .await
        .expect("it is absent");
    assert!(slow.check().await.is_err());
}

#[tokio::test]
async fn the_state_of_one_that_was_replaced_is_never_read() {
    use crate::state::State;
    use crate::store::StateKey;
    let store = store();
    let state = |job: &str| {
        let mut state = State::default();
        state.jobs.entry(job.to_owned()).or_default();
        state
    };
    let key = |epoch: u64, number: u64| StateKey { epoch, number };
    store
        .save(key(1, 1), &state("cost.a"))
        .await
        .expect("a store");
    store
        .save(key(2, 1), &state("cost.b"))
        .await
        .expect("a store");
    // The first one goes on writing.
    for number in 2..9 {
        store
            .save(key(1, number), &state("cost.c"))
            .await
            .expect("a store");
    }
    assert_eq!(store.state().await.expect("a state"), state("cost.b"));
}
