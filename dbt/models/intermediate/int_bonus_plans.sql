{#
    The plan of each month: the month's own target, else that of the shortest longer
    period, spread over its working days. Seasons would shift with later data, and a
    month once paid for has to stay as it was.
#}
{%- set preferences = ["month", "quarter", "season", "year"] -%}

with

plans as (

    select
        level = 'manager' as is_team,
        entity_id as rep_id,
        period_type,
        period_start,
        period_end,
        plan_low,
        plan_high,
        is_derived

    from {{ ref("int_plans_by_level") }}

    where
        level in ('rep', 'manager')
        and period_type in ('month', 'quarter', 'season', 'year')

),

working_days as (

    select * from {{ ref("int_days") }}

    where is_working_day

),

periods as (

    select distinct
        period_type,
        period_start,
        period_end

    from plans

),

period_months as (

    select
        periods.period_type,
        periods.period_start,
        periods.period_end,
        working_days.month_start,
        count(*) as days_in_month

    from periods

    inner join working_days
        on
            working_days.day_on >= periods.period_start
            and working_days.day_on <= periods.period_end

    group by
        periods.period_type,
        periods.period_start,
        periods.period_end,
        working_days.month_start

),

spread as (

    select
        period_months.*,
        sum(period_months.days_in_month) over (
            partition by
                period_months.period_type,
                period_months.period_start,
                period_months.period_end
        ) as days_in_period,
        sum(period_months.days_in_month) over (
            partition by
                period_months.period_type,
                period_months.period_start,
                period_months.period_end
            order by period_months.month_start
            rows between unbounded preceding and current row
        ) as days_up_to

    from period_months

),

shares as (

    select
        *,
        cast(
            {{ exact_quotient("days_up_to - days_in_month", "days_in_period") }}
            as decimal(9, 8)
        ) as share_from,
        cast(
            {{ exact_quotient("days_up_to", "days_in_period") }}
            as decimal(9, 8)
        ) as share_to

    from spread

),

by_month as (

    select
        plans.is_team,
        plans.rep_id,
        shares.month_start,
        plans.period_type,
        max(case when plans.is_derived then 1 else 0 end) = 1 as is_derived,
        case plans.period_type
            {% for period_type in preferences %}
            when '{{ period_type }}' then {{ loop.index }}
            {% endfor %}
        end as preference,
    {% for amount in ["plan_low", "plan_high"] %}
    sum(
            {{ share_of(
                "plans." ~ amount, "shares.share_from", "shares.share_to"
            ) }}
    ) as {{ amount }}{{ "," if not loop.last }}
    {% endfor %}

    from plans

    inner join shares
        on
            plans.period_type = shares.period_type
            and plans.period_start = shares.period_start
            and plans.period_end = shares.period_end

    group by
        plans.is_team,
        plans.rep_id,
        shares.month_start,
        plans.period_type

),

ranked as (

    select
        *,
        row_number() over (
            partition by is_team, rep_id, month_start order by preference
        ) as choice

    from by_month

)

select
    is_team,
    rep_id,
    month_start,
    period_type as plan_period_type,
    is_derived,
    {{ money("plan_low") }} as plan_low,
    {{ money("plan_high") }} as plan_high

from ranked

where choice = 1
