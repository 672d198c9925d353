-- grain: building_id, year
-- purpose: leases of each building by year: rent due in it, and what is under contract on the day the
-- stock is taken
with

years as (

    select year, state_date from int_office_years

),

due as (

    select
        building_id,
        year,
        max(organization_id) as organization_id,
        sum(
            case when direction = 'let_out' then rent_yuan else 0 end
        ) as rent_income_yuan,
        sum(
            case when direction = 'rented_in' then rent_yuan else 0 end
        ) as rent_expense_yuan,
        count(
            distinct case when has_rent and rent_yuan is null then lease_id end
        ) as unpriced_leases
    from int_leases_by_month
    group by building_id, year

),

under_contract as (

    select
        leases.building_id,
        years.year,
        max(leases.organization_id) as organization_id,
        sum(
            case
                when leases.direction = 'let_out'
                    then coalesce(leases.leased_m2, rooms.usable_m2)
                else 0
            end
        ) as let_m2,
        sum(
            case
                when leases.direction = 'lent_out'
                    then coalesce(leases.leased_m2, rooms.usable_m2)
                else 0
            end
        ) as lent_m2,
        sum(
            case when leases.direction = 'rented_in' then leases.leased_m2 else 0 end
        ) as rented_in_m2,
        sum(
            case when leases.direction = 'borrowed_in' then leases.leased_m2 else 0 end
        ) as borrowed_in_m2,
        sum(case when leases.is_unapproved then 1 else 0 end) as unapproved_leases
    from stg_office__lease as leases
    inner join years
        on years.state_date between leases.from_date and leases.to_date
    left join stg_office__room as rooms
        on leases.room_id = rooms.room_id
    group by leases.building_id, years.year

)

select
    coalesce(due.building_id, under_contract.building_id) as building_id,
    coalesce(due.year, under_contract.year) as year,
    coalesce(due.organization_id, under_contract.organization_id) as organization_id,
    coalesce(under_contract.let_m2, 0) as let_m2,
    coalesce(under_contract.lent_m2, 0) as lent_m2,
    coalesce(under_contract.rented_in_m2, 0) as rented_in_m2,
    coalesce(under_contract.borrowed_in_m2, 0) as borrowed_in_m2,
    coalesce(due.rent_income_yuan, 0) as rent_income_yuan,
    coalesce(due.rent_expense_yuan, 0) as rent_expense_yuan,
    coalesce(due.unpriced_leases, 0) as unpriced_leases,
    coalesce(under_contract.unapproved_leases, 0) as unapproved_leases
from due
full outer join under_contract
    on
        due.building_id = under_contract.building_id
        and due.year = under_contract.year
