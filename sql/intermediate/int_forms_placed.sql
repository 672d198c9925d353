-- grain: organization_id, month
-- purpose: energy forms with the region, province and class of the organisation at the end of the
-- month; a region without a province stands under the country
with

forms as (

    select
        organization_id,
        month,
        year,
        people,
        floor_m2,
        month_end_date
    from stg_energy__monthly

),

organizations as (

    select organization_id, region_code, class_code, holds_from_date, holds_to_date
    from int_organizations_dated

),

provinces as (

    select
        int_regions_nested.region_code,
        stg_reference__region.region_code as province_code
    from int_regions_nested
    inner join stg_reference__region
        on
            int_regions_nested.ancestor_code = stg_reference__region.region_code
            and stg_reference__region.level = 'province'

)

select
    forms.organization_id,
    forms.month,
    organizations.region_code,
    coalesce(provinces.province_code, 'CN') as province_code,
    organizations.class_code,
    forms.year,
    nullif(forms.people, 0) as people,
    nullif(forms.floor_m2, 0) as floor_m2,
    forms.month_end_date
from forms
left join organizations
    on
        forms.organization_id = organizations.organization_id
        and forms.month_end_date between organizations.holds_from_date
        and organizations.holds_to_date
left join provinces
    on organizations.region_code = provinces.region_code
