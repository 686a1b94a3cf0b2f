with

documents as (

    select * from {{ ref("int_documents") }}

),

invoices as (

    select * from {{ ref("stg_accounting__invoices") }}

),

accounts as (

    select * from {{ ref("stg_crm__accounts") }}

),

documents_with_terms as (

    select
        documents.invoice_id,
        documents.client_id,
        documents.document_type,
        documents.currency,
        documents.issued_on,
        documents.exchange_rate,
        documents.flag_mask,
        invoices.credited_invoice_id,
        invoices.status = 'paid' as is_paid_in_ledger,
        invoices.due_on,
        cast(coalesce(accounts.payment_terms_days, 0) as integer) as terms_days,
        coalesce(
            invoices.total_amount,
            invoices.net_amount + coalesce(invoices.tax_amount, 0)
        ) as gross_amount

    from documents

    inner join invoices
        on documents.invoice_id = invoices.invoice_id

    left join accounts
        on documents.client_id = accounts.account_id

),

{# A note of tax alone, net 0, has a sign only with its tax. #}
gross as (

    select
        invoice_id,
        client_id,
        document_type,
        currency,
        issued_on,
        exchange_rate,
        flag_mask,
        credited_invoice_id,
        is_paid_in_ledger,
        coalesce(due_on, {{ add_days("issued_on", "terms_days") }}) as due_on,
        {{ money(
            "case when document_type = 'credit_note' then -abs(gross_amount)"
            " else gross_amount end"
        ) }} as gross_amount

    from documents_with_terms

),

{# A credit note of another client or currency cannot lower the invoice. #}
credited as (

    select
        notes.invoice_id,
        invoiced.invoice_id as item_id,
        invoiced.issued_on,
        invoiced.due_on,
        invoiced.exchange_rate,
        invoiced.is_paid_in_ledger

    from gross as notes

    inner join gross as invoiced
        on
            notes.credited_invoice_id = invoiced.invoice_id
            and notes.client_id = invoiced.client_id
            and notes.currency = invoiced.currency

    where
        notes.document_type = 'credit_note'
        and invoiced.document_type <> 'credit_note'

)

select
    gross.invoice_id,
    coalesce(credited.item_id, gross.invoice_id) as item_id,
    gross.client_id,
    gross.document_type,
    gross.currency,
    gross.issued_on,
    gross.gross_amount,
    gross.flag_mask,
    case
        when credited.item_id is null then gross.due_on
        else credited.due_on
    end as due_on,
    case
        when credited.item_id is null then gross.exchange_rate
        else credited.exchange_rate
    end as exchange_rate,
    case
        when credited.item_id is null then gross.is_paid_in_ledger
        else credited.is_paid_in_ledger
    end as is_paid_in_ledger

from gross

left join credited
    on gross.invoice_id = credited.invoice_id
