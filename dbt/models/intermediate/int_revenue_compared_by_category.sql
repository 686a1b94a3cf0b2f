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

client_status as (

    select distinct
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

by_period as (

    select
        client_status.period_type,
        client_status.period_start,
        client_status.client_status,
        {{ price_in_period("client_status.period_type") }} as price_part,
        sides.*

    from sides

    inner join period_months
        on
            sides.month_start = period_months.month_start
            and coalesce(sides.is_for_partial, period_months.is_partial)
            = period_months.is_partial

    inner join client_status
        on
            period_months.period_type = client_status.period_type
            and period_months.period_start = client_status.period_start
            and sides.client_id = client_status.client_id

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

group by
    period_type,
    period_start,
    product_category
