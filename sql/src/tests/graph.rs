//! Order, what lies below a model, and hashes.

use super::world::Files;
use crate::{Input, Models};

fn parse(files: &Files) -> Models {
    files
        .models()
        .unwrap_or_else(|faults| panic!("{}", super::world::print(&faults)))
}

#[test]
fn a_sound_tree_is_accepted_whole() {
    let models = parse(&Files::sound());
    let mart = models.get("energy_month").expect("the mart");
    assert!(mart.is_mart());
    assert_eq!(mart.purpose, "electricity of each organisation by month");
    assert_eq!(mart.cases.len(), 1);
    assert_eq!(mart.audits.len(), 1);
    assert_eq!(mart.audits[0].name, "not_negative");
    let grain: Vec<&str> = mart.grain.iter().map(|column| column.as_str()).collect();
    assert_eq!(grain, ["organization_id", "month"]);
}

#[test]
fn models_are_ordered_after_what_they_read_and_else_by_name() {
    let models = parse(
        &Files::sound()
            .with(
                "sql/intermediate/int_a_reads_z.sql",
                "-- grain: organization_id\n-- purpose: x\nselect organization_id from int_z\n",
            )
            .with(
                "sql/intermediate/int_z.sql",
                "-- grain: organization_id\n-- purpose: x\n\
                 select organization_id from stg_energy__monthly\n",
            ),
    );
    let order: Vec<&str> = models.order().iter().map(|name| name.as_str()).collect();
    assert_eq!(
        order,
        [
            "stg_energy__monthly",
            "energy_month",
            "int_z",
            "int_a_reads_z"
        ]
    );
}

#[test]
fn sources_are_seen_through_views_and_a_step_may_have_the_name_of_what_it_reads() {
    let models = parse(&Files::sound().with(
        "sql/intermediate/int_named.sql",
        "-- grain: organization_id\n-- purpose: x\n\
         with\n\
         energy_month as (select organization_id, electricity_kwh from energy_month),\n\
         organizations as (select organization_id, name from reference.organization)\n\
         select energy_month.organization_id, organizations.name\n\
         from energy_month\n\
         left join organizations on energy_month.organization_id = organizations.organization_id\n",
    ));
    let name = models.get("int_named").expect("the model").name.clone();
    let direct: Vec<String> = models
        .inputs_of(&name)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(direct, ["energy_month", "reference.organization"]);
    let sources: Vec<String> = models
        .sources_below(&name)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(sources, ["energy.monthly", "reference.organization"]);
    let tables: Vec<String> = models
        .tables_below(&name)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(tables, ["reference.organization", "energy_month"]);
}

#[test]
fn the_hash_of_a_mart_follows_the_sql_below_it_and_not_comments() {
    let mart = |files: &Files| {
        let models = parse(files);
        let name = models.get("energy_month").expect("the mart").name.clone();
        models.hash_of(&name)
    };
    let sound = Files::sound();
    let staging = "sql/staging/stg_energy__monthly.sql";
    let commented = sound
        .clone()
        .change(staging, "select", "-- a remark\nselect");
    assert_eq!(mart(&sound), mart(&commented));
    let filtered = sound.clone().change(
        staging,
        "from energy.monthly",
        "from energy.monthly where electricity_kwh > 0",
    );
    assert_ne!(mart(&sound), mart(&filtered));
}

#[test]
fn an_input_is_a_source_or_a_model() {
    let models = parse(&Files::sound());
    let staging = models.get("stg_energy__monthly").expect("the model");
    assert!(
        matches!(&staging.inputs[..], [Input::Source(id)] if id.to_string() == "energy.monthly")
    );
}

#[test]
fn a_step_can_be_looked_at_by_itself() {
    let models = parse(&Files::sound());
    let mart = models.get("energy_month").expect("the mart");
    let sql = mart.step_sql("forms").expect("the step");
    assert!(sql.ends_with("select * from \"forms\""), "{sql}");
    assert_eq!(mart.step_sql("nothing"), None);
}
