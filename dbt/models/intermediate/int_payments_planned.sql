{%- set first_day = add_days(as_of_date(), -var("collections").window_days) -%}
{%- set last_day = add_days(as_of_date(), var("collections").horizon_days) -%}
with

documents as (

    select * from {{ ref("int_receivable_documents") }}

),

balances as (

    select * from {{ ref("int_receivable_balances") }}

),

delays as (

    select * from {{ ref("int_payment_delays") }}

),

promises as (

    select
        promise_id,
        invoice_id,
        currency,
        amount,
        promised_on,
        created_at,
        cast(created_at as date) as created_on

    from {{ ref("stg_crm__payment_promises") }}

    where cast(created_at as date) <= {{ as_of_date() }}

),

rates as (

    select * from {{ ref("int_exchange_rates_monthly") }}

),

{# What was open on some day of the window. #}
open_balances as (

    select
        item_id,
        client_id,
        due_on,
        changed_on,
        next_change_on,
        outstanding,
        is_paid_without_payments,
        flag_mask

    from balances

    where
        item_type = 'document'
        and balance > 0
        and (next_change_on is null or next_change_on >= {{ first_day }})

),

{# One day may have seen several promises; the last one made holds. #}
promises_of_items as (

    select
        documents.item_id,
        promises.promised_on,
        promises.created_on,
        {{ money_times("promises.amount", "rates.exchange_rate") }}
            as promised_amount,
        lead(promises.created_on) over (
            partition by documents.item_id
            order by promises.created_at, promises.promise_id
        ) as next_created_on

    from promises

    inner join documents
        on promises.invoice_id = documents.invoice_id

    inner join documents as items
        on documents.item_id = items.invoice_id

    left join rates
        on
            promises.currency = rates.currency
            and {{ month_start("items.issued_on") }} = rates.month_start

),

first_promises as (

    select
        item_id,
        min(created_on) as first_promised_on

    from promises_of_items

    group by item_id

),

planned_by_promise as (

    select
        open_balances.item_id,
        open_balances.client_id,
        promises_of_items.promised_on as planned_on,
        true as is_promise,
        least(promises_of_items.promised_amount, open_balances.outstanding)
            as planned,
        open_balances.is_paid_without_payments,
        open_balances.flag_mask

    from promises_of_items

    inner join open_balances
        on
            promises_of_items.item_id = open_balances.item_id
            and promises_of_items.promised_on > open_balances.changed_on
            and (
                open_balances.next_change_on is null
                or promises_of_items.promised_on <= open_balances.next_change_on
            )

    {# Known before its day, and not replaced by then. #}
    where
        promises_of_items.promised_on > promises_of_items.created_on
        and (
            promises_of_items.next_created_on is null
            or promises_of_items.promised_on
            <= promises_of_items.next_created_on
        )

),

open_items as (

    select distinct
        open_balances.item_id,
        open_balances.client_id,
        open_balances.due_on,
        documents.issued_on

    from open_balances

    inner join documents
        on open_balances.item_id = documents.invoice_id

),

habits as (

    select
        open_items.item_id,
        delays.known_from,
        delays.known_before,
        greatest(
            {{ add_days(
                "open_items.due_on", "coalesce(delays.median_delay, 0)"
            ) }},
            {{ add_days("open_items.issued_on", 1) }}
        ) as expected_on

    from open_items

    left join delays
        on open_items.client_id = delays.client_id

),

habit_days as (

    select
        item_id,
        known_before,
        case
            when known_from > {{ first_day }}
                then greatest(expected_on, known_from)
            else expected_on
        end as planned_on

    from habits

),

{# A change of habit may move the day; the first on which it has come counts. #}
first_habit_days as (

    select
        item_id,
        min(planned_on) as planned_on

    from habit_days

    where known_before is null or planned_on < known_before

    group by item_id

),

planned_by_habit as (

    select
        open_balances.item_id,
        open_balances.client_id,
        first_habit_days.planned_on,
        false as is_promise,
        open_balances.outstanding as planned,
        open_balances.is_paid_without_payments,
        open_balances.flag_mask

    from first_habit_days

    inner join open_balances
        on
            first_habit_days.item_id = open_balances.item_id
            and first_habit_days.planned_on > open_balances.changed_on
            and (
                open_balances.next_change_on is null
                or first_habit_days.planned_on <= open_balances.next_change_on
            )

    left join first_promises
        on first_habit_days.item_id = first_promises.item_id

    where
        first_promises.first_promised_on is null
        or first_promises.first_promised_on >= first_habit_days.planned_on

),

planned_payments as (

    select * from planned_by_promise

    union all

    select * from planned_by_habit

)

select
    item_id,
    client_id,
    planned_on,
    is_promise,
    {{ money("planned") }} as planned,
    is_paid_without_payments,
    flag_mask

from planned_payments

where planned_on between {{ first_day }} and {{ last_day }}
