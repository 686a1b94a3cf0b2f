{{ config(**by_client_month()) }}

with

documents as (

    select * from {{ ref("int_documents") }}

    where
        document_type = 'invoice'
        and net_amount > 0
        {{ only_touched(keyword="and") }}

),

primary_reps as (

    select * from {{ ref("int_document_reps") }}

    where
        is_primary
        {{ only_touched(keyword="and") }}

),

{# Of several invoices of one day the largest one's rep stands for the day. #}
ranked as (

    select
        documents.client_id,
        documents.issued_on as purchased_on,
        primary_reps.rep_id,
        documents.month_start,
        row_number() over (
            partition by documents.client_id, documents.issued_on
            order by
                documents.net_revenue desc,
                documents.net_amount desc,
                primary_reps.rep_id
        ) as day_rank

    from documents

    inner join primary_reps
        on documents.invoice_id = primary_reps.invoice_id

)

select
    client_id,
    purchased_on,
    rep_id,
    month_start

from ranked

where day_rank = 1
