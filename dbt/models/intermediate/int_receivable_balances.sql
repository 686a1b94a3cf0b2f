with

documents as (

    select * from {{ ref("int_receivable_documents") }}

),

payments as (

    select * from {{ ref("int_payments") }}

),

customers as (

    select * from {{ ref("int_customers_matched") }}

),

rates as (

    select * from {{ ref("int_exchange_rates_monthly") }}

),

{# Without payments nothing is known of what is open. #}
payment_counts as (

    select count(*) as payment_count from payments

),

{# A payment in another currency than its document's is cash not yet applied. #}
payments_by_document as (

    select
        payments.payment_id,
        payments.customer_id,
        payments.currency,
        payments.paid_on,
        payments.amount,
        documents.item_id,
        documents.client_id,
        documents.due_on,
        documents.exchange_rate,
        documents.is_paid_in_ledger

    from payments

    left join documents
        on
            payments.invoice_id = documents.invoice_id
            and payments.currency = documents.currency

),

applied as (

    select * from payments_by_document

    where item_id is not null

),

unapplied as (

    select
        payments_by_document.payment_id,
        payments_by_document.paid_on,
        payments_by_document.amount,
        coalesce(
            customers.client_id,
            'unmatched-' || payments_by_document.customer_id
        ) as client_id,
        coalesce(customers.is_matched, false) as is_matched,
        rates.exchange_rate

    from payments_by_document

    left join customers
        on payments_by_document.customer_id = customers.customer_id

    left join rates
        on
            payments_by_document.currency = rates.currency
            and {{ month_start("payments_by_document.paid_on") }}
            = rates.month_start

    where payments_by_document.item_id is null

),

changes as (

    select
        'document' as item_type,
        documents.item_id,
        documents.client_id,
        documents.issued_on as changed_on,
        documents.due_on,
        documents.exchange_rate,
        documents.is_paid_in_ledger,
        case
            when documents.document_type = 'credit_note' then 0
            else documents.gross_amount
        end as invoiced,
        case
            when documents.document_type = 'credit_note'
                then documents.gross_amount
            else 0
        end as credited,
        0 as paid,
        0 as payment_count,
        documents.flag_mask

    from documents

    cross join payment_counts

    where payment_counts.payment_count > 0

    union all

    select
        'document' as item_type,
        item_id,
        client_id,
        paid_on as changed_on,
        due_on,
        exchange_rate,
        is_paid_in_ledger,
        0 as invoiced,
        0 as credited,
        amount as paid,
        1 as payment_count,
        0 as flag_mask

    from applied

    union all

    select
        'payment' as item_type,
        payment_id as item_id,
        client_id,
        paid_on as changed_on,
        paid_on as due_on,
        exchange_rate,
        false as is_paid_in_ledger,
        0 as invoiced,
        0 as credited,
        amount as paid,
        1 as payment_count,
        case when is_matched then 0 else {{ rule_bit("unmatched_client") }} end
        + case
            when exchange_rate is null
                then {{ rule_bit("missing_exchange_rate") }}
            else 0
        end as flag_mask

    from unapplied

),

days as (

    select
        item_type,
        item_id,
        client_id,
        changed_on,
        due_on,
        exchange_rate,
        is_paid_in_ledger,
        sum(invoiced) as invoiced,
        sum(credited) as credited,
        sum(paid) as paid,
        sum(payment_count) as payment_count,
        bit_or(flag_mask) as flag_mask

    from changes

    group by
        item_type,
        item_id,
        client_id,
        changed_on,
        due_on,
        exchange_rate,
        is_paid_in_ledger

),

running as (

    select
        item_type,
        item_id,
        client_id,
        changed_on,
        due_on,
        exchange_rate,
        is_paid_in_ledger,
        {{ money("invoiced + credited") }} as asked,
        {{ money("sum(invoiced) over items_so_far") }} as invoiced_so_far,
        {{ money("sum(paid) over items_so_far") }} as paid_so_far,
        {{ money("sum(invoiced + credited - paid) over items_so_far") }}
            as balance,
        {{ money(
            "sum(invoiced + credited - paid) over items_so_far"
            " - (invoiced + credited - paid)"
        ) }} as opening_balance,
        sum(payment_count) over whole_items as payment_count,
        bit_or(flag_mask) over whole_items as flag_mask,
        lead(changed_on) over item_days as next_change_on

    from days

    window
        whole_items as (partition by item_type, item_id),
        item_days as (partition by item_type, item_id order by changed_on),
        items_so_far as (
            partition by item_type, item_id order by changed_on
            rows between unbounded preceding and current row
        )

),

{# Paid beyond what was invoiced is cash; the rest below zero is credit. #}
parts as (

    select
        *,
        case
            when item_type = 'payment' then balance
            when balance >= 0 then 0
            else -least(-balance, greatest(paid_so_far - invoiced_so_far, 0))
        end as unapplied_balance

    from running

),

valued as (

    select
        *,
        {{ money_times("opening_balance", "exchange_rate") }} as opening_value,
        {{ money_times("(opening_balance + asked)", "exchange_rate") }}
            as asked_value,
        {{ money_times("balance", "exchange_rate") }} as outstanding,
        {{ money_times("unapplied_balance", "exchange_rate") }}
            as unapplied_cash

    from parts

)

select
    item_type,
    item_id,
    client_id,
    due_on,
    changed_on,
    next_change_on,
    balance,
    outstanding,
    unapplied_cash,
    {{ money(
        "case when balance > 0 then 0 else outstanding - unapplied_cash end"
    ) }} as open_credit_notes,
    {{ money(
        "case when balance > 0 then outstanding - unapplied_cash else 0 end"
    ) }} as open_invoices,
    {{ money("asked_value - opening_value") }} as credit_sales,
    {{ money("asked_value - outstanding") }} as collected,
    is_paid_in_ledger and payment_count = 0 and balance > 0
        as is_paid_without_payments,
    flag_mask

from valued
