//! Views that several plans read: which are computed once, where their rows are kept, and that marts
//! come out the same.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use datafusion::prelude::SessionContext;
use models::{Input, ModelName, Models};
use tempfile::TempDir;
use warehouse::{LakeLocation, Settings, Warehouse};

use super::lake::{Files, Lake, contracts};
use crate::session::{schema_of, table_of};
use crate::shared::{Effort, KeptRows, Reads};

/// Two marts over one view that groups, which reads a view that joins, which reads two stagings.
fn chain() -> Files {
    let view = |name: &str, sql: &str| {
        (
            format!("sql/intermediate/{name}.sql"),
            format!("-- grain: organization_id, month\n-- purpose: a view\n{sql}\n"),
        )
    };
    let (joined, joined_sql) = view(
        "int_forms_joined",
        "select forms.organization_id, forms.month, forms.electricity_kwh\n\
         from stg_energy__monthly as forms\n\
         left join stg_energy__monthly as others\n\
         on forms.organization_id = others.organization_id and forms.month = others.month",
    );
    let (summed, summed_sql) = view(
        "int_forms_summed",
        "select organization_id, month, sum(electricity_kwh) as electricity_kwh\n\
         from int_forms_joined group by organization_id, month",
    );
    let (renamed, renamed_sql) = view(
        "int_forms_renamed",
        "select organization_id, month, electricity_kwh from int_forms_summed",
    );
    Files::sound()
        .with(&joined, &joined_sql)
        .with(&summed, &summed_sql)
        .with(&renamed, &renamed_sql)
        .change(
            "sql/marts/energy_month.sql",
            "from stg_energy__monthly",
            "from int_forms_renamed",
        )
        .change(
            "sql/marts/energy_year.sql",
            "from energy_month",
            "from int_forms_renamed",
        )
        .with(
            "sql/marts/energy_year.test.yaml",
            "- case: nothing\n  given: {}\n  expect: []\n",
        )
}

/// The names of the views a build of `marts` computes once.
async fn shared(models: &Models, marts: &[&str]) -> Vec<String> {
    let contracts = contracts();
    let schema = |input: &Input| schema_of(&contracts, &table_of(input));
    let marts: BTreeSet<ModelName> = marts
        .iter()
        .filter_map(|mart| ModelName::new(mart))
        .collect();
    let reads = Reads::of(SessionContext::new(), models, &marts, schema)
        .await
        .expect("the statements are planned");
    let shared = reads.shared(models, &marts);
    shared.keys().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_view_that_works_and_is_read_twice_is_computed_once() {
    let models = chain().models();
    // Both marts read `renamed`, which only renames; through it they read `summed` twice. `joined` is
    // read once, by `summed`. The staging is read twice and only reads.
    assert_eq!(
        shared(&models, &["energy_month", "energy_year"]).await,
        ["int_forms_summed"]
    );
}

#[tokio::test]
async fn a_view_that_one_plan_reads_is_part_of_that_plan() {
    let models = chain().models();
    assert_eq!(shared(&models, &["energy_month"]).await, [] as [&str; 0]);
}

#[tokio::test]
async fn two_reads_in_one_plan_count_as_two() {
    let files = chain().change(
        "sql/marts/energy_month.sql",
        "select organization_id, month, electricity_kwh from forms",
        "select forms.organization_id, forms.month, forms.electricity_kwh from forms\n\
         where forms.month in (select month from forms)",
    );
    assert_eq!(
        shared(&files.models(), &["energy_month"]).await,
        ["int_forms_summed"]
    );
}

#[tokio::test]
async fn marts_are_the_same_whether_views_are_shared_or_not() {
    let query = "select * from energy_month order by organization_id, month";
    let lake = Lake::with_forms().await;
    lake.build(&chain().models())
        .await
        .expect("both marts at once");
    let at_once = lake.query(query).await;
    let lake = Lake::with_forms().await;
    lake.build(&Files::sound().models())
        .await
        .expect("without views");
    assert_eq!(at_once, lake.query(query).await);
}

/// A lake with `memory_bytes` whose spills go to a directory that is watched.
async fn small_lake(directory: &Path, memory_bytes: usize) -> Warehouse {
    let lake = directory.join("lake");
    let location: LakeLocation = lake
        .to_str()
        .expect("a path that is text")
        .parse()
        .expect("a place for a lake");
    let settings = Settings {
        memory_bytes,
        spill_dir: Some(directory.join("spill")),
        target_partitions: Some(2),
    };
    Warehouse::open(&location, Arc::new(contracts()), settings)
        .await
        .expect("a new lake")
}

/// The files below a directory.
fn files_below(directory: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return 0;
    };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .map(|path| if path.is_dir() { files_below(&path) } else { 1 })
        .sum()
}

async fn keep(session: &SessionContext, sql: &str, effort: Effort) -> Option<KeptRows> {
    let plan = session.sql(sql).await.expect("it plans");
    KeptRows::compute(session, plan.into_unoptimized_plan(), effort, 0)
        .await
        .expect("it is computed")
}

#[tokio::test]
async fn rows_stay_in_memory_while_they_fit_and_go_to_a_file_that_goes_with_them() {
    let directory = TempDir::new().expect("a temporary directory");
    let warehouse = small_lake(directory.path(), 4 << 20).await;
    let session = warehouse.session();
    let spill = directory.path().join("spill");
    let numbers =
        |count: u32| format!("select value, value * 2 as twice from generate_series(1, {count})");

    let few = keep(&session, &numbers(1000), Effort::Gathers)
        .await
        .expect("kept");
    assert!(!few.is_in_file());
    assert_eq!((few.rows(), few.memory()), (1000, 16_000)); // two columns of eight bytes
    assert_eq!(files_below(&spill), 0);

    // 200 000 rows of 16 bytes are 3.2 MB, a quarter of the pool is 1 MiB.
    assert!(
        keep(&session, &numbers(200_000), Effort::Streams)
            .await
            .is_none()
    );
    let many = keep(&session, &numbers(200_000), Effort::Gathers)
        .await
        .expect("kept");
    assert!(many.is_in_file());
    assert_eq!((many.rows(), many.memory()), (200_000, 0));
    assert_eq!(files_below(&spill), 1);
    session
        .register_table("many", many.table())
        .expect("a new name");
    let sums = session
        .sql("select count(*), sum(value), sum(twice) from many")
        .await
        .expect("it plans")
        .collect()
        .await
        .expect("it runs");
    // n (n + 1) / 2 for n = 200 000, and twice that.
    let text = datafusion::arrow::util::pretty::pretty_format_batches(&sums)
        .expect("rows print")
        .to_string();
    assert!(
        text.contains("| 200000   | 20000100000     | 40000200000     |"),
        "{text}"
    );

    session.deregister_table("many").expect("a known name");
    drop(many);
    assert_eq!(files_below(&spill), 0);
}
