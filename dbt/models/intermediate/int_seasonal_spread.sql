{#
    Which part of a year's plan falls into each of its months: shares cumulated in
    the order of the fiscal year, so that the parts of an amount add up to it exactly.
#}
with

seasonality as (

    select * from {{ ref("kpi_seasonality") }}

    where years_revenue > 0

),

plan_months as (

    select
        month_start,
        cast(extract(month from month_start) as integer) as month_of_year

    from {{ ref("int_plan_months") }}

),

by_segment as (

    select
        seasonality.segment,
        plan_months.month_start,
        {{ exact_quotient(
            "sum(seasonality.net_revenue) over (
                partition by seasonality.segment
                order by plan_months.month_start
                rows between unbounded preceding and current row
            ) - seasonality.net_revenue",
            "seasonality.years_revenue",
        ) }} as share_from,
        {{ exact_quotient(
            "sum(seasonality.net_revenue) over (
                partition by seasonality.segment
                order by plan_months.month_start
                rows between unbounded preceding and current row
            )",
            "seasonality.years_revenue",
        ) }} as share_to

    from seasonality

    inner join plan_months
        on seasonality.month_of_year = plan_months.month_of_year

),

{# Without one whole year behind us a year is spread evenly. #}
even as (

    select
        'all' as segment,
        month_start,
        {{ exact_quotient(
            "row_number() over (order by month_start) - 1", "12"
        ) }} as share_from,
        {{ exact_quotient(
            "row_number() over (order by month_start)", "12"
        ) }} as share_to

    from plan_months

    where not exists (
        select 1 as one from seasonality
        where seasonality.segment = 'all'
    )

)

select
    segment,
    month_start,
    cast(share_from as decimal(12, 8)) as share_from,
    cast(share_to as decimal(12, 8)) as share_to

from by_segment

union all

select
    segment,
    month_start,
    cast(share_from as decimal(12, 8)) as share_from,
    cast(share_to as decimal(12, 8)) as share_to

from even
