{#
    A month's revenue by client, rep and category, with how much of it is a change
    of price. What a client paid for a product a year before is told for the same
    month, quarter, season and year, since each of these periods is compared for
    itself.
#}
{%- set compared = "int_compared_client_months_touched" -%}
{{ config(**by_client_month(compared)) }}
{%- set period_types = ["month", "quarter", "season", "year"] %}

with

monthly as (

    select * from {{ ref("int_revenue_monthly") }}

),

prior_to_date as (

    select * from {{ ref("int_revenue_prior_to_date") }}

),

months as (

    select * from {{ ref("int_months") }}

),

period_months as (

    select * from {{ ref("int_period_months") }}

),

products as (

    select * from {{ ref("dim_products") }}

),

prior_rows as (

    {{ prior_year_rows("monthly", "prior_to_date") }}

),

prior_purchases as (

    select
        {{ add_months("month_start", 12) }} as month_start,
        client_id,
        product_id,
        quantity,
        net_revenue,
        is_for_partial

    from prior_rows

    where
        has_quantity
        {{ only_touched(
            keyword="and",
            first_day=add_months("month_start", 12),
            touched="int_client_periods_touched",
        ) }}

),

{% for period_type in period_types %}
{{ period_type }}_before as (

    select
        period_months.period_start,
        prior_purchases.client_id,
        prior_purchases.product_id,
        sum(prior_purchases.quantity) as quantity,
        sum(prior_purchases.net_revenue) as net_revenue

    from prior_purchases

    inner join period_months
        on
            prior_purchases.month_start = period_months.month_start
            and coalesce(
                prior_purchases.is_for_partial, period_months.is_partial
            )
            = period_months.is_partial

    where period_months.period_type = '{{ period_type }}'

    group by
        period_months.period_start,
        prior_purchases.client_id,
        prior_purchases.product_id

    having sum(prior_purchases.quantity) > 0

),
{% endfor %}

touched as (

    select
        monthly.*,
        months.quarter_start,
        months.season_start,
        months.year_start

    from monthly

    inner join months
        on monthly.month_start = months.month_start

    {{ only_touched(
        client_id="monthly.client_id",
        first_day="monthly.month_start",
        touched=compared,
    ) }}

),

priced as (

    select
        touched.*,
        coalesce(products.category, 'unknown') as product_category,
        {% for period_type in period_types %}
        touched.revenue_at_prior_year_rate
        - {{ quotient_of_product(
            period_type ~ "_before.net_revenue",
            "touched.quantity",
            period_type ~ "_before.quantity",
        ) }} as price_in_{{ period_type }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}

    from touched

    left join products
        on touched.product_id = products.product_id

    {% for period_type in period_types %}
    left join {{ period_type }}_before
        on
            touched.{{ period_type }}_start
            = {{ period_type }}_before.period_start
            and touched.client_id = {{ period_type }}_before.client_id
            and touched.product_id = {{ period_type }}_before.product_id
            and touched.has_quantity
    {% endfor %}

)

select
    client_id,
    rep_id,
    product_category,
    {%- for period_type in period_types %}
    cast(coalesce(sum(price_in_{{ period_type }}), 0) as decimal(28, 8))
        as price_in_{{ period_type }},
    {%- endfor %}
    {{- revenue_parts("priced") }},
    month_start

from priced

group by
    month_start,
    client_id,
    rep_id,
    product_category
