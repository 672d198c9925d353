-- grain: organization_id, month, expense_code, spending_kind
-- purpose: executed spending of a month and from January on, beside the same part of the month before
-- and of the year before. A code spent on in a year or in the year before has a row for every month
-- from which a sum remains, so the rows of one month add up to all spending of the year so far. The
-- newest month is compared up to the day that the ledger reaches
-- unit: months_booked month, last_year_months_booked month
with

amounts as (

    select
        organization_id,
        month,
        expense_code,
        spending_kind,
        year,
        month_of_year,
        executed_yuan,
        part_yuan
    from int_costs_parted

),

reached as (

    select first_year, year, month_of_year, is_month_whole, through_date
    from int_ledger_reached

),

years as (

    select unnest(range(first_year, year + 1)) as year from reached

),

months_of_year as (

    select unnest(range(1, 13)) as month_of_year

),

months as (

    select
        years.year,
        months_of_year.month_of_year,
        concat(
            cast(years.year as varchar),
            '-',
            lpad(cast(months_of_year.month_of_year as varchar), 2, '0')
        ) as month
    from years
    cross join months_of_year
    cross join reached
    where
        years.year < reached.year
        or months_of_year.month_of_year <= reached.month_of_year

),

dated_months as (

    select
        year,
        month_of_year,
        month,
        cast(
            cast(concat(month, '-01') as date) + interval '1 month' - interval '1 day'
            as date
        ) as month_end_date
    from months

),

comparable_months as (

    select
        dated_months.year,
        dated_months.month_of_year,
        dated_months.month,
        dated_months.month_end_date,
        dated_months.year = reached.year
        and dated_months.month_of_year = reached.month_of_year as is_newest,
        reached.is_month_whole
        or dated_months.year < reached.year
        or dated_months.month_of_year < reached.month_of_year as is_whole,
        case
            when
                dated_months.year = reached.year
                and dated_months.month_of_year = reached.month_of_year
                then reached.through_date
            else dated_months.month_end_date
        end as through_date
    from dated_months
    cross join reached

),

codes as (

    select
        organization_id,
        expense_code,
        spending_kind,
        min(year) as first_year,
        max(year) + 1 as last_year
    from amounts
    group by organization_id, expense_code, spending_kind

),

-- Without a gap between its first year and the one after its last, so that rows can be counted back.
spine as (

    select
        codes.organization_id,
        comparable_months.month,
        codes.expense_code,
        codes.spending_kind,
        comparable_months.year,
        comparable_months.month_of_year,
        comparable_months.is_newest
    from codes
    inner join comparable_months
        on comparable_months.year between codes.first_year and codes.last_year

),

filled as (

    select
        spine.organization_id,
        spine.month,
        spine.expense_code,
        spine.spending_kind,
        spine.year,
        spine.month_of_year,
        spine.is_newest,
        coalesce(amounts.executed_yuan, 0) as executed_yuan,
        coalesce(amounts.part_yuan, 0) as part_yuan
    from spine
    left join amounts
        on
            spine.organization_id = amounts.organization_id
            and spine.month = amounts.month
            and spine.expense_code = amounts.expense_code
            and spine.spending_kind = amounts.spending_kind

),

looked_back as (

    select
        organization_id,
        month,
        expense_code,
        spending_kind,
        year,
        month_of_year,
        is_newest,
        executed_yuan,
        lag(executed_yuan, 1) over (
            partition by organization_id, expense_code, spending_kind
            order by year, month_of_year
        ) as previous_whole_yuan,
        lag(part_yuan, 1) over (
            partition by organization_id, expense_code, spending_kind
            order by year, month_of_year
        ) as previous_part_yuan,
        lag(executed_yuan, 12) over (
            partition by organization_id, expense_code, spending_kind
            order by year, month_of_year
        ) as last_year_whole_yuan,
        lag(part_yuan, 12) over (
            partition by organization_id, expense_code, spending_kind
            order by year, month_of_year
        ) as last_year_part_yuan
    from filled

),

compared as (

    select
        organization_id,
        month,
        expense_code,
        spending_kind,
        year,
        month_of_year,
        executed_yuan,
        coalesce(
            case when is_newest then previous_part_yuan else previous_whole_yuan end,
            0
        ) as previous_month_yuan,
        coalesce(
            case when is_newest then last_year_part_yuan else last_year_whole_yuan end,
            0
        ) as last_year_month_yuan
    from looked_back

),

cumulated as (

    select
        organization_id,
        month,
        expense_code,
        spending_kind,
        year,
        executed_yuan,
        previous_month_yuan,
        last_year_month_yuan,
        sum(executed_yuan) over (
            partition by organization_id, expense_code, spending_kind, year
            order by month_of_year
            rows between unbounded preceding and current row
        ) as executed_ytd_yuan,
        sum(last_year_month_yuan) over (
            partition by organization_id, expense_code, spending_kind, year
            order by month_of_year
            rows between unbounded preceding and current row
        ) as last_year_ytd_yuan
    from compared

),

booked_months as (

    select distinct
        organization_id,
        year,
        month_of_year,
        unnest(make_array(0, 1)) as years_later
    from amounts

),

organization_months as (

    select
        booked_months.organization_id,
        comparable_months.month,
        comparable_months.month_end_date,
        comparable_months.through_date,
        comparable_months.is_whole,
        sum(
            case
                when
                    booked_months.years_later = 0
                    and booked_months.month_of_year <= comparable_months.month_of_year
                    then 1
                else 0
            end
        ) as months_booked,
        sum(
            case
                when
                    booked_months.years_later = 1
                    and booked_months.month_of_year <= comparable_months.month_of_year
                    then 1
                else 0
            end
        ) as last_year_months_booked
    from booked_months
    inner join comparable_months
        on booked_months.year + booked_months.years_later = comparable_months.year
    group by
        booked_months.organization_id,
        comparable_months.month,
        comparable_months.month_end_date,
        comparable_months.through_date,
        comparable_months.is_whole

),

organizations as (

    select
        organization_months.organization_id,
        organization_months.month,
        states.region_code,
        states.class_code,
        organization_months.months_booked,
        organization_months.last_year_months_booked,
        organization_months.through_date,
        organization_months.is_whole
    from organization_months
    left join int_organizations_dated as states
        on
            organization_months.organization_id = states.organization_id
            and organization_months.month_end_date between states.holds_from_date
            and states.holds_to_date

)

select
    cumulated.organization_id,
    cumulated.month,
    cumulated.expense_code,
    cumulated.spending_kind,
    organizations.region_code,
    organizations.class_code,
    coalesce(groups.cost_group, 'outside') as cost_group,
    groups.three_public_group,
    cumulated.year,
    organizations.months_booked,
    organizations.last_year_months_booked,
    cumulated.executed_yuan,
    cumulated.previous_month_yuan,
    cast(
        cumulated.executed_yuan - cumulated.previous_month_yuan as decimal(18, 2)
    ) as change_on_month_yuan,
    cumulated.last_year_month_yuan,
    cast(
        cumulated.executed_yuan - cumulated.last_year_month_yuan as decimal(18, 2)
    ) as change_on_year_yuan,
    cumulated.executed_ytd_yuan,
    cumulated.last_year_ytd_yuan,
    cast(
        cumulated.executed_ytd_yuan - cumulated.last_year_ytd_yuan as decimal(18, 2)
    ) as change_ytd_yuan,
    groups.three_public_group is not null as is_three_public,
    coalesce(groups.is_operating_fund, false) as is_operating_fund,
    coalesce(groups.is_building, false) as is_building,
    organizations.months_booked
    = organizations.last_year_months_booked as is_comparable,
    organizations.is_whole as is_whole_month,
    organizations.through_date
from cumulated
inner join organizations
    on
        cumulated.organization_id = organizations.organization_id
        and cumulated.month = organizations.month
left join int_expenses_grouped as groups
    on
        cumulated.expense_code = groups.expense_code
        and cumulated.spending_kind = groups.spending_kind
where
    cumulated.executed_yuan <> 0
    or cumulated.previous_month_yuan <> 0
    or cumulated.last_year_month_yuan <> 0
    or cumulated.executed_ytd_yuan <> 0
    or cumulated.last_year_ytd_yuan <> 0
