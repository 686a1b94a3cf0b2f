{#
    No client meets a calendar: a term changes MRR in the month it starts and the
    month it ends, and only amounts in a foreign currency change with its rate.
#}
with

terms as (

    select * from {{ ref("int_recurring_terms") }}

),

rates as (

    select
        currency,
        month_start,
        exchange_rate,
        lag(exchange_rate) over (
            partition by currency order by month_start
        ) as rate_before

    from {{ ref("int_exchange_rates_monthly") }}

),

starts_and_ends as (

    select
        mrr_source,
        client_id,
        currency,
        is_matched,
        first_month as month_start,
        monthly_amount as amount_change,
        flagged_amount as flagged_change

    from terms

    union all

    select
        mrr_source,
        client_id,
        currency,
        is_matched,
        end_month as month_start,
        -monthly_amount as amount_change,
        -flagged_amount as flagged_change

    from terms

    where end_month is not null

),

foreign_netted as (

    select
        mrr_source,
        client_id,
        currency,
        is_matched,
        month_start,
        {{ money("sum(amount_change)") }} as amount_change,
        {{ money("sum(flagged_change)") }} as flagged_change

    from starts_and_ends

    where currency <> '{{ var("reporting_currency") }}'

    group by mrr_source, client_id, currency, is_matched, month_start

),

foreign_steps as (

    select
        mrr_source,
        client_id,
        currency,
        is_matched,
        month_start,
        {{ money(
            "sum(amount_change) over (partition by mrr_source, client_id, "
            ~ "currency, is_matched order by month_start)"
        ) }} as amount,
        {{ money(
            "sum(flagged_change) over (partition by mrr_source, client_id, "
            ~ "currency, is_matched order by month_start)"
        ) }} as flagged_amount,
        lead(month_start) over (
            partition by mrr_source, client_id, currency, is_matched
            order by month_start
        ) as next_month

    from foreign_netted

),

{# The steps, and between them the months in which the rate is another one. #}
foreign_amounts as (

    select
        steps.mrr_source,
        steps.client_id,
        steps.currency,
        steps.is_matched,
        steps.month_start,
        steps.amount,
        steps.flagged_amount,
        rates.exchange_rate

    from foreign_steps as steps

    left join rates
        on
            steps.currency = rates.currency
            and steps.month_start = rates.month_start

    union all

    select
        steps.mrr_source,
        steps.client_id,
        steps.currency,
        steps.is_matched,
        rates.month_start,
        steps.amount,
        steps.flagged_amount,
        rates.exchange_rate

    from foreign_steps as steps

    inner join rates
        on
            steps.currency = rates.currency
            and steps.month_start < rates.month_start
            and (
                steps.next_month is null
                or steps.next_month > rates.month_start
            )

    where
        steps.amount <> 0
        and rates.exchange_rate is not null
        and (
            rates.rate_before is null
            or rates.rate_before <> rates.exchange_rate
        )

),

{# Without a rate an amount counts nothing, and is flagged. #}
foreign_values as (

    select
        *,
        coalesce({{ money_times("amount", "exchange_rate") }}, 0) as mrr,
        coalesce({{ money_times("flagged_amount", "exchange_rate") }}, 0)
            as flagged_mrr,
        case
            when exchange_rate is null and amount <> 0 then 1
            else 0
        end as unconverted,
        lag(amount, 1, 0) over (
            partition by mrr_source, client_id, currency, is_matched
            order by month_start
        ) as amount_before

    from foreign_amounts

),

foreign_changes as (

    select
        *,
        {% for column in ["mrr", "flagged_mrr", "unconverted"] %}
        {{ column }} - lag({{ column }}, 1, 0) over (
            partition by mrr_source, client_id, currency, is_matched
            order by month_start
        ) as {{ column }}_change,
        {% endfor %}
        coalesce({{ money_times("amount_before", "exchange_rate") }}, 0)
        - lag(mrr, 1, 0) over (
            partition by mrr_source, client_id, currency, is_matched
            order by month_start
        ) as exchange_rate_effect

    from foreign_values

),

changes as (

    select
        mrr_source,
        client_id,
        is_matched,
        month_start,
        amount_change as mrr_change,
        0 as exchange_rate_effect,
        flagged_change as flagged_mrr_change,
        0 as unconverted_change

    from starts_and_ends

    where currency = '{{ var("reporting_currency") }}'

    union all

    select
        mrr_source,
        client_id,
        is_matched,
        month_start,
        mrr_change,
        exchange_rate_effect,
        flagged_mrr_change,
        unconverted_change

    from foreign_changes

)

select
    mrr_source,
    client_id,
    is_matched,
    month_start,
    {{ money("sum(mrr_change)") }} as mrr_change,
    {{ money("sum(exchange_rate_effect)") }} as exchange_rate_effect,
    {{ money("sum(flagged_mrr_change)") }} as flagged_mrr_change,
    cast(sum(unconverted_change) as integer) as unconverted_change

from changes

group by mrr_source, client_id, is_matched, month_start

{# A term that takes over from one that ends is no change. #}
having
    sum(mrr_change) <> 0
    or sum(exchange_rate_effect) <> 0
    or sum(flagged_mrr_change) <> 0
    or sum(unconverted_change) <> 0
