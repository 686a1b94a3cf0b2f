
with

targets as (

    select
        targets.*,
        case targets.period_type
            when 'day' then targets.period_start
            when 'week' then cast(

    (targets.period_start + cast(6 as bigint) * interval 1 day) as date)
            when 'month'
                then cast(

    (cast(

    (targets.period_start + cast(1 as bigint) * interval 1 month) as date) + cast(-1 as bigint) * interval 1 day) as date)
            when 'quarter'
                then cast(

    (cast(

    (targets.period_start + cast(3 as bigint) * interval 1 month) as date) + cast(-1 as bigint) * interval 1 day) as date)
            when 'season' then months.season_end
            when 'year'
                then cast(

    (cast(

    (targets.period_start + cast(12 as bigint) * interval 1 month) as date) + cast(-1 as bigint) * interval 1 day) as date)
        end as natural_end,
        lead(targets.period_start) over (
            partition by targets.level, targets.entity_id, targets.period_type
            order by targets.period_start
        ) as next_start

    from "warehouse"."staging"."stg_planning__sales_targets" as targets

    left join "warehouse"."intermediate"."int_months" as months
        on cast(date_trunc('month', targets.period_start) as date) = months.month_start

    where targets.period_start <= date '2014-06-30'

),

rates as (

    select * from "warehouse"."intermediate"."int_exchange_rates_monthly"

),


dated as (

    select
        *,
        case
            when
                abs(
        (date_diff('day', natural_end::timestamp, next_start::timestamp ))
    ) <= 7
                then cast(

    (next_start + cast(-1 as bigint) * interval 1 day) as date)
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
    cast(

    (dated.period_start + cast(cast(floor(
        (date_diff('day', dated.period_start::timestamp, dated.period_end::timestamp ))
     / 2) as integer) as bigint) * interval 1 day) as date) as middle_on,
    cast(round(cast(dated.target_low as decimal(19, 4)) * rates.exchange_rate, 4) as decimal(18, 4)) as plan_low,
    cast(round(cast(coalesce(dated.target_high, dated.target_low) as decimal(19, 4)) * rates.exchange_rate, 4) as decimal(18, 4)) as plan_high

from dated

left join rates
    on
        dated.currency = rates.currency
        and cast(date_trunc('month', dated.period_start) as date) = rates.month_start