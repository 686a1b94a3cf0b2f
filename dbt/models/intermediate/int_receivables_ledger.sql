with

documents as (

    select * from {{ ref("int_receivable_documents") }}

),

payments as (

    select * from {{ ref("int_payments") }}

),

quotes as (

    select
        from_currency as currency,
        rate_on,
        avg(rate) as rate

    from {{ ref("stg_accounting__exchange_rates") }}

    where to_currency = '{{ var("reporting_currency") }}'

    group by from_currency, rate_on

),

monthly_rates as (

    select * from {{ ref("int_exchange_rates_monthly") }}

),

control_totals as (

    select * from {{ ref("stg_accounting__control_totals") }}

    where currency = '{{ var("reporting_currency") }}'

),

balances as (

    select * from {{ ref("int_receivable_balances") }}

),

days as (

    select * from {{ ref("int_receivable_days") }}

),

postings as (

    select
        currency,
        issued_on as posted_on,
        gross_amount as asked,
        0 as paid

    from documents

    union all

    select
        currency,
        paid_on as posted_on,
        0 as asked,
        amount as paid

    from payments

),

rated as (

    select
        {{ month_start("postings.posted_on") }} as month_start,
        postings.asked,
        postings.paid,
        case
            when postings.currency = '{{ var("reporting_currency") }}' then 1
            else cast(
                coalesce(quotes.rate, monthly_rates.exchange_rate)
                as decimal(18, 8)
            )
        end as day_rate

    from postings

    left join quotes
        on
            postings.currency = quotes.currency
            and postings.posted_on = quotes.rate_on

    left join monthly_rates
        on
            postings.currency = monthly_rates.currency
            and {{ month_start("postings.posted_on") }}
            = monthly_rates.month_start

),

{# A ledger posts in cents of its own currency, at the rate of the day. #}
posted as (

    select
        month_start,
        sum(round({{ money_times("asked", "day_rate") }}, 2)) as asked,
        sum(round({{ money_times("paid", "day_rate") }}, 2)) as paid,
        sum(case when day_rate = 1 then 0 else 1 end) as rounded_postings

    from rated

    group by month_start

),

flows as (

    select
        {{ month_start("changed_on") }} as month_start,
        sum(credit_sales) as credit_sales,
        sum(collected) as collected

    from balances

    group by {{ month_start("changed_on") }}

),

totals as (

    select
        {{ month_start("month") }} as month_start,
        sum(case when measure = 'receivables' then amount end)
            as ledger_receivables,
        sum(case when measure = 'payments' then amount end) as ledger_payments

    from control_totals

    group by {{ month_start("month") }}

),

so_far as (

    select
        days.stated_on,
        sum(coalesce(flows.credit_sales, 0) - coalesce(flows.collected, 0))
            over months_so_far as receivables,
        sum(coalesce(posted.asked, 0) - coalesce(posted.paid, 0))
            over months_so_far as receivables_as_posted,
        coalesce(posted.paid, 0) as payments_as_posted,
        sum(coalesce(posted.rounded_postings, 0))
            over months_so_far as rounded_postings,
        totals.ledger_receivables,
        totals.ledger_payments

    from days

    left join flows
        on days.month_start = flows.month_start

    left join posted
        on days.month_start = posted.month_start

    left join totals
        on days.month_start = totals.month_start

    window months_so_far as (
        order by days.stated_on
        rows between unbounded preceding and current row
    )

)

select
    stated_on,
    {{ money("receivables") }} as receivables,
    {{ money("receivables_as_posted - receivables") }} as exchange_difference,
    {{ money("payments_as_posted") }} as payments_as_posted,
    {{ money("ledger_receivables") }} as ledger_receivables,
    {{ money("ledger_payments") }} as ledger_payments,
    {{ money("receivables_as_posted - ledger_receivables") }}
        as ledger_difference,
    {# A posting may round to another cent, up or down: sums stray slowly. #}
    abs(receivables_as_posted - ledger_receivables)
    > {{ var("checks").tie_tolerance }} * (1 + sqrt(rounded_postings))
        as is_untied

from so_far
