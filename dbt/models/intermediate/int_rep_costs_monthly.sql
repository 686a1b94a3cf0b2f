with

rep_costs as (

    select
        *,
        {{ month_start("month") }} as month_start

    from {{ ref("stg_accounting__rep_costs") }}

    where month <= {{ as_of_date() }}

),

rates as (

    select * from {{ ref("int_exchange_rates_monthly") }}

)

select
    rep_costs.rep_id,
    rep_costs.month_start,
    {{ money(
        "sum(" ~ money_times("rep_costs.amount", "rates.exchange_rate") ~ ")"
    ) }} as amount,
    max(case when rates.exchange_rate is null then 1 else 0 end)
        as has_missing_rate

from rep_costs

left join rates
    on
        rep_costs.currency = rates.currency
        and rep_costs.month_start = rates.month_start

group by rep_costs.rep_id, rep_costs.month_start
