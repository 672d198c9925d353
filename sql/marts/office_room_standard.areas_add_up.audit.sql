-- severity: warning
-- purpose: what is allowed to the rooms of a year is the limit of each occupant once, however many
-- offices he has. A person of two ranks on one day shows here. Shares are rounded at the eighth digit
with

people as (

    select
        year,
        person_key,
        max(max_usable_m2) as max_usable_m2,
        bool_or(limit_reason is not null) as is_unjudged
    from int_office_shares
    group by year, person_key

),

limits as (

    select year, sum(max_usable_m2) as limit_m2
    from people
    where not is_unjudged
    group by year

),

shares as (

    select year, sum(allowed_m2) as allowed_m2, count(*) as share_count
    from int_office_shares
    group by year

)

select limits.year, limits.limit_m2, shares.allowed_m2
from limits
inner join shares
    on limits.year = shares.year
where
    abs(limits.limit_m2 - shares.allowed_m2) * 100000000 > shares.share_count
