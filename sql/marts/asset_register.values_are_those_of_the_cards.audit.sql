-- severity: error
-- purpose: cards and their values are all here, each once
with

cards as (

    select
        count(*) as card_count,
        coalesce(sum(original_value_yuan), 0) as original_value_yuan,
        coalesce(sum(net_value_yuan), 0) as net_value_yuan
    from stg_asset__card

),

mart as (

    select
        count(*) as card_count,
        coalesce(sum(original_value_yuan), 0) as original_value_yuan,
        coalesce(sum(net_value_yuan), 0) as net_value_yuan
    from asset_register

)

select
    cards.card_count as source_card_count,
    mart.card_count,
    cards.original_value_yuan as source_original_value_yuan,
    mart.original_value_yuan,
    cards.net_value_yuan as source_net_value_yuan,
    mart.net_value_yuan
from cards
cross join mart
where
    cards.card_count <> mart.card_count
    or cards.original_value_yuan <> mart.original_value_yuan
    or cards.net_value_yuan <> mart.net_value_yuan
