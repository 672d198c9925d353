//! Every way a model can be wrong, as the author reads it.

use insta::assert_snapshot;

use super::world::{Files, model_faults};

const MART: &str = "sql/marts/energy_month.sql";
const STAGING: &str = "sql/staging/stg_energy__monthly.sql";

fn int(body: &str) -> Files {
    Files::sound().with(
        "sql/intermediate/int_tried.sql",
        &format!("-- grain: organization_id\n-- purpose: tried\n{body}\n"),
    )
}

#[test]
fn sql_that_does_not_parse() {
    let files = Files::sound().change(MART, "from forms", "form forms");
    assert_snapshot!(model_faults(&files), @"error: cannot parse the SQL at sql/marts/energy_month.sql:10: Expected: end of statement, found: form");
}

#[test]
fn an_open_string() {
    let files = int("select 'a as organization_id from energy_month");
    assert_snapshot!(model_faults(&files), @"error: cannot parse the SQL at sql/intermediate/int_tried.sql:3: Unterminated string literal");
}

#[test]
fn more_than_one_select_or_none() {
    let files = int("select 1 as organization_id; select 2 as organization_id");
    assert_snapshot!(model_faults(&files), @r"
        error: sql/intermediate/int_tried.sql:1 holds 2 statements, where one select is expected
        hint: put each model in a file of its own, written as `with … select …`
    ");
    let files = int("drop table energy_month");
    assert_snapshot!(model_faults(&files), @r"
        error: sql/intermediate/int_tried.sql:1 holds a statement that is not a select, where one select is expected
        hint: put each model in a file of its own, written as `with … select …`
    ");
    let files = int("");
    assert_snapshot!(model_faults(&files), @r"
        error: sql/intermediate/int_tried.sql:1 holds 0 statements, where one select is expected
        hint: put each model in a file of its own, written as `with … select …`
    ");
}

#[test]
fn a_missing_table_with_the_nearest_name() {
    let files = Files::sound().change(STAGING, "from energy.monthly", "from energy.montly");
    assert_snapshot!(model_faults(&files), @r"
        error: unknown table or model `energy.montly` at sql/staging/stg_energy__monthly.sql:4
        hint: write `energy.monthly`
    ");
    let files = Files::sound().change(STAGING, "from energy.monthly", "from monthly");
    assert_snapshot!(model_faults(&files), @r"
        error: unknown table or model `monthly` at sql/staging/stg_energy__monthly.sql:4
        hint: write `energy.monthly`
    ");
    let files = int("select organization_id from mart.energy_month");
    assert_snapshot!(model_faults(&files), @r"
        error: unknown table or model `mart.energy_month` at sql/intermediate/int_tried.sql:3
        hint: write `energy_month`
    ");
    let files = int("select organization_id from office.canteen");
    assert_snapshot!(model_faults(&files), @r"
        error: unknown table or model `office.canteen` at sql/intermediate/int_tried.sql:3
        hint: add the contract `schemas/contracts/office/canteen.yaml`, or mend the name
    ");
}

#[test]
fn unknown_columns_of_several_steps_at_once() {
    let files = int("with\n\
         one as (select organisation_id, month from stg_energy__monthly),\n\
         two as (select organization_id, watter_m3, colour from stg_energy__monthly),\n\
         three as (select organization_id from one)\n\
         select two.organization_id, three.organization_id as other\n\
         from two cross join three");
    assert_snapshot!(model_faults(&files), @r"
        error: unknown column `organisation_id` at sql/intermediate/int_tried.sql:4
        hint: write `organization_id`
        error: unknown column `watter_m3` at sql/intermediate/int_tried.sql:5
        hint: write `water_m3`
        error: unknown column `colour` at sql/intermediate/int_tried.sql:5
        hint: its columns are `organization_id`, `month`, `electricity_kwh`, `water_m3`
    ");
}

#[test]
fn an_ambiguous_column() {
    let files = int("with\n\
         one as (select organization_id from stg_energy__monthly),\n\
         two as (select organization_id from energy_month)\n\
         select organization_id from one cross join two");
    assert_snapshot!(model_faults(&files), @r"
        error: column `organization_id` at sql/intermediate/int_tried.sql:6 is in more than one of the joined tables
        hint: write `<table>.organization_id`
    ");
}

#[test]
fn an_unknown_function_and_types_that_do_not_go_together() {
    let files = int("select upperr(organization_id) as organization_id from energy_month");
    assert_snapshot!(model_faults(&files), @r"
        error: cannot plan the statement at sql/intermediate/int_tried.sql:3: Invalid function 'upperr'
        hint: Did you mean 'upper'?
    ");
    let files = int("select organization_id and true as organization_id from energy_month");
    assert_snapshot!(model_faults(&files), @"error: cannot plan the statement at sql/intermediate/int_tried.sql:3: Cannot infer common argument type for logical boolean operation Utf8 AND Boolean");
}

#[test]
fn models_that_read_each_other() {
    let files = Files::sound()
        .with(
            "sql/intermediate/int_a.sql",
            "-- grain: organization_id\n-- purpose: a\nselect organization_id from int_b\n",
        )
        .with(
            "sql/intermediate/int_b.sql",
            "-- grain: organization_id\n-- purpose: b\n\nselect organization_id from int_c\n",
        )
        .with(
            "sql/intermediate/int_c.sql",
            "-- grain: organization_id\n-- purpose: c\nselect organization_id from int_a\n",
        )
        .with(
            "sql/intermediate/int_self.sql",
            "-- grain: organization_id\n-- purpose: c\nselect organization_id from int_self\n",
        );
    assert_snapshot!(model_faults(&files), @r"
        error: models read each other in a circle at sql/intermediate/int_c.sql:3: int_a -> int_b -> int_c -> int_a
        hint: move what they share into an intermediate model
        error: models read each other in a circle at sql/intermediate/int_self.sql:3: int_self -> int_self
        hint: move what they share into an intermediate model
    ");
}

#[test]
fn headers_missing_misspelt_and_repeated() {
    let files = Files::sound().change(MART, "-- grain: organization_id, month\n", "");
    assert_snapshot!(model_faults(&files), @r"
        error: the header at sql/marts/energy_month.sql:1 does not say `-- grain: …`
        hint: begin the file with `-- grain: column, column`: what one row is
    ");
    let files = Files::sound().change(MART, "-- grain:", "-- grian:");
    assert_snapshot!(model_faults(&files), @r"
        error: unknown header word `grian` at sql/marts/energy_month.sql:1
        hint: write `-- grain: …`
        error: the header at sql/marts/energy_month.sql:1 does not say `-- grain: …`
        hint: begin the file with `-- grain: column, column`: what one row is
    ");
    let files = Files::sound().change(MART, "-- purpose:", "-- grain: month\n-- purpos:");
    assert_snapshot!(model_faults(&files), @r"
        error: the header at sql/marts/energy_month.sql:1 does not say `-- purpose: …`
        hint: begin the file with `-- purpose: …`: a sentence for its reader
        error: header word `grain` at sql/marts/energy_month.sql:2 is a repetition
        hint: keep one of the two lines
        error: the grain of mart `energy_month` at sql/marts/energy_month.sql:2 is (month), but the key in schemas/contracts/mart/energy_month.yaml is (organization_id, month)
        hint: make the two say the same columns in the same order
        error: unknown header word `purpos` at sql/marts/energy_month.sql:3
        hint: write `-- purpose: …`
    ");
}

#[test]
fn a_grain_that_is_not_in_the_output_or_not_the_key() {
    let files = Files::sound().change(
        MART,
        "-- grain: organization_id, month",
        "-- grain: organization_id, months",
    );
    assert_snapshot!(model_faults(&files), @r"
        error: grain column `months` at sql/marts/energy_month.sql:1 is not in the model's output
        hint: write `month` in the header
    ");
    let files = Files::sound().change(
        MART,
        "-- grain: organization_id, month",
        "-- grain: month, organization_id",
    );
    assert_snapshot!(model_faults(&files), @r"
        error: the grain of mart `energy_month` at sql/marts/energy_month.sql:1 is (month, organization_id), but the key in schemas/contracts/mart/energy_month.yaml is (organization_id, month)
        hint: make the two say the same columns in the same order
    ");
}

#[test]
fn columns_that_are_not_the_contracts() {
    let files = Files::sound()
        .change(MART, "as electricity_kwh", "as electricity_kw")
        .change(
            MART,
            "select organization_id, month, sum",
            "select month, organization_id, sum",
        );
    assert_snapshot!(model_faults(&files), @r"
        error: mart `energy_month` at sql/marts/energy_month.sql:9 does not give column `electricity_kwh` of schemas/contracts/mart/energy_month.yaml
        hint: the model gives `electricity_kw`: one of the two names is wrong
        error: mart `energy_month` at sql/marts/energy_month.sql:9 gives column `electricity_kw`, which schemas/contracts/mart/energy_month.yaml does not have
        hint: add `electricity_kw` to the contract, or take it out of the last select
        error: mart `energy_month` at sql/marts/energy_month.sql:9 gives `month` where schemas/contracts/mart/energy_month.yaml has `organization_id`
        hint: give the columns in the contract's order
        error: column `electricity_kw` at sql/marts/energy_month.sql:9 is in `kWh` (`electricity_kwh` of energy.monthly (schemas/contracts/energy/monthly.yaml:30)), but its name says `kW`
        hint: end its name in `kWh` if that is what is meant, or select the column that is in `kW`
        error: unknown column `electricity_kwh` at sql/marts/energy_month.test.yaml:6
        hint: write `electricity_kw`
    ");
    let files = Files::sound().change(
        MART,
        "sum(electricity_kwh) as",
        "sum(electricity_kwh) / 3 as",
    );
    assert_snapshot!(model_faults(&files), @r"
        error: column `electricity_kwh` of mart `energy_month` at sql/marts/energy_month.sql:9 is decimal(32,8), but schemas/contracts/mart/energy_month.yaml says decimal(18,4)
        hint: round or convert where you mean to: `cast(electricity_kwh as decimal(18,4))`
    ");
    let files = Files::sound().change(
        MART,
        "sum(electricity_kwh) as",
        "avg(cast(electricity_kwh as double)) as",
    );
    assert_snapshot!(model_faults(&files), @r"
        error: column `electricity_kwh` of mart `energy_month` at sql/marts/energy_month.sql:9 is float64, but schemas/contracts/mart/energy_month.yaml says decimal(18,4)
        hint: round or convert where you mean to: `cast(electricity_kwh as decimal(18,4))`
    ");
}

#[test]
fn a_mart_without_contract_a_contract_without_mart_and_a_mart_without_cases() {
    let files = Files::sound()
        .without("sql/marts/energy_month.sql")
        .without("sql/marts/energy_month.test.yaml")
        .without("sql/marts/energy_month.not_negative.audit.sql")
        .with(
            "sql/marts/energy_months.sql",
            "-- grain: organization_id\n-- purpose: x\n\
             select organization_id from stg_energy__monthly\n",
        );
    assert_snapshot!(model_faults(&files), @r"
        error: contract `mart.energy_month` at schemas/contracts/mart/energy_month.yaml:1 has no model
        hint: the nearest model is `energy_months`: one of the two names is wrong
        error: mart `energy_months` at sql/marts/energy_months.sql:1 has no contract
        hint: add `schemas/contracts/mart/energy_months.yaml`
        error: mart `energy_months` at sql/marts/energy_months.sql:1 has no cases
        hint: add `sql/marts/energy_months.test.yaml` with rows given and rows expected, worked out by hand
    ");
}

#[test]
fn habits_that_are_broken() {
    let files = int("with\n\
         one as (SELECT organization_id FROM energy_month),\n\
         two (a) as (select organization_id from energy_month),\n\
         three as (select organization_id from (select organization_id from energy_month) as x)\n\
         select *, three.*\n\
         from one, three\n\
         group by 1");
    assert_snapshot!(model_faults(&files), @r#"
        error: `SELECT` at sql/intermediate/int_tried.sql:4 is not lower case
        hint: write `select`, or put a name that needs capitals in double quotes
        error: step `two` at sql/intermediate/int_tried.sql:5 names its columns before its select
        hint: write `two as (select … as name …)`
        error: step `two` at sql/intermediate/int_tried.sql:5 is never read
        hint: read `two` below, or take it out
        error: a subquery stands in `from` at sql/intermediate/int_tried.sql:6
        hint: make the subquery a named step in `with`
        error: the last select has a `*` at sql/intermediate/int_tried.sql:7
        hint: name the columns, so that the file shows what it gives
        error: the last select has a `*` at sql/intermediate/int_tried.sql:7
        hint: name the columns, so that the file shows what it gives
        error: cannot plan the statement at sql/intermediate/int_tried.sql:7: Projections require unique expression names but the expression "three.organization_id" at position 1 and "three.organization_id" at position 2 have the same name. Consider aliasing ("AS") one of them
        error: tables are joined by a comma at sql/intermediate/int_tried.sql:8
        hint: write the join: `inner join`, `left join` or `cross join`
        error: grouping by position 1 at sql/intermediate/int_tried.sql:9
        hint: name the column or repeat the expression
    "#);
}

#[test]
fn staging_that_does_more_than_clean_one_source() {
    let files = Files::sound().with(
        "sql/staging/stg_mixed.sql",
        "-- grain: organization_id\n-- purpose: x\n\
         select stg_energy__monthly.organization_id, max(organization.name) as name\n\
         from energy.monthly\n\
         inner join reference.organization as organization\n\
         \x20   on monthly.organization_id = organization.organization_id\n\
         inner join stg_energy__monthly\n\
         \x20   on monthly.organization_id = stg_energy__monthly.organization_id\n\
         group by stg_energy__monthly.organization_id\n",
    );
    assert_snapshot!(model_faults(&files), @r"
        error: staging model `stg_mixed` joins at sql/staging/stg_mixed.sql:3
        hint: staging is one-to-one with a source table; do this in an intermediate model
        error: staging model `stg_mixed` groups at sql/staging/stg_mixed.sql:3
        hint: staging is one-to-one with a source table; do this in an intermediate model
        error: staging model `stg_mixed` reads a second source, `reference.organization` at sql/staging/stg_mixed.sql:5
        hint: staging is one-to-one with a source table; do this in an intermediate model
        error: staging model `stg_mixed` reads the model `stg_energy__monthly` at sql/staging/stg_mixed.sql:7
        hint: staging is one-to-one with a source table; do this in an intermediate model
    ");
}

#[test]
fn files_and_names_that_do_not_belong() {
    let files = Files::sound()
        .with("sql/marts/energy_month.tests.yaml", "[]")
        .with("sql/notes.sql", "select 1")
        .with(
            "sql/staging/energy.sql",
            "-- grain: a\n-- purpose: x\nselect month as a from energy.monthly",
        )
        .with("sql/intermediate/int_Big.sql", "select 1 as a")
        .with("sql/intermediate/energy_month.sql", "select 1 as a");
    assert_snapshot!(model_faults(&files), @r"
        error: model `energy_month` at sql/intermediate/energy_month.sql:1 is in `sql/intermediate` and does not begin with `int_`
        hint: rename the file to `int_energy_month.sql`
        error: the header at sql/intermediate/energy_month.sql:1 does not say `-- grain: …`
        hint: begin the file with `-- grain: column, column`: what one row is
        error: the header at sql/intermediate/energy_month.sql:1 does not say `-- purpose: …`
        hint: begin the file with `-- purpose: …`: a sentence for its reader
        error: `int_Big` of sql/intermediate/int_Big.sql:1 is not a model's name
        hint: begin with a letter and use only a-z, 0-9 and _
        error: model `energy_month` at sql/marts/energy_month.sql:1 is already at sql/intermediate/energy_month.sql:1
        hint: give one of the two files another name
        error: the case gives rows of `energy.monthly` at sql/marts/energy_month.test.yaml:3, which the model does not read
        error: unknown column `organization_id` at sql/marts/energy_month.test.yaml:6
        hint: its columns are `a`
        error: unknown column `month` at sql/marts/energy_month.test.yaml:6
        hint: its columns are `a`
        error: unknown column `electricity_kwh` at sql/marts/energy_month.test.yaml:6
        hint: its columns are `a`
        error: sql/marts/energy_month.tests.yaml:1 is neither a model, its cases, an audit nor metrics
        hint: models are `sql/{staging,intermediate,marts}/<model>.sql`, beside them `<model>.test.yaml` and `<model>.<audit>.audit.sql`; metrics are `sql/metrics/<area>.yaml`
        error: sql/notes.sql:1 is neither a model, its cases, an audit nor metrics
        hint: models are `sql/{staging,intermediate,marts}/<model>.sql`, beside them `<model>.test.yaml` and `<model>.<audit>.audit.sql`; metrics are `sql/metrics/<area>.yaml`
        error: model `energy` at sql/staging/energy.sql:1 is in `sql/staging` and does not begin with `stg_`
        hint: rename the file to `stg_energy.sql`
    ");
}

#[test]
fn audits_that_are_not_ones() {
    let files = Files::sound()
        .with(
            "sql/marts/energy_month.loud.audit.sql",
            "-- severity: fatal\n-- purpose: x\nselect organization_id from energy_month\n",
        )
        .with(
            "sql/marts/energy_month.bare.audit.sql",
            "select electricity_kw from energy_month\n",
        )
        .with(
            "sql/marts/energy_moth.lost.audit.sql",
            "-- severity: error\n-- purpose: x\nselect organization_id from energy_month\n",
        );
    assert_snapshot!(model_faults(&files), @r"
        error: unknown column `electricity_kw` at sql/marts/energy_month.bare.audit.sql:1
        hint: write `electricity_kwh`
        error: the header at sql/marts/energy_month.bare.audit.sql:1 does not say `-- purpose: …`
        hint: begin the file with `-- purpose: …`: a sentence for its reader
        error: the header at sql/marts/energy_month.bare.audit.sql:1 does not say `-- severity: …`
        hint: begin the file with `-- severity: error` or `-- severity: warning`
        error: severity at sql/marts/energy_month.loud.audit.sql:1 cannot be `fatal`
        hint: write `error` to stop publication, `warning` to publish with it
        error: sql/marts/energy_moth.lost.audit.sql:1 belongs to an unknown model `energy_moth`
        hint: rename the file for `energy_month`
    ");
}

#[test]
fn all_faults_of_all_files_come_at_once() {
    let files = Files::sound()
        .change(MART, "from forms", "form forms")
        .change(STAGING, "water_m3", "watr_m3")
        .with("sql/marts/lost.test.yaml", "[]");
    assert_snapshot!(model_faults(&files), @r"
        error: cannot parse the SQL at sql/marts/energy_month.sql:10: Expected: end of statement, found: form
        error: sql/marts/lost.test.yaml:1 belongs to an unknown model `lost`
        hint: name the file after the model it belongs to
        error: unknown column `watr_m3` at sql/staging/stg_energy__monthly.sql:3
        hint: write `water_m3`
    ");
}
