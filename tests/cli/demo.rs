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
    let words = [
        "query",
        "--project",
        project,
        "--lake",
        "city/lake",
        "--format",
        "csv",
        sql,
    ];
    assert_eq!(house.jieyue(&words).succeeds().out, "years\n6\n");
    let wrong = "select count(*) as runs from ops.run \
                 where read_rows <> inserted + updated + unchanged + duplicate + quarantined";
    let words = [
        "query",
        "--project",
        project,
        "--lake",
        "city/lake",
        "--unpublished",
        "--format",
        "csv",
        wrong,
    ];
    assert_eq!(house.jieyue(&words).succeeds().out, "runs\n0\n");
}
