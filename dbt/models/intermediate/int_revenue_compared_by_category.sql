{%- set period_types = ["month", "quarter", "season", "year"] %}

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

revenue_compared as (

    select
        period_type,
        period_start,
        client_id,
        client_status

    from {{ ref("int_revenue_compared") }}

),

prior_parts as (

    {{ prior_year_rows("parts", "parts_to_date") }}

),

sides as (

    {{ revenue_sides("parts", "prior_parts", by="product_category") }}

),

{# What a client is to the period of each type that a month is in. #}
client_months as (

    select
        {% for period_type in period_types %}
        max(
            case
                when period_months.period_type = '{{ period_type }}'
                    then revenue_compared.client_status
            end
        ) as status_in_{{ period_type }},
        {% endfor %}
        revenue_compared.client_id,
        period_months.month_start

    from revenue_compared

    inner join period_months
        on
            revenue_compared.period_type = period_months.period_type
            and revenue_compared.period_start = period_months.period_start

    group by revenue_compared.client_id, period_months.month_start

),

{# Clients that are the same to every period are summed before it is put in. #}
rolled_up as (

    select
        sides.month_start,
        sides.is_for_partial,
        sides.product_category,
        {% for period_type in period_types %}
        client_months.status_in_{{ period_type }},
        sum(sides.price_in_{{ period_type }}) as price_in_{{ period_type }},
        {% endfor %}
        {% for column in [
            "revenue_now", "constant_now", "split_now", "quantity_now",
            "revenue_prior", "split_prior", "quantity_prior",
            "absolute_revenue", "flagged_revenue",
        ] %}
        sum(sides.{{ column }}) as {{ column }},
        {% endfor %}
        bit_or(sides.flag_mask) as flag_mask

    from sides

    inner join client_months
        on
            sides.client_id = client_months.client_id
            and sides.month_start = client_months.month_start

    group by
        {% for period_type in period_types %}
        client_months.status_in_{{ period_type }},
        {% endfor %}
        sides.month_start,
        sides.is_for_partial,
        sides.product_category

),

by_period as (

    select
        period_months.period_type,
        period_months.period_start,
        case period_months.period_type
            {% for period_type in period_types %}
            when '{{ period_type }}' then rolled_up.status_in_{{ period_type }}
            {% endfor %}
        end as client_status,
        {{ price_in_period("period_months.period_type") }} as price_part,
        rolled_up.*

    from rolled_up

    inner join period_months
        on
            rolled_up.month_start = period_months.month_start
            and coalesce(rolled_up.is_for_partial, period_months.is_partial)
            = period_months.is_partial

)

select
    period_type,
    period_start,
    product_category,
    {% for column, amount in comparison_sums().items() %}
    sum({{ amount }}) as {{ column }},
    {% endfor %}
    bit_or(flag_mask) as flag_mask

from by_period

where client_status is not null

group by
    period_type,
    period_start,
    product_category
