//! Plans: what they say, that applying one does exactly that, and that an outdated one does nothing.

use insta::assert_snapshot;
use warehouse::progress::Silent;

use super::lake::{Files, Lake, now, print};
use crate::{Action, BuildOptions, Plan};

/// `mart: action (reason)` a line.
fn summary(plan: &Plan) -> String {
    let lines = plan.marts.iter().map(|mart| {
        let action = match mart.action {
            Action::Keep => "keep",
            Action::Partitions => "partitions",
            Action::Whole => "whole",
            Action::AsNeeded => "as needed",
        };
        format!("{}: {action} ({})", mart.mart, mart.reason)
    });
    lines.collect::<Vec<_>>().join("\n")
}

async fn plan(lake: &Lake, files: &Files) -> Plan {
    crate::plan(&lake.warehouse, &files.models(), &BuildOptions::all(now()))
        .await
        .expect("a plan")
}

#[tokio::test]
async fn a_plan_says_what_is_built_and_why_and_writes_nothing() {
    let lake = Lake::with_forms().await;
    let files = Files::sound();
    let first = plan(&lake, &files).await;
    assert_snapshot!(summary(&first), @r"
        energy_month: whole (it was not built before)
        energy_year: whole (it was not built before)
    ");
    assert_eq!(lake.version("mart.energy_month").await, None);

    lake.build(&files.models()).await.expect("the build");
    let second = plan(&lake, &files).await;
    assert!(second.is_empty(), "{}", summary(&second));

    lake.load(
        "energy.monthly",
        "select 'a' as organization_id, '2024-01' as month,
             cast(1 as decimal(18,4)) as electricity_kwh",
    )
    .await;
    assert_snapshot!(summary(&plan(&lake, &files).await), @r"
        energy_month: whole (energy.monthly changed)
        energy_year: whole (energy_month will be built)
    ");
}

#[tokio::test]
async fn a_plan_is_applied_as_written_down_and_only_while_it_holds() {
    let lake = Lake::with_forms().await;
    let files = Files::sound();
    let text = serde_json::to_string(&plan(&lake, &files).await).expect("a plan is text");
    let written: Plan = serde_json::from_str(&text).expect("and can be read back");
    let report = crate::apply(&lake.warehouse, &files.models(), &written, now(), &Silent)
        .await
        .expect("it is applied");
    assert_eq!(report.marts.len(), 2);

    let again = crate::apply(&lake.warehouse, &files.models(), &written, now(), &Silent).await;
    assert_snapshot!(print(&again.expect_err("the marts moved")), @r"
        error: nothing was built: the plan no longer holds: `mart.energy_month` was not stored, now version 1; `mart.energy_year` was not stored, now version 1
        hint: make a new one with `jieyue plan`, look at it, and apply that
    ");

    let next = plan(&lake, &files).await;
    let changed = files.change(
        "sql/staging/stg_energy__monthly.sql",
        "from energy.monthly",
        "from energy.monthly where organization_id = 'a'",
    );
    let other = crate::apply(&lake.warehouse, &changed.models(), &next, now(), &Silent).await;
    assert_snapshot!(print(&other.expect_err("the models moved")), @r"
        error: nothing was built: the plan no longer holds: the models under sql/ changed
        hint: make a new one with `jieyue plan`, look at it, and apply that
    ");
}
