-- grain: organization_id, year
-- purpose: the organisations drawn for the year's sample check of the energy statistics: in each region at
-- least so many per cent of those that owe forms, and at least one. The order is that of a digest of
-- organisation and year: nobody chooses, and whoever draws again draws the same
with

settings as (

    select
        max(
            case
                when name = 'review_sample_pct' then cast(value as decimal(9, 4))
            end
        ) as sample_pct
    from stg_reference__setting

),

organizations as (

    select
        organization_id,
        year,
        first_value(region_code order by month desc) as region_code,
        first_value(class_code order by month desc) as class_code
    from reporting_month
    where expected
    group by organization_id, year

),

ordered as (

    select
        organization_id,
        year,
        region_code,
        class_code,
        row_number() over (
            partition by year, region_code
            order by md5(concat(cast(year as varchar), '/', organization_id))
        ) as draw_number,
        count(*) over (partition by year, region_code) as organizations
    from organizations

)

select
    ordered.organization_id,
    ordered.year,
    ordered.region_code,
    ordered.class_code,
    cast(ordered.draw_number as bigint) as draw_number,
    ordered.organizations as region_organizations,
    settings.sample_pct,
    -- The first is drawn everywhere, the next while those before it are too few.
    coalesce(
        (ordered.draw_number - 1) * 100 < ordered.organizations * settings.sample_pct,
        false
    ) as is_drawn
from ordered
cross join settings
