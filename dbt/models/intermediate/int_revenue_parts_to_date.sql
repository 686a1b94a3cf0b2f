{#
    The running month's days of one year ago, in the shape of the parts of whole
    months.
#}
with

prior_to_date as (

    select * from {{ ref("int_revenue_prior_to_date") }}

),

products as (

    select * from {{ ref("dim_products") }}

),

categorised as (

    select
        prior_to_date.*,
        coalesce(products.category, 'unknown') as product_category

    from prior_to_date

    left join products
        on prior_to_date.product_id = products.product_id

)

select
    client_id,
    rep_id,
    product_category,
    {%- for period_type in ["month", "quarter", "season", "year"] %}
    cast(0 as decimal(28, 8)) as price_in_{{ period_type }},
    {%- endfor %}
    {{- revenue_parts("categorised") }},
    month_start

from categorised

group by
    month_start,
    client_id,
    rep_id,
    product_category
