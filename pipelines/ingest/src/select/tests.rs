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
        @r"
        0: the select loses the place of its rows by `group by` | keep one row for each row of the file here, and group, deduplicate or rank in a model; a grouped step may be joined to `decoded`
        0: the select loses the place of its rows by an aggregate | keep one row for each row of the file here, and group, deduplicate or rank in a model; a grouped step may be joined to `decoded`
        0: the select loses the place of its rows by `distinct` | keep one row for each row of the file here, and group, deduplicate or rank in a model; a grouped step may be joined to `decoded`
        0: the select loses the place of its rows by `limit` | keep one row for each row of the file here, and group, deduplicate or rank in a model; a grouped step may be joined to `decoded`
        0: the select loses the place of its rows by a set operation other than `union all` | keep one row for each row of the file here, and group, deduplicate or rank in a model; a grouped step may be joined to `decoded`
        0: the select loses the place of its rows by `distinct` | keep one row for each row of the file here, and group, deduplicate or rank in a model; a grouped step may be joined to `decoded`
        0: the select loses the place of its rows by an outer join that may leave `decoded` empty | keep one row for each row of the file here, and group, deduplicate or rank in a model; a grouped step may be joined to `decoded`
        0: the select never reads `decoded` | read the file's rows by `from decoded`
        "
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
        @r"
        2: the select is not SQL: Expected: end of statement, found: decoded | mend the SQL; column names that are not plain lower-case words stand in double quotes
        0: the select is several statements, where one query is expected | write one `select … from decoded`
        0: the select is a statement that changes something, where one query is expected | write one `select … from decoded`
        2: the select reads `decodet`, which is neither `decoded` nor one of its own steps | write `decoded`
        0: the select reads `energy.monthly`, which is neither `decoded` nor one of its own steps | read from `decoded`; tables of the lake are joined in models, not in jobs
        0: the select joins several readings of `decoded` and takes all columns by `*` | write out the columns
        1: output column 1, `a || b`, has no name | add `as column_name`
        2: output column `_row` begins with `_`, as only place columns do | choose a name without the leading `_`
        4: output column `x` is given twice | remove one of them
        0: the select uses `natural join`, which is not supported here | write it with plain selects, joins and `union all`
        "
    );
}
