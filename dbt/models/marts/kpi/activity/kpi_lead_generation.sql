with

cases as (

    select * from {{ ref("int_funnel_cases") }}

    where case_type = 'lead'

),

touches as (

    select * from {{ ref("int_lead_touches") }}

),

period_months as (

    select * from {{ ref("int_period_months") }}

    where period_type in ('month', 'quarter', 'year')

),

counts as (

    select
        cohort_month as month_start,
        channel,
        count(*) as leads,
        0 as touches,
        0 as first_touches

    from cases

    group by cohort_month, channel

    union all

    select
        month_start,
        channel,
        0 as leads,
        count(*) as touches,
        sum(case when is_first then 1 else 0 end) as first_touches

    from touches

    group by month_start, channel

),

by_period as (

    select
        period_months.period_type,
        period_months.period_start,
        period_months.period_end,
        period_months.is_partial,
        counts.channel,
        sum(counts.leads) as leads,
        sum(counts.touches) as touches,
        sum(counts.first_touches) as first_touches

    from counts

    inner join period_months
        on counts.month_start = period_months.month_start

    group by
        period_months.period_type,
        period_months.period_start,
        period_months.period_end,
        period_months.is_partial,
        counts.channel

)

select
    period_type,
    period_start,
    period_end,
    is_partial,
    channel,
    cast(touches as bigint) as touches,
    cast(first_touches as bigint) as first_touches,
    cast(leads as bigint) as leads,
    {{ ratio("leads", "first_touches") }} as leads_per_first_touch,
    {{ reliability_columns(
        period_end="period_end",
        notes=[
            {
                "when": "first_touches = 0",
                "name": "no_first_touches",
                "is_caution": false,
            },
        ],
    ) }}

from by_period
