-- A returned row is a period and cut whose seven effects are not its difference
-- exactly, or of which some are known and some are not.
with

summed as (

    select
        period_type,
        period_start,
        cut,
        cut_id,
        difference,
        price_effect
        + volume_effect
        + mix_effect
        + new_client_effect
        + lost_client_effect
        + exchange_rate_effect
        + unsplit_effect as effects

    from {{ ref("kpi_revenue_yoy") }}

)

select *

from summed

where
    difference <> effects
    or (difference is null) <> (effects is null)
