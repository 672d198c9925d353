//! Several jobs on one table at once.

use super::harness::{House, use_job};

#[tokio::test(flavor = "multi_thread")]
async fn two_jobs_on_one_table_at_once_lose_nothing() {
    let house = House::new().await;
    let header = "organization_id,month,electricity_kwh\n";
    let job = |name: &str| {
        house.job(
            &use_job("upsert", "")
                .replace("energy.test", name)
                .replace("data/*", &format!("data/{name}/*")),
        )
    };
    let (one, two) = (job("energy.one"), job("energy.two"));
    for round in 1..=3 {
        // Both change `common` and add rows of their own.
        let rows = |name: &str| {
            let own: String = (0..200)
                .map(|row| format!("{name}{row},2026-01,{round}\n"))
                .collect();
            format!("{header}common,2026-01,{round}\n{own}")
        };
        house.write("energy.one/1.csv", rows("one"));
        house.write("energy.two/1.csv", rows("two"));
        let (first, second) = tokio::join!(house.run(&one), house.run(&two));
        assert_eq!(first.ledger.read + second.ledger.read, 402);
        let changed = first.ledger.inserted
            + second.ledger.inserted
            + first.ledger.updated
            + second.ledger.updated;
        // `common` is changed by one of them and found unchanged by the other.
        assert_eq!(changed, 401, "{first:?} {second:?}");
        assert_eq!(first.ledger.unchanged + second.ledger.unchanged, 1);
    }
    insta::assert_snapshot!(house.query("select count(*) as rows, count(distinct organization_id) as keys, min(electricity_kwh) as least, max(electricity_kwh) as most from energy.use").await, @r"
        +------+------+--------+--------+
        | rows | keys | least  | most   |
        +------+------+--------+--------+
        | 401  | 401  | 3.0000 | 3.0000 |
        +------+------+--------+--------+
        ");
    insta::assert_snapshot!(house.query("select count(*) as runs, sum(inserted) as inserted, sum(updated) as updated from ops.run").await, @r"
        +------+----------+---------+
        | runs | inserted | updated |
        +------+----------+---------+
        | 6    | 401      | 802     |
        +------+----------+---------+
        ");
}
