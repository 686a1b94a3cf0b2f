with

rates as (

    select * from {{ ref("stg_accounting__exchange_rates") }}

    where rate_on <= {{ as_of_date() }}

),

months as (

    select month_start from {{ ref("int_months") }}

),

quoted as (

    select
        from_currency as currency,
        {{ month_start("rate_on") }} as month_start,
        avg(rate) as rate,
        1 as preference

    from rates

    where to_currency = '{{ var("reporting_currency") }}'

    group by from_currency, {{ month_start("rate_on") }}

    union all

    select
        to_currency as currency,
        {{ month_start("rate_on") }} as month_start,
        1 / avg(rate) as rate,
        2 as preference

    from rates

    where
        from_currency = '{{ var("reporting_currency") }}'
        and to_currency <> '{{ var("reporting_currency") }}'

    group by to_currency, {{ month_start("rate_on") }}

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

{# The reporting currency is worth itself, whether or not anything is quoted. #}
currencies as (

    select currency from quoted
    union
    select '{{ var("reporting_currency") }}' as currency

),

wanted as (

    select
        currencies.currency,
        months.month_start

    from currencies

    cross join months

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
            when latest.currency = '{{ var("reporting_currency") }}' then 1
            else preferred.rate
        end as decimal(18, 8)
    ) as exchange_rate

from latest

left join preferred
    on
        latest.currency = preferred.currency
        and latest.rate_month = preferred.month_start
        and preferred.choice = 1
