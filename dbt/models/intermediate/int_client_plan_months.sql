with

plans as (

    select * from {{ ref("int_client_plans") }}

    where plan > 0 or base_revenue > 0

),

spread as (

    select * from {{ ref("int_seasonal_spread") }}

),

segments as (

    select distinct segment from spread

),

placed as (

    select
        plans.*,
        coalesce(segments.segment, 'all') as spread_segment

    from plans

    left join segments
        on plans.segment = segments.segment

)

select
    placed.client_id,
    spread.month_start,
    {% for amount in ["base_revenue", "plan_low", "plan", "plan_high"] %}
    {{ share_of(
        "placed." ~ amount, "spread.share_from", "spread.share_to"
    ) }} as {{ amount }},
    {% endfor %}
    placed.flagged_share,
    placed.flag_mask

from placed

inner join spread
    on placed.spread_segment = spread.segment
