
    

    create  table
      "warehouse"."intermediate"."int_rep_costs_monthly__dbt_tmp"
  
    
    as (
      with

rep_costs as (

    select
        *,
        cast(date_trunc('month', month) as date) as month_start

    from "warehouse"."staging"."stg_accounting__rep_costs"

    where month <= date '2014-06-30'

),

rates as (

    select * from "warehouse"."intermediate"."int_exchange_rates_monthly"

)

select
    rep_costs.rep_id,
    rep_costs.month_start,
    cast(sum(cast(round(cast(rep_costs.amount as decimal(19, 4)) * rates.exchange_rate, 4) as decimal(18, 4))) as decimal(18, 4)) as amount,
    max(case when rates.exchange_rate is null then 1 else 0 end)
        as has_missing_rate

from rep_costs

left join rates
    on
        rep_costs.currency = rates.currency
        and rep_costs.month_start = rates.month_start

group by rep_costs.rep_id, rep_costs.month_start
    );
    
  