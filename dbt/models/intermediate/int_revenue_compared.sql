{#
    Months are rolled up without the category before they are put into periods: only
    one cut needs it, and it has the most rows.
#}
{%- set periods = "int_client_periods_touched" -%}
{{ config(**by_client_month(periods, starts="period_start")) }}

with

parts as (

    select * from {{ ref("int_revenue_parts") }}

    {% if is_incremental() -%}
    where
        {{ only_touched(keyword="", touched=periods) }}
        {{ only_touched(
            keyword="or",
            first_day=add_months("month_start", 12),
            touched=periods,
        ) }}
    {%- endif %}

),

parts_to_date as (

    select * from {{ ref("int_revenue_parts_to_date") }}

),

period_months as (

    select * from {{ ref("int_period_months") }}

),

{% for parts, rolled_up in [
    ("parts", "rep_parts"), ("parts_to_date", "rep_parts_to_date")
] %}
{{ rolled_up }} as (

    select
        client_id,
        rep_id,
        {% for period_type in ["month", "quarter", "season", "year"] %}
        sum(price_in_{{ period_type }}) as price_in_{{ period_type }},
        {% endfor %}
        {% for column in [
            "net_revenue", "revenue_at_prior_year_rate", "split_quantity",
            "split_revenue", "split_at_prior_year_rate", "absolute_revenue",
            "flagged_revenue",
        ] %}
        {{ money("sum(" ~ column ~ ")") }} as {{ column }},
        {% endfor %}
        bit_or(flag_mask) as flag_mask,
        month_start

    from {{ parts }}

    group by month_start, client_id, rep_id

),
{% endfor %}

prior_parts as (

    {{ prior_year_rows("rep_parts", "rep_parts_to_date") }}

),

sides as (

    {{ revenue_sides("rep_parts", "prior_parts", by="rep_id") }}

),

by_rep as (

    select
        period_months.period_type,
        period_months.period_start,
        sides.client_id,
        sides.rep_id,
        sum({{ price_in_period("period_months.period_type") }}) as price_part,
        {% for column in [
            "revenue_now", "constant_now", "split_now", "quantity_now",
            "revenue_prior", "split_prior", "quantity_prior",
            "absolute_revenue", "flagged_revenue",
        ] %}
        {{ money("sum(sides." ~ column ~ ")") }} as {{ column }},
        {% endfor %}
        max(sides.has_now) as has_now,
        max(sides.has_prior) as has_prior,
        bit_or(sides.flag_mask) as flag_mask

    from sides

    inner join period_months
        on
            sides.month_start = period_months.month_start
            and coalesce(sides.is_for_partial, period_months.is_partial)
            = period_months.is_partial

    {{ only_touched(
        client_id="sides.client_id",
        first_day="period_months.period_start",
        touched=periods,
        starts="period_start",
    ) }}

    group by
        period_months.period_type,
        period_months.period_start,
        sides.client_id,
        sides.rep_id

),

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

    from by_rep

    group by period_type, period_start, client_id

),

with_status as (

    select
        by_rep.*,
        client_status.client_status

    from by_rep

    inner join client_status
        on
            by_rep.period_type = client_status.period_type
            and by_rep.period_start = client_status.period_start
            and by_rep.client_id = client_status.client_id

)

select
    period_type,
    client_id,
    rep_id,
    client_status,
    {% for column, amount in comparison_sums().items() %}
    {% if column == "price_part" -%}
    cast(price_part as decimal(28, 8)) as price_part,
    {%- else -%}
    {{ money(amount) }} as {{ column }},
    {%- endif %}
    {% endfor %}
    flag_mask,
    period_start

from with_status
