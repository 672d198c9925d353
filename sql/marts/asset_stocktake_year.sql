-- grain: asset_id, year
-- purpose: card and object of each asset in every year with a stocktake: what was counted, and what
-- stands in the register and was not. A card is expected once its organisation begins to count, if it
-- was acquired by then and not yet disposed of
with

counts as (

    select
        asset_id,
        year,
        stocktake_id,
        organization_id,
        outcome,
        is_found,
        is_labelled,
        counted_date
    from int_stocktakes_chosen

),

years as (

    select year, min(counted_date) as first_counted_date
    from stg_asset__stocktake
    group by year

),

organizations as (

    select organization_id, year, min(counted_date) as first_counted_date
    from stg_asset__stocktake
    group by organization_id, year

),

cards as (

    select
        asset_id,
        organization_id,
        asset_class,
        name,
        status,
        original_value_yuan,
        net_value_yuan,
        is_disposed,
        acquired_date,
        disposed_date
    from stg_asset__card

),

-- A card without a day of acquisition has always been there; one disposed of on an unknown day is not
-- expected any more.
expected as (

    select cards.asset_id, years.year
    from cards
    cross join years
    left join organizations
        on
            cards.organization_id = organizations.organization_id
            and years.year = organizations.year
    where
        coalesce(
            cards.acquired_date
            <= coalesce(organizations.first_counted_date, years.first_counted_date),
            true
        )
        and (
            not cards.is_disposed
            or coalesce(
                cards.disposed_date
                >= coalesce(organizations.first_counted_date, years.first_counted_date),
                false
            )
        )

),

rows_of_year as (

    select asset_id, year from expected
    union
    select asset_id, year from counts

),

matched as (

    select
        rows_of_year.asset_id,
        rows_of_year.year,
        counts.stocktake_id,
        coalesce(cards.organization_id, counts.organization_id) as organization_id,
        counts.organization_id as counted_organization_id,
        cards.asset_class,
        cards.name,
        cards.status,
        counts.outcome,
        case
            when counts.asset_id is null then 'not_counted'
            when counts.outcome = 'surplus' then 'surplus'
            when cards.asset_id is null then 'no_card'
            when
                counts.outcome <> 'missing'
                and cards.disposed_date < counts.counted_date
                then 'found_after_disposal'
            -- what was disposed of before is rightly not there
            when
                counts.outcome = 'missing'
                and cards.disposed_date < counts.counted_date
                then 'match'
            when counts.outcome <> 'match' then counts.outcome
            when counts.counted_date < cards.acquired_date
                then 'counted_before_acquired'
            when counts.organization_id <> cards.organization_id
                then 'counted_elsewhere'
            else 'match'
        end as finding,
        cards.original_value_yuan,
        cards.net_value_yuan,
        counts.asset_id is not null as is_counted,
        cards.asset_id is not null as has_card,
        case when counts.is_found then counts.is_labelled end as is_labelled,
        cards.acquired_date,
        counts.counted_date,
        coalesce(counts.counted_date, years.first_counted_date) as state_date
    from rows_of_year
    inner join years
        on rows_of_year.year = years.year
    left join counts
        on rows_of_year.asset_id = counts.asset_id and rows_of_year.year = counts.year
    left join cards
        on rows_of_year.asset_id = cards.asset_id

)

select
    matched.asset_id,
    matched.year,
    matched.stocktake_id,
    matched.organization_id,
    matched.counted_organization_id,
    organizations_dated.region_code,
    matched.asset_class,
    matched.name,
    matched.status,
    matched.outcome,
    matched.finding,
    case when not matched.has_card then 'no_card' end as value_reason,
    matched.original_value_yuan,
    matched.net_value_yuan,
    matched.is_counted,
    matched.has_card,
    matched.finding = 'match' as is_matched,
    matched.is_labelled,
    matched.acquired_date,
    matched.counted_date
from matched
left join int_organizations_dated as organizations_dated
    on
        matched.organization_id = organizations_dated.organization_id
        and matched.state_date between organizations_dated.holds_from_date
        and organizations_dated.holds_to_date
