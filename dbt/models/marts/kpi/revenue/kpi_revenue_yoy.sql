{%- set client_cuts = {
    "company": ("'all'", "'Company'"),
    "client": ("client_id", "client_name"),
    "rep": ("rep_id", "rep_name"),
    "territory": ("territory_id", "territory_name"),
    "segment": ("segment", "segment"),
    "acquisition_channel": ("acquisition_channel", "acquisition_channel"),
} -%}

with

revenue_compared as (

    select * from {{ ref("int_revenue_compared") }}

),

compared_by_category as (

    select * from {{ ref("int_revenue_compared_by_category") }}

),

period_months as (

    select * from {{ ref("int_period_months") }}

),

periods as (

    select distinct
        period_type,
        period_start,
        period_end,
        is_partial

    from period_months

),

clients as (

    select * from {{ ref("dim_clients") }}

),

reps as (

    select * from {{ ref("dim_reps") }}

),

horizon as (

    select * from {{ ref("int_data_horizon") }}

),

described as (

    select
        revenue_compared.*,
        clients.client_name,
        clients.territory_id,
        clients.territory_name,
        clients.segment,
        clients.acquisition_channel,
        reps.rep_name

    from revenue_compared

    inner join clients
        on revenue_compared.client_id = clients.client_id

    inner join reps
        on revenue_compared.rep_id = reps.rep_id

),

summed as (

    {% for cut, (cut_id, cut_name) in client_cuts.items() %}
    select
        period_type,
        period_start,
        '{{ cut }}' as cut,
        {{ cut_id }} as cut_id,
        max({{ cut_name }}) as cut_name,
        {% for column in comparison_sums() %}
        sum({{ column }}) as {{ column }},
        {% endfor %}
        bit_or(flag_mask) as flag_mask

    from described

    group by
        {% if cut != "company" %}{{ cut_id }},{% endif %}
        period_type,
        period_start

    union all

    {% endfor %}
    select
        period_type,
        period_start,
        'product_category' as cut,
        product_category as cut_id,
        product_category as cut_name,
        {% for column in comparison_sums() %}
        {{ column }},
        {% endfor %}
        flag_mask

    from compared_by_category

),

parted as (

    select
        *,
        {{ rounded_money("price_part") }} as price_effect,
        coalesce(
            {{ rounded_money(exact_quotient(
                "(quantity_now - quantity_prior) * split_prior",
                "quantity_prior",
            )) }},
            0
        ) as volume_effect

    from summed

),

compared as (

    select
        parted.*,
        periods.period_end,
        periods.is_partial,
        {{ add_months(add_days("periods.period_end", 1), -12) }}
        <= horizon.first_data_on as is_before_first_data,
        {{ add_months("parted.period_start", -12) }} < horizon.first_data_on
            as has_incomplete_prior

    from parted

    inner join periods
        on
            parted.period_type = periods.period_type
            and parted.period_start = periods.period_start

    cross join horizon

)

select
    period_type,
    period_start,
    period_end,
    cut,
    cut_id,
    cut_name,
    is_partial,
    {{ money("net_revenue") }} as net_revenue,
    {% for column in [
        "prior_revenue",
        "difference",
        "price_effect",
        "volume_effect",
        "mix_effect",
        "new_client_effect",
        "lost_client_effect",
        "exchange_rate_effect",
        "unsplit_effect",
    ] %}
    {%- set amount = {
        "difference": "net_revenue - prior_revenue",
        "mix_effect": "split_difference - price_effect - volume_effect",
    }.get(column, column) -%}
    case
        when not is_before_first_data then {{ money(amount) }}
    end as {{ column }},
    {% endfor %}
    case
        when not is_before_first_data and prior_revenue > 0
            then {{ ratio("net_revenue - prior_revenue", "prior_revenue") }}
    end as growth_rate,
    {{ reliability_columns(
        period_end="period_end",
        flagged="flagged_revenue",
        total="absolute_revenue",
        flag_mask="flag_mask",
        notes=[
            {"when": "is_before_first_data", "name": "before_first_data"},
            {
                "when": "has_incomplete_prior and not is_before_first_data",
                "name": "prior_history_incomplete",
                "is_caution": true,
            },
            {
                "when": "not is_before_first_data and prior_revenue <= 0",
                "name": "no_prior_revenue",
            },
        ],
    ) }}

from compared
