{%- set settings = var("focus_list") -%}
{%- set ranks = var("tiers").ranks -%}
{#- Each tier below the first with the one that is next above it. -#}
{%- set next_tiers = {} -%}
{%- for rank in ranks[1:] %}
{%- do next_tiers.update({rank.tier: ranks[loop.index0].tier}) %}
{%- endfor %}
{%- do next_tiers.update({"to develop": ranks[-1].tier}) -%}

with

clients as (

    select * from {{ ref("dim_clients") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

tiers as (

    select * from {{ ref("kpi_client_tiers") }}

),

potentials as (

    select * from {{ ref("kpi_client_potential") }}

    where is_partial or year_start <= {{ as_of_date() }}

),

outlet_allocation as (

    select * from {{ ref("kpi_outlet_allocation") }}

    where period_end >= {{ as_of_date() }}

),

outlets as (

    select * from {{ ref("int_outlets") }}

),

serving_months as (

    select * from {{ ref("int_client_serving_months") }}

),

revenue as (

    select
        client_id,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from {{ ref("int_revenue_daily") }}

    where {{ is_in_trailing_year("issued_on", as_of_date()) }}

    group by client_id

),

{# What is in focus is to be done by the end of the fiscal quarter. #}
quarter as (

    select quarter_end

    from {{ ref("int_days") }}

    where day_on = {{ as_of_date() }}

),

newest_potentials as (

    select
        *,
        row_number() over (
            partition by client_id order by year_start desc
        ) as recency

    from potentials

),

{# The line of a tier is the revenue of the smallest client in it. #}
tier_lines as (

    select
        tier,
        min(revenue_12_months) as line

    from tiers

    group by tier

),

reaching as (

    select
        tiers.*,
        case tiers.tier
            {% for tier, next_tier in next_tiers.items() %}
            when '{{ tier }}' then '{{ next_tier }}'
            {% endfor %}
        end as next_tier

    from tiers

    where tiers.revenue_12_months > 0

),

client_items as (

    select
        'strengthen_client' as kind,
        reaching.client_id,
        tier_lines.line - reaching.revenue_12_months as expected_amount,
        concat(
            'to reach ', reaching.next_tier, ' from ', reaching.tier
        ) as reason,
        coalesce(newest_potentials.is_wallet_estimated, false) as is_estimated

    from reaching

    inner join tier_lines
        on reaching.next_tier = tier_lines.tier

    inner join newest_potentials
        on
            reaching.client_id = newest_potentials.client_id
            and newest_potentials.recency = 1

    where
        tier_lines.line - reaching.revenue_12_months
        <= newest_potentials.headroom
        and tier_lines.line - reaching.revenue_12_months
        <= {{ settings.reach_share }} * reaching.revenue_12_months

    union all

    select
        'lift_outlet' as kind,
        client_id,
        median_revenue - revenue_12_months as expected_amount,
        concat(
            'below the median of ',
            cast(like_outlets as {{ dbt.type_string() }}),
            ' outlets like it'
        ) as reason,
        false as is_estimated

    from outlets

    where
        like_outlets >= {{ settings.minimum_like_outlets }}
        and revenue_12_months < {{ settings.lift_below_share }} * median_revenue

    union all

    select
        'drop_outlet' as kind,
        serving_months.client_id,
        sum(serving_months.serving_cost - serving_months.margin)
            as expected_amount,
        'cost more than its margin month after month' as reason,
        false as is_estimated

    from serving_months

    inner join clients
        on serving_months.client_id = clients.client_id

    where
        serving_months.serving_cost > serving_months.margin
        {% if settings.outlet_segments -%}
        and clients.segment in {{ text_list(settings.outlet_segments) }}
        {%- endif %}

    group by serving_months.client_id

    having count(*) = {{ settings.drop_months }}

),

territories as (

    select
        clients.territory_id,
        max(coalesce(clients.territory_name, clients.territory_id))
            as territory_name,
        sum(tiers.revenue_12_months) as revenue_12_months,
        sum(newest_potentials.potential) as potential,
        sum(newest_potentials.headroom) as headroom,
        max(
            case when newest_potentials.is_wallet_estimated then 1 else 0 end
        ) = 1 as is_estimated,
        sum(revenue.absolute_revenue) as absolute_revenue,
        sum(revenue.flagged_revenue) as flagged_revenue,
        bit_or(coalesce(revenue.flag_mask, 0)) as flag_mask

    from clients

    inner join tiers
        on clients.client_id = tiers.client_id

    left join newest_potentials
        on
            clients.client_id = newest_potentials.client_id
            and newest_potentials.recency = 1

    left join revenue
        on clients.client_id = revenue.client_id

    where clients.territory_id <> 'unknown'

    group by clients.territory_id

),

typical_territory as (

    select {{ median_money("revenue_12_months") }} as median_revenue

    from territories

),

judged_territories as (

    select
        territories.*,
        territories.headroom
        >= {{ settings.untapped_headroom_share }} * territories.potential
            as has_headroom

    from territories

    cross join typical_territory

    where territories.revenue_12_months < typical_territory.median_revenue

),

items as (

    select
        client_items.kind,
        concat(client_items.kind, ':', client_items.client_id) as item_id,
        coalesce(clients.territory_name, clients.territory_id) as place,
        client_items.client_id,
        clients.client_name,
        tiers.rep_id,
        quarter.quarter_end as due_on,
        cast(null as integer) as outlets,
        client_items.expected_amount,
        client_items.reason,
        client_items.is_estimated,
        revenue.absolute_revenue,
        revenue.flagged_revenue,
        revenue.flag_mask

    from client_items

    inner join clients
        on client_items.client_id = clients.client_id

    inner join tiers
        on client_items.client_id = tiers.client_id

    cross join quarter

    left join revenue
        on client_items.client_id = revenue.client_id

    union all

    select
        'open_outlet' as kind,
        concat(
            'open_outlet:', region, ':',
            cast(month_start as {{ dbt.type_string() }})
        ) as item_id,
        region as place,
        null as client_id,
        null as client_name,
        null as rep_id,
        period_end as due_on,
        cast(
            least(new_outlets_needed, feasible_new_outlets) as integer
        ) as outlets,
        least(new_outlets_needed, feasible_new_outlets)
        * average_outlet_sales as expected_amount,
        'outlets missing for the sales task' as reason,
        false as is_estimated,
        0 as absolute_revenue,
        0 as flagged_revenue,
        0 as flag_mask

    from outlet_allocation

    where least(new_outlets_needed, feasible_new_outlets) > 0

    union all

    {# To leave a territory gives up what is sold there. #}
    select
        case
            when judged_territories.has_headroom then 'untapped_territory'
            else 'leave_territory'
        end as kind,
        concat('territory:', judged_territories.territory_id) as item_id,
        judged_territories.territory_name as place,
        null as client_id,
        null as client_name,
        null as rep_id,
        quarter.quarter_end as due_on,
        cast(null as integer) as outlets,
        case
            when judged_territories.has_headroom
                then judged_territories.headroom
            else -judged_territories.revenue_12_months
        end as expected_amount,
        case
            when judged_territories.has_headroom
                then 'low revenue with headroom'
            else 'low revenue without headroom'
        end as reason,
        judged_territories.is_estimated,
        judged_territories.absolute_revenue,
        judged_territories.flagged_revenue,
        judged_territories.flag_mask

    from judged_territories

    cross join quarter

    where judged_territories.has_headroom is not null

)

select
    items.item_id,
    items.kind,
    items.place,
    items.client_id,
    items.client_name,
    items.rep_id,
    reps.rep_name,
    items.due_on,
    items.outlets,
    {{ money("items.expected_amount") }} as expected_amount,
    items.reason,
    {{ reliability_columns(
        flagged="items.flagged_revenue",
        total="items.absolute_revenue",
        flag_mask="items.flag_mask",
        notes=[
            {
                "when": "items.is_estimated",
                "name": "wallet_estimated",
                "is_caution": true,
            },
        ],
    ) }}

from items

left join reps
    on items.rep_id = reps.rep_id
