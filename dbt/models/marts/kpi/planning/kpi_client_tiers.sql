{%- set window_days = var("tiers").cadence_window_days -%}

with

clients as (

    select * from {{ ref("dim_clients") }}

),

daily as (

    select * from {{ ref("int_revenue_daily") }}

),

purchases as (

    select * from {{ ref("int_client_purchases") }}

),

activities as (

    select * from {{ ref("int_activities") }}

),

latest_purchases as (

    select
        client_id,
        rep_id

    from purchases

    where next_purchased_on is null

),

revenue as (

    select
        client_id,
        sum(net_revenue) as revenue_12_months,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from daily

    where {{ is_in_trailing_year("issued_on", as_of_date()) }}

    group by client_id

),

{# Whether the company logs activities at all: else cadence is not known. #}
logging as (

    select count(*) > 0 as has_activities from activities

),

touches as (

    select
        client_id,
        sum(case when activity_type = 'visit' then 1 else 0 end)
            as visits_made,
        sum(case when activity_type like '%call' then 1 else 0 end)
            as calls_made

    from activities

    where
        client_id is not null
        and occurred_at >= {{ add_days(as_of_date(), 1 - window_days) }}

    group by client_id

),

client_revenue as (

    select
        clients.client_id,
        clients.client_name,
        clients.segment,
        clients.territory_id,
        coalesce(
            clients.owner_rep_id, latest_purchases.rep_id, 'unassigned'
        ) as rep_id,
        coalesce(revenue.revenue_12_months, 0) as revenue_12_months,
        greatest(coalesce(revenue.revenue_12_months, 0), 0) as counted_revenue,
        revenue.absolute_revenue,
        revenue.flagged_revenue,
        revenue.flag_mask

    from clients

    left join revenue
        on clients.client_id = revenue.client_id

    left join latest_purchases
        on clients.client_id = latest_purchases.client_id

),

ranked as (

    select
        *,
        row_number() over (
            order by counted_revenue desc, client_id
        ) as revenue_rank,
        sum(counted_revenue) over (
            order by counted_revenue desc, client_id
            rows between unbounded preceding and current row
        ) as revenue_up_to,
        sum(counted_revenue) over () as total_revenue

    from client_revenue

),

{# The client that crosses a line belongs to the tier above it. #}
tiered as (

    select
        *,
        {{ ratio("revenue_up_to", "total_revenue") }} as cumulative_share,
        case
            when counted_revenue = 0 then 'to develop'
            {%- for rank in var("tiers").ranks %}
            when
                revenue_up_to - counted_revenue
                < {{ rank.up_to_share }} * total_revenue
                then '{{ rank.tier }}'
            {%- endfor %}
            else 'to develop'
        end as tier

    from ranked

),

owed as (

    select
        tiered.*,
        case tiered.tier
            {%- for rank in var("tiers").ranks %}
            when '{{ rank.tier }}'
                then floor({{ window_days }} / {{ rank.visit_every_days }})
            {%- endfor %}
        end as visits_owed,
        case tiered.tier
            {%- for rank in var("tiers").ranks %}
            when '{{ rank.tier }}'
                then floor({{ window_days }} / {{ rank.call_every_days }})
            {%- endfor %}
        end as calls_owed,
        case tiered.tier
            {%- for rank in var("tiers").ranks %}
            when '{{ rank.tier }}' then {{ rank.needs_both }}
            {%- endfor %}
        end as needs_both,
        case
            when logging.has_activities then coalesce(touches.visits_made, 0)
        end as visits_made,
        case
            when logging.has_activities then coalesce(touches.calls_made, 0)
        end as calls_made

    from tiered

    cross join logging

    left join touches
        on tiered.client_id = touches.client_id

)

select
    client_id,
    client_name,
    segment,
    territory_id,
    rep_id,
    {{ money("revenue_12_months") }} as revenue_12_months,
    cast(revenue_rank as bigint) as revenue_rank,
    cumulative_share,
    tier,
    cast(visits_owed as integer) as visits_owed,
    cast(calls_owed as integer) as calls_owed,
    cast(visits_made as integer) as visits_made,
    cast(calls_made as integer) as calls_made,
    case
        when needs_both
            then visits_made >= visits_owed and calls_made >= calls_owed
        else visits_made >= visits_owed or calls_made >= calls_owed
    end as is_cadence_kept,
    {{ reliability_columns(
        flagged="flagged_revenue",
        total="absolute_revenue",
        flag_mask="flag_mask",
        notes=[
            {"when": "visits_made is null", "name": "no_activities"},
        ],
    ) }}

from owed
