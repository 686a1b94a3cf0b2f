with

work_plans as (

    select
        *,
        case period_type
            when 'month' then 1
            when 'quarter' then 3
            when 'year' then 12
        end as period_months

    from {{ ref("stg_planning__work_plans") }}

),

months as (

    select * from {{ ref("int_months") }}

),

dated as (

    select
        work_plans.rep_id,
        work_plans.period_type,
        work_plans.period_start,
        work_plans.item,
        work_plans.task,
        work_plans.planned,
        case work_plans.period_type
            when 'day' then work_plans.period_start
            when 'week' then {{ add_days("work_plans.period_start", 6) }}
            when 'season' then months.season_end
            else {{ add_days(
                add_months(
                    "work_plans.period_start", "work_plans.period_months"
                ),
                -1,
            ) }}
        end as period_end

    from work_plans

    left join months
        on {{ month_start("work_plans.period_start") }} = months.month_start

),

so_far as (

    select
        *,
        least(period_end, {{ as_of_date() }}) as last_day

    from dated

)

{# A running period is held against the same days of last year. #}
select
    *,
    {{ add_months("period_start", -12) }} as prior_start,
    {{ add_days(add_months(add_days("last_day", 1), -12), -1) }} as prior_end

from so_far
