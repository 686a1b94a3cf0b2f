{#- How many categories a client's mix names. -#}
{%- set named = 3 -%}
{%- set first_month = add_months(month_start(as_of_date()), -11) -%}

with

parts as (

    select * from {{ ref("int_revenue_parts") }}

),

by_category as (

    select
        client_id,
        coalesce(product_category, 'unknown') as product_category,
        sum(net_revenue) as net_revenue

    from parts

    where month_start between {{ first_month }} and {{ as_of_date() }}

    group by client_id, coalesce(product_category, 'unknown')

    having sum(net_revenue) > 0

),

ranked as (

    select
        *,
        {{ ratio(
            "net_revenue", "sum(net_revenue) over (partition by client_id)"
        ) }} as share,
        row_number() over (
            partition by client_id order by net_revenue desc, product_category
        ) as place

    from by_category

),

named as (

    select
        client_id,
        place,
        concat(
            product_category, ' ',
            cast(
                cast(round(share * 100) as integer)
                as {{ dbt.type_string() }}
            ),
            '%'
        ) as part

    from ranked

    where place <= {{ named }}

)

select
    client_id,
    concat_ws(
        ', ',
        {% for place in range(1, named + 1) %}
        max(case when place = {{ place }} then part end)
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    ) as product_mix

from named

group by client_id
