{%- set first_day = add_days(as_of_date(), -var("collections").window_days) -%}
with

documents as (

    select * from {{ ref("int_receivable_documents") }}

    where document_type <> 'credit_note'

),

payments as (

    select * from {{ ref("int_payments") }}

    where paid_on <= {{ as_of_date() }} and amount > 0

),

{# Known from the next day on; whatever is before the window, at its start. #}
delays as (

    select
        documents.client_id,
        {{ days_between("documents.due_on", "payments.paid_on") }} as delay,
        greatest(
            {{ add_days("payments.paid_on", 1) }}, {{ first_day }}
        ) as known_from

    from payments

    inner join documents
        on
            payments.invoice_id = documents.invoice_id
            and payments.currency = documents.currency

),

counts as (

    select
        client_id,
        known_from,
        delay,
        count(*) as payment_count

    from delays

    group by client_id, known_from, delay

),

known_days as (

    select distinct
        client_id,
        known_from

    from counts

),

{# Counts by delay, not payments, are what each day adds up. #}
counts_so_far as (

    select
        known_days.client_id,
        known_days.known_from,
        counts.delay,
        sum(counts.payment_count) as payment_count

    from known_days

    inner join counts
        on
            known_days.client_id = counts.client_id
            and known_days.known_from >= counts.known_from

    group by known_days.client_id, known_days.known_from, counts.delay

),

cumulated as (

    select
        client_id,
        known_from,
        delay,
        sum(payment_count) over (
            partition by client_id, known_from
            order by delay
            rows between unbounded preceding and current row
        ) as payments_up_to,
        sum(payment_count) over (
            partition by client_id, known_from
        ) as payments_in_all

    from counts_so_far

),

medians as (

    select
        client_id,
        known_from,
        min(delay) as median_delay

    from cumulated

    where 2 * payments_up_to >= payments_in_all

    group by client_id, known_from

),

{# Before its first payment nothing is known of a client: no delay. #}
with_beginnings as (

    select
        client_id,
        known_from,
        median_delay

    from medians

    union all

    select
        client_id,
        {{ first_day }} as known_from,
        0 as median_delay

    from medians

    group by client_id

    having min(known_from) > {{ first_day }}

)

select
    client_id,
    known_from,
    lead(known_from) over (
        partition by client_id order by known_from
    ) as known_before,
    cast(median_delay as integer) as median_delay

from with_beginnings
