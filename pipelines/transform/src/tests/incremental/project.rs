//! A small project whose marts are partitioned: lines of cost by month, factors by year, units.

use contracts::Contracts;

use crate::tests::lake::{Files, contract, parsed};

pub const FACTORS: &str = "select code, year, cast(factor as decimal(18,4)) as factor
    from (values ('a', 2023, 2.5), ('a', 2024, 3.5), ('b', 2023, 1.5), ('b', 2024, 1.25))
    as factors (code, year, factor)";

pub const UNITS: &str = "select unit_id, region, 'note' as note
    from (values ('u1', 'north'), ('u2', 'north'), ('u3', 'south')) as units (unit_id, region)";

/// `count` lines of a month, over three units and two codes.
pub fn lines_of(month: &str, count: u32) -> String {
    format!(
        "select '{month}' as month, cast(value as varchar) as line_id,
             concat('u', cast(value % 3 + 1 as varchar)) as unit_id,
             case when value % 2 = 0 then 'a' else 'b' end as code,
             cast(value * 1.5 as decimal(18,4)) as amount
         from generate_series(1, {count})"
    )
}

fn contract_files(year_words: &str) -> Vec<(String, String)> {
    let year = format!("year integer key{year_words}");
    vec![
        contract(
            "cost.line",
            &[
                "month text key partition",
                "line_id text key",
                "unit_id text",
                "code text",
                "amount decimal(18,4) yuan",
            ],
        ),
        contract(
            "reference.factor",
            &[
                "code text key",
                "year integer key",
                "factor decimal(18,4) 1",
            ],
        ),
        contract(
            "reference.unit",
            &["unit_id text key", "region text", "note text"],
        ),
        contract(
            "mart.cost_month",
            &[
                "unit_id text key",
                "month text key partition",
                "region text",
                "year integer",
                "lines integer count",
                "cost decimal(18,4) yuan",
            ],
        ),
        contract(
            "mart.cost_year",
            &[
                "unit_id text key",
                &year,
                "cost decimal(18,4) yuan",
                "place integer 1",
            ],
        ),
        contract(
            "mart.cost_trend",
            &[
                "unit_id text key",
                "year integer key partition",
                "cost decimal(18,4) yuan",
                "before decimal(18,4) yuan",
            ],
        ),
    ]
}

pub fn contracts() -> Contracts {
    parsed(contract_files(" partition"))
}

/// The same, `cost_year` without partitions.
pub fn contracts_where_years_are_one() -> Contracts {
    parsed(contract_files(""))
}

/// Marts by month and year, with a join by year, one by unit, a rank within the year, a full join
/// through a merged key, and a look back across years, which no partition bounds.
pub fn files() -> Files {
    let case = "- case: nothing\n  given: {}\n  expect: []\n";
    Files::none()
        .with(
            "sql/staging/stg_cost__line.sql",
            "-- grain: month, line_id\n-- purpose: lines with their year\n\
             select month, line_id, unit_id, code, cast(substr(month, 1, 4) as bigint) as year,\n\
             amount from cost.line\n",
        )
        .with(
            "sql/intermediate/int_lines_weighted.sql",
            "-- grain: unit_id, month, line_id\n-- purpose: lines by the factor of their year\n\
             select lines.unit_id, lines.month, lines.line_id, lines.year,\n\
             cast(lines.amount * factors.factor as decimal(18,4)) as cost\n\
             from stg_cost__line as lines\n\
             left join reference.factor as factors\n\
             on lines.code = factors.code and lines.year = factors.year\n",
        )
        .with(
            "sql/intermediate/int_lines_counted.sql",
            "-- grain: unit_id, month\n-- purpose: how many lines a month has\n\
             select unit_id, month, count(*) as lines from stg_cost__line group by unit_id, month\n",
        )
        .with(
            "sql/marts/cost_month.sql",
            "-- grain: unit_id, month\n-- purpose: cost by month\n\
             with sums as (\n\
             select unit_id, month, sum(cost) as cost from int_lines_weighted\n\
             where cost > 0 group by unit_id, month),\n\
             united as (\n\
             select coalesce(sums.unit_id, counts.unit_id) as unit_id,\n\
             coalesce(sums.month, counts.month) as month, counts.lines, sums.cost\n\
             from sums full outer join int_lines_counted as counts\n\
             on sums.unit_id = counts.unit_id and sums.month = counts.month)\n\
             select united.unit_id, united.month, units.region,\n\
             cast(substr(united.month, 1, 4) as bigint) as year, united.lines,\n\
             cast(united.cost as decimal(18,4)) as cost\n\
             from united left join reference.unit as units on united.unit_id = units.unit_id\n",
        )
        .with("sql/marts/cost_month.test.yaml", case)
        .with(
            "sql/marts/cost_year.sql",
            "-- grain: unit_id, year\n-- purpose: cost by year, and the place it has in the year\n\
             with years as (\n\
             select unit_id, year, cast(sum(cost) as decimal(18,4)) as cost from cost_month\n\
             group by unit_id, year)\n\
             select unit_id, year, cost,\n\
             cast(rank() over (partition by year order by cost desc, unit_id) as bigint) as place\n\
             from years\n",
        )
        .with("sql/marts/cost_year.test.yaml", case)
        .with(
            "sql/marts/cost_trend.sql",
            "-- grain: unit_id, year\n-- purpose: cost beside that of the year before\n\
             select unit_id, year, cost,\n\
             lag(cost) over (partition by unit_id order by year) as before\n\
             from cost_year\n",
        )
        .with("sql/marts/cost_trend.test.yaml", case)
}
