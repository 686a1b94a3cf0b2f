{#
    Money paid on counted documents, without tax and at the exchange rate of the
    document's month, so that an invoice paid in full is collected as it was
    invoiced. Cash that is applied to no document waits until it is.
#}
with

documents as (

    select * from {{ ref("int_documents") }}

),

document_reps as (

    select * from {{ ref("int_document_reps") }}

),

payments as (

    select * from {{ ref("int_payments") }}

),

invoices as (

    select
        invoice_id,
        net_amount,
        coalesce(total_amount, net_amount + tax_amount, net_amount)
            as total_amount

    from {{ ref("stg_accounting__invoices") }}

),

rates as (

    select * from {{ ref("int_exchange_rates_monthly") }}

),

applied as (

    select
        payments.payment_id,
        payments.paid_on,
        documents.invoice_id,
        documents.client_id,
        documents.flag_mask,
        case
            when payments.currency = documents.currency
                then documents.exchange_rate
            else rates.exchange_rate
        end as exchange_rate,
        {{ exact_quotient("invoices.net_amount", "invoices.total_amount") }}
            as net_share,
        payments.amount

    from payments

    inner join documents
        on payments.invoice_id = documents.invoice_id

    inner join invoices
        on documents.invoice_id = invoices.invoice_id

    left join rates
        on
            payments.currency = rates.currency
            and payments.month_start = rates.month_start

),

without_tax as (

    select
        payment_id,
        paid_on,
        invoice_id,
        client_id,
        flag_mask,
        exchange_rate,
        {{ money_times("amount", "cast(net_share as decimal(18, 8))") }}
            as net_amount

    from applied

),

converted as (

    select
        *,
        {{ money_times("net_amount", "exchange_rate") }} as collected

    from without_tax

),

credited as (

    select
        converted.paid_on,
        converted.client_id,
        document_reps.rep_id,
        converted.flag_mask,
        {{ share_of(
            "converted.collected",
            "document_reps.share_from",
            "document_reps.share_to",
        ) }} as collected

    from converted

    inner join document_reps
        on converted.invoice_id = document_reps.invoice_id

)

select
    paid_on,
    client_id,
    rep_id,
    {{ money("sum(collected)") }} as collected,
    {{ money("sum(abs(collected))") }} as absolute_collected,
    {{ money("sum(case when flag_mask <> 0 then abs(collected) else 0 end)") }}
        as flagged_collected,
    bit_or(flag_mask) as flag_mask

from credited

group by paid_on, client_id, rep_id
