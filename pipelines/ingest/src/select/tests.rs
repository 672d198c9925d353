use super::*;

fn rewritten(sql: &str) -> String {
    Select::parse(sql)
        .expect("a select that keeps places")
        .query
        .to_string()
}

fn refused(sql: &str) -> String {
    let faults = Select::parse(sql).expect_err("a refused select");
    let lines: Vec<String> = faults
        .iter()
        .map(|fault| format!("{}: {} | {}", fault.line, fault.what, fault.what.hint()))
        .collect();
    lines.join("\n")
}

#[test]
fn a_plain_select_gets_the_place_columns_at_its_end() {
    assert_eq!(
        rewritten(r#"select "Meter" as meter_id from decoded where "Value" <> ''"#),
        r#"SELECT "Meter" AS meter_id, decoded._origin, decoded._row FROM decoded WHERE "Value" <> ''"#
    );
}

#[test]
fn places_pass_through_steps_subqueries_and_aliases() {
    assert_eq!(
        rewritten(
            "with filled as (select a from decoded), named(x) as (select a from filled) \
             select t.x as y from (select x from named as n) as t"
        ),
        "WITH filled AS (SELECT a, decoded._origin, decoded._row FROM decoded), \
         named (x, _origin, _row) AS (SELECT a, filled._origin, filled._row FROM filled) \
         SELECT t.x AS y, t._origin, t._row FROM (SELECT x, n._origin, n._row FROM named AS n) AS t"
    );
}

#[test]
fn both_sides_of_a_union_carry_the_place() {
    assert_eq!(
        rewritten("select a as x from decoded union all select b as x from decoded"),
        "SELECT a AS x, decoded._origin, decoded._row FROM decoded \
         UNION ALL SELECT b AS x, decoded._origin, decoded._row FROM decoded"
    );
}

#[test]
fn a_wildcard_brings_the_place_columns_itself() {
    assert_eq!(rewritten("select * from decoded"), "SELECT * FROM decoded");
    assert!(
        Select::parse("select * from decoded")
            .expect("a select")
            .outputs
            .is_none()
    );
}

#[test]
fn a_grouped_step_may_be_joined_to_the_rows_of_the_file() {
    assert_eq!(
        rewritten(
            "with totals as (select a, count(*) as n from decoded group by a) \
             select decoded.a as x, n from totals join decoded on decoded.a = totals.a"
        ),
        "WITH totals AS (SELECT a, count(*) AS n FROM decoded GROUP BY a) \
         SELECT decoded.a AS x, n, decoded._origin, decoded._row FROM totals JOIN decoded ON decoded.a = totals.a"
    );
}

#[test]
fn windows_and_scalar_subqueries_are_not_aggregates() {
    rewritten("select max(a) over (partition by b) as x from decoded");
    rewritten("select (select max(a) from decoded) as x from decoded");
}

#[test]
fn a_select_that_loses_the_place_is_refused() {
    insta::assert_snapshot!(
        [
            "select a, sum(b) as b from decoded group by a",
            "select count(*) as n from decoded",
            "select distinct a from decoded",
            "select a from decoded order by a limit 3",
            "select a from decoded union select b as a from decoded",
            "with t as (select distinct a from decoded) select a from t",
            "with t as (select 1 as a) select t.a from decoded full join t on true",
            "select 1 as a",
        ]
        .map(refused)
        .join("\n"),
        @""
    );
}

#[test]
fn what_cannot_be_read_or_followed_is_refused_with_its_line() {
    insta::assert_snapshot!(
        [
            "select a\nfro decoded",
            "select a from decoded; select b from decoded",
            "delete from decoded",
            "select a\nfrom decodet",
            "select a from energy.monthly",
            "select d.*, e.* from decoded as d join decoded as e on d.a = e.a",
            "select a || b,\n  c as _row,\n  d as x,\n  x\nfrom decoded",
            "select a from decoded natural join decoded as d",
        ]
        .map(refused)
        .join("\n"),
        @""
    );
}
