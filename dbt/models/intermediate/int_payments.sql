{#
    What is paid on a credit note goes back to the client, whichever sign the ledger
    gives it.
#}
with

payments as (

    select * from {{ ref("stg_accounting__payments") }}

    where paid_on <= {{ as_of_date() }}

),

invoices as (

    select
        invoice_id,
        document_type

    from {{ ref("stg_accounting__invoices") }}

)

select
    payments.payment_id,
    payments.customer_id,
    payments.invoice_id,
    payments.currency,
    payments.paid_on,
    {{ month_start("payments.paid_on") }} as month_start,
    case
        when invoices.document_type = 'credit_note' then -abs(payments.amount)
        else payments.amount
    end as amount

from payments

left join invoices
    on payments.invoice_id = invoices.invoice_id
