{# Targets in the reporting currency, with the days they run for. #}
with

targets as (

    select
        targets.*,
        case targets.period_type
            when 'day' then targets.period_start
            when 'week' then {{ add_days("targets.period_start", 6) }}
            when 'month'
                then {{ add_days(add_months("targets.period_start", 1), -1) }}
            when 'quarter'
                then {{ add_days(add_months("targets.period_start", 3), -1) }}
            when 'season' then months.season_end
            when 'year'
                then {{ add_days(add_months("targets.period_start", 12), -1) }}
        end as natural_end,
        lead(targets.period_start) over (
            partition by targets.level, targets.entity_id, targets.period_type
            order by targets.period_start
        ) as next_start

    from {{ ref("stg_planning__sales_targets") }} as targets

    left join {{ ref("int_months") }} as months
        on {{ month_start("targets.period_start") }} = months.month_start

    where targets.period_start <= {{ as_of_date() }}

),

rates as (

    select * from {{ ref("int_exchange_rates_monthly") }}

),

{#
    Quotas dated to working days: a next one that begins within a week of the
    natural end also ends this one, so that no day is in two or in none.
#}
dated as (

    select
        *,
        case
            when
                abs({{ days_between("natural_end", "next_start") }}) <= 7
                then {{ add_days("next_start", -1) }}
            else natural_end
        end as period_end

    from targets

)

select
    dated.level,
    dated.entity_id,
    dated.period_type,
    dated.period_start,
    dated.period_end,
    {{ add_days(
        "dated.period_start",
        "cast(floor("
        ~ days_between("dated.period_start", "dated.period_end")
        ~ " / 2) as integer)"
    ) }} as middle_on,
    {{ money_times("dated.target_low", "rates.exchange_rate") }} as plan_low,
    {{ money_times(
        "coalesce(dated.target_high, dated.target_low)", "rates.exchange_rate"
    ) }} as plan_high

from dated

left join rates
    on
        dated.currency = rates.currency
        and {{ month_start("dated.period_start") }} = rates.month_start
