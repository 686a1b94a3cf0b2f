{#-
    Every trait alone and all four together. A combination of many traits is of few
    clients; one trait alone is of enough to be believed.
-#}
{%- set traits = [
    "segment", "size_band", "territory_id", "acquisition_channel"
] -%}
{%- set cuts = {
    "segment": ["segment"],
    "size_band": ["size_band"],
    "territory": ["territory_id"],
    "acquisition_channel": ["acquisition_channel"],
    "combination": traits,
} -%}
{%- set minimum_clients = var("ideal_client").minimum_clients -%}
{%- set rank_by = var("ideal_client").rank_by -%}

with

profiles as (

    select * from {{ ref("int_client_profiles") }}

),

by_cut as (

    {% for cut, traits_of_cut in cuts.items() %}
    select
        '{{ cut }}' as cut,
        {% for trait in traits %}
        {% if trait in traits_of_cut -%}
        {{ trait }}
        {%- else -%}
        'all' as {{ trait }}
        {%- endif %},
        {% endfor %}
        {% if "territory_id" in traits_of_cut -%}
        max(territory_name)
        {%- else -%}
        'all'
        {%- endif %} as territory_name,
        count(*) as clients,
        sum(historic_revenue) as historic_revenue,
        sum(historic_margin) as historic_margin,
        count(historic_margin) as clients_with_margin,
        sum(expected_ltv) as expected_ltv,
        count(expected_ltv) as clients_with_expected_ltv,
        sum(case when is_lost then 1 else 0 end) as clients_lost,
        sum(case when is_top_tier then 1 else 0 end) as clients_in_top_tier,
        {{ median("cast(days_to_first_order as double)") }}
            as median_days_to_first_order,
        count(days_to_first_order) as clients_with_lead,
        {{ median("cast(payment_delay_days as double)") }}
            as median_payment_delay_days,
        count(payment_delay_days) as clients_with_payments,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from profiles

    group by {{ traits_of_cut | join(", ") }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

rated as (

    select
        *,
        clients < {{ minimum_clients }} as is_small_base,
        {{ rounded_money(exact_quotient("historic_revenue", "clients")) }}
            as revenue_per_client,
        {{ rounded_money(
            exact_quotient("historic_margin", "clients_with_margin")
        ) }} as margin_per_client,
        {{ rounded_money(
            exact_quotient("expected_ltv", "clients_with_expected_ltv")
        ) }} as expected_ltv_per_client,
        {{ ratio("clients_lost", "clients") }} as lost_share,
        {{ ratio("clients_in_top_tier", "clients") }} as top_tier_share

    from by_cut

),

{# Few clients can be the best by chance, so they come after the others. #}
ranked as (

    select
        *,
        rank() over (
            partition by cut
            order by
                is_small_base,
                coalesce({{ rank_by }}, -1e14) desc,
                lost_share,
                segment, size_band, territory_id, acquisition_channel
        ) as rank_in_cut

    from rated

)

select
    cut,
    segment,
    size_band,
    territory_id,
    territory_name,
    acquisition_channel,
    cast(rank_in_cut as integer) as rank_in_cut,
    cast(clients as bigint) as clients,
    is_small_base,
    {{ money("historic_revenue") }} as historic_revenue,
    revenue_per_client,
    margin_per_client,
    cast(clients_with_margin as bigint) as clients_with_margin,
    expected_ltv_per_client,
    cast(clients_with_expected_ltv as bigint) as clients_with_expected_ltv,
    lost_share,
    top_tier_share,
    median_days_to_first_order,
    cast(clients_with_lead as bigint) as clients_with_lead,
    median_payment_delay_days,
    cast(clients_with_payments as bigint) as clients_with_payments,
    {{ reliability_columns(
        flagged="flagged_revenue",
        total="absolute_revenue",
        flag_mask="flag_mask",
        notes=[
            {
                "when": "is_small_base",
                "name": "small_base",
                "is_caution": true,
            },
            {"when": "clients_with_margin = 0", "name": "unknown_cost"},
            {"when": "clients_with_lead = 0", "name": "no_leads"},
            {"when": "clients_with_payments = 0", "name": "no_payments"},
        ],
    ) }}

from ranked
