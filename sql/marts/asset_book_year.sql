-- grain: organization_id, year, book
-- purpose: what the ledger says an organisation of the cost survey paid for assets in a year, held
-- against what its register took up (账账相符): equipment against the purchased cards, vehicles against
-- the register of vehicles. Of the newest year what was taken up by the day the ledger reaches
with

ledger as (

    select
        expenses.organization_id,
        expenses.year,
        groups.group_id as book,
        sum(expenses.amount_yuan) as booked_yuan
    from stg_cost__expense as expenses
    inner join stg_reference__expense_group as groups
        on
            expenses.expense_code = groups.expense_code
            and expenses.spending_kind = groups.spending_kind
            and groups.scheme = 'asset_book'
    where expenses.version = 'executed' and expenses.is_department_classification
    group by expenses.organization_id, expenses.year, groups.group_id

),

excluded as (

    select max(value) as class_pattern
    from stg_reference__setting
    where name = 'asset_book_excluded_classes'

),

registered as (

    select
        cards.organization_id,
        'equipment' as book,
        cards.original_value_yuan as registered_yuan,
        cards.acquired_date
    from stg_asset__card as cards
    cross join excluded
    where
        cards.acquisition_way = 'purchased'
        and not coalesce(regexp_like(cards.asset_class, excluded.class_pattern), false)
    union all
    select
        organization_id,
        'vehicle' as book,
        price_yuan as registered_yuan,
        acquired_date
    from stg_vehicle__vehicle

),

registers as (

    select
        registered.organization_id,
        cast(date_part('year', registered.acquired_date) as bigint) as year,
        registered.book,
        sum(registered.registered_yuan) as registered_yuan,
        count(*) as registered_count,
        sum(case when registered.registered_yuan is null then 1 else 0 end)
            as unpriced_count
    from registered
    cross join int_ledger_reached as reached
    where
        date_part('year', registered.acquired_date) >= reached.first_year
        and registered.acquired_date <= reached.through_date
    group by
        registered.organization_id,
        cast(date_part('year', registered.acquired_date) as bigint),
        registered.book

),

sides as (

    select
        coalesce(ledger.organization_id, registers.organization_id) as organization_id,
        coalesce(ledger.year, registers.year) as year,
        coalesce(ledger.book, registers.book) as book,
        coalesce(ledger.booked_yuan, 0) as booked_yuan,
        coalesce(registers.registered_yuan, 0) as registered_yuan,
        coalesce(registers.registered_count, 0) as registered_count,
        coalesce(registers.unpriced_count, 0) as unpriced_count
    from ledger
    full outer join registers
        on
            ledger.organization_id = registers.organization_id
            and ledger.year = registers.year
            and ledger.book = registers.book

),

tolerance as (

    select max(cast(value as decimal(18, 4))) as tolerance_pct
    from stg_reference__setting
    where name = 'ledger_tolerance_pct'

),

placed as (

    select
        sides.organization_id,
        sides.year,
        sides.book,
        organizations.region_code,
        organizations.class_code,
        case
            when
                not coalesce(organizations.in_cost_survey, false)
                and sides.booked_yuan = 0
                then 'no_ledger'
            when sides.booked_yuan = 0 then 'nothing_in_ledger'
            when sides.registered_count = 0 then 'nothing_in_register'
            when sides.unpriced_count > 0 then 'unpriced'
            when tolerance.tolerance_pct is null then 'no_tolerance'
        end as reason,
        sides.booked_yuan,
        sides.registered_yuan,
        sides.booked_yuan - sides.registered_yuan as difference_yuan,
        tolerance.tolerance_pct,
        sides.registered_count,
        sides.unpriced_count
    from sides
    cross join tolerance
    left join int_organizations_of_year as organizations
        on
            sides.organization_id = organizations.organization_id
            and sides.year = organizations.year

)

select
    organization_id,
    year,
    book,
    region_code,
    class_code,
    reason,
    case
        when reason in ('no_ledger', 'unpriced', 'no_tolerance') then 'not_judged'
        when
            abs(difference_yuan) * 100 <= abs(booked_yuan) * tolerance_pct
            then 'agrees'
        when difference_yuan > 0 then 'booked_without_register'
        else 'registered_without_booking'
    end as verdict,
    booked_yuan,
    registered_yuan,
    difference_yuan,
    cast(
        cast(difference_yuan * 100 as decimal(30, 12)) / nullif(booked_yuan, 0)
        as decimal(18, 4)
    ) as difference_pct,
    tolerance_pct,
    registered_count,
    unpriced_count
from placed
