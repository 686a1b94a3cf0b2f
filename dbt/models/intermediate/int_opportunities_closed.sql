with

opportunities as (

    select
        *,
        {{ month_start("closed_at") }} as month_start

    from {{ ref("stg_crm__opportunities") }}

    where
        is_won is not null
        and closed_at < {{ add_days(as_of_date(), 1) }}

),

rates as (

    select * from {{ ref("int_exchange_rates_monthly") }}

)

select
    opportunities.opportunity_id,
    coalesce(opportunities.owner_rep_id, 'unassigned') as rep_id,
    {{ money_times("opportunities.amount", "rates.exchange_rate") }} as amount,
    opportunities.is_won,
    {{ days_between("opportunities.created_at", "opportunities.closed_at") }}
        as cycle_days,
    opportunities.month_start

from opportunities

left join rates
    on
        coalesce(opportunities.currency, '{{ var("reporting_currency") }}')
        = rates.currency
        and opportunities.month_start = rates.month_start
