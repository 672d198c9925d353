//! `jieyue demo`, small: from nothing to a publication that a query reads.

use crate::house::{House, repository};

#[test]
fn demo_makes_loads_builds_and_publishes_a_city() {
    let house = House::new();
    let project = repository();
    let project = project.to_str().expect("a path of text");
    let words = [
        "demo",
        "--project",
        project,
        "--into",
        "city",
        "--scale",
        "0.01",
        "--until",
        "2025-06",
        "--no-serve",
    ];
    let told = house.jieyue(&words).succeeds();
    assert!(
        told.out.contains("published publication 1 of "),
        "{}",
        told.shown()
    );
    let steps: Vec<&str> = told
        .err
        .lines()
        .filter(|line| line.contains("/4 "))
        .collect();
    assert_eq!(
        steps,
        [
            "1/4 making the city: every name, person and number in it is invented",
            "2/4 loading it",
            "3/4 building the marts",
            "4/4 publishing"
        ]
    );
    let sql = "select count(distinct year) as years from energy_month";
    assert_eq!(of_the_city(&house, &["query", sql]), "years\n6\n");
    let wrong = "select count(*) as runs from ops.run \
                 where read_rows <> inserted + updated + unchanged + duplicate + quarantined";
    let answer = of_the_city(&house, &["query", "--unpublished", wrong]);
    assert_eq!(answer, "runs\n0\n");
    flags_are_accepted(&house);
}

/// What a command prints about the city that was made, as CSV.
fn of_the_city(house: &House, words: &[&str]) -> String {
    let project = repository();
    let project = project.to_str().expect("a path of text");
    let place = [
        "--project",
        project,
        "--lake",
        "city/lake",
        "--format",
        "csv",
    ];
    let words: Vec<&str> = words.iter().copied().chain(place).collect();
    house.jieyue(&words).succeeds().out
}

fn flags_are_accepted(house: &House) {
    let flags = |words: &[&str]| -> Vec<String> {
        let words: Vec<&str> = ["review", "list", "--limit", "9999"]
            .iter()
            .chain(words)
            .copied()
            .collect();
        let lines = of_the_city(house, &words);
        let first_cell = |line: &str| line.split(',').next().unwrap_or_default().to_owned();
        lines.lines().skip(1).map(first_cell).collect()
    };
    let open = flags(&[]);
    let worst = open.first().expect("a city has flags").clone();
    let reason = "met with the property office, the figures stand";
    let accept = [
        "review",
        "accept",
        &worst,
        "--by",
        "节能科",
        "--reason",
        reason,
    ];
    let ledger = of_the_city(house, &accept);
    assert!(ledger.contains("review.acceptance"), "{ledger}");
    of_the_city(house, &["build", "review_flag"]);
    assert_eq!(flags(&[]), open[1..]);
    let all = flags(&["--all"]);
    assert_eq!(all, open);
}
