{%- set client_cuts = {
    "company": ("'all'", "'Company'"),
    "client": ("client_id", "client_name"),
    "rep": ("rep_id", "rep_name"),
    "territory": ("territory_id", "territory_name"),
    "segment": ("segment", "segment"),
    "acquisition_channel": ("acquisition_channel", "acquisition_channel"),
} -%}
{#- What a row adds to each sum, by what its client is to the period. -#}
{%- set sums = {
    "net_revenue": "revenue_now",
    "prior_revenue": "revenue_prior",
    "new_client_effect":
        "case when client_status = 'new' then revenue_now else 0 end",
    "lost_client_effect":
        "case when client_status = 'lost' then -revenue_prior else 0 end",
    "exchange_rate_effect":
        "case when client_status = 'continuing'"
        ~ " then revenue_now - constant_now else 0 end",
    "unsplit_effect":
        "case when client_status = 'continuing' then constant_now - split_now"
        ~ " - (revenue_prior - split_prior) else 0 end",
    "price_part": "price_part",
    "split_difference":
        "case when client_status = 'continuing'"
        ~ " then split_now - split_prior else 0 end",
    "quantity_now":
        "case when client_status = 'continuing' then quantity_now else 0 end",
    "quantity_prior":
        "case when client_status = 'continuing' then quantity_prior else 0 end",
    "split_prior":
        "case when client_status = 'continuing' then split_prior else 0 end",
    "absolute_revenue": "absolute_revenue",
    "flagged_revenue": "flagged_revenue",
} -%}

with

parts as (

    select * from {{ ref("int_revenue_parts") }}

),

parts_to_date as (

    select * from {{ ref("int_revenue_parts_to_date") }}

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

prior_parts as (

    {{ prior_year_rows("parts", "parts_to_date") }}

),

sides as (

    select
        month_start,
        client_id,
        rep_id,
        product_category,
        price_in_month,
        price_in_quarter,
        price_in_season,
        price_in_year,
        net_revenue as revenue_now,
        revenue_at_prior_year_rate as constant_now,
        coalesce(split_at_prior_year_rate, 0) as split_now,
        coalesce(split_quantity, 0) as quantity_now,
        0 as revenue_prior,
        0 as split_prior,
        0 as quantity_prior,
        1 as has_now,
        0 as has_prior,
        absolute_revenue,
        flagged_revenue,
        flag_mask,
        cast(null as boolean) as is_for_partial

    from parts

    union all

    select
        {{ add_months("month_start", 12) }} as month_start,
        client_id,
        rep_id,
        product_category,
        0 as price_in_month,
        0 as price_in_quarter,
        0 as price_in_season,
        0 as price_in_year,
        0 as revenue_now,
        0 as constant_now,
        0 as split_now,
        0 as quantity_now,
        net_revenue as revenue_prior,
        coalesce(split_revenue, 0) as split_prior,
        coalesce(split_quantity, 0) as quantity_prior,
        0 as has_now,
        1 as has_prior,
        absolute_revenue,
        flagged_revenue,
        flag_mask,
        is_for_partial

    from prior_parts

),

{#
    A category is a cut of its own and no other cut needs it, so the months are
    rolled up without it before they are put into periods.
#}
rep_sides as (

    select
        month_start,
        client_id,
        rep_id,
        is_for_partial,
        {% for period_type in ["month", "quarter", "season", "year"] %}
        sum(price_in_{{ period_type }}) as price_in_{{ period_type }},
        {% endfor %}
        {% for column in [
            "revenue_now", "constant_now", "split_now", "quantity_now",
            "revenue_prior", "split_prior", "quantity_prior",
            "absolute_revenue", "flagged_revenue",
        ] %}
        {{ money("sum(" ~ column ~ ")") }} as {{ column }},
        {% endfor %}
        max(has_now) as has_now,
        max(has_prior) as has_prior,
        bit_or(flag_mask) as flag_mask

    from sides

    group by month_start, client_id, rep_id, is_for_partial

),

{% for sides, part in [
    ("rep_sides", "rep_periods"), ("sides", "category_periods")
] %}
{{ part }} as (

    select
        period_months.period_type,
        period_months.period_start,
        case period_months.period_type
            when 'month' then {{ sides }}.price_in_month
            when 'quarter' then {{ sides }}.price_in_quarter
            when 'season' then {{ sides }}.price_in_season
            else {{ sides }}.price_in_year
        end as price_part,
        {{ sides }}.*

    from {{ sides }}

    inner join period_months
        on
            {{ sides }}.month_start = period_months.month_start
            and coalesce({{ sides }}.is_for_partial, period_months.is_partial)
            = period_months.is_partial

),
{% endfor %}

{# New and lost are decided for the company, so that parts add up by any cut. #}
client_status as (

    select
        period_type,
        period_start,
        client_id,
        case
            when max(has_prior) = 0 then 'new'
            when max(has_now) = 0 then 'lost'
            else 'continuing'
        end as client_status

    from rep_periods

    group by period_type, period_start, client_id

),

by_client_and_rep as (

    select
        rep_periods.period_type,
        rep_periods.period_start,
        rep_periods.client_id,
        rep_periods.rep_id,
        {% for column, amount in sums.items() %}
        sum({{ amount }}) as {{ column }},
        {% endfor %}
        bit_or(rep_periods.flag_mask) as flag_mask

    from rep_periods

    inner join client_status
        on
            rep_periods.period_type = client_status.period_type
            and rep_periods.period_start = client_status.period_start
            and rep_periods.client_id = client_status.client_id

    group by
        rep_periods.period_type,
        rep_periods.period_start,
        rep_periods.client_id,
        rep_periods.rep_id

),

described as (

    select
        by_client_and_rep.*,
        clients.client_name,
        clients.territory_id,
        clients.territory_name,
        clients.segment,
        clients.acquisition_channel,
        reps.rep_name

    from by_client_and_rep

    inner join clients
        on by_client_and_rep.client_id = clients.client_id

    inner join reps
        on by_client_and_rep.rep_id = reps.rep_id

),

summed as (

    {% for cut, (cut_id, cut_name) in client_cuts.items() %}
    select
        period_type,
        period_start,
        '{{ cut }}' as cut,
        {{ cut_id }} as cut_id,
        max({{ cut_name }}) as cut_name,
        {% for column in sums %}
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
        category_periods.period_type,
        category_periods.period_start,
        'product_category' as cut,
        category_periods.product_category as cut_id,
        category_periods.product_category as cut_name,
        {% for column, amount in sums.items() %}
        sum({{ amount }}) as {{ column }},
        {% endfor %}
        bit_or(category_periods.flag_mask) as flag_mask

    from category_periods

    inner join client_status
        on
            category_periods.period_type = client_status.period_type
            and category_periods.period_start = client_status.period_start
            and category_periods.client_id = client_status.client_id

    group by
        category_periods.period_type,
        category_periods.period_start,
        category_periods.product_category

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
