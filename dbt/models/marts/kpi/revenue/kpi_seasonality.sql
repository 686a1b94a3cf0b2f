with

daily as (

    select * from {{ ref("int_revenue_daily") }}

),

clients as (

    select * from {{ ref("dim_clients") }}

),

months as (

    select * from {{ ref("int_months") }}

),

horizon as (

    select * from {{ ref("int_data_horizon") }}

),

{# Only whole years say which share of a year a month has. #}
whole_year_months as (

    select
        months.month_start,
        months.fiscal_year

    from months

    cross join horizon

    where
        months.year_start >= horizon.first_data_on
        and months.year_end <= {{ as_of_date() }}

),

by_segment as (

    select
        clients.segment,
        whole_year_months.fiscal_year,
        whole_year_months.month_start,
        sum(daily.net_revenue) as net_revenue,
        sum(daily.absolute_revenue) as absolute_revenue,
        sum(daily.flagged_revenue) as flagged_revenue,
        bit_or(daily.flag_mask) as flag_mask

    from daily

    inner join whole_year_months
        on daily.month_start = whole_year_months.month_start

    inner join clients
        on daily.client_id = clients.client_id

    group by
        clients.segment,
        whole_year_months.fiscal_year,
        whole_year_months.month_start

),

with_all as (

    select * from by_segment

    union all

    select
        'all' as segment,
        fiscal_year,
        month_start,
        sum(net_revenue) as net_revenue,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from by_segment

    group by fiscal_year, month_start

),

segments as (

    select
        segment,
        sum(net_revenue) as years_revenue,
        count(distinct fiscal_year) as fiscal_years

    from with_all

    group by segment

),

calendar_months as (

    select distinct extract(month from month_start) as month_of_year

    from months

),

by_month as (

    select
        segment,
        cast(extract(month from month_start) as integer) as month_of_year,
        sum(net_revenue) as net_revenue,
        sum(absolute_revenue) as absolute_revenue,
        sum(flagged_revenue) as flagged_revenue,
        bit_or(flag_mask) as flag_mask

    from with_all

    group by segment, cast(extract(month from month_start) as integer)

),

joined as (

    select
        segments.segment,
        cast(calendar_months.month_of_year as integer) as month_of_year,
        segments.fiscal_years,
        segments.years_revenue,
        coalesce(by_month.net_revenue, 0) as net_revenue,
        by_month.absolute_revenue,
        by_month.flagged_revenue,
        by_month.flag_mask

    from segments

    cross join calendar_months

    left join by_month
        on
            segments.segment = by_month.segment
            and calendar_months.month_of_year = by_month.month_of_year

)

select
    segment,
    month_of_year,
    cast(fiscal_years as integer) as fiscal_years,
    {{ money("net_revenue") }} as net_revenue,
    {{ money("years_revenue") }} as years_revenue,
    {{ ratio("net_revenue", "years_revenue") }} as seasonal_weight,
    {{ reliability_columns(
        flagged="flagged_revenue",
        total="absolute_revenue",
        flag_mask="flag_mask",
        notes=[
            {
                "when": "fiscal_years < 2",
                "name": "one_year_only",
                "is_caution": true,
            },
        ],
    ) }}

from joined
