-- grain: flag_id
-- purpose: what a reviewer of the statistics, the ledger, vehicles and offices should look at (审核): one
-- row for each rule, organisation, period and item that deviates by more than the rule tolerates and
-- weighs at least what the rule asks, ranked within the year by money at stake
with

candidates as (

    select
        unit,
        rule,
        rule_item,
        carrier,
        organization_id,
        cast(null as varchar) as region_code,
        period,
        item,
        basis,
        year,
        months,
        value,
        expectation,
        difference,
        difference_unit,
        difference_yuan,
        period_end_date,
        cast(null as varchar) as digest
    from int_parts_checked
    union all
    select
        unit,
        rule,
        rule_item,
        carrier,
        organization_id,
        null,
        period,
        item,
        basis,
        year,
        months,
        value,
        expectation,
        difference,
        difference_unit,
        difference_yuan,
        period_end_date,
        null
    from int_entries_checked
    union all
    select
        unit,
        rule,
        rule_item,
        carrier,
        organization_id,
        null,
        period,
        item,
        basis,
        year,
        months,
        value,
        expectation,
        difference,
        difference_unit,
        difference_yuan,
        period_end_date,
        null
    from int_forms_missed
    union all
    select
        unit,
        rule,
        rule_item,
        carrier,
        organization_id,
        null,
        period,
        item,
        basis,
        year,
        months,
        value,
        expectation,
        difference,
        difference_unit,
        difference_yuan,
        period_end_date,
        null
    from int_changes_judged
    union all
    select
        unit,
        rule,
        rule_item,
        carrier,
        organization_id,
        null,
        period,
        item,
        basis,
        year,
        months,
        value,
        expectation,
        difference,
        difference_unit,
        difference_yuan,
        period_end_date,
        null
    from int_quotas_compared
    union all
    select
        unit,
        rule,
        rule_item,
        carrier,
        organization_id,
        region_code,
        period,
        item,
        basis,
        year,
        months,
        value,
        expectation,
        difference,
        difference_unit,
        difference_yuan,
        period_end_date,
        null
    from int_bills_compared
    union all
    select
        unit,
        rule,
        rule_item,
        carrier,
        organization_id,
        null,
        period,
        item,
        basis,
        year,
        months,
        value,
        expectation,
        difference,
        difference_unit,
        difference_yuan,
        period_end_date,
        null
    from int_bills_chained
    union all
    select
        unit,
        rule,
        rule_item,
        carrier,
        organization_id,
        null,
        period,
        item,
        basis,
        year,
        months,
        value,
        expectation,
        difference,
        difference_unit,
        difference_yuan,
        period_end_date,
        null
    from int_ledgers_checked
    union all
    select
        unit,
        rule,
        rule_item,
        carrier,
        organization_id,
        region_code,
        period,
        item,
        basis,
        year,
        months,
        value,
        expectation,
        difference,
        difference_unit,
        difference_yuan,
        period_end_date,
        digest
    from int_vehicles_checked
    union all
    select
        unit,
        rule,
        rule_item,
        carrier,
        organization_id,
        region_code,
        period,
        item,
        basis,
        year,
        months,
        value,
        expectation,
        difference,
        difference_unit,
        difference_yuan,
        period_end_date,
        digest
    from int_offices_checked

),

prices as (

    select year, carrier, unit, kgce_per_unit, yuan_per_unit from int_carriers_priced

),

rules as (

    select
        rule,
        item,
        topic,
        severity,
        tolerance_pct,
        min_impact_kgce,
        min_impact_yuan,
        from_date,
        to_date
    from stg_reference__review_rule

),

ruled as (

    select
        candidates.rule,
        candidates.organization_id,
        candidates.region_code,
        candidates.period,
        candidates.item,
        candidates.unit,
        candidates.basis,
        candidates.year,
        candidates.months,
        candidates.value,
        candidates.expectation,
        cast(
            candidates.difference * prices.kgce_per_unit as decimal(18, 4)
        ) as impact_kgce,
        coalesce(
            candidates.difference_yuan,
            cast(candidates.difference * prices.yuan_per_unit as decimal(18, 2))
        ) as impact_yuan,
        candidates.period_end_date,
        candidates.digest,
        coalesce(own_rules.topic, general_rules.topic) as topic,
        coalesce(own_rules.severity, general_rules.severity) as severity,
        coalesce(own_rules.tolerance_pct, general_rules.tolerance_pct) as tolerance_pct,
        case
            when own_rules.rule is not null then own_rules.min_impact_kgce
            else general_rules.min_impact_kgce
        end as min_impact_kgce,
        case
            when own_rules.rule is not null then own_rules.min_impact_yuan
            else general_rules.min_impact_yuan
        end as min_impact_yuan
    from candidates
    left join prices
        on
            candidates.year = prices.year
            and candidates.carrier = prices.carrier
            and candidates.difference_unit = prices.unit
    left join rules as own_rules
        on
            candidates.rule = own_rules.rule
            and candidates.rule_item = own_rules.item
            and candidates.period_end_date between own_rules.from_date
            and own_rules.to_date
    left join rules as general_rules
        on
            candidates.rule = general_rules.rule
            and general_rules.item = 'all'
            and candidates.period_end_date between general_rules.from_date
            and general_rules.to_date
    where own_rules.rule is not null or general_rules.rule is not null

),

flags as (

    select
        rule,
        topic,
        organization_id,
        region_code,
        period,
        item,
        unit,
        basis,
        severity,
        year,
        months,
        value,
        expectation,
        tolerance_pct,
        impact_kgce,
        impact_yuan,
        period_end_date,
        digest
    from ruled
    where
        (
            expectation is null
            or abs(value - expectation) * 100 > tolerance_pct * abs(expectation)
        )
        and coalesce(impact_kgce >= min_impact_kgce, true)
        and coalesce(impact_yuan >= min_impact_yuan, true)

),

organizations as (

    select organization_id, region_code, class_code, holds_from_date, holds_to_date
    from int_organizations_dated

),

named as (

    select
        concat_ws(
            '/',
            flags.rule,
            coalesce(flags.organization_id, flags.region_code),
            flags.period,
            flags.item
        ) as flag_id,
        flags.rule,
        flags.topic,
        flags.organization_id,
        coalesce(flags.region_code, organizations.region_code) as region_code,
        organizations.class_code,
        flags.period,
        flags.item,
        flags.severity,
        flags.unit,
        flags.basis,
        flags.year,
        flags.months,
        flags.value,
        flags.expectation,
        flags.tolerance_pct,
        flags.impact_kgce,
        flags.impact_yuan,
        flags.digest
    from flags
    left join organizations
        on
            flags.organization_id = organizations.organization_id
            and flags.period_end_date between organizations.holds_from_date
            and organizations.holds_to_date

),

acceptances as (

    select flag_id, fingerprint, reason, accepted_by, accepted_at
    from stg_review__acceptance

),

marked as (

    select
        *,
        md5(
            concat_ws(
                '|',
                flag_id,
                basis,
                unit,
                cast(months as varchar),
                cast(value as varchar),
                coalesce(cast(expectation as varchar), 'none'),
                digest
            )
        ) as fingerprint
    from named

)

select
    marked.flag_id,
    marked.rule,
    marked.topic,
    marked.organization_id,
    marked.region_code,
    marked.class_code,
    marked.period,
    marked.item,
    marked.severity,
    marked.unit,
    marked.basis,
    marked.fingerprint,
    case
        when marked.impact_kgce is null and marked.impact_yuan is null then 'not_measurable'
    end as impact_reason,
    marked.year,
    marked.months,
    marked.value,
    marked.expectation,
    cast(
        cast(marked.value - marked.expectation as decimal(34, 12)) * 100
        / nullif(abs(marked.expectation), 0) as decimal(18, 2)
    ) as deviation_pct,
    marked.tolerance_pct,
    marked.impact_kgce,
    marked.impact_yuan,
    cast(
        row_number() over (
            partition by marked.year
            order by
                marked.impact_yuan desc nulls last,
                marked.impact_kgce desc nulls last,
                marked.flag_id
        ) as bigint
    ) as rank_in_year,
    case when acceptances.flag_id is null then 'open' else 'accepted' end as status,
    acceptances.reason as accepted_reason,
    acceptances.accepted_by,
    acceptances.accepted_at
from marked
left join acceptances
    on
        marked.flag_id = acceptances.flag_id
        and marked.fingerprint = acceptances.fingerprint
