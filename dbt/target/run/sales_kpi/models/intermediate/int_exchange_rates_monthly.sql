
    

    create  table
      "warehouse"."intermediate"."int_exchange_rates_monthly__dbt_tmp"
  
    
    as (
      with

rates as (

    select * from "warehouse"."staging"."stg_accounting__exchange_rates"

    where rate_on <= date '2014-06-30'

),

months as (

    select month_start from "warehouse"."intermediate"."int_months"

),

invoices as (

    select currency from "warehouse"."staging"."stg_accounting__invoices"

),

accounts as (

    select wallet_currency from "warehouse"."staging"."stg_crm__accounts"

),

rep_costs as (

    select currency from "warehouse"."staging"."stg_accounting__rep_costs"

),

targets as (

    select currency from "warehouse"."staging"."stg_planning__sales_targets"

),

currencies as (

    select currency from invoices
    union
    select wallet_currency as currency from accounts
    union
    select currency from rep_costs
    union
    select currency from targets

),

quoted as (

    select
        from_currency as currency,
        cast(date_trunc('month', rate_on) as date) as month_start,
        avg(rate) as rate,
        1 as preference

    from rates

    where to_currency = 'USD'

    group by from_currency, cast(date_trunc('month', rate_on) as date)

    union all

    select
        to_currency as currency,
        cast(date_trunc('month', rate_on) as date) as month_start,
        1 / avg(rate) as rate,
        2 as preference

    from rates

    where
        from_currency = 'USD'
        and to_currency <> 'USD'

    group by to_currency, cast(date_trunc('month', rate_on) as date)

),

preferred as (

    select
        currency,
        month_start,
        rate,
        row_number() over (
            partition by currency, month_start order by preference
        ) as choice

    from quoted

),

wanted as (

    select
        currencies.currency,
        months.month_start

    from currencies

    cross join months

    where currencies.currency is not null

),

latest as (

    select
        wanted.currency,
        wanted.month_start,
        max(preferred.month_start) over (
            partition by wanted.currency
            order by wanted.month_start
            rows between unbounded preceding and current row
        ) as rate_month

    from wanted

    left join preferred
        on
            wanted.currency = preferred.currency
            and wanted.month_start = preferred.month_start
            and preferred.choice = 1

)

select
    latest.currency,
    latest.month_start,
    latest.rate_month,
    cast(
        case
            when latest.currency = 'USD' then 1
            else preferred.rate
        end as decimal(18, 8)
    ) as exchange_rate

from latest

left join preferred
    on
        latest.currency = preferred.currency
        and latest.rate_month = preferred.month_start
        and preferred.choice = 1
    );
    
  